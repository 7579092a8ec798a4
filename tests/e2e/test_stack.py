"""The scaled stack on real PostgreSQL and real Redis: a server without a worker, and two workers beside it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import redis

from alchemist.demo.processes import Process, start_backend
from tests.conftest import own_port
from tests.e2e.services import PostgresServer, RedisServer, children, postgres_server, redis_server, start_worker, until
from tests.e2e.test_first_edition import agreement, filled
from tests.e2e.user import User

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

TASKS, ANNOTATED = 150, 24


@dataclass(frozen=True)
class Stack:
    """All its processes."""

    redis: RedisServer
    postgres: PostgresServer
    server: Process
    workers: list[Process]

    def logs(self) -> list[str]:
        return [x.log.read_text(errors="replace") for x in self.workers]

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.postgres.url) as connection:
            return connection.execute(query.encode()).fetchall()

    def until_progress(self, word: str) -> None:
        """Wait until the job says that it is at a step."""
        query = "SELECT 1 FROM jobs WHERE state = 'open' AND lease IS NOT NULL AND progress LIKE "
        until(lambda: self.rows(f"{query} '{word}%'"), 60, f"the job is {word}")

    def until_handed_out(self) -> None:
        """Wait until RQ's registry of started jobs holds our row."""
        with redis.Redis.from_url(self.redis.url) as connection:
            until(lambda: connection.zcard("rq:wip:alchemist"), 30, "RQ runs a job")

    def assert_all_alive(self) -> None:
        assert [x.child.poll() for x in (self.server, *self.workers)] == [None, None, None], self.logs()


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack of its own, with no project."""
    with ExitStack() as running:
        queue, database = running.enter_context(redis_server()), running.enter_context(postgres_server())
        settings = {"ALCHEMIST_WRITER": "offline", "OPENAI_API_KEY": ""}
        settings |= {"ALCHEMIST_DATABASE_URL": database.url, "REDIS_URL": queue.url}
        server = start_backend(tmp_path / "server", own_port(9490), "--no-worker", **settings)
        running.callback(server.stop)
        workers = [start_worker(tmp_path / name, **settings) for name in ("one", "two")]
        for worker in workers:
            running.callback(worker.stop)
        server.wait("/health", 60)
        yield Stack(queue, database, server, workers)


def assert_once(user: User, labels: dict[int, str], stack: Stack) -> None:
    """Every unlabelled task has one prediction of the one edition, and no job is open."""
    version = user.version()
    assert agreement(user, labels)[0] == TASKS - ANNOTATED
    assert {x.task for x in user.sdk.predictions.list(project=user.id)} == set(labels)
    assert user.versions() == {version: TASKS - ANNOTATED}
    assert [x.title for x in user.sdk.ml.list(project=user.id)] == [version]
    assert stack.rows("SELECT state FROM jobs WHERE state != 'done'") == []
    assert stack.rows("SELECT name FROM editions") == [(version,)]
    assert stack.rows("SELECT importing, serving, published FROM projects") == [(None, version, version)]


def test_a_job_goes_through_rq_to_one_of_two_workers(user: User, stack: Stack) -> None:
    labels = filled(user, TASKS, ANNOTATED)
    user.backend = stack.server
    user.connect()
    stack.until_handed_out()
    user.until_published()
    assert_once(user, labels, stack)
    assert sorted(x.count("unlabelled tasks") for x in stack.logs()) == [0, 1]
    assert [word for word in ("ERROR", "Traceback", "Redis does not") if word in "".join(stack.logs())] == []
    stack.assert_all_alive()


def test_a_killed_worker_costs_seconds_and_the_other_one_goes_on(user: User, stack: Stack) -> None:
    labels = filled(user, TASKS, ANNOTATED)
    user.backend = stack.server
    user.connect()
    stack.until_progress("storing")
    ((holder,),) = stack.rows("SELECT worker FROM jobs WHERE state = 'open' AND lease IS NOT NULL")
    (killed,) = (x for x in stack.workers if str(x.child.pid) == holder.rpartition("-")[2])
    killed.child.kill()
    user.until(lambda: user.status()["published"] == user.version() and user.status()["job"] is None)
    assert_once(user, labels, stack)


def test_redis_dies_in_the_middle_and_comes_back(user: User, stack: Stack) -> None:
    labels = filled(user, TASKS, ANNOTATED)
    user.backend = stack.server
    model = user.connect()
    stack.until_progress("inducing")
    stack.redis.kill()
    assert httpx.get(stack.server.url + "/health").status_code == 200
    until(lambda: "Redis does not answer" in "".join(stack.logs()), 30, "the idle worker says that Redis is away")
    stack.until_progress("voting")
    stack.redis.start()
    user.until_published()
    assert_once(user, labels, stack)

    stack.redis.kill()
    user.train(model.id)
    user.until(lambda: user.status()["job"] is None)  # a worker found it by itself
    stack.redis.start()
    user.train(model.id)
    stack.until_handed_out()
    user.until(lambda: user.status()["job"] is None)
    assert_once(user, labels, stack)
    stack.assert_all_alive()


@pytest.mark.parametrize("seen_by", [1, 2], ids=["seen by the idle worker", "seen by both"])
def test_postgresql_dies_in_the_middle_and_comes_back(user: User, stack: Stack, seen_by: int) -> None:
    labels = filled(user, TASKS, ANNOTATED)
    user.backend = stack.server
    user.connect()
    stack.until_progress("inducing")
    stack.postgres.kill()

    assert httpx.get(stack.server.url + "/health").status_code == 200
    assert httpx.get(stack.server.url + "/metrics").status_code == 200
    task, project = {"id": 1, "data": {"text": "check out"}}, f"{user.id}.1"
    asked = [("GET", "/", None), ("GET", "/versions", None), ("POST", "/setup", {"project": project})]
    asked += [("POST", "/predict", {"project": project, "tasks": [task]})]
    asked += [("POST", "/webhook", {"action": "START_TRAINING", "project": {"id": user.id}})]
    for method, path, body in asked:
        reply = httpx.request(method, stack.server.url + path, json=body, timeout=10)
        assert (path, reply.status_code) == (path, 503)
        assert set(reply.json()) == {"error"}
        assert reply.json()["error"]["code"] == "state_away"
        assert reply.json()["error"]["message"].startswith("the database does not answer")
        assert "Traceback" not in reply.text

    away = "the database does not answer"
    until(lambda: sum(away in log for log in stack.logs()) >= seen_by, 60, f"{seen_by} workers say that it is away")
    stack.assert_all_alive()
    stack.postgres.start()
    user.until(lambda: user.status()["published"] == user.version() and user.status()["job"] is None)  # a lease
    assert_once(user, labels, stack)
    stack.assert_all_alive()
    assert "Traceback" not in stack.server.log.read_text() + "".join(stack.logs())


def test_a_restart_of_postgresql_that_nobody_saw_costs_no_request(stack: Stack) -> None:
    assert httpx.get(stack.server.url).status_code == 200
    stack.postgres.kill()
    stack.postgres.start()
    body = {"action": "ANNOTATION_CREATED", "project": {"id": 1}}  # Label Studio sends each event only once
    assert httpx.post(stack.server.url + "/webhook", json=body).status_code == 201
    stack.assert_all_alive()


def test_a_worker_that_dies_while_postgresql_is_away_is_started_again(tmp_path: Path) -> None:
    with postgres_server() as database:
        server = start_backend(tmp_path, own_port(9490), ALCHEMIST_DATABASE_URL=database.url)
        try:
            server.wait("/health", 60)
            until(lambda: children(server.child.pid), 30, "a worker is there")
            (worker,) = children(server.child.pid)
            database.kill()
            os.kill(worker, signal.SIGKILL)
            until(lambda: "the worker ended" in server.log.read_text(), 30, "the server saw it")
            database.start()
            until(lambda: children(server.child.pid), 30, "there is another one")
            assert httpx.get(server.url).status_code == 200
        finally:
            server.stop()
