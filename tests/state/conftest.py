"""A database of each kind: SQLite in a file, and a throw-away PostgreSQL server."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import Engine

from alchemist.core.ports import Project
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore

KEY = "4.1795174907"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server, without the name of a database."""
    from tests.e2e.services import postgres_server  # with it come seconds of imports, which SQLite needs not

    with postgres_server() as server:
        yield server.url.rpartition("/")[0]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'alchemist.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"t{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def engine(blank: str) -> Iterator[Engine]:
    """An engine on a migrated database."""
    engine = open_database(blank)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> SqlStore:
    """A store that knows one project."""
    store = SqlStore(engine)
    store.save_project(Project(KEY, "<View/>", "http://localhost:8080", "token"))
    return store


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Call a function with each argument in a thread of its own, all beginning together; what they returned."""
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    def call(function: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
        barrier = Barrier(len(arguments))

        def begin(argument: Any) -> Any:
            barrier.wait(30)
            return function(argument)

        with ThreadPoolExecutor(len(arguments)) as threads:
            return list(threads.map(begin, arguments))

    return call
