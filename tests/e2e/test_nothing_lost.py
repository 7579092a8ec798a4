"""Nothing is lost: people work on while server and worker are killed, and the record ends as Label Studio's truth."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa

from alchemist.core.corrections import Record
from alchemist.core.jobs import THIN
from alchemist.demo.processes import Process, start_backend
from alchemist.state.database import open_database, reading
from alchemist.state.jobs import open_jobs
from alchemist.state.schema import events
from alchemist.state.store import SqlStore
from tests.conftest import SAID, Say, own_port
from tests.doubles.people import UNTOLD, People, difference, known, told
from tests.doubles.truth import Truth, choice
from tests.e2e.conftest import REPLIES
from tests.e2e.services import children, postgres_server, until
from tests.e2e.user import User

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PACE = 0.2
"""Seconds between two things that one person does, on average."""
VICTIMS = ("worker", "server", "both")
TASKS, PHASE = 300, 100
"""A hundred things are done around each kill, half of them before it; the last hundred while nobody listens."""


class Backend:
    """`alchemist serve` with recorded programs, at one address and on one database, killed and started again."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        self.settings = {"OPENAI_API_KEY": "", "ALCHEMIST_COMBINER": "majority"} | settings
        self.port = own_port(9590)
        self.database = settings.get("ALCHEMIST_DATABASE_URL") or f"sqlite:///{home / 'alchemist.sqlite3'}"
        self.started: list[Process] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        process = start_backend(self.home, self.port, "--programs", str(REPLIES), **self.settings)
        self.started.append(process)
        process.wait("/health", 60)

    def kill(self, victim: str) -> None:
        """SIGKILL."""
        server = self.started[-1].child
        if victim == "worker":
            until(lambda: children(server.pid), 60, "there is a worker to kill")
            os.kill(children(server.pid)[0], signal.SIGKILL)
            return
        os.kill(server.pid if victim == "server" else -server.pid, signal.SIGKILL)
        server.wait(10)

    def mend(self) -> None:
        """Start a server that was killed; it starts its worker by itself."""
        if self.started[-1].child.poll() is not None:
            self.start()

    def stop(self) -> None:
        for process in self.started:
            process.stop()
            with contextlib.suppress(ProcessLookupError):  # a worker that outlived its server
                os.killpg(process.child.pid, signal.SIGKILL)


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.fixture
def backend(database: str, tmp_path: Path) -> Iterator[Backend]:
    with ExitStack() as running:
        settings = {}
        if database == "postgresql":
            settings["ALCHEMIST_DATABASE_URL"] = running.enter_context(postgres_server()).url
        backend = Backend(tmp_path / "backend", **settings)
        running.callback(backend.stop)
        backend.start()
        yield backend


class State:
    """What the backend keeps of the one project."""

    def __init__(self, database: str) -> None:
        self.engine = open_database(database)
        self.store = SqlStore(self.engine)

    def record(self) -> Record:
        (project,) = self.store.projects()
        return self.store.record(project.key)

    def busy(self) -> list[Mapping[str, object]]:
        """Open jobs; old predictions may go at leisure."""
        return [x for x in open_jobs(self.engine) if x["kind"] != THIN]

    def until_published(self) -> None:
        def published() -> bool:
            return any(x.published and x.published == x.serving for x in self.store.projects()) and not self.busy()

        until(published, 120, "the first edition is published", pause=0.2)

    def until_quiet(self) -> None:
        until(lambda: not self.busy(), 120, "no job is open", pause=0.2)

    def events(self) -> dict[bool, int]:
        """How many events are kept, by whether something was learned from them."""
        counted = sa.select(events.c.learned, sa.func.count()).group_by(events.c.learned)
        with reading(self.engine) as connection:
            return {bool(learned): number for learned, number in connection.execute(counted)}


