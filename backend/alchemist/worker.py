"""The worker: claims jobs and does them, one at a time. torch lives here; a crash here costs no request."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
import uuid

from alchemist.core.errors import AlchemistError
from alchemist.improve import PREPARE
from alchemist.services import Services
from alchemist.settings import read_settings
from alchemist.state import jobs

log = logging.getLogger(__name__)

IDLE = 0.5
"""Seconds between two looks for work."""


def run() -> None:
    """Work until told to stop (SIGTERM, SIGINT, or the server that started this one is gone)."""
    settings = read_settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s worker %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    services = Services(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    parent = os.getppid()
    name = f"{os.uname().nodename}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
    while not stop.is_set() and os.getppid() == parent:
        if not work_once(services, name):
            stop.wait(IDLE)


def work_once(services: Services, name: str) -> bool:
    """Claim one job and do it; False when there is none."""
    job = jobs.claim(services.store.engine, name, time.time())
    if job is None:
        return False
    ended = threading.Event()
    beating = threading.Thread(target=_beat, args=(services, job, ended), daemon=True)
    beating.start()
    try:
        _do(services, job)
    finally:
        ended.set()
        beating.join()
    return True


def _do(services: Services, job: jobs.Job) -> None:
    engine = services.store.engine

    def tell(progress: str) -> None:
        jobs.beat(engine, job, progress, time.time())

    try:
        if job.kind != PREPARE:
            raise AlchemistError(f"no worker knows how to do {job.kind!r}")
        done = services.prepare(job.project, tell)
        services.store.note(job.project, done)
        log.info("project %s: %s", job.project, done)
        jobs.finish(engine, job, time.time())
    except AlchemistError as error:
        pause = jobs.fail(engine, job, f"{error.message}. {error.hint}".strip(), time.time())
        log.warning("project %s: %s. %s Next attempt in %.0f s", job.project, error.message, error.hint, pause)
    except Exception:
        jobs.fail(engine, job, "Something went wrong; the worker's log has the details.", time.time())
        log.exception("job %s of project %s failed", job.kind, job.project)


def _beat(services: Services, job: jobs.Job, ended: threading.Event) -> None:
    while not ended.wait(jobs.LEASE / 4):
        jobs.beat(services.store.engine, job, None, time.time())
