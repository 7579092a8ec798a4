"""Predictions held against human labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alchemist.core.answers import Posterior

BINS = 10
FLOOR = 1e-6
"""Probabilities are clipped to this before their logarithm is taken."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a single choice scored; shares in 0..1, log-loss in nats. `ece` is None when nothing was answered.

    `brier` is the mean over rows of the squared errors of all labels' probabilities, summed: 0..2.
    """

    n: int
    accuracy: float
    macro_f1: float
    coverage: float
    ece: float | None
    log_loss: float
    brier: float


def measure(
    answers: Sequence[tuple[int, float] | None],
    posteriors: Sequence[Posterior],
    gold: Sequence[int],
    labels: int,
) -> Measured:
    """Hold (label, score) against the human labels, one a row, all as indices 0..labels-1.

    No answer counts as wrong in accuracy and macro F1 (over the labels that occur), and as the uniform
    distribution in the log-loss and the Brier score. `ece` is the calibration error of answered rows in ten equal-mass
    bins.
    """
    from sklearn.metrics import f1_score

    n = len(gold)
    given = [-1 if answer is None else answer[0] for answer in answers]
    seen = sorted(set(gold) | {x for x in given if x >= 0})
    right = np.array([a == b for a, b in zip(given, gold, strict=True)])
    answered = np.array([x >= 0 for x in given])
    scores = np.array([0.0 if answer is None else answer[1] for answer in answers])
    said = [1 / labels if row is None else row[y] for row, y in zip(posteriors, gold, strict=True)]
    return Measured(
        n=n,
        accuracy=float(right.mean()) if n else 0.0,
        macro_f1=float(f1_score(gold, given, labels=seen, average="macro", zero_division=0.0)) if n else 0.0,
        coverage=float(answered.mean()) if n else 0.0,
        ece=calibration_error(scores[answered], right[answered]) if answered.any() else None,
        log_loss=float(-np.log(np.clip(said, FLOOR, 1.0)).mean()) if n else 0.0,
        brier=brier_score(posteriors, gold, labels) if n else 0.0,
    )


def brier_score(posteriors: Sequence[Posterior], gold: Sequence[int], labels: int) -> float:
    """The mean over rows of the squared errors of all labels' probabilities, summed; None is the uniform distribution.

    >>> brier_score([[1.0, 0.0], None], [0, 1], 2)
    0.25
    """
    said = np.array([[1 / labels] * labels if row is None else row for row in posteriors])
    return float(((said - np.eye(labels)[list(gold)]) ** 2).sum(axis=1).mean())


def calibration_error(scores: npt.NDArray[np.float64], right: npt.NDArray[np.bool_ | np.float64]) -> float:
    """Expected calibration error: |mean score - share right|, weighed over ten bins of equal mass.

    >>> calibration_error(np.array([1.0, 1.0]), np.array([True, False]))
    0.5
    """
    _, ties, counts = np.unique(scores, return_inverse=True, return_counts=True)
    right = np.bincount(ties, weights=right)[ties] / counts[ties]  # equal scores in whatever order are one thing
    order = np.argsort(scores, kind="stable")
    bins = np.array_split(order, min(BINS, max(1, len(order))))
    gaps = [abs(scores[b].mean() - right[b].mean()) * len(b) for b in bins if len(b)]
    return float(sum(gaps) / len(order))
