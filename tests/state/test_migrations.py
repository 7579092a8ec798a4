"""Migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

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

from alchemist.core.errors import BadSetting
from alchemist.state.database import migrate, open_database
from alchemist.state.schema import metadata

HEAD = "0002"
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
