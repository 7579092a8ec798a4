"""SIGKILL at each step of a first edition: it completes, once, on a real Label Studio."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from alchemist.demo.processes import Process, start_backend
from tests.conftest import SAID, Say, own_port
from tests.e2e.services import children
from tests.e2e.test_first_edition import agreement, filled
from tests.e2e.user import User

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

STEPS = ("reading", "inducing", "trying", "voting", "storing", "pointing")
"""What the job says it does, in this order; `pointing` is what comes after the predictions are stored."""
KILLS = [
    (("server", "reading"), ("both", "storing")),
    (("worker", "inducing"), ("server", "storing")),
    (("both", "trying"), ("worker", "storing")),
    (("worker", "voting"), ("both", "pointing")),
    (("both", "inducing"), ("server", "pointing")),
]
"""Ten kills, two in each first edition: the second hits what goes on after the first."""
TASKS, ANNOTATED = 150, 24
Serve = Callable[[], Process]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "backend"


@pytest.fixture
def serve(home: Path) -> Iterator[Serve]:
    """Start the backend, always at the same address and with the same home."""
    port = own_port(9390)
    started: list[Process] = []

    def begin() -> Process:
        started.append(start_backend(home, port, ALCHEMIST_WRITER="offline", OPENAI_API_KEY=""))
        started[-1].wait("/health", 60)
        return started[-1]

    yield begin
    for process in started:
        process.stop()
        with contextlib.suppress(ProcessLookupError):  # a worker that outlived its server
            os.killpg(process.child.pid, signal.SIGKILL)


@pytest.mark.parametrize("kills", KILLS, ids=["-".join(word for kill in kills for word in kill) for kills in KILLS])
def test_a_first_edition_completes_once(
    kills: tuple[tuple[str, str], ...], user: User, serve: Serve, home: Path, record_property: Say
) -> None:
    labels = filled(user, TASKS, ANNOTATED)
    user.backend = serve()
    worker = worker_of(user.backend)
    os.kill(worker, signal.SIGSTOP)  # nothing is done before Label Studio has stored the connection
    user.connect()
    hooks = webhooks(user)
    os.kill(worker, signal.SIGCONT)

    attempt = (0, 0)
    for victim, step in kills:
        hit, holder, attempt = until_step(home, step, attempt)
        kill(user.backend, victim, holder)
        record_property(SAID, f"{victim} killed while {hit}")
        if victim != "worker":
            user.backend = serve()
    version = user.until_published()

    assert agreement(user, labels)[0] == TASKS - ANNOTATED
    assert {x.task for x in user.sdk.predictions.list(project=user.id)} == set(labels)
    assert user.versions() == {version: TASKS - ANNOTATED}  # the same programs and votes: the same edition
    assert [x.title for x in user.sdk.ml.list(project=user.id)] == [version]
    assert webhooks(user) == hooks
    assert look(home, "SELECT state FROM jobs WHERE state != 'done'") == []
    assert look(home, "SELECT name FROM editions") == [(version,)]
    assert look(home, "SELECT importing, serving, published FROM projects") == [(None, version, version)]


def worker_of(server: Process) -> int:
    """The process id of a server's worker."""
    ends = time.monotonic() + 30
    while not (found := children(server.child.pid)):
        assert time.monotonic() < ends, "the server started no worker"
        time.sleep(0.01)
    return found[0]


def kill(server: Process, victim: str, worker: int) -> None:
    """SIGKILL the server, the worker that holds the job, or both at once."""
    if victim in ("worker", "both"):
        os.kill(worker, signal.SIGKILL)
    if victim == "both":
        os.killpg(server.child.pid, signal.SIGKILL)
    if victim == "server":
        server.child.kill()
    if victim != "worker":
        server.child.wait(10)


def until_step(home: Path, wanted: str, last: tuple[int, int]) -> tuple[str, int, tuple[int, int]]:
    """Wait until the work is at a step, or past it where it is too short to be seen.

    The step that it is at, the process that does it, and the attempt: its job and number. `last`: the last one that
    was seen; the words of it stay until the next one of its job has said something.
    """
    row, ends = None, time.monotonic() + 60
    with reader(home) as connection:
        while time.monotonic() < ends:
            row = connection.execute(
                "SELECT progress, published, worker, id, attempts FROM jobs JOIN projects ON key = project"
                " WHERE state = 'open' ORDER BY lease IS NULL, id"
            ).fetchone()
            assert row, f"the work was over before it was seen {wanted}"
            progress, published, worker, *attempt = row
            fresh = tuple(attempt) == last or attempt[0] != last[0] or progress.startswith("reading")
            step = "pointing" if published else next((x for x in STEPS if progress.startswith(x)), "")
            if fresh and worker and step and STEPS.index(step) >= STEPS.index(wanted):
                return step, int(worker.rpartition("-")[2]), (attempt[0], attempt[1])
            time.sleep(0.002)
    pytest.fail(f"the job was never seen {wanted}; it says {row}")


def webhooks(user: User) -> list[tuple[int, str]]:
    """The project's webhooks: number and address."""
    return sorted((x.id, x.url) for x in user.sdk.webhooks.list(project=str(user.id)))


def look(home: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of the backend's database."""
    with reader(home) as connection:
        return connection.execute(query).fetchall()


def reader(home: Path) -> closing[sqlite3.Connection]:
    """A connection to the backend's database that cannot write."""
    return closing(sqlite3.connect(f"file:{home / 'alchemist.sqlite3'}?mode=ro", uri=True, timeout=20))
