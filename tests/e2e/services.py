"""Redis, PostgreSQL and workers as processes that a test may kill and start again."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from alchemist.demo.processes import Process
from alchemist.settings import inherited
from tests.e2e.conftest import absent


class Server:
    """A server on a port of its own: `run` is its command, `folder` holds its log."""

    def __init__(self, run: list[str], folder: Path, port: int) -> None:
        self.run = run
        self.folder = folder
        self.port = port
        self.child: subprocess.Popen[bytes] | None = None

    def answers(self) -> bool:
        """Whether it is there."""
        raise NotImplementedError

    def kill(self) -> None:
        """End it at once, nothing saved."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it; return when it answers."""
        log = self.folder / "log"
        with log.open("ab") as out:
            self.child = subprocess.Popen(self.run, stdout=out, stderr=out, cwd=self.folder)
        ends = time.monotonic() + 60
        while not self.answers():
            if self.child.poll() is not None or time.monotonic() > ends:
                pytest.fail(f"{self.run[0]} does not start: {log.read_text(errors='replace')[-1000:]}")
            time.sleep(0.05)


class RedisServer(Server):
    """Redis that keeps nothing."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def answers(self) -> bool:
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(self.url) as connection:
            return bool(connection.ping())
        return False

    def kill(self) -> None:
        assert self.child
        self.child.kill()
        self.child.wait(10)


class PostgresServer(Server):
    """PostgreSQL with one database."""

    @property
    def url(self) -> str:
        return f"postgresql://tester@127.0.0.1:{self.port}/postgres"

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=2).close()
            return True
        return False

    def kill(self) -> None:
        """What `pg_ctl stop -m immediate` does."""
        self.end(signal.SIGQUIT)

    def end(self, number: signal.Signals) -> None:
        assert self.child
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), number)
        self.child.wait(30)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A Redis that runs."""
    if not (found := installed("redis-server")):
        absent("Redis")
    with _folder("redis") as home:
        port = _port()
        quiet = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(home)]
        server = RedisServer([str(found), "--port", str(port), *quiet], home, port)
        server.start()
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL that runs; as the user `postgres` where this is root, since it does not run as root."""
    initdb, found = installed("initdb"), installed("postgres")
    if not initdb or not found:
        absent("PostgreSQL")
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    with _folder("pg") as home:
        if prefix:
            try:
                shutil.chown(home, "postgres", "postgres")
            except LookupError:
                absent("a user postgres, which PostgreSQL needs where this is root,")
        made = [*prefix, str(initdb), "-D", str(home / "data"), "-U", "tester", "-A", "trust", "-E", "UTF8"]
        subprocess.run([*made, "--no-sync"], check=True, capture_output=True, cwd=home, timeout=120)
        port = _port()
        options = ["-c", f"unix_socket_directories={home}", "-c", "listen_addresses=127.0.0.1"]
        run = [*prefix, str(found), "-D", str(home / "data"), "-p", str(port), *options]
        server = PostgresServer(run, home, port)
        server.start()
        try:
            yield server
        finally:
            if server.child and server.child.poll() is None:
                server.end(signal.SIGINT)


def start_worker(folder: Path, **settings: str) -> Process:
    """Start `alchemist worker` with its log in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    command = [sys.executable, "-m", "alchemist", "worker"]
    environment = inherited({"ALCHEMIST_HOME": str(folder), **settings})
    with log.open("ab") as out:
        child = subprocess.Popen(command, env=environment, cwd=folder, stdout=out, stderr=out, start_new_session=True)
    return Process("a worker", "", log, child)


def children(process: int) -> list[int]:
    """The ids of the processes that a process started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            found += [int(folder.name)] if parent == process else []
    return sorted(found)


def until(done: Callable[[], object], seconds: float, what: str, pause: float = 0.005) -> None:
    """Wait for something; looked at every 5 ms, since some things show in moments only."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, f"not within {seconds} s: {what}"
        time.sleep(pause)


def installed(name: str) -> Path | None:
    """Where a program is; Debian keeps PostgreSQL's away from the PATH."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda x: float(x.parts[-3]))
    found = shutil.which(name) or (places[-1] if places else None)
    return Path(found) if found else None


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """Not tmp_path: another user must be able to enter, and a socket's path may have 100 characters only."""
    home = Path(tempfile.mkdtemp(prefix=f"alchemist-{name}-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
