"""`alchemist label`: tasks in, tasks with predictions out."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alchemist.aggregation.weights import posterior
from alchemist.cli.corrections import corrected, unlike
from alchemist.cli.panels import config_of, fitted, votes_of, writing
from alchemist.cli.screen import aside
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import BadInput
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.labelstudio.convert import results
from alchemist.labelstudio.wire import read_records, tasks_of
from alchemist.predict import predict
from alchemist.settings import read_settings
from alchemist.writer.library import bind, read_folder


def run(
    task_file: Path,
    config_file: Path,
    folder: Path,
    fit_file: Path | None,
    corrections_file: Path | None,
    label_field: str,
    out: Path | None,
    combiner: str | None,
    seed: int | None,
) -> None:
    """Vote, fit on `fit_file` (or on the tasks) and on corrections, predict, write JSON that Label Studio imports."""
    settings = read_settings()
    seed = settings.seed if seed is None else seed
    xml, config = config_of(config_file)
    files = read_folder(folder)
    records = read_records(task_file)
    tasks = tasks_of(records, config)
    fit_tasks = tasks if fit_file is None else tasks_of(read_records(fit_file), config)
    corrections = corrected(corrections_file, config, config.questions, label_field)
    panels, blocks = [], {}
    for question in config.questions:
        entries, left_out = bind(files, question, config, choose=len(config.questions) > 1)
        for line in left_out:
            aside.print(f"left out for {question.name!r}: {line}", markup=False)
        if not entries:
            continue
        known = corrections[question.name]
        block = votes_of(f"voting on {question.name}", question, entries, tasks)
        others = [fit_tasks[place] for place in unlike(fit_tasks, known.tasks)]
        again = fit_file is not None or len(others) < len(tasks)
        fit_block = votes_of(f"voting on {question.name}, to fit", question, entries, others) if again else block
        panel = fitted(question, entries, fit_block, others, known, combiner or settings.combiner, seed)
        aside.print(f"{question.name}: {panel.weights['why']}", markup=False)
        panels.append(panel)
        blocks[question.name] = block
    if not panels:
        raise BadInput(f"no program in {folder} can be used", "Its programs must return the config's label names.")
    _write(xml, records, tasks, panels, blocks, seed, out)


def _write(
    xml: str,
    records: Sequence[Mapping[str, Any]],
    tasks: Sequence[Task],
    panels: Sequence[Panel],
    blocks: Mapping[str, VoteBlock],
    seed: int,
    out: Path | None,
) -> None:
    def voted(question: Question, sources: object, _: object) -> VoteBlock:
        return blocks[question.name]

    edition = Edition(1, seed, tuple(panels))
    predictions = predict(edition, tasks, voted, posterior)
    items = results(xml, edition, tasks, predictions)
    labelled = [
        {**_task(record), "predictions": [item] if item and item["result"] else []}
        for record, item in zip(records, items, strict=True)
    ]
    text = json.dumps(labelled, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    else:
        with writing(out):
            out.write_text(text, encoding="utf-8", errors="backslashreplace")
    answered = sum(bool(x["predictions"]) for x in labelled)
    aside.print(f"{answered:,} of {len(labelled):,} tasks labelled{f', written to {out}' if out else ''}", markup=False)


def _task(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as a Label Studio task; a plain one becomes its `data`."""
    if isinstance(record.get("data"), Mapping):
        return dict(record)
    return {"data": dict(record)}
