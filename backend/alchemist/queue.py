"""Handing due jobs to workers. By default each worker looks by itself; with Redis, RQ hands them out.

The rows in the database stay the truth: what Redis forgets is still due, and what it hands out twice is claimed once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from uuid import uuid4

import redis
import rq
from rq.serializers import JSONSerializer

from alchemist.core.errors import StateAway

log = logging.getLogger(__name__)

PERFORM = "alchemist.worker.perform"
"""The function that RQ calls with the id of a job's row."""


class Outage:
    """Something that a worker asks twice a second: told once when it goes away, and once when it is back."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.away = False

    def begins(self, how: str) -> None:
        """It did not answer; `how` is told, unless it is away already."""
        if not self.away:
            log.warning(how)
        self.away = True

    def ends(self) -> None:
        """It answered."""
        if self.away:
            log.info("%s answers again", self.what)
        self.away = False


class RedisQueue:
    """Due rows through RQ, the queue that Label Studio itself uses. Raises `redis.RedisError` when Redis is away."""

    def __init__(self, url: str, name: str = "alchemist") -> None:
        self.redis = Outage("Redis")
        self.database = Outage("The database")
        self.connection = redis.Redis.from_url(url, socket_timeout=10)
        self.queue = rq.Queue(name, connection=self.connection, serializer=JSONSerializer)

    def answers(self) -> bool:
        """Whether Redis is there."""
        try:
            return bool(self.connection.ping())
        except redis.RedisError:
            return False

    def hand_out(self, due: Sequence[tuple[int, int]]) -> None:
        """Queue rows (id, attempts) that are not queued yet."""
        queued = {known.rpartition("-")[0] for known in self.queue.job_ids}
        for row, attempts in due:
            mark = f"alchemist-{row}-{attempts}"
            if mark not in queued:  # ids are unique: the end of one handed out twice must not delete the one that runs
                known = f"{mark}-{uuid4().hex}"
                self.queue.enqueue(PERFORM, row, job_id=known, job_timeout=-1, result_ttl=0, failure_ttl=60)

    def work(self) -> bool:
        """Do what is queued; False when nothing was."""
        if not self.queue.count:
            return False
        worker = _Worker([self.queue], connection=self.connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="WARNING")
        return True


class _Worker(rq.SimpleWorker):
    """RQ's worker in this process; signals are ours, and nobody commands it through Redis."""

    def _install_signal_handlers(self) -> None:
        return

    def subscribe(self) -> None:
        """No thread that waits for commands: it would outlive this worker whenever Redis dies under a job."""


def work(queue: RedisQueue | None, due: Callable[[], Sequence[tuple[int, int]]], alone: Callable[[], bool]) -> bool:
    """One look for work: through Redis if there is one and it answers, `alone` otherwise; whether any was done."""
    if queue is None:
        return alone()
    try:
        rows = due()
        queue.database.ends()
        queue.hand_out(rows)
        queue.redis.ends()
        return queue.work()
    except redis.RedisError as error:
        queue.redis.begins(f"Redis does not answer ({type(error).__name__}): this worker looks for jobs by itself")
        return alone()
    except StateAway as error:
        queue.database.begins(f"{error.message}; it is tried again")
        return False
