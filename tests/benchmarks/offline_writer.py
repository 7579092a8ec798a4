"""How good are the programs that the offline writer gives, from 24 annotated tasks?

    python tests/benchmarks/offline_writer.py [--data ../shared] [--sets youtube,sms] [--seeds 5] [--tune]

For each set and seed, 24 exemplars are drawn from train.jsonl at random (stratified by nothing: a rare label may get
one exemplar or none); the unlabelled tasks are the rest of train.jsonl, 2,000 at most. The programs are those that
`alchemist write --writer offline --parts library|induced|both` puts into a folder, and every figure of theirs is one
that `alchemist evaluate --json` prints of that folder, fitted on the unlabelled tasks. Measured on test.jsonl, or with
--tune on a third of train.jsonl (500 at most) that is neither exemplar nor unlabelled. No answer counts as wrong.

Beside it, trained on the same 24 exemplars: TF-IDF + logistic regression (a table's row written as text); for tables
also logistic regression on its columns; and the label most frequent among the 24.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from alchemist.cli import app
from alchemist.core.errors import NoPrograms

SETS = ("youtube", "sms", "agnews", "trec", "titanic")
WAYS = {"library": "library", "induced": "induced", "library + induced": "both"}
"""What `write --parts` is given, by the name of the way to answer."""
EXEMPLARS = 24
UNLABELLED = 2_000
HELD = 500
TUNE_SEEDS = 100
"""Draws for tuning are others than those reported."""
SILENT = {"accuracy": 0.0, "macro_f1": 0.0, "coverage": 0.0}
"""The figures where no program may vote."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Draw:
    """One draw: what the set says of itself, and the lines of its files in three parts."""

    meta: dict[str, Any]
    exemplars: list[Record]
    unlabelled: list[Record]
    held: list[Record]

    @property
    def table(self) -> bool:
        return self.meta.get("kind") == "tabular"


def main() -> None:
    given = _arguments()
    console = Console(stderr=True)
    results: dict[str, list[dict[str, Any]]] = {}
    for name in given.sets.split(","):
        for seed in range(given.seeds):
            with console.status(f"{name}, seed {seed}"):
                results.setdefault(name, []).append(measured(draw(given.data, name, seed, given.tune), seed))
    if given.json:
        json.dump({"on": "train" if given.tune else "test", "sets": results}, sys.stdout, indent=1)
    else:
        show(results, "a held part of train" if given.tune else "test", given.seeds)


