"""How good are the programs that the offline writer gives, from 24 annotated tasks?

    python tests/benchmarks/offline_writer.py [--data ../shared] [--sets youtube,sms] [--seeds 5] [--tune]

For each set and seed, 24 exemplars are drawn from train.jsonl at random (stratified by nothing: a rare label may get
one exemplar or none); the unlabelled tasks are the rest of train.jsonl, 2,000 at most. Programs are written, run in
the sandbox, and combined by the product's own `fit` on the votes on the unlabelled tasks. Measured on test.jsonl, or
with --tune on a third of train.jsonl (500 at most) that is neither exemplar nor unlabelled. No answer counts as wrong.

Beside it, trained on the same 24 exemplars: TF-IDF + logistic regression (a table's row written as text); for tables
also logistic regression on its columns; and the label most frequent among the 24.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from alchemist.aggregation.fit import COMBINERS, fit
from alchemist.aggregation.weights import posterior
from alchemist.core.brief import Brief, Exemplar
from alchemist.core.editions import Panel
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Entry
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task, fields_of
from alchemist.predict import combine
from alchemist.resources import shipped
from alchemist.sandbox.monty import vote
from alchemist.writer.induce import induce
from alchemist.writer.library import bind, read_folder

SETS = ("youtube", "sms", "agnews", "trec", "titanic")
EXEMPLARS = 24
UNLABELLED = 2_000
HELD = 500
TUNE_SEEDS = 100
"""Draws for tuning are others than those reported."""
INTERVAL = 2_000


@dataclass(frozen=True)
class Rows:
    """Tasks and their human labels."""

    tasks: list[Task]
    labels: list[str]


@dataclass(frozen=True)
class Draw:
    """One draw: the brief, and what it is measured on."""

    brief: Brief
    held: Rows


def main() -> None:
    given = _arguments()
    console = Console(stderr=True)
    results: dict[str, list[dict[str, Any]]] = {}
    for name in given.sets.split(","):
        for seed in range(given.seeds):
            with console.status(f"{name}, seed {seed}"):
                results.setdefault(name, []).append(measured(draw(given.data, name, seed, given.tune), given))
    if given.json:
        json.dump({"on": "train" if given.tune else "test", "sets": results}, sys.stdout, indent=1)
    else:
        show(results, "a held part of train" if given.tune else "test", given)


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).parents[3] / "shared"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=beside, help="folder with data/<set>; default: %(default)s")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--parts", choices=("library", "induced", "both"), default="both")
    parser.add_argument("--combiner", choices=(*COMBINERS, "each"), default="each")
    parser.add_argument("--tune", action="store_true", help="measure on held rows of train.jsonl, on other draws")
    parser.add_argument("--programs", action="store_true", help="list the programs too")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def draw(data: Path, name: str, seed: int, tune: bool) -> Draw:
    """Exemplars, unlabelled tasks and the tasks to measure on."""
    folder = data / "data" / name
    meta = json.loads((folder / "meta.json").read_text())
    field = Field("row", table=True) if meta.get("kind") == "tabular" else Field("text")
    labels = tuple(Label(x) for x in meta["labels"])
    question = Question("label", field.name, "choice", labels, field.name)
    train = _read(folder / "train.jsonl", field)
    order = list(range(len(train.tasks)))
    random.Random(TUNE_SEEDS + seed if tune else seed).shuffle(order)
    held_size = min(HELD, len(order) // 3) if tune else 0
    held, chosen, rest = order[:held_size], order[held_size:][:EXEMPLARS], order[held_size + EXEMPLARS :][:UNLABELLED]
    brief = Brief(
        title=name,
        description=meta["task"],
        instructions="",
        config=LabelConfig((question,), (field,)),
        question=question,
        exemplars=[Exemplar(train.tasks[i], train.labels[i]) for i in chosen],
        unlabelled=[train.tasks[i] for i in rest],
        seed=seed,
    )
    test = Rows([train.tasks[i] for i in held], [train.labels[i] for i in held]) if tune else None
    return Draw(brief, test or _read(folder / "test.jsonl", field))


def _read(path: Path, field: Field) -> Rows:
    tasks, labels = [], []
    for line in path.read_text().splitlines():
        row = json.loads(line)
        data = {"row": row["data"]} if field.table else {"text": row["text"]}
        tasks.append(Task(fields_of(data, [field]), row["id"]))
        labels.append(row["label"])
    return Rows(tasks, labels)


def measured(drawn: Draw, given: argparse.Namespace) -> dict[str, Any]:
    """Figures of every way to answer, by name."""
    brief, gold = drawn.brief, drawn.held.labels
    began = time.perf_counter()
    induced = induce(brief) if given.parts != "library" else []
    figures: dict[str, Any] = {"seconds": time.perf_counter() - began, "programs": len(induced)}
    bound = bind(read_folder(shipped("programs")), brief.question, brief.config)[0] if given.parts != "induced" else []
    panels = {"library": bound, "induced": induced, "library + induced": [*bound, *induced]}
    if given.parts != "both":
        panels = {given.parts: panels[given.parts]}
    for combiner in COMBINERS if given.combiner == "each" else (given.combiner,):
        for name, entries in panels.items():
            answers = _answers(drawn, entries, combiner) if entries else [None] * len(gold)
            figures[f"{name}, {combiner}"] = _scores(answers, gold)
    figures["TF-IDF + LR"] = _scores(_regression(drawn), gold)
    if brief.config.fields[0].table:
        figures["columns + LR"] = _scores(_columns(drawn), gold)
    most = Counter(x.answer for x in brief.exemplars).most_common(1)[0][0]
    figures["most frequent"] = _scores([str(most)] * len(gold), gold)
    if given.programs:
        figures["each"] = _each(drawn, induced)
    return figures


def _answers(drawn: Draw, entries: Sequence[Entry], combiner: str) -> list[str | None]:
    question, sources = drawn.brief.question, [x.source for x in entries]
    kind = KINDS[question.kind]
    votes = vote(question, sources, drawn.brief.unlabelled)
    weights = fit(kind.explode(question, votes)[0], combiner, drawn.brief.seed)
    block = vote(question, sources, drawn.held.tasks)
    panel = Panel(question, tuple(entries), weights)
    answers = combine(panel, block, drawn.held.tasks, drawn.brief.seed, posterior)
    return [None if x is None else str(x[0]) for x in answers]


def _each(drawn: Draw, entries: Sequence[Entry]) -> dict[str, dict[str, float]]:
    """Every program by itself: coverage, accuracy where it answers, faults, microseconds a task."""
    block = vote(drawn.brief.question, [x.source for x in entries], drawn.held.tasks)
    gold = [drawn.brief.question.label_names.index(x) for x in drawn.held.labels]
    rows = {}
    for entry, column in zip(entries, block.columns, strict=True):
        right = [a == b for a, b in zip(column.codes, gold, strict=True) if a >= 0]
        rows[entry.name] = {
            "coverage": column.coverage,
            "accuracy": float(np.mean(right)) if right else 0.0,
            "faults": column.faults,
            "us": column.seconds / block.size * 1e6,
            "lines": entry.source.text.count("\n"),
        }
    return rows


def _scores(answers: Sequence[str | None], gold: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import f1_score

    said = [x or "" for x in answers]
    scores = {
        "accuracy": float(np.mean([a == b for a, b in zip(said, gold, strict=True)])),
        "macro_f1": float(f1_score(gold, said, labels=sorted(set(gold)), average="macro", zero_division=0.0)),
        "coverage": float(np.mean([x is not None for x in answers])),
    }
    if "spam" in gold:
        scores["f1_spam"] = float(f1_score(gold, said, labels=["spam"], average="macro", zero_division=0.0))
    return scores


def _regression(drawn: Draw) -> list[str]:
    """TF-IDF and logistic regression, scikit-learn's defaults, trained on the exemplars alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    answers = [str(x.answer) for x in drawn.brief.exemplars]
    if len(set(answers)) == 1:
        return answers[:1] * len(drawn.held.tasks)
    learned = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    learned.fit([_written(x.task) for x in drawn.brief.exemplars], answers)
    return [str(x) for x in learned.predict([_written(task) for task in drawn.held.tasks])]