@pytest.fixture
def state(backend: Backend) -> Iterator[State]:
    state = State(backend.database)
    yield state
    state.engine.dispose()


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 20), ("postgresql", 6)])
def test_a_hundred_things_are_done_around_each_kill(
    kills: int, backend: Backend, state: State, record_property: Say
) -> None:
    with Truth() as truth:
        truth.import_tasks(f"{'check out my channel' if n % 2 else 'love this song'} {n}" for n in range(TASKS))
        truth.connect(backend.url)
        state.until_published()
        people = People(truth, PACE)
        try:
            for number in range(kills - 1):
                truth.project["min_annotations_to_start_training"] = int(5 <= number < 10)
                people.may.release(PHASE)
                people.until_done(number * PHASE + PHASE // 2)
                backend.kill(VICTIMS[number % 3])
                backend.mend()
                if number in (7, 13):
                    truth.train()
            people.until_done((kills - 1) * PHASE)
            state.until_quiet()
            by_events = difference(known(state.record()), told(truth))
            assert {x: how for x, how in by_events.items() if not x.startswith(UNTOLD)} == {}
            backend.kill("both")
            people.may.release(PHASE)
            people.until_done(kills * PHASE)
            backend.mend()
        finally:
            people.end()
        state.until_quiet()
        record_property(SAID, summary(truth))
        assert truth.server.broken == []
        assert min(len(truth.heard), len(truth.lost)) > kills * PHASE / 10  # there was something to hear, and to miss
        assert_equal(truth, state)


def assert_equal(truth: Truth, state: State) -> None:
    """The record is the truth, and every unlabelled task has one prediction of the one edition."""
    assert difference(known(state.record()), told(truth)) == {}
    kept = state.events()
    assert False not in kept
    assert kept[True] >= len(truth.heard)
    (project,) = state.store.projects()
    version = project.serving
    assert (project.published, project.importing) == (version, None)
    assert (truth.project["model_version"], truth.backends[0]["title"]) == (version, version)
    predicted = Counter((x["task"], x["model_version"]) for x in truth.predictions.values())
    assert truth.unlabelled() - {task for (task, name) in predicted if name == version} == set()
    assert [x for x, number in predicted.items() if number > 1] == []


def summary(truth: Truth) -> str:
    """What was heard and lost, and how fast the webhook answered."""
    seconds = sorted(x[1] for x in truth.heard)
    lost = dict(Counter(error for _, error in truth.lost))
    statuses = dict(Counter(status for _, _, status in truth.heard))
    quick = f"{statistics.median(seconds) * 1000:.1f} ms, 95 %: {seconds[len(seconds) * 95 // 100] * 1000:.1f} ms"
    return f"{len(seconds)} events heard {statuses}, lost {lost}; answered in {quick}"


def test_sixty_events_of_a_real_label_studio(user: User, backend: Backend, state: State) -> None:
    tasks = user.import_tasks([f"{'check out my channel' if n % 2 else 'love this song'} {n}" for n in range(40)])
    user.backend = backend.started[-1]
    user.connect()
    state.until_published()
    for number in range(6):
        with ThreadPoolExecutor(1) as beside:
            killed = beside.submit(backend.kill, VICTIMS[number % 3])
            ten_events(user, tasks, number)
            killed.result()
            backend.mend()
    state.until_quiet()

    rows = list(user.sdk.tasks.list(project=user.id, fields="all"))
    truth = {f"data {row.id}": row.data for row in rows} | {f"task {row.id}": "is there" for row in rows}
    names = ("was_cancelled", "ground_truth", "completed_by")
    said = {f"annotation {x['id']}": (row.id, x["result"], *map(x.get, names)) for row in rows for x in row.annotations}
    assert len(said) == 24
    assert difference(known(state.record()), truth | said | {"words": ""}) == {}
    open_ones = {row.id for row in rows if all(x["was_cancelled"] for x in row.annotations)}
    predicted = [x.task for x in user.sdk.predictions.list(project=user.id) if x.model_version == user.version()]
    assert open_ones - set(predicted) == set()
    assert len(predicted) == len(set(predicted))


def ten_events(user: User, tasks: list[int], number: int) -> None:
    """Four annotations, two of them corrected, one skip, one deletion, one new task and one that goes."""
    mine = tasks[number * 6 : number * 6 + 6]
    made = [user.annotate(task, "spam") for task in mine[:4]]
    for annotation in made[:2]:
        user.call("PATCH", f"api/annotations/{annotation}/", json={"result": choice("ham")})
    user.annotate(mine[4], None, skipped=True)
    user.call("DELETE", f"api/annotations/{made[3]}/")
    user.import_tasks([f"love this song, again {number}"])
    user.call("DELETE", f"api/tasks/{mine[5]}/")
