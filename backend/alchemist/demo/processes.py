"""Label Studio and the backend as child processes, with folders of their own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from alchemist.core.errors import AlchemistError, NotFound
from alchemist.settings import inherited


@dataclass
class Process:
    """A started server: where it answers, and its log."""

    name: str
    url: str
    log: Path
    child: subprocess.Popen[bytes] = field(repr=False)

    def wait(self, path: str, seconds: float, alive: Callable[[], None] = lambda: None) -> None:
        """Return when it answers 200. Raises `AlchemistError` with the end of its log when it does not."""
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and self.child.poll() is None:
            try:
                if httpx.get(self.url + path, timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            alive()
            time.sleep(0.2)
        ended = f"ended with code {self.child.returncode}" if self.child.poll() is not None else "does not answer"
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        raise AlchemistError(f"{self.name} {ended}. The end of {self.log}:\n{tail}")

    def stop(self) -> None:
        """Stop it and everything that it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.child.poll() is None:
                os.killpg(self.child.pid, number)
                try:
                    self.child.wait(20)
                except subprocess.TimeoutExpired:
                    continue


@dataclass(frozen=True)
class Login:
    """A Label Studio user that is made at first start."""

    email: str
    password: str
    token: str


def start_label_studio(command: Path | None, folder: Path, login: Login, port: int) -> Process:
    """Start Label Studio on 127.0.0.1 with its data in `folder`."""
    found = str(command.absolute()) if command else shutil.which("label-studio")
    if found is None or not Path(found).exists():
        raise NotFound(
            f"there is no {command or 'label-studio'}",
            "Install Label Studio in an environment of its own (make label-studio) and name it with --label-studio.",
        )
    environment = {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": login.email,
        "LABEL_STUDIO_PASSWORD": login.password,
        "LABEL_STUDIO_USER_TOKEN": login.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "USE_DEFAULT_BANNED_SUBNETS": "false",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
    }
    arguments = [found, "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    return _start("Label Studio", arguments, environment, folder, f"http://localhost:{port}")


def start_backend(folder: Path, port: int, *options: str, **settings: str) -> Process:
    """Start `alchemist serve` with its data in `folder`."""
    own = {
        "ALCHEMIST_HOME": str(folder),
        "ALCHEMIST_PORT": str(port),
        "ALCHEMIST_HOST": "127.0.0.1",
    }
    arguments = [sys.executable, "-m", "alchemist", "serve", *options]
    return _start("the backend", arguments, own | settings, folder, f"http://localhost:{port}")


def free_port(wanted: int) -> int:
    """`wanted` if nothing listens there, else any free port."""
    for port in (wanted, 0):
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise AlchemistError("there is no free port on this machine")


def _start(name: str, arguments: list[str], extra: Mapping[str, str], folder: Path, url: str) -> Process:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log.txt"
    with log.open("ab") as out:
        child = subprocess.Popen(
            arguments, env=inherited(extra), cwd=folder, stdout=out, stderr=out, start_new_session=True
        )
    return Process(name, url, log, child)
