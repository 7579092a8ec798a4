"""The worker: claims jobs and does them, one at a time. torch lives here; a crash here costs no request."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from functools import lru_cache
from pathlib import Path

from alchemist.core.errors import AlchemistError, StateAway
from alchemist.core.jobs import THIN
from alchemist.queue import Outage, RedisQueue, work
from alchemist.services import Services
from alchemist.settings import read_settings
from alchemist.state import jobs

log = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds between two looks for work."""

_database = Outage("The database")
LOOK = 5.0
"""Seconds between two looks for jobs of workers that died, and for projects that were not read for long."""


def run() -> None:
    """Work until told to stop (SIGTERM, SIGINT, or the process that started this one is gone)."""
    settings = read_settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s worker %(levelname)s %(message)s")
    for chatty in ("httpx", "httpx2"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    os.nice(5)  # requests go first
    services = _services()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    queue = RedisQueue(settings.redis_url) if settings.redis_url else None
    parent = os.getppid()
    looks = 0.0
    while not stop.is_set() and os.getppid() == parent:
        if time.monotonic() >= looks:
            with contextlib.suppress(StateAway):
                release_dead(services)
                services.sweep(time.time())
            looks = time.monotonic() + LOOK
        if not work(queue, lambda: jobs.due(services.store.engine, time.time()), lambda: work_once(services)):
            stop.wait(IDLE)


@lru_cache(maxsize=1)
def _services() -> Services:
    """This process's parts."""
    return Services(read_settings())


def name() -> str:
    """What this worker's claims are marked with: the machine and the process."""
    return worker_name(os.getpid())


def worker_name(process: int) -> str:
    """The mark of a worker on this machine."""
    return f"{os.uname().nodename}-{process}"[-64:]


def is_dead(worker: str) -> bool:
    """Whether a worker was on this machine and is gone."""
    process = worker.rpartition("-")[2]
    if not process.isdigit() or worker_name(int(process)) != worker:
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    stat = Path(f"/proc/{process}/stat")  # one that nobody has buried yet answers signals
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


def release_dead(services: Services) -> None:
    """Give back what workers of this machine held when they died: their jobs need not wait for the lease."""
    engine = services.store.engine
    for dead in filter(is_dead, jobs.holders(engine)):
        log.info("giving back what worker %s held when it died", dead)
        jobs.release(engine, dead)


def perform(row: int) -> None:
    """Do the job with this id, if nobody else does: what RQ calls."""
    work_once(_services(), row)


def work_once(services: Services, only: int | None = None) -> bool:
    """Claim one job and do it; False when there is none."""
    try:
        job = jobs.claim(services.store.engine, name(), time.time(), only)
    except StateAway as error:
        _database.begins(f"{error.message}; it is tried again")
        return False
    _database.ends()
    if job is None:
        return False
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(services, job, ended), daemon=True)
    beating.start()
    try:
        _do(services, job)
    except StateAway as error:
        log.warning("%s; job %d is tried again when its lease ends", error.message, job.id)
    finally:
        ended.set()
        beating.join()
    return True


def _do(services: Services, job: jobs.Job) -> None:
    engine = services.store.engine

    def tell(progress: str) -> None:
        if not jobs.beat(engine, job, progress, time.time()):
            raise StateAway("this worker was silent for longer than its lease, so the job may be another's by now")

    try:
        done = services.do(job.kind, job.project, job.asked, tell)
        if job.kind != THIN:  # what was published is worth more to an admin than what was cleaned up after it
            services.store.mark(job.project, note=done[:2000])
        log.info("project %s: %s", job.project, done)
        jobs.finish(engine, job, time.time())
    except StateAway:
        raise
    except AlchemistError as error:
        pause = jobs.fail(engine, job, f"{error.message}. {error.hint}".strip(), time.time())
        log.warning("project %s: %s. %s Next attempt in %.0f s", job.project, error.message, error.hint, pause)
    except Exception:
        jobs.fail(engine, job, "Something went wrong; the worker's log has the details.", time.time())
        log.exception("job %s of project %s failed", job.kind, job.project)


def _beat(services: Services, job: jobs.Job, ended: threading.Event) -> None:
    while not ended.wait(jobs.LEASE / 4):
        with contextlib.suppress(StateAway):
            jobs.beat(services.store.engine, job, None, time.time())
