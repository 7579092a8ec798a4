"""Weights as JSON, and one numpy evaluator a kind. No torch, no Snorkel, no scikit-learn here.

    {"kind": "majority",   "v": 1, "members": [source id, ...], "params": {"pseudo": float}, "why": str}
    {"kind": "labelmodel", "v": 1, "members": [source id, ...],
     "params": {"mu": float32[members * labels][labels], "balance": float[labels]}, "why": str}

`members` are the programs whose votes count. `why` says in words why these weights were chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.core.answers import Posterior
from alchemist.core.votes import Rows

Matrix = npt.NDArray[np.float64]

PSEUDO_VOTES = 1.0
"""How many votes, spread evenly over the labels, a majority starts with: one vote of one is no certainty."""


def majority(members: tuple[str, ...], why: str = "") -> dict[str, Any]:
    """Weights that count every member's vote the same."""
    return {
        "kind": "majority",
        "v": 1,
        "members": list(members),
        "params": {"pseudo": PSEUDO_VOTES},
        "why": why,
    }


def posterior(weights: Mapping[str, Any], rows: Rows) -> list[Posterior]:
    """The probabilities of every row's labels; None for a row on which no member voted."""
    votes = matrix(rows, tuple(weights["members"]))
    voted: list[bool] = np.any(votes >= 0, axis=1).tolist()
    evaluated = _EVALUATORS[weights["kind"]](weights["params"], votes, rows.labels)
    return [row if some else None for row, some in zip(evaluated.tolist(), voted, strict=True)]


def matrix(rows: Rows, members: tuple[str, ...]) -> npt.NDArray[np.int16]:
    """Snorkel's `L`, int16 [rows, members]: 0..K-1, or -1 for an abstention, a fault or a missing program."""
    place = {source_id: j for j, source_id in enumerate(rows.source_ids)}
    votes = np.full((rows.size, len(members)), -1, dtype=np.int16)
    for j, source_id in enumerate(members):
        if source_id in place:
            votes[:, j] = np.maximum(np.frombuffer(rows.codes[place[source_id]], dtype=np.int16), -1)
    return votes


def _majority(params: Mapping[str, Any], votes: npt.NDArray[np.int16], labels: int) -> Matrix:
    """(votes for a label + pseudo / K) / (votes + pseudo)."""
    counts = np.stack([(votes == label).sum(axis=1) for label in range(labels)], axis=1)
    smoothed: Matrix = counts + params["pseudo"] / labels
    normal: Matrix = smoothed / smoothed.sum(axis=1, keepdims=True)
    return normal


def _labelmodel(params: Mapping[str, Any], votes: npt.NDArray[np.int16], labels: int) -> Matrix:
    """Snorkel 0.10's `LabelModel.predict_proba`: P(Y) * prod P(vote | Y) over the votes given, normalised.

    The logarithm is taken in float32, as Snorkel does.
    """
    mu = np.asarray(params["mu"], dtype=np.float32).reshape(-1, labels)
    onehot = np.zeros((len(votes), mu.shape[0]))
    for label in range(labels):
        onehot[:, label::labels] = votes == label
    logits = onehot @ np.log(mu).astype(np.float64) + np.log(np.asarray(params["balance"]))
    weighed = np.exp(logits - logits.max(axis=1, keepdims=True))
    normal: Matrix = weighed / weighed.sum(axis=1, keepdims=True)
    return normal


_EVALUATORS: dict[str, Callable[[Mapping[str, Any], npt.NDArray[np.int16], int], Matrix]] = {
    "majority": _majority,
    "labelmodel": _labelmodel,
}
