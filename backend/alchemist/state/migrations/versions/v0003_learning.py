"""What learning needs: annotations, votes, predictions, decisions; panels and questions by themselves."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and tables; number the tasks that there are."""
    for name in ("description", "instructions"):
        op.add_column("projects", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("projects", sa.Column("swept_at", sa.Float))
    op.add_column("projects", sa.Column("chosen", sa.String(64)))
    op.add_column("projects", sa.Column("words_at", sa.Float))
    op.add_column("tasks", sa.Column("ordinal", sa.Integer, nullable=False, server_default="-1"))
    op.add_column("tasks", sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    op.add_column("tasks", sa.Column("gone", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("events", sa.Column("learned", sa.Boolean, nullable=False, server_default=sa.false()))
    _tables()
    op.create_index("tasks_by_ordinal", "tasks", ["project", "ordinal"])
    op.create_index("decisions_by_project", "decisions", ["project", "id"])
    op.create_index(
        "events_to_learn",
        "events",
        ["project", "id"],
        sqlite_where=sa.text("NOT learned"),
        postgresql_where=sa.text("NOT learned"),
    )
    _number_tasks()


def _tables() -> None:
    op.create_table(
        "questions",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("book", sa.Text, nullable=False),
    )
    op.create_table(
        "panels",
        sa.Column("hash", sa.String(64), primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_table(
        "annotations",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("task", sa.BigInteger, nullable=False),
        sa.Column("annotator", sa.BigInteger),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("updated_at", sa.String(40), nullable=False),
        sa.Column("skipped", sa.Boolean, nullable=False),
        sa.Column("ground_truth", sa.Boolean, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("heard_at", sa.Float, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )
    op.create_table(
        "vote_blocks",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("question", sa.String(200), primary_key=True),
        sa.Column("source", sa.String(80), primary_key=True),
        sa.Column("block", sa.Integer, primary_key=True),
        sa.Column("codes", sa.LargeBinary, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
    )
    op.create_table(
        "predictions",
        sa.Column("project", sa.String(64), primary_key=True),
        sa.Column("edition", sa.String(64), primary_key=True),
        sa.Column("task", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("project", sa.String(64), nullable=False),
        sa.Column("candidate", sa.String(64), nullable=False),
        sa.Column("incumbent", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("numbers", sa.Text, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
    )


def _number_tasks() -> None:
    """Ordinals by id within a project, and the hash of each task's data."""
    tasks = sa.table("tasks", *(sa.column(x) for x in ("project", "id", "data", "ordinal", "hash")))
    known = op.get_bind().execute(sa.select(tasks.c.project, tasks.c.id, tasks.c.data)).all()
    counts: dict[str, int] = {}
    numbered = []
    for project, number, data in sorted(known, key=lambda row: (row.project, row.id)):
        place = counts[project] = counts.get(project, -1) + 1
        hashed = hashlib.sha256(data.encode()).hexdigest()
        numbered.append({"of": project, "one": number, "place": place, "hashed": hashed})
    if numbered:
        one = sa.update(tasks).where(tasks.c.project == sa.bindparam("of"), tasks.c.id == sa.bindparam("one"))
        op.get_bind().execute(one.values(ordinal=sa.bindparam("place"), hash=sa.bindparam("hashed")), numbered)
