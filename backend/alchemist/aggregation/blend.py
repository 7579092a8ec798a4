"""Weights that corrections have a part in: an average of votes, of a classifier, and of both together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.lessons import Lessons, Pupil, train
from alchemist.aggregation.members import FLOOR
from alchemist.aggregation.shares import (
    MIN_RAREST,
    Heard,
    Known,
    Member,
    calibration,
    heard,
    members_of,
    shares_of,
    together,
)
from alchemist.aggregation.weights import probabilities, voted, weights_of
from alchemist.core.reliability import wilson
from alchemist.core.votes import Rows

MIN_GOLD = 10
"""Fewer corrections than this change no weights."""
MENTIONED = 0.01
"""A smaller share is not named in `why`."""
CLASSIFIER = "a classifier on the tasks"
BOTH = "votes and that classifier together"


def learned(unfitted: dict[str, Any], rows: Rows, known: Known, lessons: Lessons | None) -> dict[str, Any]:
    """Weights from votes, tasks and corrections; the unfitted ones where there are too few corrections."""
    covered = voted(unfitted, rows)[known.places]
    judges = known.those(covered)
    pupil = train(lessons, known) if lessons is not None and len(known.gold) >= MIN_GOLD else None
    if len(judges.gold) >= MIN_GOLD:
        weights = _weighed(unfitted, rows, judges, None if pupil is None else pupil.those(covered))
    else:
        weights = _unweighed(unfitted, len(judges.gold))
    if pupil is None:
        return weights
    alone, proof = _alone(pupil, known, covered)
    if alone is not None and weights["kind"] != "joint":
        weights = _joint(weights, pupil)
    if weights["kind"] == "joint":
        weights = {**weights, "params": weights["params"] | {"alone": alone}, "gold": len(known.gold)}
    return {**weights, "why": weights["why"] + proof}


def _unweighed(unfitted: dict[str, Any], size: int) -> dict[str, Any]:
    """The unfitted weights, which say what is missing."""
    missing = f"; {size} corrections of tasks with a vote are too few to learn from, it takes {MIN_GOLD}"
    return {**unfitted, "why": unfitted["why"] + missing} if size else unfitted


def _weighed(unfitted: dict[str, Any], rows: Rows, judges: Known, pupil: Pupil | None) -> dict[str, Any]:
    """The average in which each has a share by what it says of corrections that it has not seen."""
    rarest = int(np.bincount(judges.gold, minlength=rows.labels).min())
    members = members_of(unfitted, rows, rarest)
    names, all_heard = [x.name for x in members], heard(members, rows, judges)
    product = None
    if pupil is not None:
        seen = probabilities(unfitted, rows.only(judges.places.tolist()))
        unseen, product = together([seen, pupil.said], judges)
        names += [CLASSIFIER, BOTH]
        all_heard += [Heard(1.0, pupil.said), Heard(1.0, unseen)]
    shares = shares_of(all_heard, judges.gold)
    tempered = calibration(all_heard, shares, judges.gold)
    votes = _votes(unfitted, rows, judges, list(zip(members, shares, strict=False)))
    known = {"gold": len(judges.gold), "calibrated": True, "why": _why(names, shares, len(judges.gold), rarest)}
    rest = shares[len(members) :]
    if pupil is None or not any(rest):
        return {**votes, "params": votes["params"] | tempered} | known
    both = {"votes": unfitted, **product} if product is not None and rest[1] else None
    joint = _joint(votes, pupil, rest, both)
    return {**joint, "params": joint["params"] | tempered} | known


def _votes(
    unfitted: dict[str, Any], rows: Rows, judges: Known, shared: Sequence[tuple[Member, float]]
) -> dict[str, Any]:
    """The blend of the members that have a share; the unfitted weights where none has."""
    seen, whole = rows.only(judges.places.tolist()), sum(share for _, share in shared)
    parts: list[dict[str, Any]] = [
        {"share": share / whole, "weights": {**member.learn(seen, judges.gold), "why": member.name + member.how}}
        for member, share in shared
        if share
    ]
    parts = parts or [{"share": 1.0, "weights": unfitted}]
    heard_too = {name for part in parts for name in part["weights"]["members"]}
    return weights_of("blend", [name for name in rows.source_ids if name in heard_too], {"parts": parts})


def _joint(
    votes: dict[str, Any], pupil: Pupil, rest: Sequence[float] = (0.0, 0.0), both: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Votes beside a classifier, of which `rest` are the shares: alone, and together with the votes in `both`."""
    shares = [1 - sum(rest), *rest]
    params = {"votes": votes, "classifier": pupil.weights, "both": both, "shares": shares, "alone": None}
    return {**votes, "kind": "joint", "params": params}


def _alone(pupil: Pupil, known: Known, covered: npt.NDArray[np.bool_]) -> tuple[dict[str, Any] | None, str]:
    """How the classifier answers where no program votes, None where it may not; and why, in words.

    It is judged on corrections of such tasks, and adapted to them; where they are fewer than `MIN_GOLD`, judged on
    all. The interval of 95 % of how often it is right must lie above what a guess would reach.
    """
    if len(np.unique(known.gold)) < 2:
        alike = f"all {len(known.gold)} corrections are of one label"
        return None, f"; tasks without a vote stay without an answer: {alike}"
    few = int((~covered).sum()) < MIN_GOLD
    judges = np.ones_like(covered) if few else ~covered
    gold, said = known.gold[judges], pupil.said[judges]
    adapted: dict[str, Any] = {"powers": [1.0], "biases": [0.0] * said.shape[1], "floor": FLOOR}
    if not few:
        said, adapted = together([said], known.those(judges))
    right = int((said.argmax(axis=1) == gold).sum())
    proved = wilson(right, len(gold))[0] > 1 / said.shape[1]
    how = "are answered by the classifier" if proved else "stay without an answer: the classifier is no proven help"
    which = f"{len(gold)} unseen corrections of {'any task' if few else 'such tasks'}"
    return adapted if proved else None, f"; tasks without a vote {how}, right on {right / len(gold):.0%} of {which}"


def _why(names: Sequence[str], shares: Sequence[float], size: int, rarest: int) -> str:
    """One sentence for an admin; what goes by the same is added up."""
    whole: dict[str, float] = {}
    for name, share in zip(names, shares, strict=True):
        whole[name] = whole.get(name, 0.0) + share
    listed = [f"{share:.0%} {name}" for name, share in sorted(whole.items(), key=lambda x: -x[1]) if share >= MENTIONED]
    scarce = f"; no regression on the votes yet: the rarest label has {rarest} corrections, it takes {MIN_RAREST}"
    return f"learned from {size} corrections: {', '.join(listed)}" + (scarce if rarest < MIN_RAREST else "")
