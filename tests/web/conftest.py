"""The backend with three small programs, called as Label Studio calls it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.web.app import create_app

XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
KEY = "4.1795174907"

PROGRAMS = {
    "invites": """def label(task):
    "An invitation is evidence of spam."
    text = task["text"] or ""
    return "spam" if "check out" in text.lower() else None
""",
    "links": """def label(task):
    "A link is evidence of spam."
    return "spam" if "http" in (task.get("text") or "") else None
""",
    "praise": """def label(task):
    "Praise is evidence of ham."
    return "ham" if "love" in (task["text"] or "") else None
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the three programs."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        (folder / f"{name}.py").write_text(text)
    return folder


@pytest.fixture
def services(tmp_path: Path, folder: Path) -> Services:
    """Services with a blank database and no Label Studio."""
    services = Services(Settings(home=tmp_path / "home", programs=str(folder)))
    assert services.store.projects() == []
    return services


@pytest.fixture
def client(services: Services) -> TestClient:
    """The backend; what it raises is answered, as over a socket."""
    return TestClient(create_app(services), raise_server_exceptions=False)


@pytest.fixture
def introduce(client: TestClient) -> Callable[..., str]:
    """Call `/setup` as Label Studio does; the version it answers."""

    def setup(xml: str = XML, key: str = KEY, token: str = "0" * 40) -> str:
        body = {
            "project": key,
            "schema": xml,
            "hostname": "http://localhost:8080",
            "access_token": token,
            "extra_params": None,
        }
        reply = client.post("/setup", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()["model_version"]

    return setup


@pytest.fixture
def ask(client: TestClient) -> Callable[..., list[Any]]:
    """Call `/predict` with tasks; its results."""

    def predict(tasks: list[Any], xml: str = XML, key: str = KEY) -> list[Any]:
        body = {"tasks": tasks, "project": key, "label_config": xml, "params": {"context": None}}
        reply = client.post("/predict", json=body)
        assert reply.status_code == 200, reply.text
        return reply.json()["results"]

    return predict