def _arguments() -> argparse.Namespace:
    beside = Path(__file__).parents[3] / "shared"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=beside, help="folder with data/<set>; default: %(default)s")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--tune", action="store_true", help="measure on held rows of train.jsonl, on other draws")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def draw(data: Path, name: str, seed: int, tune: bool) -> Draw:
    """Exemplars, unlabelled tasks and the tasks to measure on."""
    folder = data / "data" / name
    train = _read(folder / "train.jsonl")
    order = list(range(len(train)))
    random.Random(TUNE_SEEDS + seed if tune else seed).shuffle(order)
    held_size = min(HELD, len(order) // 3) if tune else 0
    held, chosen, rest = order[:held_size], order[held_size:][:EXEMPLARS], order[held_size + EXEMPLARS :][:UNLABELLED]
    return Draw(
        json.loads((folder / "meta.json").read_text(encoding="utf-8")),
        [train[i] for i in chosen],
        [train[i] for i in rest],
        [train[i] for i in held] if tune else _read(folder / "test.jsonl"),
    )


def _read(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def measured(drawn: Draw, seed: int) -> dict[str, Any]:
    """Figures of every way to answer, by name; the seconds that the slowest `write` took."""
    with tempfile.TemporaryDirectory() as made:
        figures = _commands(drawn, seed, Path(made))
    gold = [x["label"] for x in drawn.held]
    figures["TF-IDF + LR"] = _scores(_regression(drawn), gold)
    if drawn.table:
        figures["columns + LR"] = _scores(_columns(drawn), gold)
    most = Counter(x["label"] for x in drawn.exemplars).most_common(1)[0][0]
    figures["most frequent"] = _scores([most] * len(gold), gold)
    return figures


def _commands(drawn: Draw, seed: int, folder: Path) -> dict[str, Any]:
    """What `alchemist write` and then `alchemist evaluate` give, for each way and combiner."""
    (folder / "config.xml").write_text(_config(drawn), encoding="utf-8")
    config = ["--config", folder / "config.xml"]
    exemplars = _file(folder / "exemplars.jsonl", drawn.exemplars)
    unlabelled = _file(
        folder / "unlabelled.jsonl", [{k: v for k, v in x.items() if k != "label"} for x in drawn.unlabelled]
    )
    test = _file(folder / "test.jsonl", drawn.held)
    words = ["--title", drawn.meta["name"], "--description", drawn.meta["task"], "--seed", seed]
    figures: dict[str, Any] = {"seconds": 0.0}
    for way, parts in WAYS.items():
        out = folder / parts
        began = time.perf_counter()
        asked = [*config, "--exemplars", exemplars, "--unlabelled", unlabelled, *words, "--out", out]
        written = _may_vote("--parts", parts, *asked)
        figures["seconds"] = max(figures["seconds"], time.perf_counter() - began)
        for combiner in ("snorkel", "majority"):  # without corrections `auto` is the first of them
            asked = [*config, "--test", test, "--fit", unlabelled, "--combiner", combiner, "--seed", seed]
            told = json.loads(_alchemist("evaluate", "--programs", out, *asked, "--json")) if written else SILENT
            figures[f"{way}, {combiner}"] = {x: told[x] for x in SILENT}
    return figures


def _may_vote(*arguments: object) -> bool:
    """Write programs; False where none of them may vote."""
    try:
        _alchemist("write", "--writer", "offline", *arguments)
    except NoPrograms:
        return False
    return True


def _alchemist(*arguments: object) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, [str(x) for x in arguments])
    if result.exception:
        raise result.exception
    return result.stdout


def _config(drawn: Draw) -> str:
    """A label config that shows the text or the row, and asks for one of the labels."""
    labels = "".join(f"<Choice value={quoteattr(x)}/>" for x in drawn.meta["labels"])
    tag, name = ("Table", "row") if drawn.table else ("Text", "text")
    shown = f'<{tag} name="{name}" value="${name}"/>'
    return f'<View>{shown}<Choices name="label" toName="{name}" choice="single">{labels}</Choices></View>'


def _file(path: Path, records: Sequence[Record]) -> Path:
    path.write_text("".join(json.dumps(x) + "\n" for x in records), encoding="utf-8")
    return path


def _scores(answers: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    from sklearn.metrics import f1_score

    return {
        "accuracy": float(np.mean([a == b for a, b in zip(answers, gold, strict=True)])),
        "macro_f1": float(f1_score(gold, answers, labels=sorted(set(gold)), average="macro", zero_division=0.0)),
        "coverage": 1.0,
    }


def _regression(drawn: Draw) -> list[str]:
    """TF-IDF and logistic regression, scikit-learn's defaults, trained on the exemplars alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    answers = [x["label"] for x in drawn.exemplars]
    if len(set(answers)) == 1:
        return answers[:1] * len(drawn.held)
    learned = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    learned.fit([_written(x) for x in drawn.exemplars], answers)
    return [str(x) for x in learned.predict([_written(x) for x in drawn.held])]


def _columns(drawn: Draw) -> list[str]:
    """Logistic regression on numbers, scaled, and on strings, one-hot, as a person would set it up for a table."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MaxAbsScaler

    learned = make_pipeline(DictVectorizer(), MaxAbsScaler(), LogisticRegression(max_iter=1000))
    learned.fit([_cells(x) for x in drawn.exemplars], [x["label"] for x in drawn.exemplars])
    return [str(x) for x in learned.predict([_cells(x) for x in drawn.held])]


def _cells(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record["data"].items() if isinstance(value, str | int | float)}


def _written(record: Record) -> str:
    text = record.get("text")
    return text if isinstance(text, str) else " ".join(f"{name} {value}" for name, value in _cells(record).items())


def show(results: dict[str, list[dict[str, Any]]], where: str, seeds: int) -> None:
    """A table of means over the draws, each way's lead over the regression with an interval."""
    console = Console()
    table = Table("set", "answered by", "accuracy", "macro F1", "coverage", "lead over TF-IDF + LR")
    for name, draws in results.items():
        for way in [x for x in draws[0] if x != "seconds"]:
            figures = [f"{_mean(draws, way, x):.3f}" for x in SILENT]
            lead = _lead([d[way]["accuracy"] - d["TF-IDF + LR"]["accuracy"] for d in draws])
            table.add_row(name, way, *figures, lead)
        table.add_section()
    for way in [x for x in next(iter(results.values()))[0] if x.split(",")[0] in (*WAYS, "TF-IDF + LR")]:
        means = [_mean(draws, way, "accuracy") for draws in results.values()]
        pairs = zip(
            *([d[way]["accuracy"] - d["TF-IDF + LR"]["accuracy"] for d in ds] for ds in results.values()), strict=True
        )
        table.add_row("mean of sets", way, f"{np.mean(means):.3f}", "", "", _lead([np.mean(x) for x in pairs]))
    console.print(table)
    slowest = max(d["seconds"] for ds in results.values() for d in ds)
    console.print(
        f"measured on {where}; {EXEMPLARS} exemplars, {seeds} draws a set; alchemist write took {slowest:.1f} s at most"
    )


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
