"""The page for people: what it says, and that it never runs what others wrote."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from alchemist import __version__
from alchemist.core.decisions import REJECTED, ROLLED_BACK, Decision
from alchemist.core.ledger import Call
from alchemist.core.ports import Project
from alchemist.core.worth import worth
from alchemist.services import Services
from alchemist.state import jobs
from alchemist.state.ledger import keep

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
    (decision,) = project.pop("decisions")
    at = datetime.strptime(decision.pop("at"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(at.timestamp() - time.time()) < 60
    assert decision == {
        "verdict": "promoted",
        "candidate": version,
        "incumbent": "",
        "actor": "admin",
        "reason": "programs that a person gave, before any task was read",
    }
    assert project == {
        "key": "4.1795174907",
        "number": 4,
        "title": "Project 4",
        "edition": version,
        "published": None,
        "chosen": None,
        "problem": "",
        "note": "",
        "spent": "",
        "threshold": "every answer is given, whatever its score",
        "questions": [
            {
                "name": "label",
                "labels": ["spam", "ham"],
                "weights": "no task was read yet",
                "scores": "not calibrated: too few corrections of tasks with a vote, or not the combiner auto",
                "worth": None,
                "doubts": 0,
                "programs": ["invites", "links", "praise"],
                "writers": ["folder", "folder", "folder"],
                "reason": "",
            }
        ],
        "unsupported": [],
        "job": {"kind": "prepare", "running": False, "progress": "", "error": "", "attempts": 0},
    }


def test_page_as_approved(client: TestClient, services: Services, introduce: Callable[..., str]) -> None:
    """One project that predicts and has failed, one that is going back to an edition, one that cannot be predicted.

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
    store.mark("2.1600000002", note="7 of 9 unlabelled tasks, 7 stored now; title mode", chosen="alchemist-0-abcdef")
    name = "alchemist-1-ece249"
    reason = "label: 3 right instead of 4 of 9 & <no> more"
    store.decide("2.1600000002", Decision("", name, REJECTED, "Start Training", reason))
    reason = "an admin chose this edition"
    store.decide("2.1600000002", Decision("alchemist-0-abcdef", name, ROLLED_BACK, "admin", reason))
    job = jobs.claim(store.engine, "worker", time.time())
    assert job is not None
    jobs.beat(store.engine, job, "voting on 9 tasks", time.time())
    introduce(XML.replace('"spam"', '"bacon"').replace('"ham"', '"eggs"'), "3.1600000003")
    shown = page(client).replace(f"Version {__version__}.", "Version 0.0.0.")
    shown = re.sub(r"in 36\d\d s", "in 3600 s", shown)
    shown = re.sub(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", "2026-11-20T12:00:00Z", shown)
    shown = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "2026-11-20 12:00 UTC", shown)
    received = APPROVED.with_suffix(".received.html")
    received.unlink(missing_ok=True)
    if not APPROVED.exists() or APPROVED.read_text() != shown:
        received.write_text(shown)
    assert APPROVED.exists(), f"nothing is approved yet: read {received}"
    assert shown == APPROVED.read_text()


def test_what_was_spent_is_told(client: TestClient, services: Services, introduce: Callable[..., str]) -> None:
    introduce()
    for usd in (0.25, None):
        keep(services.store.engine, "4.1795174907", Call("write", "m", "p", "r", "", 1.0, usd=usd))
    told = "$0.2500 for 2 calls of a language model, 1 of them at a price that is not known"
    assert f"Spent: {told}." in page(client)


def test_the_verdict_is_drawn(client: TestClient, services: Services, introduce: Callable[..., str]) -> None:
    introduce()
    serving = services.serving("4.1795174907")
    assert serving is not None
    judged = asdict(worth([True] * 30, [True] * 18 + [False] * 12, 2))
    panel = replace(serving.panels[0], weights={**serving.panels[0].weights, "worth": judged, "doubts": 3})
    edition = services.store.keep("4.1795174907", replace(serving, panels=(panel,)), "judged")
    services.store.mark("4.1795174907", serving=edition.name)
    shown = page(client)
    assert "Worth a second look among the labels that people gave: 3." in shown
    assert '<code class="command">alchemist doubts --project 4</code>' in shown
    assert "<strong>Programs help</strong>: right on 30 of 30 corrections" in shown
    assert '<meter value="1.0"></meter><span>100 %</span>' in shown
    assert '<meter value="0.6"></meter><span>60 %</span>' in shown


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
    store.mark("4.1795174907", note=f"note {HOSTILE}", chosen=f"chosen {HOSTILE}")
    said = [f"{what} {HOSTILE}" for what in ("candidate", "incumbent", "verdict", "actor", "reason")]
    store.decide("4.1795174907", Decision(*said))
    store.decide("4.1795174907", Decision("", *said[1:]))
    job = jobs.claim(store.engine, "worker", time.time())
    assert job is not None
    jobs.beat(store.engine, job, f"progress {HOSTILE}", time.time())
    assert f"progress {QUOTED}" in page(client)
    jobs.fail(store.engine, job, f"fault {HOSTILE}", time.time())
    shown = page(client)
    told = ("candidate ", "incumbent ", "verdict ", "actor ", "reason ")
    for where in ("title ", "note ", "fault ", "chosen ", "r", "", *told):
        assert f"{where}{QUOTED}" in shown
    assert HOSTILE not in shown
    assert shown.count("<img") == 0


def test_the_last_five_decisions_are_shown_newest_first(
    client: TestClient, services: Services, introduce: Callable[..., str]
) -> None:
    name = introduce()
    for number in range(6):
        services.store.decide("4.1795174907", Decision("", name, REJECTED, "alchemist", f"try {number}"))
    (project,) = client.get("/").json()["projects"]
    assert [x["reason"] for x in project["decisions"]] == ["try 5", "try 4", "try 3", "try 2", "try 1"]
    assert re.findall(r"<p>(try \d)</p>", page(client)) == ["try 5", "try 4", "try 3", "try 2", "try 1"]


def test_a_chosen_edition_is_told_until_it_serves(
    client: TestClient, services: Services, introduce: Callable[..., str]
) -> None:
    serving = introduce()
    said = "is chosen, and serves as soon as a worker has published it"
    assert said not in page(client)
    services.store.mark("4.1795174907", chosen="alchemist-2-abcdef")
    assert client.get("/").json()["projects"][0]["chosen"] == "alchemist-2-abcdef"
    assert f"<code>alchemist-2-abcdef</code> {said}" in page(client)
    services.store.mark("4.1795174907", chosen=serving)
    assert client.get("/").json()["projects"][0]["chosen"] is None
    assert said not in page(client)


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


def test_the_job_that_runs_is_shown_and_the_clean_up_last(
    client: TestClient, services: Services, introduce: Callable[..., str]
) -> None:
    introduce()
    (project,) = services.store.projects()
    store = services.store
    store.enqueue("thin", project.key)
    store.enqueue("review", project.key, delay=60)

    def shown() -> str:
        return str(client.get("/").json()["projects"][0]["job"]["kind"])

    assert shown() == "prepare"
    job = jobs.claim(store.engine, "worker", time.time() + 1)
    assert job is not None
    assert (job.kind, shown()) == ("prepare", "prepare")
    jobs.finish(store.engine, job, time.time())
    assert shown() == "review"
    held = jobs.claim(store.engine, "worker", time.time() + 1)
    assert held is not None
    assert (held.kind, shown()) == ("thin", "thin")
