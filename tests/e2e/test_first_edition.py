"""From metadata and a few exemplars to a first edition, by itself, on a real Label Studio."""

from __future__ import annotations

import base64
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.doubles.llm import ScriptedLLM, recorded, wrong_key
from tests.e2e.conftest import LOGIN, REPLIES, Start
from tests.e2e.user import User

pytestmark = pytest.mark.e2e

TRAIN = Path(__file__).parents[1] / "data" / "youtube" / "train.jsonl"


def rows(number: int) -> list[dict[str, Any]]:
    lines = TRAIN.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in random.Random(1).sample(lines, number)]


def filled(user: User, number: int, annotated: int = 24) -> dict[int, str]:
    """Import comments, annotate the first ones; the labels of the others."""
    comments = rows(number)
    tasks = user.import_tasks([x["text"] for x in comments])
    labels = dict(zip(tasks, (x["label"] for x in comments), strict=True))
    for task in tasks[:annotated]:
        user.annotate(task, labels.pop(task))
    return labels


def agreement(user: User, labels: dict[int, str]) -> tuple[int, float]:
    """How many tasks have exactly one prediction of the project's version; the share right of those in `labels`."""
    version = user.version()
    answers: dict[int, list[str]] = {}
    for prediction in user.sdk.predictions.list(project=user.id):
        if prediction.model_version == version:
            value = prediction.result[0]["value"]["choices"][0] if prediction.result else ""
            answers.setdefault(prediction.task, []).append(value)
    assert [x for x in answers.values() if len(x) != 1] == []
    judged = [given[0] == labels[task] for task, given in answers.items() if task in labels]
    return len(answers), sum(judged) / max(1, len(judged))


def test_1468_tasks_are_pre_annotated_without_a_key_and_a_restart_finds_everything(user: User, start: Start) -> None:
    labels = filled(user, 1468)
    user.backend = start()
    assert user.connect().model_version == "alchemist-0"
    version = user.until_published()
    count, right = agreement(user, labels)
    assert count == 1444
    assert right >= 0.8

    user.backend.stop()
    user.backend = start()
    user.sdk.ml.update(user.sdk.ml.list(project=user.id)[0].id, project=user.id, url=user.backend.url, title=version)
    (task,) = user.import_tasks(["please subscribe to my channel http://example.com/me"])
    shown = user.open_task(task)["predictions"]
    assert [(x["model_version"], x["result"][0]["value"]["choices"]) for x in shown] == [(version, ["spam"])]
    assert user.status()["published"] == version


def test_a_language_model_writes_the_programs(user: User, start: Start) -> None:
    labels = filled(user, 250)
    with ScriptedLLM(recorded(REPLIES)) as llm:
        user.backend = start(
            ALCHEMIST_WRITER="llm", ALCHEMIST_LLM="scripted", OPENAI_BASE_URL=llm.url, OPENAI_API_KEY="a-secret-key"
        )
        user.connect()
        user.until_published()
        asked = "\n".join(llm.prompts)
        first = [x for x in llm.prompts if "The idea of your program" in x]
    assert len(first) == 20  # a program that ran out of time on a busy machine may have gone back to be mended
    assert LOGIN.token not in asked
    assert "a-secret-key" not in asked
    count, right = agreement(user, labels)
    assert count == 226
    assert right >= 0.95
    writers = user.status()["questions"][0]["writers"]
    assert set(writers) == {"llm scripted"}


def test_a_language_model_that_comes_back_is_asked_again(user: User, start: Start) -> None:
    filled(user, 60)
    home = {"ALCHEMIST_WRITER": "llm", "ALCHEMIST_LLM": "scripted", "OPENAI_API_KEY": "k"}
    with ScriptedLLM(wrong_key()) as broken:
        user.backend = start(OPENAI_BASE_URL=broken.url, **home)
        model = user.connect()
        user.until(lambda: bool((user.status()["job"] or {}).get("error")))
        assert "refused the key" in user.status()["job"]["error"]
        assert user.open_task(user.task_ids()[40])["predictions"] == []
        broken.script = recorded(REPLIES)
        user.train(model.id)
        user.until_published()
    assert user.versions() != {}


