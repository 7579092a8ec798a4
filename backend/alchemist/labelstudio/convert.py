"""Predictions -> Label Studio's results, checked before they leave; annotations -> answers."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alchemist.core.answers import Answer
from alchemist.core.editions import Edition
from alchemist.core.predictions import Prediction
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import parse

log = logging.getLogger(__name__)

Result = dict[str, Any]


def results(xml: str, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction]) -> list[Any]:
    """One item a task, in order: a prediction as `/predict` answers it.

    A task without an answer gets an empty result with score 0. An item that Label Studio would refuse becomes
    `[]`: a single bad one costs the whole batch (LIVE.md 5).
    """
    questions = {panel.question.name: panel.question for panel in edition.panels}
    items: list[Any] = []
    for task, prediction in zip(tasks, predictions, strict=True):
        item = {
            "result": [
                region(questions[name], task, answer, score, edition.threshold.score)
                for name, (answer, score) in prediction.answers.items()
            ],
            "score": prediction.score,
            "model_version": edition.name,
        }
        faults = refusals(xml, item)
        if faults:
            log.error("task %s: a prediction was withheld: %s", task.id, "; ".join(faults))
        items.append([] if faults else item)
    return items


def region(question: Question, task: Task, answer: Answer, score: float, least: float = 0.0) -> Result:
    """One answer as a Label Studio result; its id is the same for the same task and question.

    One with a score below `least` is marked: Label Studio shows its note with the region.
    """
    marked = {"meta": {"text": [f"uncertain: {score:.2f}, below {least:g}"]}} if score < least else {}
    mark = hashlib.sha256(f"{task.key}:{question.name}".encode()).hexdigest()[:10]
    return (
        {
            "id": mark,
            "from_name": question.name,
            "to_name": question.to_name,
            "score": score,
        }
        | marked
        | _WRITERS[question.kind](question, answer)
    )


def _choice(question: Question, answer: Answer) -> Result:
    stored = next((x.stored for x in question.labels if x.name == answer), answer)
    return {"type": "choices", "value": {"choices": [stored]}}


_WRITERS: dict[str, Callable[[Question, Answer], Result]] = {"choice": _choice}


def refusals(xml: str, item: Mapping[str, Any]) -> list[str]:
    """Why Label Studio's validator, or its editor, would not take this prediction; empty when it would."""
    regions = item.get("result")
    if not isinstance(regions, list) or not all(isinstance(x, Mapping) for x in regions):
        return ["'result' must be a list of objects"]
    found = [str(x) for x in parse(xml).validate_prediction(dict(item), return_errors=True)]
    score = item.get("score")
    if not isinstance(score, float | int) or not math.isfinite(score) or not 0 <= score <= 1:
        found.append(f"score {score!r} is not in 0..1")
    if not isinstance(item.get("model_version"), str):
        found.append("model_version is not a string")
    controls = [x.get("from_name") for x in regions]
    if len(set(controls)) < len(controls):
        found.append("two results for one control")
    for one in regions:
        value = one.get("value")
        choices = value.get("choices") if isinstance(value, Mapping) else None
        if one.get("type") == "choices" and (not isinstance(choices, list) or len(choices) != 1):
            found.append("a single choice needs exactly one label")
    return found


def answer_in(question: Question, result: object) -> Answer | None:
    """The answer that an annotation's or a prediction's `result` gives to a question; None when it gives none.

    Read by `from_name` alone; a label is known by its name or its alias.
    """
    for one in result if isinstance(result, list) else []:
        if not isinstance(one, Mapping) or one.get("from_name") != question.name:
            continue
        value = one.get("value")
        choices = value.get("choices") if isinstance(value, Mapping) else None
        if isinstance(choices, list) and len(choices) == 1:
            label = question.label_of(choices[0])
            return label.name if label else None
    return None
