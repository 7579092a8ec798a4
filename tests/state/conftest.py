"""A database of each kind: SQLite in a file, and a throw-away PostgreSQL server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
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


def _installed(name: str) -> Path | None:
    found = shutil.which(name)
    if found:
        return Path(found)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda x: float(x.parts[-3]))
    return places[-1] if places else None


def _missing(why: str) -> None:
    if os.environ.get("ALCHEMIST_REQUIRE_REAL") == "1":
        pytest.fail(f"ALCHEMIST_REQUIRE_REAL is 1, but {why}")
    pytest.skip(f"no real PostgreSQL: {why}")


def _as_server_user() -> list[str]:
    """PostgreSQL does not run as root: then it runs as the user `postgres`."""
    if os.geteuid() != 0:
        return []
    if subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode != 0:
        _missing("this is root, PostgreSQL does not run as root, and there is no user postgres")
    for command in (["runuser", "-u", "postgres", "--"], ["setpriv", "--reuid=postgres", "--regid=postgres"]):
        if shutil.which(command[0]):
            return [*command, "--clear-groups"] if command[0] == "setpriv" else command
    _missing("this is root, and there is neither runuser nor setpriv to be another user")
    return []


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server, without the name of a database."""
    initdb, server = _installed("initdb"), _installed("postgres")
    if not initdb or not server:
        _missing("initdb and postgres are neither on the PATH nor under /usr/lib/postgresql")
    prefix = _as_server_user()
    # Not tmp_path: another user must be able to enter, and a socket's path may have 100 characters only.
    home = Path(tempfile.mkdtemp(prefix="alchemist-pg-"))
    try:
        if prefix:
            shutil.chown(home, "postgres", "postgres")
        data = home / "data"
        made = [*prefix, str(initdb), "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(made, check=True, capture_output=True, cwd=home, timeout=120)
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        options = ["-c", "fsync=off", "-c", f"unix_socket_directories={home}", "-c", "listen_addresses=127.0.0.1"]
        run = [*prefix, str(server), "-D", str(data), "-p", str(port), *options]
        log = home / "log"
        with log.open("wb") as out:
            child = subprocess.Popen(run, stdout=out, stderr=out, cwd=home)
        try:
            _wait(f"postgresql://tester@127.0.0.1:{port}/postgres", child, log)
            yield f"postgresql://tester@127.0.0.1:{port}"
        finally:
            os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGINT)  # fast shutdown
            child.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _wait(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and child.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"PostgreSQL does not start: {log.read_text(errors='replace')[-1000:]}")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.e2e)])
def blank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'alchemist.sqlite3'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"t{time.monotonic_ns()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


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