def test_basic_auth_and_connect(user: User, start: Start, tmp_path: Path) -> None:
    filled(user, 60)
    auth = {"BASIC_AUTH_USER": "studio", "BASIC_AUTH_PASS": "p:ss wörd"}
    user.backend = start(**auth)
    assert httpx.get(user.backend.url + "/health").status_code == 200
    assert httpx.get(user.backend.url).status_code == 401
    header = {"Authorization": "Basic " + base64.b64encode(b"studio:wrong").decode()}
    assert httpx.get(user.backend.url + "/metrics", headers=header).status_code == 401

    told = alchemist(user, tmp_path, auth, "connect", "--project", str(user.id))
    assert "created the ML backend" in told.stdout
    assert "the webhook" in told.stdout
    assert auth["BASIC_AUTH_PASS"] not in told.stdout + told.stderr
    again = alchemist(user, tmp_path, auth, "connect", "--project", str(user.id))
    assert "checked the ML backend" in again.stdout
    assert len(user.sdk.ml.list(project=user.id)) == 1
    hooks = [x for x in user.sdk.webhooks.list(project=str(user.id)) if user.backend.url in x.url]
    assert len(hooks) == 1
    assert hooks[0].headers["Authorization"].startswith("Basic ")

    user.auth = (auth["BASIC_AUTH_USER"], auth["BASIC_AUTH_PASS"])
    user.until_published()
    before = user.events().get("ANNOTATION_CREATED", 0)
    user.annotate(user.task_ids()[50], "ham")
    user.until(lambda: user.events().get("ANNOTATION_CREATED", 0) == before + 1)

    healthy = alchemist(user, tmp_path, auth, "doctor", "--project", str(user.id))
    assert healthy.returncode == 0, healthy.stdout + healthy.stderr
    user.sdk.webhooks.delete(hooks[0].id)
    ill = alchemist(user, tmp_path, auth, "doctor", "--project", str(user.id))
    assert ill.returncode == 1
    assert f"alchemist connect --project {user.id}" in ill.stdout


def test_a_refused_token_learns_from_what_label_studio_sends_and_says_so(user: User, start: Start) -> None:
    comments = rows(80)
    tasks = user.import_tasks([x["text"] for x in comments])
    user.backend = start(LABEL_STUDIO_URL=user.studio.url, LABEL_STUDIO_API_KEY="not-a-token")
    model = user.connect()
    user.retrieve(tasks)
    for task, comment in zip(tasks[:24], comments, strict=False):
        user.annotate(task, comment["label"])
    user.train(model.id)
    user.until(lambda: user.status()["edition"] != "alchemist-0" and user.status()["job"] is None)
    assert "Label Studio refused the token: Invalid token" in user.status()["note"]
    user.retrieve(tasks[24:])
    stored = [x for x in user.sdk.predictions.list(project=user.id) if x.result]
    assert len(stored) >= 40


def test_a_personal_access_token_works(user: User, start: Start) -> None:
    filled(user, 60)
    made = httpx.post(user.studio.url + "/api/token/", headers={"Authorization": f"Token {LOGIN.token}"}, timeout=30)
    assert made.status_code == 201, made.text
    user.backend = start(LABEL_STUDIO_URL=user.studio.url, LABEL_STUDIO_API_KEY=made.json()["token"])
    user.connect()
    user.until_published()


def alchemist(user: User, folder: Path, settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line beside the backend that is running."""
    environment = os.environ | settings
    environment |= {"ALCHEMIST_HOME": str(folder / "backend"), "ALCHEMIST_PUBLIC_URL": user.backend.url}
    environment |= {
        "LABEL_STUDIO_URL": user.studio.url,
        "LABEL_STUDIO_API_KEY": LOGIN.token,
        "ALCHEMIST_WRITER": "offline",
    }
    command = [sys.executable, "-m", "alchemist", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
