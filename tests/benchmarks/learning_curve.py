"""How fast does a project learn from an annotator, and does it ever get worse?

    python -m tests.benchmarks.learning_curve [--data ../shared] [--sets youtube,sms] [--seeds 5] [--tune] [--out F]

A simulated annotator answers tasks of train.jsonl in a random order, in batches, up to 300 labels. After each batch the
project does what a worker does (prepare at first; then review, and every job that it leads to) with the product's own
functions, on a SQLite file, with votes from the sandbox. The other tasks of the 600 drawn stay unlabelled. Then the
incumbent edition is measured on test.jsonl, or with --tune on a third of train.jsonl (500 at most) that is not in the
project, with other draws. Accuracy; for sms the F1 of spam. No answer counts as wrong.

Two writers: "offline", and "recorded": the recorded replies of a language model (completions/<set>/first), and for a
brief with a shortfall the recorded improvements (completions/<set>/improve; titanic has none), without repairs.

Beside it: the first edition, never improved; and a logistic regression on the same labels, on TF-IDF of words and
pairs of words, or for a table on its columns, one-hot (--strength is its `C`). The area under a curve is its mean
over 24..300 labels. Intervals of 95 % are by Student's t over the seeds. The worst smoothed gap is the smallest lead
of means over three batches, over the better of the two at that place.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import t

from alchemist.core.tasks import Task
from alchemist.improve import incumbent
from tests.benchmarks.annotator import Drawn, Simulation, drawn, scored, writer_of

SETS = ("youtube", "sms", "agnews", "trec", "titanic")
WRITERS = ("offline", "recorded")
BATCHES = (24, 48, 80, 120, 160, 200, 250, 300)
"""Labels after each batch."""
TUNE_SEEDS = 100
"""Draws for tuning are others than those reported."""
SMOOTHED = 3
LOST = 0.02
"""A promoted edition that loses more than this has lost."""
CONTENDERS = ("ours", "never improved", "regression")


def main() -> None:
    given = _arguments()
    writers = given.writers.split(",")
    where = "a held part of train" if given.tune else "test"
    runs = json.loads(given.out.read_text(encoding="utf-8"))["runs"] if given.resume else []
    done = {(run["writer"], run["set"], run["seed"]) for run in runs}
    asked = [(x, name, seed) for seed in given.draws for x in writers for name in given.sets.split(",")]
    for run in _ran([x for x in asked if x not in done], given):
        runs.append(run)
        runs.sort(key=lambda one: (one["writer"], SETS.index(one["set"]), one["seed"]))
        if given.out:
            told = {"on": where, "batches": BATCHES, "runs": runs}
            given.out.write_text(json.dumps(told, indent=1), encoding="utf-8")
    for writer in writers:
        show(writer, _whole([run for run in runs if run["writer"] == writer]))
    seconds = [run["seconds"] for run in runs]
    Console().print(f"measured on {where}; {len(runs)} runs of {np.mean(seconds):.0f} s, {max(seconds):.0f} s at most")


def _whole(runs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The runs of those seeds that every set has been run with."""
    names = {run["set"] for run in runs}
    sets_of = {x["seed"]: {run["set"] for run in runs if run["seed"] == x["seed"]} for x in runs}
    return [run for run in runs if sets_of[run["seed"]] == names]


