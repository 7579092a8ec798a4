"""`alchemist evaluate`: a folder of programs measured on labelled tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from alchemist.aggregation.measure import measure
from alchemist.aggregation.weights import posterior
from alchemist.cli.panels import config_of, console, fitted, printable, question_of, votes_of
from alchemist.core.corrections import deciding
from alchemist.core.errors import BadInput, BadTasks
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Entry
from alchemist.core.questions import Question
from alchemist.core.votes import VoteBlock
from alchemist.labelstudio.convert import answer_in
from alchemist.labelstudio.heard import annotation
from alchemist.labelstudio.wire import read_records, tasks_of
from alchemist.predict import combine
from alchemist.settings import read_settings
from alchemist.writer.library import bind, read_folder


def run(
    config_file: Path,
    folder: Path,
    test_file: Path,
    fit_file: Path | None,
    label_field: str,
    asked: str | None,
    combiner: str | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Fit on `fit_file` (or on the test votes), measure on `test_file`, print a table or JSON."""
    settings = read_settings()
    seed = settings.seed if seed is None else seed
    _, config = config_of(config_file)
    question = question_of(config, asked)
    entries, left_out = bind(read_folder(folder), question, config, choose=len(config.questions) > 1)
    if not entries:
        raise BadInput(f"no program in {folder} can be used", "; ".join(left_out))
    records, gold = labelled(read_records(test_file), question, label_field, test_file)
    tasks = tasks_of(records, config, hidden=label_field)
    block = votes_of("voting on the test tasks", question, entries, tasks)
    if fit_file is None:
        fit_tasks, fit_block = tasks, block
    else:
        fit_tasks = tasks_of(read_records(fit_file), config, hidden=label_field)
        fit_block = votes_of("voting on the tasks to fit on", question, entries, fit_tasks)
    panel = fitted(question, entries, fit_block, fit_tasks, combiner or settings.combiner, seed)
    answers = combine(panel, block, tasks, seed, posterior)
    kind = KINDS[question.kind]
    measured = measure(
        [None if x is None else (question.label_names.index(x[0]), x[1]) for x in answers],
        posterior(panel.weights, kind.explode(question, block, tasks)[0]),
        gold,
        len(question.labels),
    )
    figures = {
        "n": measured.n,
        "accuracy": measured.accuracy,
        "macro_f1": measured.macro_f1,
        "coverage": measured.coverage,
        "ece": measured.ece,
        "log_loss": measured.log_loss,
        "combiner": panel.weights["kind"].replace("labelmodel", "snorkel"),
        "combiner_note": panel.weights["why"],
        "fitted_on": f"{fit_block.size} unlabelled tasks" if fit_file else "the test votes (no --fit was given)",
        "seed": seed,
        "programs": _programs(entries, block, gold),
        "left_out": left_out,
    }
    if as_json:
        print(json.dumps(figures, indent=1))
    else:
        _show(figures)


def labelled(
    records: Sequence[dict[str, Any]], question: Question, field: str, path: Path
) -> tuple[list[dict[str, Any]], list[int]]:
    """The records that carry a human label, and their labels; those without are left out aloud."""
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
    if not records:
        raise BadTasks(f"{path} holds no tasks")
    if not kept:
        raise BadTasks(f"no task of {path} has a label in {field!r}", "Name the field with --label-field.")
    if len(kept) < len(records):
        console.print(f"{len(records) - len(kept)} of {len(records)} tasks have no label and are left out")
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


def _programs(entries: Sequence[Entry], block: VoteBlock, gold: Sequence[int]) -> list[dict[str, Any]]:
    rows = []
    for entry, column in zip(entries, block.columns, strict=True):
        voted = [(code, label) for code, label in zip(column.codes, gold, strict=True) if code >= 0]
        rows.append(
            {
                "name": entry.name,
                "coverage": column.coverage,
                "accuracy": sum(code == label for code, label in voted) / len(voted) if voted else None,
                "faults": column.faults,
                "us_per_task": column.seconds / max(1, block.size) * 1e6,
                "fault": f"{column.fault.kind}: {column.fault.message}" if column.fault else None,
            }
        )
    return rows


def _show(figures: Mapping[str, Any]) -> None:
    out = Console()
    table = Table("program", "coverage", "accuracy", "faults", "µs / task", "first fault")
    for column in table.columns[1:5]:
        column.justify = "right"
    for row in figures["programs"]:
        accuracy = "-" if row["accuracy"] is None else f"{row['accuracy']:.3f}"
        cells = (f"{row['coverage']:.3f}", accuracy, str(row["faults"]), f"{row['us_per_task']:.0f}")
        table.add_row(escape(row["name"]), *cells, escape(printable(row["fault"] or "")[:80]))
    out.print(table)
    for line in figures["left_out"]:
        out.print(f"left out: {line}", markup=False)
    out.print(f"weights: {figures['combiner_note']}; fitted on {figures['fitted_on']}", markup=False)
    ece = "-" if figures["ece"] is None else f"{figures['ece']:.4f}"
    out.print(
        f"n {figures['n']}  accuracy {figures['accuracy']:.4f}  macro F1 {figures['macro_f1']:.4f}  "
        f"coverage {figures['coverage']:.4f}  calibration error {ece}  log-loss {figures['log_loss']:.4f}",
        highlight=False,
    )
