"""How good are the labels, beside everything that they could be made with?

    python -m tests.benchmarks.quality [--data D] [--completions D] [--cache D] [--rows test|train] [--out F]
                                       [--sets "youtube, ten;sms, people"] [--sizes 0,20,50,200] [--seeds 5]

Votes are those of recorded replies of a language model (ten, twenty, or those chosen from the twenty) and of people's
labeling functions. The choice is the same with gold and without: it looks at the votes on the first 1,000 rows of
train.jsonl, some of which --rows train measures on, and at no human label.

For each seed train.jsonl is shuffled: its first n rows are the gold, and the votes on all of it fit the weights.
Measured is test.jsonl; or, to choose by, with --rows train a third of train.jsonl (2,000 rows at most) that takes no
part in fitting.

Without gold the rivals of `auto` are the majority (ties at random) and Snorkel; with gold also every way that
learns from it alone: the majority and Snorkel with vector scaling, votes weighed by measured accuracy, a regression on
the votes, and a gold-only regression on words and pairs of words, or on a table's columns (--strength is its C). A
regression on the votes that cannot be fitted, since a label is not in the gold, is the majority.

Regret is the figure of the best rival, chosen in hindsight for each set, less that of `auto`, in points: of accuracy,
and for sms of the F1 of spam too. Intervals of 95 % are by the paired bootstrap over rows and draws. No answer is
wrong, and the uniform distribution in log-loss and Brier score.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from alchemist.aggregation.fit import fit
from alchemist.aggregation.gold import fit_gold
from alchemist.aggregation.members import accuracy_vote, scaled, stack
from alchemist.aggregation.weights import majority, posterior
from alchemist.core.answers import Posterior
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows
from tests.benchmarks.compared import FITTED, GOLD_ONLY, OURS, report
from tests.benchmarks.recorded import SETS, Voted, arguments_of, voted
from tests.benchmarks.scored import columns_of
from tests.benchmarks.tables import show

HELD = 2_000
Weights = dict[str, Any]


def main() -> None:
    given = _arguments()
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    found: dict[str, dict[int, dict[str, dict[str, np.ndarray]]]] = {}
    with Progress(*bars, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("", total=len(given.sets) * given.seeds)
        for name in given.sets:
            progress.update(bar, description=f"{name}: voting")
            parts = {x: voted(name, x, given.data, given.completions, given.cache) for x in given.parts}
            draws = []
            for seed in range(given.seeds):
                progress.update(bar, description=f"{name}, seed {seed}")
                draws.append(dict(drawn(parts, seed, given.sizes, given.strength)))
                progress.advance(bar)
            found[name] = {n: stacked([x[n] for x in draws]) for n in given.sizes}
    told = report(found, given.rows)
    if given.out:
        given.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    show(told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments_of(parser)
    parser.add_argument("--rows", choices=("test", "train"), default="test", help="test: to report, never to choose")
    parser.add_argument("--sets", default=";".join(SETS), help="names, with ; between them")
    parser.add_argument("--sizes", default="0,20,50,200", help="how many human labels there are")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--strength", type=float, default=10.0, help="C of the gold-only regression")
    parser.add_argument("--out", type=Path, help="JSON file for all figures")
    given = parser.parse_args()
    given.sets = [x.strip() for x in given.sets.split(";")]
    given.sizes = [int(x) for x in given.sizes.split(",")]
    given.parts = ("train", "test") if given.rows == "test" else ("train",)
    return given


def drawn(
    parts: Mapping[str, Voted], seed: int, sizes: Sequence[int], strength: float
) -> Iterator[tuple[int, dict[str, dict[str, np.ndarray]]]]:
    """One draw: for each number of human labels, what every way says of the measured rows."""
    train = parts["train"]
    order = np.random.default_rng(seed).permutation(len(train.gold))
    size = 0 if "test" in parts else min(HELD, len(order) // 3)
    asked = parts.get("test", train)
    held = np.arange(len(asked.gold)) if "test" in parts else order[:size]
    ties = [f"{seed}:{asked.tasks[place].key}" for place in held]
    some = (asked.votes[held] >= 0).any(axis=1)
    for n in sizes:
        said = ways(train, order[size:], n, asked, held, seed, strength)
        yield n, {way: columns_of(x, asked.gold[held], len(asked.labels), ties, some) for way, x in said.items()}


def ways(
    train: Voted, pool: np.ndarray, n: int, asked: Voted, held: np.ndarray, seed: int, strength: float
) -> dict[str, list[Posterior]]:
    """The posteriors of every way to combine votes and n human labels, by its name."""
    rows, counted = train.rows(pool), majority([f"program {x}" for x in range(train.votes.shape[1])])
    unfitted = fit(rows, "snorkel", seed)
    gold = [int(train.gold[place]) if at < n else None for at, place in enumerate(pool)]
    weights = {"majority": counted, "snorkel": unfitted, OURS: fit_gold(rows, gold, "auto", seed)}
    some = np.array([place for place in pool[:n] if (train.votes[place] >= 0).any()], dtype=np.int64)
    if n:
        weights |= dict(zip(FITTED, learned(train.rows(some), train.gold[some], unfitted, counted), strict=True))
    measured = asked.rows(held)
    said = {way: posterior(x, measured) for way, x in weights.items()}
    if n:
        taught = [(train.tasks[x], int(train.gold[x])) for x in pool[:n]]
        said[GOLD_ONLY] = regressed(taught, [asked.tasks[x] for x in held], len(train.labels), strength)
    return said


def learned(rows: Rows, gold: np.ndarray, unfitted: Weights, counted: Weights) -> tuple[Weights, ...]:
    """The weights of `FITTED`, in that order; the majority where a way cannot be fitted."""
    if not len(gold):
        return (counted,) * len(FITTED)
    whole = len(set(gold.tolist())) == rows.labels
    scaling = (scaled(counted, rows, gold), scaled(unfitted, rows, gold))
    return *scaling, accuracy_vote(rows, gold), stack(rows, gold) if whole else counted


def regressed(
    taught: Sequence[tuple[Task, int]], asked: Sequence[Task], labels: int, strength: float
) -> list[Posterior]:
    """What a logistic regression on human labels alone says; with one label among them, that label."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    gold = [label for _, label in taught]
    if len(set(gold)) == 1:
        return [np.eye(labels)[gold[0]].tolist() for _ in asked]
    table = "row" in taught[0][0].fields
    views = (DictVectorizer(), MaxAbsScaler()) if table else (TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),)
    regression = make_pipeline(*views, LogisticRegression(C=strength, max_iter=5000))
    seen = _cells if table else _text
    regression.fit([seen(task) for task, _ in taught], gold)
    said = np.zeros((len(asked), labels))
    said[:, regression[-1].classes_] = regression.predict_proba([seen(task) for task in asked])
    rows: list[Posterior] = said.tolist()
    return rows


def _cells(task: Task) -> dict[str, Any]:
    return {name: value for name, value in task.fields.items() if isinstance(value, str | int | float)}


def _text(task: Task) -> str:
    return str(task.fields["text"])


def stacked(draws: Sequence[Mapping[str, Mapping[str, np.ndarray]]]) -> dict[str, dict[str, np.ndarray]]:
    """Each way's columns over the draws: float[draws, rows]."""
    return {way: {x: np.stack([draw[way][x] for draw in draws]) for x in draws[0][way]} for way in draws[0]}


if __name__ == "__main__":
    main()
