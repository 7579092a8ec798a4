"""Human labels that are worth a second look, because what was learned from the others speaks clearly against them.

The method is confident learning (Northcutt, Jiang & Chuang, "Confident Learning: Estimating Uncertainty in Dataset
Labels", JAIR 2021): a label is doubted where another one is more probable than it usually is where people gave it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alchemist.core.answers import Posterior

ROUNDING = 1e-9
"""Equal probabilities may differ by this from their mean."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label that people gave to the row at `place`, and the one that speaks against it, 0..K-1 both.

    `margin` is the probability of the first less that of the second, -1..1: the lower, the graver the doubt.
    """

    place: int
    given: int
    instead: int
    margin: float


def doubts(gold: Sequence[int | None], posteriors: Sequence[Posterior]) -> list[Doubt]:
    """The doubted labels, the gravest first.

    `gold` is people's label for each row, 0..K-1, None where there is none; `posteriors` the probabilities of a row's
    labels, from what has not seen that row's gold, None where nothing is known. Raises `ValueError` where the lengths
    differ.

    >>> doubts([0, 0, 1, 1, 1], [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.2, 0.8], [0.95, 0.05]])
    [Doubt(place=4, given=1, instead=0, margin=-0.9)]
    """
    pairs = zip(gold, posteriors, strict=True)
    known = [(place, label, row) for place, (label, row) in enumerate(pairs) if label is not None and row is not None]
    usual = _usual(known)
    found = []
    for place, given, row in known:
        likely = [(row[label], label) for label, least in usual.items() if row[label] >= least - ROUNDING]
        _, instead = max(likely, default=(0.0, given))
        if row[instead] > row[given]:
            found.append(Doubt(place, given, instead, round(row[given] - row[instead], 9)))
    return sorted(found, key=lambda x: x.margin)


def _usual(known: Sequence[tuple[int, int, Sequence[float]]]) -> dict[int, float]:
    """For each label that people gave, its mean probability where they gave it."""
    said: dict[int, list[float]] = {}
    for _, label, row in known:
        said.setdefault(label, []).append(row[label])
    return {label: sum(shares) / len(shares) for label, shares in said.items()}