def _columns(drawn: Draw) -> list[str]:
    """Logistic regression on numbers, scaled, and on strings, one-hot, as a person would set it up for a table."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    learned = make_pipeline(DictVectorizer(), MaxAbsScaler(), LogisticRegression(max_iter=1000))
    learned.fit([_cells(x.task) for x in drawn.brief.exemplars], [str(x.answer) for x in drawn.brief.exemplars])
    return [str(x) for x in learned.predict([_cells(task) for task in drawn.held.tasks])]


def _cells(task: Task) -> dict[str, Any]:
    return {name: value for name, value in task.fields.items() if isinstance(value, str | int | float)}


def _written(task: Task) -> str:
    text = task.fields.get("text")
    return text if isinstance(text, str) else " ".join(f"{name} {value}" for name, value in _cells(task).items())


def show(results: dict[str, list[dict[str, Any]]], where: str, given: argparse.Namespace) -> None:
    """A table of means over the draws, and the induced programs' lead with an interval."""
    console = Console()
    table = Table("set", "answered by", "accuracy", "macro F1", "F1 of spam", "coverage", "lead over TF-IDF + LR")
    for name, draws in results.items():
        for way in [x for x in draws[0] if isinstance(draws[0][x], dict) and x != "each"]:
            spam = f"{_mean(draws, way, 'f1_spam'):.3f}" if "f1_spam" in draws[0][way] else ""
            figures = [f"{_mean(draws, way, x):.3f}" for x in ("accuracy", "macro_f1")]
            lead = _lead([d[way]["accuracy"] - d["TF-IDF + LR"]["accuracy"] for d in draws])
            table.add_row(name, way, *figures, spam, f"{_mean(draws, way, 'coverage'):.3f}", lead)
        table.add_section()
    for way in [x for x in next(iter(results.values()))[0] if x.split(",")[0] in (*_PARTS, "TF-IDF + LR")]:
        means = [_mean(draws, way, "accuracy") for draws in results.values()]
        pairs = zip(
            *([d[way]["accuracy"] - d["TF-IDF + LR"]["accuracy"] for d in ds] for ds in results.values()), strict=True
        )
        table.add_row("mean of sets", way, f"{np.mean(means):.3f}", "", "", "", _lead([np.mean(x) for x in pairs]))
    console.print(table)
    draws = [d for ds in results.values() for d in ds]
    console.print(
        f"measured on {where}; {EXEMPLARS} exemplars, {given.seeds} draws a set; "
        f"writing took {max(d['seconds'] for d in draws):.1f} s at most"
    )
    if given.programs:
        _show_each(results, console)