def _ran(asked: Sequence[tuple[str, str, int]], given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Each run as it ends."""
    console = Console(stderr=True)
    with ProcessPoolExecutor(given.processes, multiprocessing.get_context("spawn"), os.nice, (10,)) as pool:
        waiting = [pool.submit(simulated, given.data, *one, given.tune, given.strength) for one in asked]
        for done in as_completed(waiting):
            run = done.result()
            last = ", ".join(f"{x} {run['curves'][x][-1]:.3f}" for x in CONTENDERS)
            console.print(f"{run['writer']} {run['set']} {run['seed']}: {run['seconds']:.0f} s; at the end {last}")
            yield run


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).parents[3] / "shared"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=beside, help="folder with data/<set> and completions/<set>")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--writers", default=",".join(WRITERS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tune", action="store_true", help="measure on held rows of train.jsonl, on other draws")
    parser.add_argument("--strength", type=float, default=1.0, help="C of the regression beside")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, help="JSON file for curves and decisions, written after each run")
    parser.add_argument("--resume", action="store_true", help="run only what is not in the file yet; then show it all")
    given = parser.parse_args()
    first = TUNE_SEEDS if given.tune else 0
    given.draws = range(first, first + given.seeds)
    return given


def simulated(data: Path, kind: str, name: str, seed: int, tune: bool, strength: float) -> dict[str, Any]:
    """One annotator with one project: the three curves, and every decision."""
    began = time.perf_counter()
    draw = drawn(data, name, seed, tune)
    with tempfile.TemporaryDirectory() as folder:
        one = Simulation(draw, writer_of(kind, data, draw), Path(folder))
        curve, decisions, panels = _curve(one)
        one.store.engine.dispose()
    beside = [regressed(draw, labels, strength) for labels in BATCHES]
    never = [next((x for x in curve if x), 0.0)] * len(BATCHES)
    curves = dict(zip(CONTENDERS, (curve, never, beside), strict=True))
    seconds = time.perf_counter() - began
    return {
        "writer": kind,
        "set": name,
        "seed": seed,
        "seconds": seconds,
        "curves": curves,
        "programs": panels,
        "decisions": decisions,
    }


def _curve(one: Simulation) -> tuple[list[float], list[dict[str, Any]], list[int]]:
    """The incumbent's score after each batch, the decisions, and how many programs the incumbent has."""
    curve, decisions, programs = [], [], []
    for labels in BATCHES:
        known = len(one.store.decisions(one.key))
        one.annotate(labels)
        one.learn()
        new = one.store.decisions(one.key)
        decisions += [one.told(x) for x in reversed(new[: len(new) - known])]
        edition = incumbent(one.work())
        curve.append(one.score(edition.name if edition else ""))
        programs.append(sum(len(x.entries) for x in edition.panels) if edition else 0)
    return curve, decisions, programs


def regressed(draw: Drawn, labels: int, strength: float) -> float:
    """The score of a logistic regression on so many labels."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    answers = list(draw.answers[:labels])
    if len(set(answers)) == 1:
        return scored(draw.name, answers[:1] * len(draw.gold), draw.gold)
    regression = LogisticRegression(C=strength, max_iter=1000)
    seen, asked = draw.tasks[:labels], draw.measured
    if draw.config.fields[0].table:
        learned = make_pipeline(DictVectorizer(), MaxAbsScaler(), regression)
        given, wanted = ([_cells(x) for x in those] for those in (seen, asked))
    else:
        learned = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), regression)
        given, wanted = ([x.fields["text"] for x in those] for those in (seen, asked))
    learned.fit(given, answers)
    return scored(draw.name, [str(x) for x in learned.predict(wanted)], draw.gold)


def _cells(task: Task) -> dict[str, Any]:
    return {name: value for name, value in task.fields.items() if isinstance(value, str | int | float)}


def area(curve: Sequence[float]) -> float:
    """The mean height of a curve between the first batch and the last.

    >>> area([0.5] * 8)
    0.5
    """
    return float(np.trapezoid(curve, BATCHES) / (BATCHES[-1] - BATCHES[0]))


def show(writer: str, runs: Sequence[dict[str, Any]]) -> None:
    """The tables of one writer, and what its decisions were worth."""
    console = Console()
    names = list(dict.fromkeys(run["set"] for run in runs))
    areas = Table("set", *CONTENDERS, "lead over the better", "worst smoothed gap", title=f"{writer}: area")
    by_set = {name: [run["curves"] for run in runs if run["set"] == name] for name in names}
    leads = []
    for name, curves in by_set.items():
        row, lead = _areas(curves)
        leads.append(lead)
        areas.add_row(name, *row, _interval(lead), _gap(curves))
    means = [
        f"{np.mean([np.mean([area(y[x]) for y in curves]) for curves in by_set.values()]):.3f}" for x in CONTENDERS
    ]
    areas.add_section()
    areas.add_row("mean", *means, _interval([float(np.mean(x)) for x in zip(*leads, strict=True)]))
    console.print(areas)
    console.print(_curves(writer, names, runs))
    _told(console, [x for run in runs for x in run["decisions"]])


def _areas(curves: Sequence[dict[str, list[float]]]) -> tuple[list[str], list[float]]:
    """Mean areas, the lead and by seed the lead over the better of the other two."""
    under = {x: [area(one[x]) for one in curves] for x in CONTENDERS}
    better = max(CONTENDERS[1:], key=lambda x: float(np.mean(under[x])))
    lead = [a - b for a, b in zip(under["ours"], under[better], strict=True)]
    return [f"{np.mean(under[x]):.3f}" for x in CONTENDERS], lead


def _gap(curves: Sequence[dict[str, list[float]]]) -> str:
    means = {x: np.mean([one[x] for one in curves], axis=0) for x in CONTENDERS}
    smooth = {x: np.convolve(means[x], np.ones(SMOOTHED) / SMOOTHED, "valid") for x in CONTENDERS}
    gaps = smooth["ours"] - np.maximum(*(smooth[x] for x in CONTENDERS[1:]))
    worst = int(np.argmin(gaps))
    return f"{gaps[worst]:+.3f} at {BATCHES[worst]}..{BATCHES[worst + SMOOTHED - 1]}"


def _curves(writer: str, names: Iterable[str], runs: Sequence[dict[str, Any]]) -> Table:
    table = Table("set", "", *(str(x) for x in BATCHES), title=f"{writer}: after so many labels")
    for name in names:
        mine = [run for run in runs if run["set"] == name]
        for x in CONTENDERS:
            table.add_row(name, x, *(f"{y:.3f}" for y in np.mean([run["curves"][x] for run in mine], axis=0)))
        table.add_row(name, "programs", *(f"{y:.0f}" for y in np.mean([run["programs"] for run in mine], axis=0)))
        table.add_section()
    return table


def _told(console: Console, decisions: Sequence[dict[str, Any]]) -> None:
    """What was promoted and rejected, and what the promoted gained."""
    table = Table("decided by", "promoted", "rejected", "mean gain", "lost more than 2 points", "worst")
    kinds = {"new programs": ["alchemist"], "new weights": ["review"], "all": ["alchemist", "review"]}
    for kind, actors in kinds.items():
        mine = [x for x in decisions if x["actor"] in actors and (x["gain"] is not None or x["verdict"] != "promoted")]
        gains = [x["gain"] for x in mine if x["verdict"] == "promoted"]
        rejected = str(sum(x["verdict"] == "rejected" for x in mine))
        lost = sum(x < -LOST for x in gains)
        figures = [f"{np.mean(gains):+.4f}", f"{lost} ({lost / len(gains):.1%})", f"{min(gains):+.3f}"] if gains else []
        table.add_row(kind, str(len(gains)), rejected, *figures)
    console.print(table)


def _interval(differences: Sequence[float]) -> str:
    """The mean difference and its 95 % interval by Student's t."""
    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return f"{mean:+.3f}"
    half = float(t.ppf(0.975, n - 1) * np.std(differences, ddof=1) / np.sqrt(n))
    return f"{mean:+.3f} ± {half:.3f}"


if __name__ == "__main__":
    main()
