"""`alchemist evaluate`: a folder of programs measured on labelled tasks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from alchemist.aggregation.gold import gold_only
from alchemist.aggregation.measure import measure
from alchemist.aggregation.weights import posterior
from alchemist.cli.corrections import corrected, labelled, unlike
from alchemist.cli.panels import Corrected, config_of, fitted, printable, question_of, votes_of
from alchemist.cli.screen import aside, console
from alchemist.core.answers import Answer
from alchemist.core.errors import BadInput
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Entry
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows, VoteBlock
from alchemist.labelstudio.wire import read_records, tasks_of
from alchemist.predict import combine
from alchemist.settings import read_settings
from alchemist.writer.library import bind, read_folder


def run(
    config_file: Path,
    folder: Path,
    test_file: Path,
    fit_file: Path | None,
    corrections_file: Path | None,
    label_field: str,
    asked: str | None,
    combiner: str | None,
    seed: int | None,
    as_json: bool,
) -> None:
    """Fit on `fit_file` (or on the test votes) and on corrections, measure on `test_file`, print a table or JSON."""
    settings = read_settings()
    seed = settings.seed if seed is None else seed
    _, config = config_of(config_file)
    question = question_of(config, asked)
    entries, left_out = bind(read_folder(folder), question, config, choose=len(config.questions) > 1)
    if not entries:
        raise BadInput(f"no program in {folder} can be used", "; ".join(left_out))
    records, gold = labelled(read_records(test_file), question, label_field, test_file)
    tasks = tasks_of(records, config, hidden=label_field)
    known = corrected(corrections_file, config, [question], label_field, tasks)[question.name]
    block = votes_of("voting on the test tasks", question, entries, tasks)
    if fit_file is None:
        fit_tasks, fit_block = tasks, block
    else:
        unlabelled = tasks_of(read_records(fit_file), config, hidden=label_field)
        fit_tasks = [unlabelled[place] for place in unlike(unlabelled, known.tasks)]
        fit_block = votes_of("voting on the tasks to fit on", question, entries, fit_tasks)
    panel = fitted(question, entries, fit_block, fit_tasks, known, combiner or settings.combiner, seed)
    answers = combine(panel, block, tasks, seed, posterior)
    kind = KINDS[question.kind]
    measured = measure(
        _places(question, answers),
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
        "brier": measured.brier,
        "calibrated": bool(panel.weights.get("calibrated")),
        "corrections": len(known.gold),
        "corrections_used": panel.weights.get("gold", 0),
        "gold_only": _alone(question, known, tasks, gold, seed) if known.gold else None,
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


def _alone(
    question: Question, known: Corrected, tasks: Sequence[Task], gold: Sequence[int], seed: int
) -> dict[str, float] | None:
    """What a classifier scores on the same tasks that learns from the same corrections and hears no program."""
    everything, labels = [*known.tasks, *tasks], len(question.labels)
    rows = Rows((), (), labels, len(everything), everything)
    with aside.status("training a classifier on the corrections alone"):
        said = gold_only(rows, [*known.gold, *[None] * len(tasks)], seed)[len(known.tasks) :]
    if said[0] is None:
        return None
    answers = KINDS[question.kind].assemble(question, [said], [f"{seed}:{task.key}" for task in tasks])
    scored = measure(_places(question, answers), said, gold, labels)
    return {"accuracy": scored.accuracy, "macro_f1": scored.macro_f1, "log_loss": scored.log_loss}


def _places(question: Question, answers: Sequence[tuple[Answer, float] | None]) -> list[tuple[int, float] | None]:
    """The answers as places among the labels, with their scores."""
    return [None if x is None else (question.label_names.index(str(x[0])), x[1]) for x in answers]


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
    table = Table(Column("program", overflow="fold"))
    for name in ("coverage", "accuracy", "faults", "µs / task"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in figures["programs"]:
        accuracy = "-" if row["accuracy"] is None else f"{row['accuracy']:.3f}"
        cells = (f"{row['coverage']:.3f}", accuracy, str(row["faults"]), f"{row['us_per_task']:.0f}")
        table.add_row(escape(row["name"]), *cells)
    console.print(table)
    for row in figures["programs"]:
        if row["fault"]:
            console.print(
                f"{row['name']}, its first fault: {printable(row['fault'])[:80]}", markup=False, highlight=False
            )
    for line in figures["left_out"]:
        console.print(f"left out: {line}", markup=False)
    console.print(f"weights: {figures['combiner_note']}; fitted on {figures['fitted_on']}", markup=False)
    ece = "-" if figures["ece"] is None else f"{figures['ece']:.4f}"
    console.print(
        f"n {figures['n']}  accuracy {figures['accuracy']:.4f}  macro F1 {figures['macro_f1']:.4f}  "
        f"coverage {figures['coverage']:.4f}  calibration error {ece}  log-loss {figures['log_loss']:.4f}  "
        f"Brier {figures['brier']:.4f}",
        highlight=False,
    )
    scores = "calibrated" if figures["calibrated"] else "not calibrated"
    alone = figures["gold_only"]
    beside = f"; a classifier on the same corrections alone: accuracy {alone['accuracy']:.4f}" if alone else ""
    given = figures["corrections"]
    used = f", {figures['corrections_used']} of {given} corrections used" if given else ": no corrections were given"
    console.print(f"scores {scores}{used}{beside}", highlight=False)
