"""The database: one URL, SQLite by default, PostgreSQL where several replicas share it."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

from alchemist.core.errors import BadSetting, StateAway
from alchemist.state.schema import projects

_LOCK = 0x616C6368  # "alch": two replicas that start at once migrate one after the other
_Item = TypeVar("_Item")

MANY = 500
"""Ids in one statement, at most."""
STRETCH = 2_000
"""Rows that are written in one transaction, at most: events wait to be kept meanwhile."""


def open_database(url: str) -> Engine:
    """An engine on a migrated database. Raises `BadSetting` when it cannot be opened."""
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            file = Path(parsed.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)
        engine = sa.create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
        sa.event.listen(engine, "handle_error", _map_error)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", _sqlite_connect)
            sa.event.listen(engine, "begin", _sqlite_begin)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except (sa.exc.SQLAlchemyError, StateAway, OSError, ImportError, ValueError) as error:
        cause = type(error).__name__ if isinstance(error, ValueError) else _cause(error)
        raise BadSetting(
            f"the {url.partition(':')[0]} database cannot be opened: {cause}",
            "Check ALCHEMIST_DATABASE_URL and ALCHEMIST_HOME; PostgreSQL needs label-studio-alchemist[postgres].",
        ) from error
    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema up to date, all in one transaction."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def writing(engine: Engine) -> Iterator[sa.Connection]:
    """A connection in a transaction; within another `writing` of this thread it is the same one, or nothing is kept."""
    outer = _writing.get()
    if outer is not None and outer.engine is engine:
        yield outer
        return
    with engine.begin() as connection:
        token = _writing.set(connection)
        try:
            yield connection
        finally:
            _writing.reset(token)


@contextmanager
def reading(engine: Engine) -> Iterator[sa.Connection]:
    """A connection that takes no write lock; within a `writing` it sees what was written."""
    outer = _writing.get()
    if outer is not None and outer.engine is engine:
        yield outer
        return
    with engine.connect().execution_options(reading=True) as connection:
        yield connection


def hold(connection: sa.Connection, project: str) -> None:
    """Let nobody else hold this project until the transaction ends; SQLite's write lock does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(projects.c.key).where(projects.c.key == project).with_for_update())


def pieces(items: Sequence[_Item], size: int) -> Iterator[Sequence[_Item]]:
    """The items in order, at most `size` at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


_writing: ContextVar[sa.Connection | None] = ContextVar("writing", default=None)


def _sqlite_connect(connection: Any, _: object) -> None:
    """Leave transactions to SQLAlchemy: the driver's own leave half-run migrations behind."""
    connection.isolation_level = None
    for pragma in ("busy_timeout=20000", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: Any) -> None:
    """Switch to WAL, once for the file: while another process does so, SQLite says "locked" without waiting."""
    ends = time.monotonic() + 20
    while connection.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)


def _sqlite_begin(connection: sa.Connection) -> None:
    """Take the write lock at once: a lock taken half-way fails instead of waiting."""
    reads = connection.get_execution_options().get("reading")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _map_error(context: sa.engine.ExceptionContext) -> None:
    """A database that does not answer, as an error of ours; the pool itself replaces a connection that died idle."""
    if context.is_pre_ping:
        return
    if isinstance(context.sqlalchemy_exception, sa.exc.OperationalError | sa.exc.InterfaceError):
        raise StateAway(
            f"the database does not answer ({_cause(context.sqlalchemy_exception)})", "Is it running?"
        ) from context.original_exception


def _cause(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0][:300]
