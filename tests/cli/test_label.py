from __future__ import annotations

import json

import pytest
from label_studio_sdk.label_interface.interface import LabelInterface

from alchemist.core.errors import BadInput, BadTasks

from .conftest import TWO_QUESTIONS, XML

TASKS = [
    {"id": 11, "data": {"text": "http://a"}, "meta": {"from": "web"}, "annotations": []},
    {"id": 12, "data": {"text": "nice song"}},
    {"text": "nothing", "id": "own"},
    {"text": "http://a"},
]


def labelled(result) -> list[dict]:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def chosen(task: dict) -> list[str]:
    return [x["value"]["choices"][0] for prediction in task["predictions"] for x in prediction["result"]]


def test_tasks_come_back_with_predictions_and_as_they_were_otherwise(project):
    got = labelled(project.run("label", project.tasks(TASKS), "--combiner", "majority"))
    assert [{k: v for k, v in task.items() if k != "predictions"} for task in got] == [
        {"id": 11, "data": {"text": "http://a"}, "meta": {"from": "web"}, "annotations": []},
        {"id": 12, "data": {"text": "nice song"}},
        {"data": {"text": "nothing", "id": "own"}},
        {"data": {"text": "http://a"}},
    ]
    assert [chosen(task) for task in got] == [["1"], ["ham"], [], ["1"]]
    (prediction,) = got[1]["predictions"]
    assert prediction["score"] == prediction["result"][0]["score"] == 0.75
    assert prediction["model_version"].startswith("alchemist-1-")


def test_every_prediction_passes_label_studios_own_validator(project):
    interface = LabelInterface(XML)
    got = labelled(project.run("label", project.tasks(TASKS), "--combiner", "majority"))
    predictions = [prediction for task in got for prediction in task["predictions"]]
    assert len(predictions) == 3
    for prediction in predictions:
        assert interface.validate_prediction(prediction, return_errors=True) == []
    for task in got:
        assert interface.validate_task({"data": {"label": "x", **task["data"]}})


def test_the_file_named_is_written_and_what_was_done_is_said(project):
    out = project.folder / "out.json"
    result = project.run("label", project.tasks(TASKS), "--out", out, "--combiner", "majority")
    assert (result.exception, result.stdout) == (None, "")
    assert len(json.loads(out.read_text(encoding="utf-8"))) == 4
    said = " ".join(result.stderr.split())
    assert "label: majority was asked for" in said
    assert "3 of 4 tasks labelled, written to" in said


def test_every_question_is_answered_by_the_programs_that_fit_it(project):
    project.config(TWO_QUESTIONS)
    project.programs(
        {
            "links.py": "def label(task):\n    return 'spam' if 'http' in task['text'] else 'ham'\n",
            "tone.py": "def label(task):\n    return 'good' if 'nice' in task['text'] else None\n",
        }
    )
    result = project.run("label", project.tasks(TASKS), "--combiner", "majority")
    assert [chosen(task) for task in labelled(result)] == [["spam"], ["ham", "good"], ["ham"], ["spam"]]
    said = " ".join(result.stderr.split())
    assert "left out for 'label': tone: it returns 'good', which is not a label of 'label'" in said
    assert "left out for 'tone': links: it returns 'ham', which is not a label of 'tone'" in said


def test_predictions_that_a_task_had_are_replaced(project):
    old = {"result": [], "score": 0.1, "model_version": "old"}
    (task,) = labelled(
        project.run("label", project.tasks([{**TASKS[0], "predictions": [old]}]), "--combiner", "majority")
    )
    assert [x["model_version"] == "old" for x in task["predictions"]] == [False]


def test_the_same_task_gets_the_same_answer_alone_and_in_a_batch(project):
    project.programs(
        {
            "one.py": "def label(task):\n    return 'spam'\n",
            "two.py": "def label(task):\n    return 'ham'\n",
        }
    )
    records = [{"text": f"comment {n}"} for n in range(12)]
    together = [chosen(x) for x in labelled(project.run("label", project.tasks(records), "--combiner", "majority"))]
    backwards = labelled(project.run("label", project.tasks(records[::-1]), "--combiner", "majority"))
    assert [chosen(x) for x in backwards[::-1]] == together


def test_text_that_is_not_unicode_comes_back_as_it_was(project):
    tasks = project.tasks([{"text": "http://\ud83d"}])
    out = project.folder / "out.json"
    for arguments in ((), ("--out", out)):
        result = project.run("label", tasks, *arguments, "--combiner", "majority")
        assert result.exception is None, result.exception
    assert json.loads(out.read_text(encoding="utf-8"))[0]["data"] == {"text": "http://\ud83d"}


def test_the_same_seed_writes_the_same_file(project):
    tasks = project.tasks(TASKS)
    one, again = (project.run("label", tasks, "--seed", 5, "--combiner", "majority") for _ in range(2))
    assert labelled(one)
    assert one.stdout == again.stdout


def test_no_tasks_are_no_predictions(project):
    assert labelled(project.run("label", project.tasks([]), "--combiner", "majority")) == []


@pytest.mark.parametrize("out", [".", "missing/out.json"])
def test_a_file_that_cannot_be_written_is_told(project, out):
    result = project.run("label", project.tasks([{"text": "x"}]), "--out", project.folder / out)
    assert isinstance(result.exception, BadInput)
    assert "cannot be written" in str(result.exception)


def test_programs_that_fit_nothing_are_refused(project):
    project.programs({"none.md": "Nothing."})
    result = project.run("label", project.tasks(TASKS))
    assert type(result.exception) is BadInput
    assert result.exception.hint == "Its programs must return the config's label names."


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_a_file_that_is_no_tasks_is_refused(project, text):
    path = project.folder / "broken.json"
    path.write_text(text)
    assert type(project.run("label", path).exception) is BadTasks


@pytest.mark.slow
def test_weights_learn_from_corrections(project):
    words = [("a song", "ham"), ("http://x", "spam")] * 20
    rows = [{"text": f"{text} {n}", "label": label} for n, (text, label) in enumerate(words)]
    gold = project.tasks(rows, "gold.jsonl")
    result = project.run("label", "--corrections", gold, project.tasks([{"text": "no song"}, {"text": "http://a"}]))
    assert result.exception is None, result.exception
    assert "label: learned from 40 corrections: " in result.stderr
    said = [x["predictions"][0]["result"][0]["value"]["choices"] for x in json.loads(result.stdout)]
    assert said == [["ham"], ["1"]]  # its alias
