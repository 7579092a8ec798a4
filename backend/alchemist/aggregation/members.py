"""What a blend is made of: ways to learn weights from votes and people's labels for the same rows.

Each takes the rows that have a label, and the labels (int[rows], 0..K-1); each gives weights in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.weights import (
    PSEUDO_VOTES,
    Matrix,
    matrix,
    probabilities,
    smoothed,
    softmax,
    weights_of,
)
from alchemist.core.votes import Rows

Labels = npt.NDArray[np.int64]

FLOOR = 1e-4
"""Probabilities are no smaller than this before they are scaled: Snorkel's are often next to 0 or 1."""
TINY = 1e-300
"""What no logarithm is taken below."""
PENALTY = 1.0
"""What scaling pays for log(temperature) and for each bias: half of this times the square, in nats."""
COLDEST = 3.0
"""The log of a temperature stays within this, either way."""
BELIEF = (3.5, 1.5)
"""Beta prior of a program's accuracy: as if five votes were known, 70 % of them right."""
STRENGTH = 1.0
"""scikit-learn's C, the inverse of the stack's L2 penalty."""


def scaled(inner: Mapping[str, Any], rows: Rows, gold: Labels, biased: bool = True) -> dict[str, Any]:
    """The inner weights with a temperature and, if `biased`, a bias for each label; drawn to changing nothing.

    Without biases the order of a row's labels stays as it is: only the scores change. The smallest penalised
    log-loss, by L-BFGS from the identity.
    """
    return drawn_to(inner, rows, np.eye(rows.labels)[gold], biased)


def drawn_to(inner: Mapping[str, Any], rows: Rows, truth: Matrix, biased: bool = True) -> dict[str, Any]:
    """As `scaled`, towards probabilities of the labels, float[rows, labels], instead of labels."""
    return scaling(inner, *scaling_of(probabilities(inner, rows), truth, biased))


def scaling(inner: Mapping[str, Any], temperature: float, biases: Sequence[float]) -> dict[str, Any]:
    """The inner weights with this temperature and a bias for each label."""
    params = {"inner": dict(inner), "temperature": temperature, "biases": list(biases), "floor": FLOOR}
    return weights_of("scaled", inner["members"], params)


def scaling_of(said: Matrix, truth: Matrix, biased: bool = True, penalty: float = PENALTY) -> tuple[float, list[float]]:
    """The temperature and the biases that draw posteriors to the truth, both float[rows, labels]."""
    from scipy.optimize import minimize

    logs, labels = np.log(np.maximum(said, FLOOR)), truth.shape[1]

    def loss(point: Matrix) -> tuple[float, Matrix]:
        sharpness, biases = np.exp(point[0]), point[1:] if biased else np.zeros(labels)
        given = softmax(sharpness * logs + biases)
        value = -(np.log(np.maximum(given, TINY)) * truth).sum() + penalty / 2 * (point @ point)
        slope = np.concatenate([[sharpness * ((given - truth) * logs).sum()], (given - truth).sum(axis=0)])
        return float(value), slope[: len(point)] + penalty * point

    start = np.zeros(1 + labels if biased else 1)
    bounds = [(-COLDEST, COLDEST)] + [(None, None)] * (len(start) - 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(np.exp(-found[0])), found[1:].tolist() if biased else [0.0] * labels


def powers_of(said: Sequence[Matrix], gold: Labels, start: Sequence[float]) -> tuple[list[float], list[float]]:
    """The powers, none below 0, and the biases with which the product of posteriors foretells the labels best.

    `start` is what the powers are drawn to. The smallest penalised log-loss, as in `scaling_of`.
    """
    from scipy.optimize import minimize

    logs = np.stack([np.log(np.maximum(x, FLOOR)) for x in said])
    size, labels = len(said), logs.shape[2]
    truth, home = np.eye(labels)[gold], np.concatenate([start, np.zeros(labels)])

    def loss(point: Matrix) -> tuple[float, Matrix]:
        given = softmax(np.tensordot(point[:size], logs, axes=1) + point[size:])
        away = point - home
        value = -(np.log(np.maximum(given, TINY)) * truth).sum() + PENALTY / 2 * (away @ away)
        slope = np.concatenate([((given - truth) * logs).sum(axis=(1, 2)), (given - truth).sum(axis=0)])
        return float(value), slope + PENALTY * away

    bounds = [(0.0, None)] * size + [(None, None)] * labels
    found = minimize(loss, home, jac=True, method="L-BFGS-B", bounds=bounds).x.tolist()
    return found[:size], found[size:]


def accuracy_vote(rows: Rows, gold: Labels) -> dict[str, Any]:
    """Each program's accuracy under a Beta prior, and the labels' shares with one more of each: a naive Bayes vote."""
    votes = matrix(rows, rows.source_ids)
    right, given = (votes == gold[:, None]).sum(axis=0), (votes >= 0).sum(axis=0)
    counts = np.bincount(gold, minlength=rows.labels) + 1
    params = {
        "accuracies": ((right + BELIEF[0]) / (given + sum(BELIEF))).tolist(),
        "balance": (counts / counts.sum()).tolist(),
    }
    return weights_of("accuracy", rows.source_ids, params)


def stack(rows: Rows, gold: Labels) -> dict[str, Any]:
    """scikit-learn's logistic regression on one-hot votes and the majority's logs. Every label must be in `gold`."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=STRENGTH, max_iter=5000).fit(features(rows), gold)
    slopes, intercept = fitted.coef_, fitted.intercept_
    if rows.labels == 2:  # scikit-learn keeps one line for the second label; the first has zeros
        slopes, intercept = np.concatenate([0 * slopes, slopes]), np.concatenate([[0.0], intercept])
    onehot, logs = np.split(slopes.T, [len(rows.source_ids) * rows.labels])
    params = {
        "votes": onehot.reshape(-1, rows.labels, rows.labels).tolist(),
        "log_majority": logs.tolist(),
        "intercept": intercept.tolist(),
        "pseudo": PSEUDO_VOTES,
    }
    return weights_of("stack", rows.source_ids, params)


def features(rows: Rows) -> Matrix:
    """What the stack sees, float[rows, programs * labels + labels]: one-hot votes, then the majority's logs."""
    votes = matrix(rows, rows.source_ids)
    onehot = (votes[:, :, None] == np.arange(rows.labels)).reshape(rows.size, -1)
    logs = np.log(smoothed(votes, rows.labels, PSEUDO_VOTES))
    return np.concatenate([onehot, logs], axis=1)
