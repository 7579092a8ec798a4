"""Shares of the say: each way to answer has one that depends on how well it foretells unseen corrections."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.fit import snorkel_in
from alchemist.aggregation.members import FLOOR, Labels, accuracy_vote, powers_of, scaled, scaling_of, stack
from alchemist.aggregation.weights import Matrix, joined, majority, probabilities
from alchemist.core.votes import Rows

MIN_RAREST = 10
"""The stack needs this many corrections of the rarest label: with fewer it forgets that label."""
SHARPNESS = 0.2
"""How much one correction's log-loss counts in the shares: 1 would be Bayes' rule, were corrections never alike."""
TRUST = 1.5
"""The answers that need no correction begin with this many times the share of what is learned."""
CAUTION = 5.0
"""What the temperature of the average pays for the square of its log, halved: few corrections change it little."""
LEAST_SHARE = 0.01
"""A smaller share is left out."""
TINY = 1e-6
"""Probabilities are no smaller than this before their logarithm is taken."""


@dataclass(frozen=True)
class Member:
    """One way to get weights from votes: what it goes by, and `how`; `trust` is its share before any correction."""

    name: str
    how: str
    trust: float
    learn: Callable[[Rows, Labels], Mapping[str, Any]]


@dataclass(frozen=True)
class Known:
    """Rows with a correction: their places and their labels, and the fold of each, all int[corrections]."""

    places: Labels
    gold: Labels
    fold: Labels

    def those(self, some: npt.NDArray[np.bool_]) -> Known:
        """Some of them."""
        return Known(self.places[some], self.gold[some], self.fold[some])


@dataclass(frozen=True)
class Heard:
    """What somebody says of corrections that it has not seen, float[corrections, labels]; `trust` as a member's."""

    trust: float
    said: Matrix


def members_of(unfitted: Mapping[str, Any], rows: Rows, rarest: int) -> list[Member]:
    """Who may take part: the answers that need no correction, as they are, and then what is learned."""
    counted, snorkel = majority(rows.source_ids), snorkel_in(unfitted)
    same = unfitted["kind"] == "majority"
    members = _unfitted("the majority", 2 * TRUST if same else TRUST, counted)
    if not same:
        members += _unfitted("the majority with Snorkel", TRUST, unfitted)
    if snorkel is not None:
        members.append(Member("Snorkel's label model", " with label biases", 1.0, partial(scaled, snorkel)))
    members.append(Member("votes weighed by measured accuracy", "", 1.0, _scaled_accuracy))
    if rarest >= MIN_RAREST:
        members.append(Member("a regression on the votes", "", 1.0, stack))
    return members


def _unfitted(name: str, trust: float, weights: Mapping[str, Any]) -> list[Member]:
    """No biases: the labels of few corrections are seldom as frequent as those of the tasks to come."""
    return [
        Member(name, " as it is", trust, lambda _rows, _gold: weights),
        Member(name, " with fitted confidence", trust, partial(scaled, weights, biased=False)),
    ]


def _scaled_accuracy(rows: Rows, gold: Labels) -> dict[str, Any]:
    return scaled(accuracy_vote(rows, gold), rows, gold)


def heard(members: Sequence[Member], rows: Rows, known: Known) -> list[Heard]:
    """What each member says of each correction when it has learned from the other folds."""
    said = np.zeros((len(members), len(known.gold), rows.labels))
    for number in np.unique(known.fold):
        held = known.fold == number
        seen, asked = rows.only(known.places[~held].tolist()), rows.only(known.places[held].tolist())
        for place, member in enumerate(members):
            said[place, held] = probabilities(member.learn(seen, known.gold[~held]), asked)
    return [Heard(member.trust, x) for member, x in zip(members, said, strict=True)]


def together(said: Sequence[Matrix], known: Known) -> tuple[Matrix, dict[str, Any]]:
    """The product of those that have not seen the corrections; the first begins with power 1, any other with 0.

    What it says of each correction when its powers and biases come from the other folds, and those that come from all.
    """
    start, unseen = [1.0] + [0.0] * (len(said) - 1), np.zeros_like(said[0])
    for number in np.unique(known.fold):
        held = known.fold == number
        found = powers_of([x[~held] for x in said], known.gold[~held], start)
        unseen[held] = joined([x[held] for x in said], *found, FLOOR)
    powers, biases = powers_of(said, known.gold, start)
    return unseen, {"powers": powers, "biases": biases, "floor": FLOOR}


def shares_of(all_heard: Sequence[Heard], gold: Labels) -> list[float]:
    """Each one's share: trust * exp(-SHARPNESS * its summed log-loss), normalised."""
    losses = np.array([losses_of(x.said, gold).sum() for x in all_heard])
    return _normal([x.trust for x in all_heard], losses)


def _normal(trusts: Sequence[float], losses: Matrix) -> list[float]:
    """Shares that sum to 1; those below `LEAST_SHARE` are 0.

    >>> [round(x, 3) for x in _normal([3.0, 1.0, 1.0], np.array([10.0, 10.0, 90.0]))]
    [0.75, 0.25, 0.0]
    """
    raised = np.array(trusts) * np.exp(-SHARPNESS * (losses - losses.min()))
    raised[raised < LEAST_SHARE * raised.sum()] = 0.0
    shares: list[float] = (raised / raised.sum()).tolist()
    return shares


def losses_of(said: Matrix, gold: Labels) -> Matrix:
    """The log-loss of each row, in nats."""
    losses: Matrix = -np.log(np.maximum(said[np.arange(len(gold)), gold], TINY))
    return losses


def calibration(all_heard: Sequence[Heard], shares: Sequence[float], gold: Labels) -> dict[str, Any]:
    """The temperature with which the average foretells unseen corrections best, as params of a blend."""
    mean = np.sum([share * x.said for share, x in zip(shares, all_heard, strict=True)], axis=0)
    temperature, _ = scaling_of(mean, np.eye(mean.shape[1])[gold], biased=False, penalty=CAUTION)
    return {"temperature": temperature, "floor": FLOOR}
