"""The main job on a real Label Studio, seen from the annotator's and the admin's side."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from alchemist.demo.processes import Process
from alchemist.labelstudio.client import StudioProject
from tests.e2e.conftest import LOGIN
from tests.e2e.user import CONFIG, User, comments

pytestmark = pytest.mark.e2e

ARTIFACTS = Path(__file__).parents[2] / ".artifacts"


def test_a_connected_project_is_pre_annotated_by_itself(user: User) -> None:
    rows = comments(120)
    tasks = user.import_tasks([x["text"] for x in rows])

    model = user.connect()
    assert model.model_version.startswith("alchemist-1-")
    version = user.until_published()

    assert version.startswith("alchemist-2-")
    assert user.versions() == {version: 120}
    assert [x.title for x in user.sdk.ml.list(project=user.id)] == [version]
    labels = dict(zip(tasks, (x["label"] for x in rows), strict=True))
    stored = user.sdk.predictions.list(project=user.id)
    right = sum(x.result[0]["value"]["choices"] == [labels[x.task]] for x in stored)
    assert right >= 0.95 * 120

    query = json.dumps({"ordering": ["tasks:predictions_score"]})
    shown = user.call(
        "GET",
        "api/tasks",
        params={"project": user.id, "page_size": 500, "fields": "all", "include": "predictions_score", "query": query},
    )["tasks"]
    scores = [x["predictions_score"] for x in shown]
    assert len(scores) == 120
    assert None not in scores
    assert scores == sorted(scores)


def test_tasks_imported_later_are_predicted_when_asked_for_and_only_once(user: User) -> None:
    user.import_tasks([x["text"] for x in comments(60)])
    user.connect()
    version = user.until_published()

    opened, retrieved, _ = user.import_tasks(
        ["check out my channel http://example.com/a", "I love this song so much", "subscribe to my channel please"]
    )
    shown = user.open_task(opened)["predictions"]
    assert [(x["model_version"], x["result"][0]["value"]["choices"]) for x in shown] == [(version, ["spam"])]

    user.retrieve([retrieved])
    user.retrieve([retrieved])
    found = user.predictions(retrieved)
    assert [(x["model_version"], x["result"][0]["value"]["choices"]) for x in found] == [(version, ["ham"])]
    user.until(lambda: user.versions() == {version: 63})  # the third one comes by itself


def test_next_task_comes_pre_annotated(user: User) -> None:
    user.import_tasks([x["text"] for x in comments(60)])
    user.connect()
    version = user.until_published()
    task = user.next_task()
    assert [x["model_version"] for x in task["predictions"]] == [version]


def test_before_the_first_publication_next_task_is_predicted_by_the_first_edition(user: User) -> None:
    tasks = user.import_tasks(["check out my channel http://example.com/a"])
    user.connect()
    shown = user.open_task(tasks[0])["predictions"]
    assert shown[0]["result"][0]["value"]["choices"] == ["spam"]
    assert shown[0]["model_version"].startswith("alchemist-")


def test_every_event_of_an_annotators_day_is_answered(user: User) -> None:
    tasks = user.import_tasks([x["text"] for x in comments(60)])
    model = user.connect()
    version = user.until_published()
    before = user.events()

    done = user.annotate(tasks[0], "spam")
    user.call("PATCH", f"api/annotations/{done}/", json={"result": []})
    user.annotate(tasks[1], None, skipped=True)
    user.annotate(tasks[2], "ham")
    began = time.monotonic()
    user.train(model.id)
    assert time.monotonic() - began < 10  # it waits for no training
    user.call("DELETE", f"api/annotations/{done}/")
    user.call("DELETE", f"api/tasks/{tasks[3]}/")
    user.until(lambda: user.status()["job"] is None)

    after = user.events()
    counted = {action: after[action] - before.get(action, 0) for action in after}
    assert counted["ANNOTATION_CREATED"] == 3
    assert counted["ANNOTATION_UPDATED"] == 1
    assert counted["ANNOTATIONS_DELETED"] == 1
    assert counted["TASKS_DELETED"] == 1
    assert counted["START_TRAINING"] == 1
    assert counted.get("other", 0) == 0
    assert "too few held corrections to tell" in user.status()["decisions"][0]["reason"]
    assert user.version().startswith("alchemist-")
    assert user.predictions(tasks[4])[0]["model_version"] == version

    user.sdk.ml.delete(model.id)
    assert user.predictions(tasks[5])[0]["model_version"] == version


def test_a_config_that_cannot_be_predicted_connects_and_says_why(user: User) -> None:
    config = '<View><Text name="text" value="$text"/><Rating name="stars" toName="text"/></View>'
    user.sdk.projects.update(user.id, label_config=config)
    tasks = user.import_tasks(["a text"])
    assert user.connect().model_version == "alchemist-0"
    assert user.open_task(tasks[0])["predictions"] == []
    assert user.status()["unsupported"] == [
        {"tag": "Rating", "name": "stars", "reason": "questions of kind rating come later"}
    ]


def test_an_annotator_sees_the_choice_ticked(user: User, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    user.import_tasks([x["text"] for x in comments(60)])
    user.connect()
    user.until_published()
    ARTIFACTS.mkdir(exist_ok=True)
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    quiet += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=quiet)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.goto(user.studio.url + "/user/login/")
        page.fill("input[name=email]", LOGIN.email)
        page.fill("input[name=password]", LOGIN.password)
        page.click("button[type=submit]")
        page.wait_for_load_state("networkidle")
        page.goto(f"{user.studio.url}/projects/{user.id}/data?labeling=1")
        page.wait_for_selector("input[type=checkbox][name=spam]", state="attached", timeout=60_000)
        page.wait_for_selector(".ant-checkbox-wrapper-checked", timeout=20_000)
        ticked = page.evaluate(
            "[...document.querySelectorAll('.lsf-choice__checkbox input')].map(x => [x.name, x.checked])"
        )
        page.screenshot(path=ARTIFACTS / "prelabelled.png")
        page.goto(user.backend.url)
        page.wait_for_selector("section")
        page.screenshot(path=ARTIFACTS / "status.png", full_page=True)
        browser.close()
    assert sorted(choice for choice, _ in ticked) == ["ham", "spam"]
    assert sum(checked for _, checked in ticked) == 1


def test_old_predictions_go_slowly_and_the_model_version_stays(user: User, studio: Process) -> None:
    tasks = user.import_tasks([f"song {n}" for n in range(6)])
    new, old = "alchemist-2-bbbbbb", "alchemist-1-aaaaaa"
    region = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["ham"]}}
    for version in (old, "somebody-else", new):
        rows = [{"task": x, "model_version": version, "score": 0.5, "result": [region]} for x in tasks]
        user.sdk.projects.import_predictions(user.id, request=rows)
    user.sdk.projects.update(user.id, model_version=new)
    client = StudioProject(studio.url, LOGIN.token, user.id, CONFIG, lambda _: None)
    assert [client.thin([new], 4), client.thin([new], 4), client.thin([new], 4)] == [4, 2, 0]
    client.sdk._client_wrapper.httpx_client.httpx_client.close()
    assert user.versions() == {new: 6, "somebody-else": 6}
    assert user.version() == new
    assert user.next_task()["predictions"][0]["model_version"] == new


def test_an_annotation_is_read_though_label_studio_counts_wrongly(user: User, studio: Process) -> None:
    """While predictions are imported, Label Studio writes counts of annotations that it took before."""
    tasks = user.import_tasks([f"song {n}" for n in range(6)])
    user.annotate(tasks[0], "spam")
    user.annotate(tasks[0], "ham")
    user.annotate(tasks[1], "spam")
    user.annotate(tasks[2], None, skipped=True)
    with closing(sqlite3.connect(studio.log.parent / "label_studio.sqlite3", timeout=30)) as connection:
        connection.execute("UPDATE task SET total_annotations = 0 WHERE id IN (?, ?)", tasks[:2])
        connection.commit()
    client = StudioProject(studio.url, LOGIN.token, user.id, CONFIG, lambda _: None)
    news = client.read()
    client.sdk._client_wrapper.httpx_client.httpx_client.close()
    assert sorted(news.data) == tasks
    assert sorted((x.task, x.skipped) for x in news.annotations) == [
        (tasks[0], False),
        (tasks[0], False),
        (tasks[1], False),
        (tasks[2], True),
    ]
