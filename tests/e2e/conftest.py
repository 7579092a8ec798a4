"""A real Label Studio and a real backend, started once for all end-to-end tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from label_studio_sdk import LabelStudio

from alchemist.demo.processes import Login, Process, start_backend, start_label_studio
from tests.conftest import own_port
from tests.e2e.user import User

ROOT = Path(__file__).parents[2]
REPLIES = ROOT / "tests" / "data" / "completions" / "youtube" / "first" / "replies"
Start = Callable[..., Process]
LOGIN = Login("annotator@example.com", "a-good-password", "0123456789abcdef0123456789abcdef01234567")


def absent(what: str) -> None:
    """Skip aloud; where CI has installed everything, a missing part is a failure."""
    if os.environ.get("ALCHEMIST_REQUIRE_REAL") == "1":
        pytest.fail(f"{what} is not installed, and ALCHEMIST_REQUIRE_REAL is 1")
    pytest.skip(f"{what} is not installed: this real part is not tested")


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Label Studio 1.23.2 in its own environment."""
    command = ROOT / ".venv-label-studio" / "bin" / "label-studio"
    if not command.exists():
        absent("Label Studio (make label-studio)")
    process = start_label_studio(command, tmp_path_factory.mktemp("label-studio"), LOGIN, own_port(8180))
    try:
        process.wait("/health", 300)
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """The backend as it is started by people, with the recorded programs for YouTube comments."""
    process = start_backend(tmp_path_factory.mktemp("backend"), own_port(9190), "--programs", str(REPLIES))
    try:
        process.wait("/health", 60)
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def sdk(studio: Process) -> Iterator[Any]:
    with httpx.Client(timeout=60) as http:
        yield LabelStudio(base_url=studio.url, api_key=LOGIN.token, httpx_client=http)


@pytest.fixture
def user(sdk: Any, studio: Process, backend: Process) -> User:
    """A person with a new project."""
    return User(sdk, studio, backend)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a backend of one's own, with settings."""
    started: list[Process] = []

    def begin(folder: str = "backend", **settings: str) -> Process:
        settings = {"ALCHEMIST_WRITER": "offline", "OPENAI_API_KEY": "", **settings}
        started.append(start_backend(tmp_path / folder, own_port(9290), **settings))
        started[-1].wait("/health", 60)
        return started[-1]

    yield begin
    for process in started:
        process.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        absent("Chromium")
    return str(found)
