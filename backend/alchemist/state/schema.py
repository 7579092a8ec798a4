"""The tables. What changes here changes in `migrations/` too; a test holds them together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
    true,
)

metadata = MetaData()

projects = Table(
    "projects",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("title", Text, nullable=False, server_default=""),
    Column("label_config", Text, nullable=False),
    Column("hostname", Text, nullable=False),
    Column("access_token", Text, nullable=False),
    Column("serving", String(64)),
    Column("published", String(64)),
    Column("note", Text, nullable=False, server_default=""),
    Column("seen_at", Float, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("importing", String(64)),
    Column("description", Text, nullable=False, server_default=""),
    Column("instructions", Text, nullable=False, server_default=""),
    Column("swept_at", Float),
    Column("chosen", String(64)),
    Column("words_at", Float),
)

questions = Table(
    "questions",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", Text, nullable=False),
    Column("book", Text, nullable=False),
)

panels = Table(
    "panels",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("content", Text, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("kind", String(32), nullable=False),
    Column("project", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", Float, nullable=False),
    Column("lease", Float),
    Column("worker", String(64)),
    Column("attempts", Integer, nullable=False),
    Column("again", Integer, nullable=False),
    Column("progress", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("ended_at", Float),
)

tasks = Table(
    "tasks",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("data", Text, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("ordinal", Integer, nullable=False, server_default="-1"),
    Column("hash", String(64), nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default=false()),
)

annotation_rows = Table(
    "annotations",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("task", BigInteger, nullable=False),
    Column("annotator", BigInteger),
    Column("result", Text, nullable=False),
    Column("updated_at", String(40), nullable=False),
    Column("skipped", Boolean, nullable=False),
    Column("ground_truth", Boolean, nullable=False),
    Column("shown", Text, nullable=False),
    Column("heard_at", Float, nullable=False),
    Column("gone", Boolean, nullable=False),
)

vote_blocks = Table(
    "vote_blocks",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("question", String(200), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("block", Integer, primary_key=True),
    Column("codes", LargeBinary, nullable=False),
    Column("fault", Text, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("edition", String(64), primary_key=True),
    Column("task", BigInteger, primary_key=True, autoincrement=False),
    Column("answers", Text, nullable=False),
    Column("score", Float, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("project", String(64), nullable=False),
    Column("candidate", String(64), nullable=False),
    Column("incumbent", String(64), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("numbers", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("project", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Float, nullable=False),
    Column("learned", Boolean, nullable=False, server_default=false()),
)

sources = Table(
    "sources",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("text", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

entries = Table(
    "entries",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("question", String(200), primary_key=True),
    Column("source", String(80), primary_key=True),
    Column("name", Text, nullable=False),
    Column("writer", Text, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Float, nullable=False),
)

llm_calls = Table(
    "llm_calls",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("project", String(64), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt_hash", String(64), nullable=False),
    Column("prompt", Text, nullable=False),
    Column("reply", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("tokens_in", Integer),
    Column("tokens_out", Integer),
    Column("tokens_reasoning", Integer),
    Column("created_at", Float, nullable=False),
    Column("tokens_cached", Integer),
    Column("usd", Float),
    Column("priced", Text, nullable=False, server_default=""),
    Column("source", String(80), nullable=False, server_default=""),
    Column("settled", Boolean, nullable=False, server_default=true()),
)

documents = Table(
    "documents",
    metadata,
    Column("project", String(64), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", Text, nullable=False),
    Column("added_at", Float, nullable=False),
)

Index("tasks_by_ordinal", tasks.c.project, tasks.c.ordinal)
Index("events_by_project", events.c.project, events.c.id)
Index(
    "events_to_learn",
    events.c.project,
    events.c.id,
    sqlite_where=text("NOT learned"),
    postgresql_where=text("NOT learned"),
)
Index("decisions_by_project", decisions.c.project, decisions.c.id)
Index("calls_by_prompt", llm_calls.c.project, llm_calls.c.prompt_hash)
Index("calls_by_usd", llm_calls.c.project, llm_calls.c.usd)
Index("calls_by_length", llm_calls.c.purpose, llm_calls.c.model, llm_calls.c.tokens_out)

Index(
    "one_open_job",
    jobs.c.kind,
    jobs.c.project,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
