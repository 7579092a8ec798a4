"""Jobs: rows that say what is to be done; any worker claims one by a conditional update.

A job is open until it is done or has failed for good. While it is open there is only one of its kind and project;
the same wish meanwhile makes it run once more. A crash costs the lease and nothing else.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.state.database import hold, reading, writing
from alchemist.state.schema import jobs

LEASE = 60.0
"""Seconds that a worker may be silent before its job is another's."""
PAUSES = (5.0, 15.0, 60.0, 300.0, 900.0)
"""Seconds before the next attempt, after each failed one; the last goes on for ever."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job; `worker` is the mark that the claim is held under, `asked` when it was last asked for."""

    id: int
    kind: str
    project: str
    attempts: int
    worker: str
    asked: float


def enqueue(engine: Engine, kind: str, project: str, now: float, urgent: bool = False, delay: float = 0.0) -> None:
    """Make sure that the job runs: an open one is enough. A new one is due `delay` seconds from `now`.

    `urgent` makes sure that it begins after `now`: one that waits is due then at the latest, one that runs will run
    once more, not before then. Where two processes open it at once, one of them finds it open: that is all that was
    wanted.
    """
    open_one = sa.and_(jobs.c.kind == kind, jobs.c.project == project, jobs.c.state == "open")
    if not urgent and waiting(engine, kind, project):
        return
    then = now + delay
    new = {"kind": kind, "project": project, "state": "open", "due": then, "attempts": 0, "again": 0}
    with writing(engine) as connection:
        soon = sa.case((jobs.c.due > then, then), else_=jobs.c.due)
        waits = sa.update(jobs).where(open_one, jobs.c.lease.is_(None))
        found = connection.execute(waits.values(due=soon, created_at=now))
        if not found.rowcount:
            first = sa.case((jobs.c.again == 0, then), else_=soon)
            found = connection.execute(sa.update(jobs).where(open_one).values(again=1, due=first, created_at=now))
        if not found.rowcount:
            with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():
                connection.execute(sa.insert(jobs).values(**new, progress="", error="", created_at=now))


def waiting(engine: Engine, kind: str, project: str) -> bool:
    """Whether such a job is open."""
    wanted = sa.select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.project == project, jobs.c.state == "open")
    with reading(engine) as connection:
        return connection.execute(wanted).first() is not None


def claim(engine: Engine, worker: str, now: float, only: int | None = None) -> Job | None:
    """The most overdue job (or the one with the id `only`), now held by `worker`; None when it is not to be had.

    A project's jobs are done one at a time.
    """
    free = _free(now) if only is None else sa.and_(_free(now), jobs.c.id == only)
    wanted = (
        sa.select(jobs.c.id, jobs.c.kind, jobs.c.project, jobs.c.attempts, jobs.c.created_at)
        .where(free)
        .order_by(jobs.c.due)
        .limit(1)
    )
    with reading(engine) as connection:
        if connection.execute(wanted).first() is None:
            return None
    with writing(engine) as connection:
        row = connection.execute(wanted).first()
        if row is None:
            return None
        hold(connection, row.project)
        held = connection.execute(
            sa.update(jobs)
            .where(jobs.c.id == row.id, free)
            .values(lease=now + LEASE, worker=worker, attempts=row.attempts + 1, again=0)
        )
        return Job(row.id, row.kind, row.project, row.attempts + 1, worker, row.created_at) if held.rowcount else None


def due(engine: Engine, now: float) -> list[tuple[int, int]]:
    """The jobs that anybody may claim: id and attempts so far."""
    wanted = sa.select(jobs.c.id, jobs.c.attempts).where(_free(now)).order_by(jobs.c.due)
    with reading(engine) as connection:
        return [(row.id, row.attempts) for row in connection.execute(wanted)]


def release(engine: Engine, worker: str) -> int:
    """Give back what a worker that is known to be dead still held; how many jobs."""
    with writing(engine) as connection:
        held = sa.and_(jobs.c.worker == worker, jobs.c.state == "open")
        return connection.execute(sa.update(jobs).where(held).values(lease=None, worker=None)).rowcount


def wake(engine: Engine, now: float) -> None:
    """Make every waiting job due: what was wrong may have been mended."""
    with writing(engine) as connection:
        waits = sa.and_(jobs.c.state == "open", jobs.c.lease.is_(None))
        connection.execute(sa.update(jobs).where(waits).values(due=now))


def holders(engine: Engine) -> list[str]:
    """The workers that hold a job."""
    wanted = sa.select(jobs.c.worker).where(jobs.c.state == "open", jobs.c.lease.is_not(None)).distinct()
    with reading(engine) as connection:
        return [str(worker) for worker in connection.execute(wanted).scalars()]


def beat(engine: Engine, job: Job, progress: str | None, now: float) -> bool:
    """Renew the lease; False when the job is another worker's by now, or another job of the project was begun."""
    values = {"lease": now + LEASE} | ({} if progress is None else {"progress": progress[:500]})
    with writing(engine) as connection:
        hold(connection, job.project)
        mine = sa.or_(jobs.c.lease >= now, ~_busy(now))
        return bool(connection.execute(sa.update(jobs).where(_held_by(job), mine).values(**values)).rowcount)


def finish(engine: Engine, job: Job, now: float) -> None:
    """The job is done; it opens again when it was asked for meanwhile."""
    with writing(engine) as connection:
        mine = _held_by(job)
        later = sa.case((jobs.c.due > now, jobs.c.due), else_=now)
        again = connection.execute(
            sa.update(jobs)
            .where(mine, jobs.c.again == 1)
            .values(lease=None, worker=None, due=later, attempts=0, again=0, error="", created_at=now)
        )
        if not again.rowcount:
            connection.execute(
                sa.update(jobs).where(mine).values(state="done", lease=None, ended_at=now, error="", progress="")
            )


def fail(engine: Engine, job: Job, error: str, now: float) -> float:
    """The attempt failed: the job is due again after a pause, which is returned in seconds."""
    pause = PAUSES[min(job.attempts, len(PAUSES)) - 1]
    given_back = {"lease": None, "worker": None, "due": now + pause, "error": error[:2000]}
    with writing(engine) as connection:
        connection.execute(sa.update(jobs).where(_held_by(job)).values(**given_back))
    return pause


def open_jobs(engine: Engine) -> list[dict[str, object]]:
    """Every open job, for people to read."""
    wanted = sa.select(
        jobs.c.kind, jobs.c.project, jobs.c.due, jobs.c.lease, jobs.c.attempts, jobs.c.progress, jobs.c.error
    ).where(jobs.c.state == "open")
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]


def _free(now: float) -> sa.ColumnElement[bool]:
    """Open, due, and no job of the project is held; the job's own lease stands by itself, since PostgreSQL looks at
    that row again when it had to wait for it, and at no other."""
    unheld = sa.or_(jobs.c.lease.is_(None), jobs.c.lease < now)
    return sa.and_(jobs.c.state == "open", jobs.c.due <= now, unheld, ~_busy(now))


def _busy(now: float) -> sa.ColumnElement[bool]:
    other = jobs.alias("other")
    held = sa.and_(other.c.state == "open", other.c.lease >= now)
    return sa.exists().where(other.c.project == jobs.c.project, held)


def _held_by(job: Job) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.id == job.id, jobs.c.worker == job.worker, jobs.c.state == "open")
