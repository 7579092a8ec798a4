"""Corrections feed back: annotators correct, somebody presses Start Training, better programs are promoted."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.llm import Answer, Asked, ScriptedLLM, recorded, reply
from tests.e2e.conftest import REPLIES, Start
from tests.e2e.test_first_edition import agreement, alchemist, filled, rows
from tests.e2e.user import User

pytestmark = pytest.mark.e2e

TASKS = 250
MEND = "you mend what the programs get wrong"
POOR = """```python
def label(task):
    "Takes {says} for the other label, half of the time."
    text = (task.get("text") or "").lower()
    if "{word}" in text and len(text) % 2:
        return "{wrong}"
    return "{right}" if "{word}" in text else None
```
"""
WORDS = (("check", "spam", "ham"), ("http", "spam", "ham"), ("song", "ham", "spam"), ("love", "ham", "spam"))


def beginner(good: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """A language model that writes poor programs first, and good ones when it is told what is wrong."""
    poor = [POOR.format(says=word, word=word, right=right, wrong=wrong) for word, right, wrong in WORDS]

    def answer(asked: Asked) -> Answer:
        if MEND in asked.prompt:
            return good(asked)
        return reply(poor[len(asked.prompt) % len(poor)])(asked)

    return answer


@pytest.fixture
def llm() -> Iterator[ScriptedLLM]:
    with ScriptedLLM(recorded(REPLIES)) as server:
        server.script = beginner(recorded(REPLIES))
        yield server


def annotate_as_the_editor_does(user: User, task: int, label: str) -> bool:
    """Submit what is shown, corrected where it is wrong; whether it was corrected."""
    shown = next((x for x in user.open_task(task)["predictions"] if x["result"]), None)
    if shown is None:
        user.annotate(task, label)
        return False
    result = shown["result"]
    corrected = result[0]["value"]["choices"] != [label]
    result[0] |= {"value": {"choices": [label]}, "origin": "prediction-changed" if corrected else "prediction"}
    user.call(
        "POST",
        f"api/tasks/{task}/annotations/",
        json={"result": result, "parent_prediction": shown["id"], "lead_time": 2.0},
    )
    return corrected


def shown_in_the_data_manager(user: User) -> dict[int, tuple[str, float]]:
    """Answer and prediction score of every task, as the Data Manager lists them."""
    listed = user.call(
        "GET",
        "api/tasks",
        params={
            "project": user.id,
            "page_size": 500,
            "fields": "all",
            "include": "id,predictions_score,predictions_results",
        },
    )["tasks"]
    return {x["id"]: (str(x["predictions_results"]), round(x["predictions_score"] or 0.0, 3)) for x in listed}


def idle(user: User) -> None:
    """Wait until every edition is published and no work is going on."""

    def done() -> bool:
        now = user.status()
        return (
            now["edition"] == now["published"] == user.version() and (now["job"] or {"kind": "thin"})["kind"] == "thin"
        )

    user.until(done)


def test_corrections_give_better_programs_and_a_rollback_brings_the_old_ones_back(
    user: User,
    start: Start,
    llm: ScriptedLLM,
    tmp_path: Path,
) -> None:
    labels = filled(user, TASKS, annotated=24)
    settings = {
        "ALCHEMIST_WRITER": "llm",
        "ALCHEMIST_LLM": "scripted",
        "OPENAI_BASE_URL": llm.url,
        "OPENAI_API_KEY": "a-key",
    }
    user.backend = start(**settings)
    model = user.connect()
    idle(user)
    first, before = user.version(), shown_in_the_data_manager(user)
    wrong_before = 1 - agreement(user, labels)[1]

    chosen = list(labels)[:60]
    corrected = sum(annotate_as_the_editor_does(user, task, labels.pop(task)) for task in chosen)
    assert 5 <= corrected <= 55  # some are kept, some are corrected
    user.train(model.id)
    user.until(lambda: user.version() != first)
    idle(user)
    second = user.version()
    assert any(MEND in prompt for prompt in llm.prompts)
    assert 1 - agreement(user, labels)[1] < wrong_before - 0.05
    after = shown_in_the_data_manager(user)
    assert sum(before[task] != after[task] for task in labels) > 20

    listed = alchemist(user, tmp_path, {}, "editions", "list", "--project", str(user.id)).stdout
    assert first in listed
    assert second in listed
    gone_back = alchemist(user, tmp_path, {}, "editions", "rollback", first, "--project", str(user.id))
    assert gone_back.returncode == 0, gone_back.stdout + gone_back.stderr
    user.until(lambda: user.version() == first)
    idle(user)
    again = shown_in_the_data_manager(user)
    assert {task: again[task][1] for task in labels} == {task: before[task][1] for task in labels}


def test_the_switch_that_trains_with_every_annotation_makes_no_storm(
    user: User,
    start: Start,
) -> None:
    comments = rows(120)
    tasks = user.import_tasks([x["text"] for x in comments])
    for task, comment in zip(tasks[:24], comments, strict=False):
        user.annotate(task, comment["label"])
    user.backend = start()
    user.connect()
    idle(user)
    user.call("PATCH", f"api/projects/{user.id}/", json={"start_training_on_annotation_update": True})
    for task, comment in list(zip(tasks, comments, strict=True))[24:64]:
        user.annotate(task, comment["label"])
    user.until(lambda: user.events().get("START_TRAINING", 0) >= 40)
    idle(user)
    home = user.backend.log.parent / "alchemist.sqlite3"
    assert done_jobs(home) <= 12


def done_jobs(database: Path) -> int:
    """How many jobs there ever were."""
    with closing(sqlite3.connect(database)) as connection:
        count: Any = connection.execute("SELECT COUNT(*) FROM jobs").fetchone()
    return int(count[0])


def test_uncertain_answers_are_marked_or_withheld_as_the_admin_sets(user: User, start: Start, tmp_path: Path) -> None:
    """Label Studio keeps the mark with the region; a withheld answer is an empty prediction that keeps its score."""
    labels = filled(user, TASKS, annotated=24)
    user.backend = start(ALCHEMIST_WRITER="offline")
    user.connect()
    idle(user)
    scores = {task: score for task, (_, score) in shown_in_the_data_manager(user).items() if task in labels}
    low = [task for task, score in scores.items() if 0 < score < 0.9]
    assert 5 < len(low) < len(labels)

    def published(*settings: str) -> dict[int, list[dict[str, Any]]]:
        before = user.version()
        set_now = alchemist(user, tmp_path, {}, "project", "set", *settings, "--project", str(user.id))
        assert set_now.returncode == 0, set_now.stdout + set_now.stderr
        user.until(lambda: user.version() != before)
        idle(user)
        now = [user.call("GET", f"api/tasks/{task}")["predictions"] for task in (low[0], low[1])]
        current = [next(x for x in some if x["model_version"] == user.version()) for some in now]
        assert [round(x["score"], 3) for x in current] == [scores[low[0]], scores[low[1]]]
        return {low[0]: current[0]["result"], low[1]: current[1]["result"]}

    marked = published("threshold=0.9", "below=mark")
    for task, result in marked.items():
        (mark,) = result[0]["meta"]["text"]
        told = re.fullmatch(r"uncertain: (0\.\d\d), below 0\.9", mark)
        assert told and abs(float(told[1]) - scores[task]) <= 0.006, (mark, scores[task])  # both are rounded
    assert set(map(len, published("below=withhold").values())) == {0}
    assert set(map(len, published("threshold=").values())) == {1}
