"""What do corrections add to votes?

    python tests/benchmarks/gold.py [--data ../shared] [--sets youtube,sms] [--sizes 20,100] [--seeds 5] [--test]

Votes are those of the ten recorded replies of a language model (completions/<set>/first, run in the sandbox) and of
people's labeling functions ("... people", data/<set>/weak_labels.npz). For each seed train.jsonl is shuffled: a third
(2,000 at most) is held to measure on; the votes on the rest fit the weights, and its first n rows are the gold. With
--test all of train.jsonl may fit and test.jsonl is measured on. No answer counts as wrong, and as the uniform
distribution in the log-loss.

"best member" is the member of the blend that is most accurate on the held rows, in hindsight: nobody can choose it
beforehand. Leads are means over the seeds with an interval of 95 % by Student's t.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy.stats import t
from sklearn.metrics import f1_score

from alchemist.aggregation.fit import fit
from alchemist.aggregation.gold import fit_gold
from alchemist.aggregation.measure import measure
from alchemist.aggregation.shares import members_of
from alchemist.aggregation.weights import posterior
from alchemist.core.kinds.choice import most_probable
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task, fields_of
from alchemist.core.votes import Rows
from alchemist.sandbox.monty import vote
from alchemist.writer.library import bind, read_folder

RECORDED = ("youtube", "sms", "trec", "agnews", "titanic")
PEOPLE = ("youtube people", "sms people", "trec people")
HELD = 2_000


@dataclass(frozen=True)
class Voted:
    """Votes int16[rows, programs], -1 for none, and people's labels int[rows], as places in `labels`."""

    votes: np.ndarray
    gold: np.ndarray
    labels: tuple[str, ...]

    def rows(self, places: np.ndarray) -> Rows:
        """Some of the rows, as combiners see them."""
        columns = tuple(array("h", column) for column in self.votes[places].T.tolist())
        return Rows(tuple(f"program {n}" for n in range(len(columns))), columns, len(self.labels), len(places))


def main() -> None:
    given = _arguments()
    console = Console(stderr=True)
    results: dict[str, list[dict[str, Any]]] = {}
    for name in given.sets.split(","):
        with console.status(f"{name}: voting"):
            parts = {
                part: votes_of(given.data, name, part) for part in (("train", "test") if given.test else ("train",))
            }
        for seed in range(given.seeds):
            with console.status(f"{name}, seed {seed}"):
                results.setdefault(name, []).append(drawn(parts, seed, [int(x) for x in given.sizes.split(",")]))
    if given.json:
        json.dump({"on": "test" if given.test else "train", "sets": results}, sys.stdout, indent=1)
    else:
        show(results, "test.jsonl" if given.test else "a held part of train.jsonl", given.seeds)


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).parents[3] / "shared"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=beside, help="folder with data/<set> and completions/<set>")
    parser.add_argument("--sets", default=",".join((*RECORDED, *PEOPLE)))
    parser.add_argument("--sizes", default="20,50,100,200,300")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--test", action="store_true", help="measure on test.jsonl: to report, never to choose")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def votes_of(data: Path, name: str, part: str) -> Voted:
    """The set's votes on train or test."""
    name, _, people = name.partition(" ")
    folder = data / "data" / name
    meta = json.loads((folder / "meta.json").read_text())
    records = [json.loads(line) for line in (folder / f"{part}.jsonl").read_text().splitlines()]
    gold = np.array([meta["labels"].index(x["label"]) for x in records])
    if people:
        recorded = np.load(folder / "weak_labels.npz")
        places = {name: place for place, name in enumerate(recorded[f"{part}_ids"].tolist())}
        votes = recorded[part][[places[x["id"]] for x in records]].astype(np.int16)
    else:
        votes = _replies(data / "completions" / name / "first" / "replies", meta, records)
    return Voted(votes, gold, tuple(meta["labels"]))


