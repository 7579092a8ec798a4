"""`alchemist serve`: the web process, and the worker beside it."""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn

from alchemist.core.errors import StateAway
from alchemist.improve import PREPARE
from alchemist.services import Services
from alchemist.settings import Settings, inherited, read_settings, written
from alchemist.state import jobs
from alchemist.web.app import create_app
from alchemist.worker import is_dead, worker_name

log = logging.getLogger(__name__)


def run(programs: Path | None, with_worker: bool) -> None:
    """Serve until told to stop."""
    settings = read_settings()
    if programs:
        settings = replace(settings, programs=str(programs.absolute()))
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s server %(levelname)s %(message)s")
    services = Services(settings)
    store = services.store  # opened here: a database that cannot be opened ends this before the port is taken
    for file in services.files:
        if file.problem:
            log.warning("program %s is left out: %s", file.name, file.problem)
    log.info("%d programs, %d projects known", len(services.files), len(store.projects()))
    server = uvicorn.Server(
        uvicorn.Config(create_app(services), host=settings.host, port=settings.port, log_config=None, access_log=False)
    )
    for dead in filter(is_dead, jobs.holders(store.engine)):
        log.info("giving back what worker %s held when it died", dead)
        jobs.release(store.engine, dead)
    jobs.wake(store.engine, time.time())
    for project in store.projects():
        if project.published == "":  # nothing could be stored: there may be a token now
            store.enqueue(PREPARE, project.key)
    supervisor = Supervisor(settings, partial(jobs.release, store.engine)) if with_worker else None
    if supervisor:
        supervisor.start()
    try:
        server.run()
    finally:
        if supervisor:
            supervisor.stop()
    if not server.started:
        sys.exit(1)


class Supervisor:
    """Keeps one worker process running; one that dies is started again, and `release` gives back what it held."""

    def __init__(self, settings: Settings, release: Callable[[str], object]) -> None:
        self.release = release
        self.environment = inherited(written(settings))
        self.stopping = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None
        self.thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the worker."""
        self.thread.start()

    def stop(self) -> None:
        """Stop the worker and wait for it."""
        self.stopping.set()
        if self.process:
            self.process.terminate()
        self.thread.join(timeout=20)
        if self.process and self.process.poll() is None:
            self.process.kill()

    def _keep(self) -> None:
        pause = 1.0
        while not self.stopping.is_set():
            began = time.monotonic()
            self.process = subprocess.Popen([sys.executable, "-m", "alchemist", "worker"], env=self.environment)
            code = self.process.wait()
            with contextlib.suppress(StateAway):  # then what it held costs its lease
                self.release(worker_name(self.process.pid))
            if self.stopping.is_set():
                return
            log.warning("the worker ended with code %s and is started again in %.0f s", code, pause)
            pause = 1.0 if time.monotonic() - began > 60 else pause
            self.stopping.wait(pause)
            pause = min(60.0, pause * 2)
