"""Jobs, on SQLite and on PostgreSQL. Times are seconds on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.ports import Project
from alchemist.state import jobs
from alchemist.state.jobs import LEASE, PAUSES, Job, beat, claim, enqueue, fail, finish, open_jobs, waiting
from alchemist.state.store import SqlStore
from tests.doubles.work import KEY


def claimed(engine: Engine, worker: str, now: float) -> Job:
    job = claim(engine, worker, now)
    assert job is not None
    return job


def rows(engine: Engine) -> list[tuple[Any, ...]]:
    """Project and state of every job there ever was."""
    with engine.connect() as connection:
        return [tuple(x) for x in connection.execute(sa.text("SELECT project, state FROM jobs ORDER BY id"))]


def test_a_wish_is_one_job_while_it_is_open(engine: Engine) -> None:
    for _ in range(3):
        enqueue(engine, "prepare", "1.1", 100)
    enqueue(engine, "prepare", "2.1", 100)
    enqueue(engine, "review", "1.1", 100)
    assert rows(engine) == [("1.1", "open"), ("2.1", "open"), ("1.1", "open")]
    assert waiting(engine, "prepare", "1.1")
    assert not waiting(engine, "review", "2.1")


def test_a_done_job_may_be_wished_again(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    finish(engine, claimed(engine, "a", 100), 101)
    assert not waiting(engine, "prepare", "1.1")
    enqueue(engine, "prepare", "1.1", 102)
    assert rows(engine) == [("1.1", "done"), ("1.1", "open")]
    assert claimed(engine, "a", 102).attempts == 1


def test_threads_that_wish_at_once_make_one_job(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    at_once(lambda n: enqueue(engine, "prepare", "1.1", 100 + n, urgent=bool(n % 2)), list(range(8)))
    assert rows(engine) == [("1.1", "open")]


def test_the_most_overdue_is_claimed_first(engine: Engine) -> None:
    for project, due in (("1.1", 103), ("2.1", 101), ("3.1", 102), ("4.1", 999)):
        enqueue(engine, "prepare", project, due)
    assert claim(engine, "a", 100) is None
    assert [claimed(engine, "a", 200).project for _ in range(3)] == ["2.1", "3.1", "1.1"]
    assert claim(engine, "a", 200) is None


def test_a_claim(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    job = claimed(engine, "worker-a", 100)
    assert job == Job(job.id, "prepare", "1.1", 1, "worker-a", 100.0)
    assert open_jobs(engine) == [
        {
            "kind": "prepare",
            "project": "1.1",
            "due": 100.0,
            "lease": 160.0,
            "attempts": 1,
            "progress": "",
            "error": "",
        }
    ]


def test_a_certain_job_may_be_claimed(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    enqueue(engine, "prepare", "2.1", 101)
    enqueue(engine, "prepare", "3.1", 999)
    (first, _), (second, _) = jobs.due(engine, 200)
    job = claim(engine, "a", 200, only=second)
    assert job is not None
    assert (job.id, job.project) == (second, "2.1")
    assert claim(engine, "b", 200, only=second) is None
    assert claim(engine, "b", 200, only=77) is None
    assert jobs.due(engine, 200) == [(first, 0)]


def test_what_a_dead_worker_held_is_given_back(engine: Engine) -> None:
    for project in ("1.1", "2.1", "3.1"):
        enqueue(engine, "prepare", project, 100)
    dead = [claimed(engine, "dead", 100), claimed(engine, "dead", 100)]
    alive = claimed(engine, "alive", 100)
    assert jobs.release(engine, "dead") == 2
    assert jobs.release(engine, "dead") == 0
    assert sorted(claimed(engine, "next", 100).id for _ in dead) == sorted(job.id for job in dead)
    assert beat(engine, alive, None, 101) is True
    assert beat(engine, dead[0], None, 101) is False


def test_one_of_many_threads_wins_a_claim(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    won = at_once(lambda n: claim(engine, f"worker-{n}", 100), list(range(8)))
    assert len([job for job in won if job]) == 1


def test_threads_share_the_work(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    for n in range(12):
        enqueue(engine, "prepare", f"{n}.1", 100)

    def work(name: int) -> list[str]:
        done = []
        for _ in range(100):
            job = claim(engine, f"worker-{name}", 100)
            if job:
                done.append(job.project)
                finish(engine, job, 100)
        return done

    shared = at_once(work, list(range(4)))
    assert sorted(project for done in shared for project in done) == sorted(f"{n}.1" for n in range(12))


def test_a_silent_worker_loses_its_job_after_the_lease(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    silent = claimed(engine, "silent", 100)
    assert LEASE == 60
    assert claim(engine, "other", 160) is None
    taken = claimed(engine, "other", 160.5)
    assert (taken.id, taken.attempts) == (silent.id, 2)
    assert beat(engine, silent, "still here", 161) is False
    finish(engine, silent, 162)
    fail(engine, silent, "too late", 162)
    assert waiting(engine, "prepare", "1.1")
    assert (open_jobs(engine)[0]["progress"], open_jobs(engine)[0]["error"]) == ("", "")
    assert beat(engine, taken, None, 162) is True


def test_a_beat_renews_the_lease(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    job = claimed(engine, "a", 100)
    assert beat(engine, job, "voting", 150) is True
    assert claim(engine, "b", 205) is None
    assert beat(engine, job, None, 205) is True
    assert claim(engine, "b", 264) is None
    assert open_jobs(engine)[0]["progress"] == "voting"
    beat(engine, job, "x" * 9_999, 206)
    assert open_jobs(engine)[0]["progress"] == "x" * 500


def test_pauses_grow(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 0)
    now, pauses = 0.0, []
    for attempt in range(1, 8):
        job = claimed(engine, "a", now)
        assert job.attempts == attempt
        pause = fail(engine, job, f"failed {attempt}", now)
        assert claim(engine, "a", now + pause - 0.1) is None
        now += pause
        pauses.append(pause)
    assert pauses == [5, 15, 60, 300, 900, 900, 900]
    assert PAUSES == (5, 15, 60, 300, 900)
    assert open_jobs(engine)[0]["error"] == "failed 7"


def test_an_ordinary_wish_waits_for_the_pause(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    fail(engine, claimed(engine, "a", 100), "away", 100)
    enqueue(engine, "prepare", "1.1", 101)
    assert claim(engine, "a", 101) is None


def test_an_urgent_wish_does_not_wait_for_the_pause(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    fail(engine, claimed(engine, "a", 100), "away", 100)
    enqueue(engine, "prepare", "1.1", 101, urgent=True)
    assert claimed(engine, "a", 101).attempts == 2


@pytest.mark.parametrize("urgent", [True, False])
def test_a_running_job_runs_once_more_when_it_was_urgent(engine: Engine, urgent: bool) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    job = claimed(engine, "a", 100)
    for _ in range(3):
        enqueue(engine, "prepare", "1.1", 110, urgent=urgent)
    assert claim(engine, "b", 110) is None
    finish(engine, job, 120)
    assert waiting(engine, "prepare", "1.1") is urgent
    if urgent:
        again = claimed(engine, "b", 120)
        assert (again.id, again.attempts) == (job.id, 1)
        finish(engine, again, 130)
    assert rows(engine) == [("1.1", "done")]


def test_an_urgent_wish_during_an_attempt_that_fails_is_kept(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    job = claimed(engine, "a", 100)
    enqueue(engine, "prepare", "1.1", 110, urgent=True)
    fail(engine, job, "away", 120)
    assert claimed(engine, "a", 125).attempts == 2
    assert jobs.open_jobs(engine)[0]["error"] == "away"


# One at a time


def test_a_projects_jobs_are_done_one_at_a_time(engine: Engine) -> None:
    for kind, project, due in (("prepare", "1.1", 100), ("review", "1.1", 101), ("review", "2.1", 102)):
        enqueue(engine, kind, project, due)
    first = claimed(engine, "a", 110)
    assert (first.kind, first.project) == ("prepare", "1.1")
    assert [number for number, _ in jobs.due(engine, 110)] == [3]
    assert claim(engine, "b", 110, only=2) is None
    other = claimed(engine, "b", 110)
    assert (other.kind, other.project) == ("review", "2.1")
    assert claim(engine, "c", 110) is None
    finish(engine, first, 111)
    second = claimed(engine, "c", 111)
    assert (second.kind, second.project) == ("review", "1.1")


@pytest.mark.parametrize("end", ["fails", "is released", "is silent"])
def test_the_next_of_a_project_may_begin_when_one(engine: Engine, end: str) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    enqueue(engine, "review", "1.1", 100.5)
    first = claimed(engine, "a", 101)
    now = 102.0
    if end == "fails":
        fail(engine, first, "away", now)
    elif end == "is released":
        jobs.release(engine, "a")
        finish(engine, claimed(engine, "a", now), now)
    else:
        assert claim(engine, "b", 161, only=2) is None
        now = 161.5
    job = claim(engine, "b", now, only=2)
    assert job is not None
    assert job.kind == "review"


def test_a_silent_worker_does_not_come_back_beside_another_job_of_the_project(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    enqueue(engine, "review", "1.1", 100.5)
    silent = claimed(engine, "silent", 101)
    second = claim(engine, "b", 162, only=2)
    assert second is not None
    assert beat(engine, silent, "back", 163) is False
    assert beat(engine, second, None, 163) is True
    finish(engine, second, 164)
    assert beat(engine, silent, "back", 165) is True
    assert claim(engine, "b", 166) is None


def test_a_late_beat_is_taken_when_nobody_else_began(engine: Engine) -> None:
    enqueue(engine, "prepare", "1.1", 100)
    enqueue(engine, "prepare", "2.1", 100)
    late = claimed(engine, "late", 101)
    assert claim(engine, "other", 169, only=2) is not None
    assert beat(engine, late, None, 170) is True


def test_threads_do_one_of_a_project_at_once(store: SqlStore, at_once: Callable[..., list[Any]]) -> None:
    store.save_project(Project("1.1"))
    for project in (KEY, "1.1"):
        for kind in ("prepare", "review", "publish", "thin"):
            enqueue(store.engine, kind, project, 100)
    won = at_once(lambda n: claim(store.engine, f"worker-{n}", 100, only=n + 1), list(range(8)))
    assert sorted(job.project for job in won if job) == ["1.1", KEY]


# Wishes for later, and when they were made


def test_a_delayed_wish_is_due_later(engine: Engine) -> None:
    enqueue(engine, "review", "1.1", 100, delay=5)
    assert claim(engine, "a", 104.9) is None
    job = claimed(engine, "a", 105)
    assert job.asked == 100


@pytest.mark.parametrize(("before", "delay", "due"), [(200.0, 5, 105), (200.0, 0, 100), (102.0, 5, 102), (90.0, 5, 90)])
def test_an_urgent_wish_makes_a_waiting_one_due_no_later(
    engine: Engine, before: float, delay: float, due: float
) -> None:
    enqueue(engine, "review", "1.1", before)
    enqueue(engine, "review", "1.1", 100, urgent=True, delay=delay)
    assert [x["due"] for x in open_jobs(engine)] == [due]


def test_an_ordinary_wish_changes_nothing_of_a_waiting_one(engine: Engine) -> None:
    enqueue(engine, "review", "1.1", 100, delay=50)
    enqueue(engine, "review", "1.1", 101)
    assert [x["due"] for x in open_jobs(engine)] == [150]


def test_an_urgent_delayed_wish_that_is_new_is_due_then(engine: Engine) -> None:
    enqueue(engine, "review", "1.1", 100, urgent=True, delay=5)
    enqueue(engine, "review", "1.1", 103, urgent=True, delay=5)
    assert [x["due"] for x in open_jobs(engine)] == [105]
    assert claimed(engine, "a", 105).asked == 103


def test_a_running_job_that_is_wished_for_later_opens_again_then(engine: Engine) -> None:
    enqueue(engine, "thin", "1.1", 100)
    job = claimed(engine, "a", 100)
    enqueue(engine, "thin", "1.1", 110, urgent=True, delay=10)
    enqueue(engine, "thin", "1.1", 111, urgent=True, delay=90)
    finish(engine, job, 112)
    assert [x["due"] for x in open_jobs(engine)] == [120]
    assert claim(engine, "a", 119.9) is None
    again = claimed(engine, "a", 120)
    assert (again.id, again.attempts, again.asked) == (job.id, 1, 112)
    enqueue(engine, "thin", "1.1", 121, urgent=True)
    finish(engine, again, 130)
    assert [x["due"] for x in open_jobs(engine)] == [130]


def test_a_wish_during_an_attempt_that_crashed_is_newer_than_what_it_did(engine: Engine) -> None:
    enqueue(engine, "train", "1.1", 100)
    assert claimed(engine, "a", 101).asked == 100
    enqueue(engine, "train", "1.1", 110, urgent=True)
    assert claimed(engine, "b", 170).asked == 110
    jobs.release(engine, "b")
    enqueue(engine, "train", "1.1", 180, urgent=True)
    assert claimed(engine, "c", 180).asked == 180


def test_a_job_that_goes_on_was_asked_for_when_it_was(engine: Engine) -> None:
    enqueue(engine, "train", "1.1", 100)
    fail(engine, claimed(engine, "a", 101), "away", 101)
    enqueue(engine, "train", "1.1", 102)
    assert claimed(engine, "a", 200).asked == 100