def _replies(folder: Path, meta: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """The votes of the programs in recorded replies."""
    field = Field("row", table=True) if meta.get("kind") == "tabular" else Field("text")
    question = Question("label", field.name, "choice", tuple(Label(x) for x in meta["labels"]), field.name)
    entries, _ = bind(read_folder(folder), question, LabelConfig((question,), (field,)), choose=False)
    key = "data" if field.table else "text"
    tasks = [Task(fields_of({field.name: x[key]}, [field]), x["id"]) for x in records]
    block = vote(question, [x.source for x in entries], tasks)
    return np.maximum(np.stack([np.frombuffer(x.codes, dtype=np.int16) for x in block.columns], axis=1), -1)


def drawn(parts: Mapping[str, Voted], seed: int, sizes: Sequence[int]) -> dict[str, Any]:
    """One draw: figures by way of combining, for each number of corrections."""
    train = parts["train"]
    order = np.random.default_rng(seed).permutation(len(train.gold))
    size = 0 if "test" in parts else min(HELD, len(order) // 3)
    source, held = (parts["test"], np.arange(len(parts["test"].gold))) if "test" in parts else (train, order[:size])
    pool = order[size:]
    rows, truth = train.rows(pool), source.gold[held].tolist()
    asked, ties = source.rows(held), [f"{seed}:{place}" for place in held.tolist()]

    def figures(weights: Mapping[str, Any]) -> dict[str, float]:
        return _figures(weights, asked, truth, ties, source.labels)

    unfitted = fit(rows, "snorkel", seed)
    fixed = {"majority": figures(fit(rows, "majority", seed)), "snorkel": figures(unfitted)}
    found: dict[str, Any] = {}
    for n in sizes:
        gold = [int(train.gold[place]) if at < n else None for at, place in enumerate(pool.tolist())]
        began = time.perf_counter()
        blend = fit_gold(rows, gold, "auto", seed)
        seconds = time.perf_counter() - began
        members = {x.name + x.how: figures(weights) for x, weights in _each(unfitted, train, pool[:n])}
        found[str(n)] = {**fixed, "auto": figures(blend), "members": members, "seconds": seconds, "why": blend["why"]}
    return found


def _each(unfitted: dict[str, Any], train: Voted, places: np.ndarray) -> list[tuple[Any, Mapping[str, Any]]]:
    """Every member of the blend with its weights, learned on these corrections."""
    places = places[np.any(train.votes[places] >= 0, axis=1)]
    known, gold = train.rows(places), train.gold[places]
    rarest = int(np.bincount(gold, minlength=len(train.labels)).min())
    return [(x, x.learn(known, gold)) for x in members_of(unfitted, known, rarest)]


def _figures(
    weights: Mapping[str, Any], rows: Rows, truth: list[int], ties: list[str], labels: Sequence[str]
) -> dict[str, float]:
    said = posterior(weights, rows)
    best = [None if row is None else most_probable(row, key) for row, key in zip(said, ties, strict=True)]
    answers = [None if y is None else (y, float(row[y])) for y, row in zip(best, said, strict=True)]
    got = measure(answers, said, truth, rows.labels)
    figures = {"accuracy": 100 * got.accuracy, "log_loss": got.log_loss, "ece": 100 * (got.ece or 0.0)}
    if "spam" in labels:
        given = [-1 if y is None else y for y in best]
        spam = [labels.index("spam")]
        figures["f1_spam"] = 100 * float(f1_score(truth, given, labels=spam, average="macro", zero_division=0.0))
    return figures


def show(results: Mapping[str, Sequence[Mapping[str, Any]]], where: str, seeds: int) -> None:
    """Means over the draws: accuracy in percent (log-loss), and the lead of `auto` in points."""
    columns = ("set", "gold", "majority", "snorkel", "auto", "auto - majority", "auto - snorkel", "best member")
    table = Table(*columns, "F1 of spam: majority, snorkel, auto")
    for name, draws in results.items():
        for n in draws[0]:
            cell = [draw[n] for draw in draws]
            ways = [
                f"{_mean(cell, way):.1f} ({_mean(cell, way, 'log_loss'):.2f})"
                for way in ("majority", "snorkel", "auto")
            ]
            leads = [
                _lead([x["auto"]["accuracy"] - x[way]["accuracy"] for x in cell]) for way in ("majority", "snorkel")
            ]
            table.add_row(name, n, *ways, *leads, _best(cell), _spam(cell) if name.startswith("sms") else "")
        table.add_section()
    for n in next(iter(results.values()))[0]:
        cells = [[draw[n] for draw in draws] for draws in results.values()]
        ways = [
            f"{np.mean([_mean(x, way) for x in cells]):.1f} ({np.mean([_mean(x, way, 'log_loss') for x in cells]):.2f})"
            for way in ("majority", "snorkel", "auto")
        ]
        leads = [
            _lead(
                [
                    float(np.mean([x["auto"]["accuracy"] - x[way]["accuracy"] for x in draw]))
                    for draw in zip(*cells, strict=True)
                ]
            )
            for way in ("majority", "snorkel")
        ]
        table.add_row("mean of sets", n, *ways, *leads)
    console = Console()
    console.print(table)
    slowest = max(x["seconds"] for draws in results.values() for draw in draws for x in draw.values())
    console.print(f"measured on {where}, {seeds} draws a set; the slowest fit with gold took {slowest:.1f} s")


def _mean(cell: Sequence[Mapping[str, Any]], way: str, figure: str = "accuracy") -> float:
    return float(np.mean([x[way][figure] for x in cell]))


def _best(cell: Sequence[Mapping[str, Any]]) -> str:
    """The most accurate member that takes part in every draw."""
    names = [name for name in cell[0]["members"] if all(name in x["members"] for x in cell)]
    means = {name: float(np.mean([x["members"][name]["accuracy"] for x in cell])) for name in names}
    best = max(means, key=lambda name: means[name])
    return f"{means[best]:.1f} {best}"


def _spam(cell: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{_mean(cell, way, 'f1_spam'):.1f}" for way in ("majority", "snorkel", "auto"))


def _lead(differences: Sequence[float]) -> str:
    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return f"{mean:+.2f}"
    half = float(t.ppf(0.975, n - 1) * np.std(differences, ddof=1) / np.sqrt(n))
    return f"{mean:+.2f} ± {half:.2f}"


if __name__ == "__main__":
    main()
