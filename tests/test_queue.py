"""Handing out due jobs: workers that look by themselves, a Redis that is a double, and a real one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from alchemist import worker
from alchemist.core.errors import BadSetting, StateAway
from alchemist.core.ports import Project
from alchemist.core.tasks import Task
from alchemist.queue import Outage, RedisQueue, work
from alchemist.services import Services
from alchemist.settings import Settings, read_settings
from alchemist.state import jobs
from tests.doubles.studio import ScriptedStudio
from tests.e2e.services import RedisServer, redis_server

KEY = "4.1795174907"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
TASKS = [Task({"text": text}, number) for number, text in enumerate(("check out", "love", "nothing"))]


class Project4(Services):
    """Services that know one project in Label Studio; `meanwhile` is called while its job runs."""

    def __init__(self, folder: Path) -> None:
        programs = folder / "programs"
        programs.mkdir()
        body = 'def label(task):\n    return "spam" if "check out" in task["text"] else None\n'
        (programs / "a.py").write_text(body)
        super().__init__(Settings(home=folder / "home", programs=str(programs), combiner="majority"))
        self.double = ScriptedStudio(TASKS)
        self.meanwhile: Callable[[], object] = lambda: None
        self.runs = 0

    def studio(self, project: Project, tell: Callable[[str], None]) -> ScriptedStudio:
        self.runs += 1
        self.meanwhile()
        return self.double

    def due(self) -> list[tuple[int, int]]:
        return jobs.due(self.store.engine, time.time())

    def alone(self) -> bool:
        return worker.work_once(self)

    def state(self) -> list[tuple[str, int]]:
        """State and attempts of every job to publish that there ever was."""
        with self.store.engine.connect() as connection:
            return [
                tuple(x) for x in connection.exec_driver_sql("SELECT state, attempts FROM jobs WHERE kind = 'publish'")
            ]


class ScriptedQueue:
    """Stands for `RedisQueue`: keeps what is handed out; while `away`, it fails as Redis does."""

    def __init__(self, services: Project4) -> None:
        self.services = services
        self.away = False
        self.redis = Outage("Redis")
        self.database = Outage("The database")
        self.queued: list[tuple[int, int]] = []

    def hand_out(self, due: Sequence[tuple[int, int]]) -> None:
        self._ask()
        self.queued += [x for x in due if x not in self.queued]

    def work(self) -> bool:
        self._ask()
        rows, self.queued = self.queued, []
        for row, _ in rows:
            worker.work_once(self.services, row)
        return bool(rows)

    def _ask(self) -> None:
        if self.away:
            raise redis.ConnectionError("Connection refused")


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Project4]:
    """Services with one due job: to publish."""
    services = Project4(tmp_path)
    services.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    services.alone()
    services.runs = 0
    yield services
    services.store.engine.dispose()


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def url(server: RedisServer) -> str:
    """A Redis with nothing in it."""
    if not server.answers():
        server.start()
    with redis.Redis.from_url(server.url) as connection:
        connection.flushall()
    return server.url


@pytest.fixture
def real(url: str, services: Project4, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisQueue]:
    """RQ on a real Redis; what it calls finds these services."""
    monkeypatch.setattr(worker, "_services", lambda: services)
    with opened(url) as queue:
        yield queue


@pytest.fixture(params=["alone", "double", pytest.param("real", marks=pytest.mark.e2e)])
def queue(request: pytest.FixtureRequest, services: Project4) -> RedisQueue | ScriptedQueue | None:
    """Each way to hand out."""
    if request.param == "real":
        return request.getfixturevalue("real")
    return ScriptedQueue(services) if request.param == "double" else None


@contextmanager
def opened(url: str) -> Iterator[RedisQueue]:
    """A queue whose connections are closed in the end."""
    queue = RedisQueue(url)
    try:
        yield queue
    finally:
        queue.connection.close()


def look(queue: RedisQueue | ScriptedQueue | None, services: Project4) -> bool:
    """One look for work, as a worker has it."""
    return work(queue, services.due, services.alone)  # type: ignore[arg-type]


def test_a_due_job_is_done_once(queue: RedisQueue | ScriptedQueue | None, services: Project4) -> None:
    assert look(queue, services) is True
    assert (services.runs, services.state()) == (1, [("done", 1)])
    assert look(queue, services) is False
    assert services.runs == 1
    assert len(services.double.stored) == 3


def test_a_job_that_waits_is_not_handed_out(queue: RedisQueue | ScriptedQueue | None, services: Project4) -> None:
    with services.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET due = due + 1000")
    assert look(queue, services) is False
    assert (services.runs, services.state()) == (0, [("open", 0)])


def test_a_job_wished_for_meanwhile_runs_once_more(
    queue: RedisQueue | ScriptedQueue | None, services: Project4
) -> None:
    wishes = [lambda: services.store.enqueue("publish", KEY, urgent=True)]
    services.meanwhile = lambda: wishes.pop()() if wishes else None
    while look(queue, services):
        pass
    assert (services.runs, services.state()) == (2, [("done", 1)])
    assert len(services.double.stored) == 3


def test_a_failed_job_is_handed_out_again(queue: RedisQueue | ScriptedQueue | None, services: Project4) -> None:
    def broken() -> None:
        if services.runs == 1:
            raise StateAway("the database does not answer", "")

    services.meanwhile = broken
    assert look(queue, services) is True
    assert services.state() == [("open", 1)]
    assert look(queue, services) is False  # until its lease ends
    with services.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET lease = 0")
    assert look(queue, services) is True
    assert (services.runs, services.state()) == (2, [("done", 2)])


def test_two_workers_that_are_handed_one_job_do_it_once(services: Project4) -> None:
    ((row, _),) = services.due()
    barrier = threading.Barrier(2)

    def begin(_: int) -> bool:
        barrier.wait(10)
        return worker.work_once(services, row)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(begin, range(2))) == [False, True]
    assert (services.runs, services.state()) == (1, [("done", 1)])


def test_where_redis_is_away_a_worker_looks_by_itself_and_says_so(
    services: Project4, caplog: pytest.LogCaptureFixture
) -> None:
    queue = ScriptedQueue(services)
    queue.away = True
    assert look(queue, services) is True
    assert (services.runs, services.state()) == (1, [("done", 1)])
    assert "Redis does not answer (ConnectionError): this worker looks for jobs by itself" in caplog.text
    assert look(queue, services) is False


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    """What was logged by the queue since this was called before."""
    lines = [(x.levelname, x.message) for x in caplog.records if x.name == "alchemist.queue"]
    caplog.clear()
    return lines


def test_an_outage_of_redis_is_told_once_and_its_end_too(services: Project4, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    queue = ScriptedQueue(services)
    away = "Redis does not answer (ConnectionError): this worker looks for jobs by itself"
    look(queue, services)
    assert told(caplog) == []
    for _ in range(2):
        queue.away = True
        for _ in range(3):
            look(queue, services)
        assert told(caplog) == [("WARNING", away)]
        queue.away = False
        for _ in range(3):
            look(queue, services)
        assert told(caplog) == [("INFO", "Redis answers again")]


def test_a_database_that_is_away_ends_no_worker_and_is_told_once(
    services: Project4, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    def away() -> list[tuple[int, int]]:
        raise StateAway("the database does not answer (gone)", "Is it running?")

    queue = ScriptedQueue(services)
    for _ in range(2):
        for _ in range(3):
            assert work(queue, away, services.alone) is False  # type: ignore[arg-type]
        assert told(caplog) == [("WARNING", "the database does not answer (gone); it is tried again")]
        assert work(queue, list, services.alone) is False  # type: ignore[arg-type]
        assert told(caplog) == [("INFO", "The database answers again")]
    assert services.state() == [("open", 0)]


@pytest.mark.parametrize("url", ["redis.example.org:6379", "http://redis:6379", "redis://redis:port"])
def test_a_url_that_is_none_of_redis_is_said_at_once(url: str) -> None:
    with pytest.raises(BadSetting, match="REDIS_URL is not usable: expected a URL with redis://") as raised:
        read_settings({"REDIS_URL": url})
    assert url not in str(raised.value)  # it may hold a password


@pytest.mark.parametrize("url", ["redis://:p@redis:6379/0", "rediss://redis", "unix:///run/redis.sock"])
def test_a_url_of_redis_is_taken(url: str) -> None:
    assert read_settings({"REDIS_URL": url}).redis_url == url
    RedisQueue(url).connection.close()


@pytest.mark.e2e
def test_a_row_is_queued_once_however_many_workers_look(url: str, services: Project4) -> None:
    ((row, _),) = services.due()
    with opened(url) as one, opened(url) as other:
        for queue in (one, other, one):
            queue.hand_out(services.due())
        assert [x.rpartition("-")[0] for x in one.queue.job_ids] == [f"alchemist-{row}-0"]
        assert one.answers()


@pytest.mark.e2e
def test_what_redis_hands_out_twice_is_done_once_and_leaves_nothing(
    url: str, real: RedisQueue, services: Project4, caplog: pytest.LogCaptureFixture
) -> None:
    due = services.due()
    real.hand_out(due)

    def look_again() -> None:
        with opened(url) as other:  # another worker, which looked before this one claimed
            other.hand_out(due)
            assert other.work() is True

    services.meanwhile = look_again
    assert real.work() is True
    assert (services.runs, services.state()) == (1, [("done", 1)])
    assert real.work() is False
    assert real.connection.keys("rq:job:*") == []
    assert [x.message for x in caplog.records if x.levelno > logging.INFO] == []


@pytest.mark.e2e
def test_what_redis_forgets_is_still_due(real: RedisQueue, services: Project4) -> None:
    real.hand_out(services.due())
    real.connection.flushall()
    assert real.work() is False
    assert services.state() == [("open", 0)]
    assert look(real, services) is True
    assert (services.runs, services.state()) == (1, [("done", 1)])


@pytest.mark.e2e
def test_a_worker_dies_between_taking_a_row_and_claiming_it(real: RedisQueue, services: Project4) -> None:
    ((row, _),) = services.due()
    real.hand_out(services.due())
    assert real.queue.pop_job_id().startswith(f"alchemist-{row}-0")
    assert look(real, services) is True
    assert (services.runs, services.state()) == (1, [("done", 1)])


@pytest.mark.e2e
def test_rq_is_quiet(real: RedisQueue, services: Project4, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert look(real, services) is True
    assert [x.name for x in caplog.records] == ["alchemist.worker"]


@pytest.mark.e2e
def test_redis_forgets_while_a_job_runs(real: RedisQueue, services: Project4) -> None:
    services.meanwhile = real.connection.flushall
    look(real, services)
    assert (services.runs, services.state()) == (1, [("done", 1)])
    assert look(real, services) is False


@pytest.mark.e2e
@pytest.mark.slow
def test_redis_dies_while_a_job_runs_and_comes_back(
    real: RedisQueue, services: Project4, server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    before = threading.active_count()
    services.meanwhile = server.kill
    look(real, services)
    assert (services.runs, services.state()) == (1, [("done", 1)])
    services.meanwhile = lambda: None
    services.store.enqueue("publish", KEY)
    assert look(real, services) is True
    assert services.state() == [("done", 1), ("done", 1)]
    assert "this worker looks for jobs by itself" in caplog.text

    server.start()
    caplog.clear()
    services.store.enqueue("publish", KEY)
    assert look(real, services) is True
    assert services.state() == [("done", 1)] * 3
    assert "by itself" not in caplog.text
    assert threading.active_count() <= before  # nothing goes on knocking
