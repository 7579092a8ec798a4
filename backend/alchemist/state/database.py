"""The database: one URL, SQLite by default, PostgreSQL where several replicas share it."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Engine

from alchemist.core.errors import BadSetting, StateAway

_LOCK = 0x616C6368  # "alch": two replicas that start at once migrate one after the other


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


def reading(engine: Engine) -> sa.Connection:
    """A connection that takes no write lock."""
    return engine.connect().execution_options(reading=True)


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
