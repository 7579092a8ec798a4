"""`alchemist serve`: the web process, and the worker beside it."""

from __future__ import annotations

import contextlib
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import uvicorn

from alchemist.core.errors import BadSetting, StateAway
from alchemist.core.jobs import PREPARE
from alchemist.services import Services
from alchemist.settings import Settings, inherited, read_settings, written
from alchemist.state import jobs
from alchemist.web.app import create_app
from alchemist.worker import release_dead, worker_name

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
    server = uvicorn.Server(uvicorn.Config(create_app(services), log_config=None, access_log=False))
    listening = listen(settings.host, settings.port)  # events wait from here on
    log.info("listening at http://%s:%d", settings.host, settings.port)
    release_dead(services)
    jobs.wake(store.engine, time.time())
    for project in store.projects():
        if project.published == "":  # nothing could be stored: there may be a token now
            store.enqueue(PREPARE, project.key)
    services.catch_up()
    supervisor = Supervisor(settings, partial(jobs.release, store.engine)) if with_worker else None
    if supervisor:
        supervisor.start()
    try:
        server.run(sockets=[listening])
    finally:
        if supervisor:
            supervisor.stop()
    if not server.started:
        sys.exit(1)


def listen(host: str, port: int) -> socket.socket:
    """A socket on which requests wait until they are answered. Raises `BadSetting` where it cannot be had.

    It says that it is TCP: asyncio switches Nagle's algorithm off for those that do, and only for those; with it every
    answer on a kept connection takes 40 ms more.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise BadSetting(
            f"port {port} of {host} cannot be had: {error.strerror}", "Set ALCHEMIST_PORT or ALCHEMIST_HOST."
        ) from error
    listening.listen(2048)
    return listening


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
