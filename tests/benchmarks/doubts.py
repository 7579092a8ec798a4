"""How many wrong human labels does the list of doubted ones find, and how many of those in it are wrong?

    python -m tests.benchmarks.doubts [--data D] [--completions D] [--cache D] [--sets youtube,sms] [--seeds 3]
                                      [--gold 300] [--shares 5,10] [--out F]

For each seed the gold is that of some rows of train.jsonl, of which a share is replaced by another label, each of the
others as likely. Posteriors are those of `auto` on the votes of the ten recorded replies, cross-fitted, so none has
seen the gold that it is held against. Precision is the share of wrong labels in the list, and among its first N, where
N is how many were replaced; recall the share of replaced labels that are in it. Labels of the data that were wrong
before count as right, so precision is lower than an admin would find it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from rich.console import Console

from alchemist.aggregation.gold import cross_fitted
from alchemist.core.doubts import doubts
from tests.benchmarks.recorded import Voted, arguments_of, voted
from tests.benchmarks.tables import console_for_tables, table_of

FIGURES = ("replaced", "listed", "precision", "recall", "precision of the first N")


def main() -> None:
    given = _arguments()
    told: dict[str, dict[str, dict[str, float]]] = {}
    for name in given.sets.split(","):
        with Console(stderr=True).status(name):
            train = voted(f"{name}, ten", "train", given.data, given.completions, given.cache)
            for share in given.shares.split(","):
                found = [listed(train, given.gold, int(share) / 100, seed) for seed in range(given.seeds)]
                means = {x: float(np.mean([one[x] for one in found])) for x in FIGURES}
                told.setdefault(name, {})[share] = means
    if given.out:
        given.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    show(told, given.gold, given.seeds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments_of(parser)
    parser.add_argument("--sets", default="youtube,sms,trec,agnews")
    parser.add_argument("--gold", type=int, default=300, help="how many human labels there are")
    parser.add_argument("--shares", default="5,10", help="how many of them are replaced, in percent")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", type=Path, help="JSON file for all figures")
    return parser.parse_args()


def listed(train: Voted, size: int, share: float, seed: int) -> dict[str, float]:
    """The figures of one draw of rows and of labels to replace."""
    rng = np.random.default_rng(seed)
    places = rng.permutation(len(train.gold))[:size]
    wrong = set(rng.choice(size, round(share * size), replace=False).tolist())
    gold = train.gold[places]
    for place in sorted(wrong):
        gold[place] = (gold[place] + rng.integers(1, len(train.labels))) % len(train.labels)
    known: list[int] = gold.tolist()
    found = [x.place for x in doubts(known, cross_fitted(train.rows(places), known, "auto", seed))]
    hits = [place in wrong for place in found]
    first = hits[: len(wrong)]
    figures = (len(wrong), len(found), _share(hits, len(hits)), _share(hits, len(wrong)), _share(first, len(first)))
    return dict(zip(FIGURES, figures, strict=True))


def _share(hits: list[bool], of: int) -> float:
    """A list without members is never wrong."""
    return sum(hits) / of if of else 1.0


def show(told: Mapping[str, Mapping[str, Mapping[str, float]]], gold: int, seeds: int) -> None:
    """Means over the seeds, by set and by share of labels replaced."""
    title = f"{gold} human labels, some replaced by another; means of {seeds} draws, shares in percent"
    table = table_of("set", "share", *FIGURES, title=title)
    for name, shares in told.items():
        for share, means in shares.items():
            counts = [f"{means[x]:.1f}" for x in FIGURES[:2]]
            table.add_row(name, share, *counts, *(f"{100 * means[x]:.1f}" for x in FIGURES[2:]))
        table.add_section()
    console_for_tables().print(table)


if __name__ == "__main__":
    main()