_PARTS = ("library", "induced", "library + induced")


def _show_each(results: dict[str, list[dict[str, Any]]], console: Console) -> None:
    table = Table("set", "program", "draws", "coverage", "accuracy", "faults", "µs / task", "lines")
    for name, draws in results.items():
        for program in dict.fromkeys(x for d in draws for x in d["each"]):
            rows = [d["each"][program] for d in draws if program in d["each"]]
            mean = {key: float(np.mean([row[key] for row in rows])) for key in rows[0]}
            table.add_row(
                name,
                program,
                str(len(rows)),
                f"{mean['coverage']:.3f}",
                f"{mean['accuracy']:.3f}",
                f"{mean['faults']:.1f}",
                f"{mean['us']:.0f}",
                f"{mean['lines']:.0f}",
            )
        table.add_section()
    console.print(table)


def _mean(draws: Sequence[dict[str, Any]], way: str, figure: str) -> float:
    return float(np.mean([d[way][figure] for d in draws]))


def _lead(differences: Sequence[float]) -> str:
    """The mean paired difference and its 95 % interval by Student's t over the draws."""
    from scipy.stats import t

    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return f"{mean:+.3f}"
    half = float(t.ppf(0.975, n - 1) * np.std(differences, ddof=1) / np.sqrt(n))
    return f"{mean:+.3f} ± {half:.3f}"


if __name__ == "__main__":
    main()
