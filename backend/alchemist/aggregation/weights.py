"""Weights as JSON, and one numpy evaluator a kind. No torch, no Snorkel, no scikit-learn here.

All are `{"kind": ..., "v": 1, "members": [source id, ...], "params": {...}, "why": str}`; those that corrections
had a part in say `"gold"`, their number, too. `"calibrated"` says whether a score can be taken for a probability: it
was fitted to corrections that the weights had not seen. The kinds and their params:

    majority    {"pseudo": float}
    labelmodel  {"mu": float32[members * labels][labels], "balance": float[labels]}
    accuracy    {"accuracies": float[members], "balance": float[labels]}
    stack       {"votes": float[members][labels voted][labels], "log_majority": float[labels][labels],
                 "intercept": float[labels], "pseudo": float}
    scaled      {"inner": weights, "temperature": float, "biases": float[labels], "floor": float}
    blend       {"parts": [{"share": float, "weights": weights}, ...]}, perhaps with "temperature" and "floor"
    classifier  see classifier.py: it reads the task, and needs no vote
    joint       {"votes": weights, "classifier": weights, "shares": [votes, classifier, both],
                 "both": None or {"votes": weights, "powers": [float, float], "biases": float[labels], "floor": float},
                 "alone": None or {"powers": [float], "biases": float[labels], "floor": float}, where nobody votes},
                 perhaps with "temperature" and "floor"

`members` are the programs whose votes count. `why` says in words why these weights were chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.classifier import logits, told
from alchemist.core.answers import Posterior
from alchemist.core.votes import Rows

Matrix: TypeAlias = npt.NDArray[np.float64]
Votes: TypeAlias = npt.NDArray[np.int16]

PSEUDO_VOTES = 1.0
"""How many votes, spread evenly over the labels, a majority starts with: one vote of one is no certainty."""


def weights_of(kind: str, members: Sequence[str], params: Mapping[str, Any], why: str = "") -> dict[str, Any]:
    """Weights of the kind, version 1."""
    return {"kind": kind, "v": 1, "members": list(members), "params": dict(params), "why": why}


def majority(members: Sequence[str], why: str = "") -> dict[str, Any]:
    """Weights that count every member's vote the same."""
    return weights_of("majority", members, {"pseudo": PSEUDO_VOTES}, why)


def posterior(weights: Mapping[str, Any], rows: Rows) -> list[Posterior]:
    """The probabilities of every row's labels; None for a row that has no answer."""
    evaluated = probabilities(weights, rows).tolist()
    return [row if some else None for row, some in zip(evaluated, answered(weights, rows).tolist(), strict=True)]


