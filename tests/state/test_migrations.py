"""Migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.engine import Engine

from alchemist.core.corrections import News, Record
from alchemist.core.errors import BadSetting
from alchemist.state.database import migrate, open_database
from alchemist.state.memory import judged
from alchemist.state.schema import metadata
from alchemist.state.store import SqlStore

HEAD = "0004"
TABLES = sorted(["alembic_version", *metadata.tables])


def test_migrating_a_blank_database_gives_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
    inspector = sa.inspect(engine)
    assert sorted(inspector.get_table_names()) == TABLES
    (index,) = inspector.get_indexes("jobs")
    assert (index["name"], index["column_names"], bool(index["unique"])) == ("one_open_job", ["kind", "project"], True)
    where = index["dialect_options"][f"{engine.dialect.name}_where"]
    assert str(where).replace("::text", "").replace("(", "").replace(")", "") == "state = 'open'"


def test_migrating_twice_changes_nothing(engine: Engine, blank: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO projects (key, label_config, hostname, access_token, seen_at) VALUES ('1.2', 'x', 'h', 't', 0)"
        )
    migrate(engine)
    again = open_database(blank)
    with again.connect() as connection:
        assert connection.exec_driver_sql("SELECT key, title, note FROM projects").fetchall() == [("1.2", "", "")]
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    again.dispose()


class PowerCut(Exception):
    """The process ended here."""


class Cut:
    """Ends the work when a statement that contains `words` is about to run."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.seen: list[str] = []
        self.engine: Engine | None = None

    def __call__(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self.seen.append(statement)
        self.engine = connection.engine
        if self.words in statement:
            raise PowerCut(statement)


@pytest.mark.parametrize(
    "words", ["CREATE TABLE editions", "CREATE UNIQUE INDEX", "CREATE TABLE entries", "INSERT INTO alembic_version"]
)
def test_a_migration_stopped_half_way_leaves_nothing_behind(words: str, blank: str) -> None:
    cut = Cut(words)
    sa.event.listen(Engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(PowerCut):
            open_database(blank)
    finally:
        sa.event.remove(Engine, "before_cursor_execute", cut)
        if cut.engine:
            cut.engine.dispose()
    assert any("CREATE TABLE projects" in x for x in cut.seen)
    plain = sa.create_engine(blank.replace("postgresql:", "postgresql+psycopg:"))
    assert sa.inspect(plain).get_table_names() == []
    plain.dispose()

    engine = open_database(blank)
    assert sorted(sa.inspect(engine).get_table_names()) == TABLES
    engine.dispose()


# From earlier schemas, with what they hold

SOURCE = "def label(task):\n    return 'spam'\n"
EDITION = {
    "v": 1,
    "number": 1,
    "seed": 0,
    "panels": [
        {
            "question": {
                "name": "label",
                "to_name": "text",
                "kind": "choice",
                "labels": [["a", None, None]],
                "field": "",
            },
            "entries": [["all", SOURCE, "folder"]],
            "weights": {"kind": "majority", "v": 1, "members": ["p1:x"], "params": {"pseudo": 1.0}, "why": "asked for"},
        }
    ],
}
FIRST = {
    "projects": [
        {"key": "4.1", "title": "Spam?", "label_config": "<View/>", "hostname": "http://h", "access_token": "t"}
        | {"serving": "alchemist-1-abcdef", "published": "alchemist-1-abcdef", "note": "done", "seen_at": 1.5}
    ],
    "editions": [
        {"project": "4.1", "number": 1, "name": "alchemist-1-abcdef", "hash": "abcdef", "content": json.dumps(EDITION)}
        | {"why": "asked for", "created_at": 2.5}
    ],
    "jobs": [
        {"id": 7, "kind": "prepare", "project": "4.1", "state": "open", "due": 3.5, "lease": 63.5, "worker": "a"}
        | {"attempts": 1, "again": 1, "progress": "voting", "error": "", "created_at": 3.5, "ended_at": None}
    ],
}
SECOND = {
    "tasks": [
        {"project": project, "id": number, "data": json.dumps({"text": text}), "seen_at": 4.5}
        for project, number, text in (("5.1", 2, "x"), ("4.1", 30, "\u20ac"), ("4.1", 9, "spam"), ("5.1", 1, "spam"))
    ],
    "events": [
        {"id": number, "project": "4.1", "action": "TASKS_CREATED", "body": "{}", "received_at": 5.5}
        for number in (1, 2)
    ],
    "sources": [{"id": "p1:x", "text": SOURCE, "created_at": 6.5}],
    "entries": [
        {"project": "4.1", "question": "label", "source": "p1:x", "name": "all", "writer": "llm"}
        | {"verdict": "taken", "reason": "", "created_at": 7.5}
    ],
    "llm_calls": [
        {"id": 1, "project": "4.1", "purpose": "write", "model": "m", "prompt_hash": "h", "prompt": "p", "reply": "r"}
        | {"error": "", "seconds": 1.0, "tokens_in": 1, "tokens_out": 2, "tokens_reasoning": None, "created_at": 8.5}
    ],
}
BEFORE = {"0001": FIRST, "0002": FIRST | SECOND}
ADDED = {
    "projects": {"settings": "{}", "importing": None, "description": "", "instructions": "", "swept_at": None}
    | {"chosen": None, "words_at": None},
    "events": {"learned": False},
    "tasks": {"gone": False},
    "llm_calls": {"tokens_cached": None, "usd": None, "priced": "", "source": "", "settled": True},
}


def filled(blank: str, revision: str) -> None:
    """Make a database of an earlier schema, with everything in it that it could hold."""
    plain = sa.create_engine(blank.replace("postgresql:", "postgresql+psycopg:"))
    migrate(plain, revision)
    with plain.begin() as connection:
        for name, rows in BEFORE[revision].items():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            connection.execute(sa.insert(table), rows)
    plain.dispose()


def content(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row there is, by table, less what alembic keeps."""
    found = {}
    with engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names():
            table = sa.Table(name, sa.MetaData(), autoload_with=connection)
            ordered = sa.select(table).order_by(*table.primary_key.columns)
            found[name] = [dict(row) for row in connection.execute(ordered).mappings()]
    found.pop("alembic_version")
    return found


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_nothing_is_lost_from_an_earlier_schema(revision: str, blank: str) -> None:
    filled(blank, revision)
    engine = open_database(blank)
    expected: dict[str, list[dict[str, Any]]] = {name: [] for name in metadata.tables}
    for name, rows in BEFORE[revision].items():
        expected[name] = [row | ADDED.get(name, {}) for row in rows]
    if revision == "0002":
        spam, euro, x = (hashlib.sha256(y.encode()).hexdigest() for y in TEXTS)
        numbers = [(2, 1, x), (30, 1, euro), (9, 0, spam), (1, 0, spam)]
        for row, (number, ordinal, hashed) in zip(expected["tasks"], numbers, strict=True):
            assert row["id"] == number
            row |= {"ordinal": ordinal, "hash": hashed}
        expected["tasks"].sort(key=lambda row: (row["project"], row["id"]))
    assert content(engine) == expected
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
    engine.dispose()


TEXTS = ['{"text": "spam"}', '{"text": "\\u20ac"}', '{"text": "x"}']


def test_what_an_earlier_schema_held_goes_on(blank: str) -> None:
    filled(blank, "0002")
    engine = open_database(blank)
    store = SqlStore(engine)
    edition = store.edition("4.1", "alchemist-1-abcdef")
    assert edition is not None
    assert edition.as_json() == EDITION
    assert store.record("4.1") == Record(("Spam?", "", ""), {9: (0, {"text": "spam"}), 30: (1, {"text": "\u20ac"})}, [])
    store.learn("4.1", News(data={9: {"text": "spam"}, 30: {"text": "changed"}, 31: {"text": "new"}}), 9.5)
    data = {9: (0, {"text": "spam"}), 30: (2, {"text": "changed"}), 31: (3, {"text": "new"})}
    assert store.record("4.1").data == data
    assert [x.id for x in store.unlearned("4.1")] == [1, 2]
    assert [x["name"] for x in judged(engine, "4.1")] == ["all"]
    engine.dispose()


@pytest.mark.parametrize("words", ["CREATE TABLE vote_blocks", "UPDATE tasks", "UPDATE alembic_version"])
def test_the_third_migration_stopped_half_way_leaves_the_second_schema(words: str, blank: str) -> None:
    filled(blank, "0002")
    plain = sa.create_engine(blank.replace("postgresql:", "postgresql+psycopg:"))
    before = content(plain), sa.inspect(plain).get_columns("tasks")[-1]["name"]
    cut = Cut(words)
    sa.event.listen(Engine, "before_cursor_execute", cut)
    try:
        with pytest.raises(PowerCut):
            open_database(blank)
    finally:
        sa.event.remove(Engine, "before_cursor_execute", cut)
        if cut.engine:
            cut.engine.dispose()
    assert any("ALTER TABLE tasks ADD COLUMN ordinal" in x for x in cut.seen)
    assert (content(plain), sa.inspect(plain).get_columns("tasks")[-1]["name"]) == before
    with plain.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "0002"
    plain.dispose()

    engine = open_database(blank)
    assert sorted(sa.inspect(engine).get_table_names()) == TABLES
    assert [(x["id"], x["ordinal"]) for x in content(engine)["tasks"]] == [(9, 0), (30, 1), (1, 0), (2, 1)]
    engine.dispose()


# Processes, files, addresses

OPEN = """
import sys
from alchemist.state.database import open_database
for url in sys.argv[1:]:
    print("ready", flush=True)
    sys.stdin.readline()
    engine = open_database(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE projects SET note = 'x'")
"""


@pytest.mark.slow
def test_processes_that_open_a_blank_database_at_once(blank: str) -> None:
    urls = [blank] if blank.startswith("postgresql") else [blank.replace("alchemist.", f"{n}.") for n in range(6)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    arguments = [sys.executable, "-c", OPEN, *urls]
    children = [subprocess.Popen(arguments, text=True, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for _ in urls:
        said = [child.stdout.readline() for child in children]
        if said != ["ready\n"] * 3:
            break
        for child in children:
            child.stdin.write("go\n")
            child.stdin.flush()
    errors = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], "\n".join(errors)
    engine = open_database(blank if blank.startswith("postgresql") else urls[0])
    assert sorted(sa.inspect(engine).get_table_names()) == TABLES
    engine.dispose()


def test_a_sqlite_file_belongs_to_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "alchemist.sqlite3"
    engine = open_database(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE projects SET note = 'x'")
        modes = {x.name: oct(stat.S_IMODE(x.stat().st_mode)) for x in file.parent.iterdir()}
    engine.dispose()
    assert modes.pop("alchemist.sqlite3") == "0o600"
    assert set(modes.values()) <= {"0o600"}


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nonsense://user:hunter2@host/db",
        "mysql://user:hunter2@host/db",
        "postgresql://user:hunter2@127.0.0.1:1/db",
        "postgresql://user:hunter2@127.0.0.1:port/db",
        "postgresql://127.0.0.1:1/db?user=me&password=hunter2",
        "sqlite:////proc/nowhere/alchemist.sqlite3",
        "sqlite:////",
    ],
)
def test_a_url_that_is_no_good(url: str) -> None:
    with pytest.raises(BadSetting) as caught:
        open_database(url)
    assert "cannot be opened" in caught.value.message
    assert "ALCHEMIST_DATABASE_URL" in caught.value.hint
    assert "hunter2" not in caught.value.message + caught.value.hint


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing but notes, " * 100)
    with pytest.raises(BadSetting, match="file is not a database"):
        open_database(f"sqlite:///{tmp_path / 'notes.txt'}")
