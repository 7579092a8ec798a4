"""The page for people: what it says, and that it never runs what others wrote."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from alchemist import __version__
from alchemist.core.ports import Project
from alchemist.services import Services
from alchemist.state import jobs

APPROVED = Path(__file__).parents[1] / "approved" / "status.html"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
HOSTILE = "<img src=x onerror=alert(1)>"
QUOTED = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")


def page(client: TestClient) -> str:
    reply = client.get("/", headers={"Accept": "text/html,application/xhtml+xml"})
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return reply.text


def test_json_unless_a_browser_asks(client: TestClient) -> None:
    for accept in ("*/*", "application/json"):
        reply = client.get("/", headers={"Accept": accept})
        assert reply.json() == {"status": "UP", "version": __version__, "projects": []}
    assert "No project is connected yet" in page(client)


def test_json_of_a_project(client: TestClient, introduce: Callable[..., str]) -> None:
    version = introduce()
    (project,) = client.get("/").json()["projects"]
    assert project["job"].pop("due_in") == 0
    assert project == {
        "key": "4.1795174907",
        "title": "Project 4",
        "edition": version,
        "published": None,
        "problem": "",
        "note": "",
        "questions": [
            {
                "name": "label",
                "labels": ["spam", "ham"],
                "weights": "no task was read yet",
                "programs": ["invites", "links", "praise"],
                "writers": ["folder", "folder", "folder"],
                "reason": "",
            }
        ],
        "unsupported": [],
        "job": {"kind": "prepare", "running": False, "progress": "", "error": "", "attempts": 0},
    }


def test_page_as_approved(client: TestClient, services: Services, introduce: Callable[..., str]) -> None:
    """One project that predicts and has failed, one published and at work, one that cannot be predicted.

    To approve what was received, move it over `tests/approved/status.html`.
    """
    both = XML.replace("</View>", '<Rating name="stars" toName="text"/></View>')
    store = services.store
    introduce(both, "1.1600000001")
    job = jobs.claim(store.engine, "worker", time.time())
    assert job is not None
    jobs.fail(store.engine, job, "Label Studio does not answer. Is it running?", time.time() + 3600)
    store.mark("2.1600000002", published=introduce(key="2.1600000002"))
    services.store.save_project(Project("2.1600000002", title="Comments & more"))
    store.mark("2.1600000002", note="7 of 9 unlabelled tasks, 7 stored now; title mode")
    job = jobs.claim(store.engine, "worker", time.time())
    assert job is not None
    jobs.beat(store.engine, job, "voting on 9 tasks", time.time())
    introduce(XML.replace('"spam"', '"bacon"').replace('"ham"', '"eggs"'), "3.1600000003")
    shown = page(client).replace(f"Version {__version__}.", "Version 0.0.0.")
    shown = re.sub(r"in 36\d\d s", "in 3600 s", shown)
    received = APPROVED.with_suffix(".received.html")
    received.unlink(missing_ok=True)
    if not APPROVED.exists() or APPROVED.read_text() != shown:
        received.write_text(shown)
    assert APPROVED.exists(), f"nothing is approved yet: read {received}"
    assert shown == APPROVED.read_text()


def test_hostile_names_titles_and_faults_are_escaped(
    client: TestClient, services: Services, introduce: Callable[..., str]
) -> None:
    name = HOSTILE.replace("<", "&lt;").replace(">", "&gt;")
    xml = (
        f'<View><Text name="text" value="$text"/><Choices name="{name}" toName="text">'
        f'<Choice value="{name}"/><Choice value="ham"/></Choices><Rating name="r{name}" toName="text"/></View>'
    )
    introduce(xml)
    introduce(key="5.1600000000")
    store = services.store
    services.store.save_project(Project("4.1795174907", title=f"title {HOSTILE}"))
    store.mark("4.1795174907", note=f"note {HOSTILE}")
    job = jobs.claim(store.engine, "worker", time.time())
    assert job is not None
    jobs.beat(store.engine, job, f"progress {HOSTILE}", time.time())
    assert f"progress {QUOTED}" in page(client)
    jobs.fail(store.engine, job, f"fault {HOSTILE}", time.time())
    shown = page(client)
    for where in ("title ", "note ", "fault ", "r", ""):
        assert f"{where}{QUOTED}" in shown
    assert HOSTILE not in shown
    assert shown.count("<img") == 0


def test_a_config_that_no_program_fits_any_more(
    client: TestClient, services: Services, introduce: Callable[..., str], ask: Callable[..., list[Any]]
) -> None:
    services.store.mark("4.1795174907", published=introduce())
    changed = XML.replace('"spam"', '"bacon"').replace('"ham"', '"eggs"')
    assert introduce(changed) == "alchemist-0"
    assert ask([{"id": 1, "data": {"text": "check out"}}], changed) == [[]]
    (project,) = client.get("/").json()["projects"]
    assert project["edition"] == "alchemist-0"
    assert [(x["programs"], x["reason"]) for x in project["questions"]] == [([], "no program votes on it yet")]
    assert "Nothing predicts here yet." in page(client)


def test_a_mended_config_leaves_no_complaint(client: TestClient, introduce: Callable[..., str]) -> None:
    introduce("<View")
    (broken,) = client.get("/").json()["projects"]
    assert broken["problem"].startswith("the label config cannot be read: ")
    introduce()
    (mended,) = client.get("/").json()["projects"]
    assert (mended["problem"], mended["note"]) == ("", "")
