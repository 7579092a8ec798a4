"""Posteriors held against people's labels, row by row, and intervals by the bootstrap over rows and draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alchemist.aggregation.measure import calibration_error
from alchemist.core.answers import Posterior
from alchemist.core.kinds.choice import most_probable

RESAMPLES = 1_000
SIMULATIONS = 200
FLOOR = 1e-6
"""Probabilities are no smaller than this before their logarithm is taken."""

Columns = Mapping[str, np.ndarray]
"""What is known of every row, float[draws, rows] by name: right, answered, voted, score, log_loss, brier, hit, miss."""


def columns_of(
    said: Sequence[Posterior], gold: np.ndarray, labels: int, ties: Sequence[str], voted: np.ndarray
) -> dict[str, np.ndarray]:
    """float[rows] by name. No answer is wrong, and the uniform distribution in log-loss and Brier score.

    `voted` is bool[rows], whether any program votes. `hit` and `miss` are what the F1 of the last label is made of:
    true positives, and false positives and negatives.
    """
    best = np.array([-1 if row is None else most_probable(row, key) for row, key in zip(said, ties, strict=True)])
    spread = np.array([[1 / labels] * labels if row is None else row for row in said])
    truth = np.eye(labels)[gold]
    return {
        "right": (best == gold).astype(float),
        "answered": (best >= 0).astype(float),
        "voted": voted.astype(float),
        "score": spread.max(axis=1),
        "log_loss": -np.log(np.maximum((spread * truth).sum(axis=1), FLOOR)),
        "brier": ((spread - truth) ** 2).sum(axis=1),
        "hit": ((best == labels - 1) & (gold == labels - 1)).astype(float),
        "miss": ((best == labels - 1) != (gold == labels - 1)).astype(float),
    }


@dataclass(frozen=True)
class Resamples:
    """How often each draw, float[resamples, draws], and each row, float[resamples, rows], is taken; each sums to 1."""

    draws: np.ndarray
    rows: np.ndarray

    def mean(self, values: np.ndarray) -> np.ndarray:
        """The mean of float[draws, rows] in every resample."""
        means: np.ndarray = ((self.draws @ values) * self.rows).sum(axis=1)
        return means


def resampled(draws: int, rows: int, seed: int) -> Resamples:
    """The sample itself, and then `RESAMPLES` with replacement, of draws and of rows."""
    rng = np.random.default_rng(seed)
    taken = [rng.multinomial(size, [1 / size] * size, RESAMPLES) / size for size in (draws, rows)]
    return Resamples(*(np.vstack([np.full(x.shape[1], 1 / x.shape[1]), x]) for x in taken))


def accuracy(columns: Columns, sample: Resamples, among: str = "") -> np.ndarray:
    """In percent, for every resample; of the rows of which the column `among` is 1."""
    some = columns[among] if among else np.ones_like(columns["right"])
    return 100 * sample.mean(columns["right"] * some) / np.maximum(sample.mean(some), 1e-12)


def f1(columns: Columns, sample: Resamples) -> np.ndarray:
    """The F1 of the last label in percent, over all draws together, for every resample."""
    hit, miss = sample.mean(columns["hit"]), sample.mean(columns["miss"])
    return 200 * hit / np.maximum(2 * hit + miss, 1e-12)


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """The figure of the sample itself, and 95 % of the resamples' figures.

    >>> interval(np.array([1.0, 0.0, 2.0]))
    (1.0, 0.05, 1.95)
    """
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return float(values[0]), round(float(low), 6), round(float(high), 6)


def calibration(scores: np.ndarray, right: np.ndarray, seed: int) -> tuple[float, float]:
    """The calibration error of answers in ten equal-mass bins, and its floor.

    The floor is the mean error of answers that are right exactly as often as their scores say, by simulation.
    """
    rng = np.random.default_rng(seed)
    simulated = [calibration_error(scores, rng.random(len(scores)) < scores) for _ in range(SIMULATIONS)]
    return calibration_error(scores, right.astype(bool)), float(np.mean(simulated))