def probabilities(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """float[rows, labels], each row summing to 1; a row that has no answer has probabilities of no meaning."""
    return _EVALUATORS[weights["kind"]](weights, rows)


def answered(weights: Mapping[str, Any], rows: Rows) -> npt.NDArray[np.bool_]:
    """bool[rows]: whether any member voted, or a classifier that may answer alone has something to read."""
    params = weights["params"]
    if weights["kind"] == "classifier":
        return told(params, rows.tasks) if rows.tasks else np.zeros(rows.size, dtype=bool)
    if weights["kind"] == "scaled":
        return answered(params["inner"], rows)
    if weights["kind"] == "joint" and params["alone"] is not None:
        return voted(weights, rows) | answered(params["classifier"], rows)
    return voted(weights, rows)


def voted(weights: Mapping[str, Any], rows: Rows) -> npt.NDArray[np.bool_]:
    """bool[rows]: whether any member voted."""
    some: npt.NDArray[np.bool_] = np.any(_votes(weights, rows) >= 0, axis=1)
    return some


def matrix(rows: Rows, members: Sequence[str]) -> Votes:
    """Snorkel's `L`, int16 [rows, members]: 0..K-1, or -1 for an abstention, a fault or a missing program."""
    place = {source_id: j for j, source_id in enumerate(rows.source_ids)}
    votes = np.full((rows.size, len(members)), -1, dtype=np.int16)
    for j, source_id in enumerate(members):
        if source_id in place:
            votes[:, j] = np.maximum(np.frombuffer(rows.codes[place[source_id]], dtype=np.int16), -1)
    return votes


def softmax(logits: Matrix) -> Matrix:
    """Each row's exponentials, divided by their sum.

    >>> softmax(np.log([[1.0, 3.0], [1e-300, 1e-300]])).round(6).tolist()
    [[0.25, 0.75], [0.5, 0.5]]
    """
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    normal: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return normal


def _votes(weights: Mapping[str, Any], rows: Rows) -> Votes:
    return matrix(rows, weights["members"])


def _majority(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """(votes for a label + pseudo / K) / (votes + pseudo)."""
    return smoothed(_votes(weights, rows), rows.labels, weights["params"]["pseudo"])


def smoothed(votes: Votes, labels: int, pseudo: float) -> Matrix:
    """Each label's share of a row's votes, to which `pseudo` votes are added, spread evenly over the labels."""
    counts = np.stack([(votes == label).sum(axis=1) for label in range(labels)], axis=1) + pseudo / labels
    normal: Matrix = counts / counts.sum(axis=1, keepdims=True)
    return normal


def _labelmodel(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """Snorkel 0.10's `LabelModel.predict_proba`: P(Y) * prod P(vote | Y) over the votes given, normalised.

    The logarithm is taken in float32, as Snorkel does.
    """
    mu = np.asarray(weights["params"]["mu"], dtype=np.float32).reshape(-1, rows.labels)
    votes = _votes(weights, rows)
    onehot = np.zeros((len(votes), mu.shape[0]))
    for label in range(rows.labels):
        onehot[:, label :: rows.labels] = votes == label
    return softmax(onehot @ np.log(mu).astype(np.float64) + np.log(np.asarray(weights["params"]["balance"])))


def _accuracy(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """P(Y) * prod of each vote's accuracy for its label and (1 - accuracy) / (K - 1) for every other, normalised."""
    right = np.asarray(weights["params"]["accuracies"])
    weight = np.log(right * (rows.labels - 1) / (1 - right))
    votes = _votes(weights, rows)
    said = np.stack([(votes == label) @ weight for label in range(rows.labels)], axis=1)
    return softmax(said + np.log(np.asarray(weights["params"]["balance"])))


def _stack(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """A multinomial logistic regression on one-hot votes and the majority's log-probabilities."""
    params, votes = weights["params"], _votes(weights, rows)
    logits = np.log(smoothed(votes, rows.labels, params["pseudo"])) @ np.asarray(params["log_majority"])
    logits += np.asarray(params["intercept"])
    silence = np.zeros((1, rows.labels))
    for column, table in zip(votes.T, params["votes"], strict=True):
        logits += np.concatenate([np.asarray(table), silence])[column]  # -1, no vote, is the last line
    return softmax(logits)


def _scaled(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """softmax(log p / temperature + biases), with p no smaller than the floor (Guo et al., ICML 2017, section 4.2)."""
    return _tempered(probabilities(weights["params"]["inner"], rows), weights["params"])


def _tempered(said: Matrix, params: Mapping[str, Any]) -> Matrix:
    logs = np.log(np.maximum(said, params["floor"]))
    return softmax(logs / params["temperature"] + np.asarray(params.get("biases", 0.0)))


def _blend(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """The parts' average by share, tempered if it says so; a part none of whose members voted on a row has no share."""
    total, shares = np.zeros((rows.size, rows.labels)), np.zeros((rows.size, 1))
    for part in weights["params"]["parts"]:
        share = part["share"] * voted(part["weights"], rows)[:, None]
        total += share * probabilities(part["weights"], rows)
        shares += share
    mean: Matrix = np.where(shares > 0, total, 1 / rows.labels) / np.where(shares > 0, shares, 1)
    return _tempered(mean, weights["params"]) if "temperature" in weights["params"] else mean


def _classifier(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """softmax of slopes times features; even where no task is known."""
    if not rows.tasks:
        return np.full((rows.size, rows.labels), 1 / rows.labels)
    return softmax(logits(weights["params"], rows.tasks))


def _joint(weights: Mapping[str, Any], rows: Rows) -> Matrix:
    """The average of what votes, the classifier, and both together say; on a row without votes, the classifier's.

    A classifier that has nothing to read has no share.
    """
    params = weights["params"]
    votes, classifier = probabilities(params["votes"], rows), probabilities(params["classifier"], rows)
    both, alone = params["both"], params["alone"]
    product = classifier if both is None else _product([probabilities(both["votes"], rows), classifier], both)
    shares = np.where(answered(params["classifier"], rows)[:, None], params["shares"], [1.0, 0.0, 0.0])
    mean = shares[:, :1] * votes + shares[:, 1:2] * classifier + shares[:, 2:] * product
    tempered = _tempered(mean, params) if "temperature" in params else mean
    rest = classifier if alone is None else _product([classifier], alone)
    mixed: Matrix = np.where(voted(weights, rows)[:, None], tempered, rest)
    return mixed


def _product(said: Sequence[Matrix], params: Mapping[str, Any]) -> Matrix:
    return joined(said, params["powers"], params["biases"], params["floor"])


def joined(said: Sequence[Matrix], powers: Sequence[float], biases: Sequence[float], floor: float) -> Matrix:
    """The product of posteriors, each to its power and no smaller than the floor, with a bias for each label."""
    logs = [power * np.log(np.maximum(x, floor)) for power, x in zip(powers, said, strict=True)]
    return softmax(np.sum(logs, axis=0) + np.asarray(biases))


_EVALUATORS: dict[str, Callable[[Mapping[str, Any], Rows], Matrix]] = {
    "majority": _majority,
    "labelmodel": _labelmodel,
    "accuracy": _accuracy,
    "stack": _stack,
    "scaled": _scaled,
    "blend": _blend,
    "classifier": _classifier,
    "joint": _joint,
}
