"""What people said of the tasks in a file: to measure on, or to learn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alchemist.cli.panels import Corrected
from alchemist.cli.screen import aside
from alchemist.core.corrections import deciding
from alchemist.core.errors import BadTasks
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.convert import answer_in
from alchemist.labelstudio.heard import annotation
from alchemist.labelstudio.wire import read_records, tasks_of


def corrected(
    path: Path | None, config: LabelConfig, questions: Sequence[Question], field: str, measured: Sequence[Task] = ()
) -> dict[str, Corrected]:
    """The labelled tasks of a file by question, without those that are to be measured on: these are left out aloud.

    The labels stand in the field, or for each of several questions in the field of its name, or in annotations.
    Raises `BadTasks` for what is no label, and where there is no label at all.
    """
    if path is None:
        return {x.name: Corrected() for x in questions}
    records = read_records(path)
    fields = {x.name: field if len(questions) == 1 else x.name for x in questions}
    found = {x.name: answered(records, x, fields[x.name], path) for x in questions}
    if not any(kept for kept, _ in found.values()):
        raise _without_labels(path, list(fields.values()))
    return {
        name: _unmeasured(Corrected(tasks_of(kept, config, hidden=fields[name]), gold), measured)
        for name, (kept, gold) in found.items()
    }


def _unmeasured(known: Corrected, measured: Sequence[Task]) -> Corrected:
    kept = unlike(known.tasks, measured)
    if gone := len(known.tasks) - len(kept):
        aside.print(f"{gone} of {len(known.tasks)} corrections are test tasks too and are left out")
    return Corrected([known.tasks[place] for place in kept], [known.gold[place] for place in kept])


def _without_labels(path: Path, fields: Sequence[str]) -> BadTasks:
    named = " or ".join(repr(x) for x in fields)
    return BadTasks(f"no task of {path} has a label in {named}", "Name the field with --label-field.")


def unlike(tasks: Sequence[Task], others: Sequence[Task]) -> list[int]:
    """The places of the tasks that do not read as any of the others, whatever their ids: files number as they like."""
    seen = {Task(x.fields).key for x in others}
    return [place for place, task in enumerate(tasks) if Task(task.fields).key not in seen]


def labelled(
    records: Sequence[dict[str, Any]], question: Question, field: str, path: Path
) -> tuple[list[dict[str, Any]], list[int]]:
    """The records that carry a human label, and their labels; those without are left out aloud."""
    if not records:
        raise BadTasks(f"{path} holds no tasks")
    kept, gold = answered(records, question, field, path)
    if not kept:
        raise _without_labels(path, [field])
    if len(kept) < len(records):
        aside.print(f"{len(records) - len(kept)} of {len(records)} tasks have no label and are left out")
    return kept, gold


def answered(
    records: Sequence[dict[str, Any]], question: Question, field: str, path: Path
) -> tuple[list[dict[str, Any]], list[int]]:
    """The records that carry a human label, and their labels. Raises `BadTasks` for what is no label."""
    kept, gold = [], []
    for place, record in enumerate(records, 1):
        name = _gold(record, question, field)
        if name is None:
            continue
        label = question.label_of(name)
        if label is None:
            raise BadTasks(
                f"{path}, task {place}: {name!r} is not a label of {question.name!r}",
                f"Its labels are: {', '.join(question.label_names)}.",
            )
        kept.append(record)
        gold.append(question.label_names.index(label.name))
    return kept, gold


def _gold(record: Mapping[str, Any], question: Question, field: str) -> object:
    """A record's label: in the field, in its data, or in the annotation that decides (never a skip)."""
    data = record.get("data")
    for place in (record, data if isinstance(data, Mapping) else {}):
        if place.get(field) is not None:
            return place[field]
    written = record.get("annotations")
    given = [x for x in written if isinstance(x, Mapping)] if isinstance(written, list) else []
    decided = deciding(annotation({**x, "id": place}, 0) for place, x in enumerate(given))
    return answer_in(question, decided.result) if decided else None
