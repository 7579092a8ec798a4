"""Fitting weights on votes and on corrections. Imports torch and scikit-learn: never in the web process.

What is learned from few corrections can be worse than what needs none. So the weights are a blend: several ways to
learn, and beside them the weights that no correction had a part in, each with a share that depends on how well it
foretells corrections it has not seen.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from alchemist.aggregation.fit import fit
from alchemist.aggregation.members import Labels, accuracy_vote, scaled, stack
from alchemist.aggregation.weights import Matrix, majority, posterior, probabilities, voted, weights_of
from alchemist.core.answers import Posterior
from alchemist.core.votes import Rows

FOLDS = 5
MIN_GOLD = 10
"""Fewer corrections than this change no weights."""
MIN_RAREST = 10
"""The stack needs this many corrections of the rarest label: with fewer it forgets that label."""
SHARPNESS = 0.2
"""How much one correction's log-loss counts in the shares: 1 would be Bayes' rule, were corrections never alike."""
TRUST = 3.0
"""The unfitted answers begin with this many times the share of what is learned."""
LEAST_SHARE = 0.01
"""A smaller share is left out."""
FLOOR = 1e-6
"""Probabilities are no smaller than this before their logarithm is taken."""


@dataclass(frozen=True)
class Member:
    """One way to get weights; `trust` is its share before any correction is seen."""

    name: str
    trust: float
    learn: Callable[[Rows, Labels], Mapping[str, Any]]


def fit_gold(rows: Rows, gold: Sequence[int | None], combiner: str, seed: int) -> dict[str, Any]:
    """Weights for these votes, learned from corrections as well.

    `gold` is people's label for each row, 0..K-1, None where there is none. Only `auto` uses it, from `MIN_GOLD` rows
    that have both a label and a vote; then the weights are a `blend`. Raises `FitError` for an unknown combiner, and
    `ValueError` where `gold` is not as long as the rows.
    """
    unfitted = fit(rows, combiner, seed)
    return _learned(unfitted, rows, gold, seed) if combiner == "auto" else unfitted


def cross_fitted(
    rows: Rows, gold: Sequence[int | None], combiner: str, seed: int, folds: int = FOLDS
) -> list[Posterior]:
    """The posterior of every row; for a row with gold, of weights learned without the gold of its fold.

    So a comparison of these with `gold` is fair. Rows without gold are answered as `fit_gold` answers them; rows on
    which nobody votes are None. The votes of all rows, which need no gold, are used in every fold.
    """
    unfitted = fit(rows, combiner, seed)
    if combiner != "auto":
        return posterior(unfitted, rows)
    said = posterior(_learned(unfitted, rows, gold, seed), rows)
    places = [place for place, label in enumerate(gold) if label is not None]
    fold = _stratified(np.array([gold[place] for place in places], dtype=np.int64), folds, seed + 1)
    for number in range(folds):
        held = [place for place, mine in zip(places, fold, strict=True) if mine == number]
        kept = list(gold)
        for place in held:
            kept[place] = None
        answers = posterior(_learned(unfitted, rows, kept, seed), _only(rows, held))
        for place, answer in zip(held, answers, strict=True):
            said[place] = answer
    return said


def _learned(unfitted: dict[str, Any], rows: Rows, gold: Sequence[int | None], seed: int) -> dict[str, Any]:
    """The blend, or the unfitted weights where there are too few corrections."""
    answered = zip(gold, voted(unfitted, rows), strict=True)
    places = [place for place, (label, some) in enumerate(answered) if label is not None and some]
    if len(places) < MIN_GOLD:
        missing = f"{len(places)} corrections of tasks with a vote are too few to learn from, it takes {MIN_GOLD}"
        return {**unfitted, "why": f"{unfitted['why']}; {missing}"} if places else unfitted
    known, labels = _only(rows, places), np.array([gold[place] for place in places], dtype=np.int64)
    rarest = int(np.bincount(labels, minlength=rows.labels).min())
    members = members_of(unfitted, rows, rarest)
    with _one_thread():
        shares = _shares(members, known, labels, seed)
        parts: list[dict[str, Any]] = [
            {"share": share, "weights": {**member.learn(known, labels), "why": member.name}}
            for member, share in zip(members, shares, strict=True)
            if share
        ]
    heard = {name for part in parts for name in part["weights"]["members"]}
    voting = [name for name in rows.source_ids if name in heard]
    return {**weights_of("blend", voting, {"parts": parts}, _why(parts, len(places), rarest)), "gold": len(places)}


def members_of(unfitted: Mapping[str, Any], rows: Rows, rarest: int) -> list[Member]:
    """What may take part: two that keep the unfitted answers, then what is learned, the boldest last."""
    counted = majority(rows.source_ids)
    same = unfitted["kind"] == "majority"
    name = "the majority" if same else "Snorkel's label model"
    members = [
        Member(f"{name} as it is", TRUST, lambda _rows, _gold: unfitted),
        Member(f"{name} with fitted confidence", TRUST, partial(scaled, unfitted, biased=False)),
        Member(f"{name} with fitted confidence and label biases", 1.0, partial(scaled, unfitted)),
    ]
    if not same:
        members += [
            Member("the majority as it is", 1.0, lambda _rows, _gold: counted),
            Member("the majority with fitted confidence", 1.0, partial(scaled, counted, biased=False)),
            Member("the majority with fitted confidence and label biases", 1.0, partial(scaled, counted)),
        ]
    members.append(Member("votes weighed by measured accuracy", 1.0, _scaled_accuracy))
    if rarest >= MIN_RAREST:
        members.append(Member("a regression on the votes", 1.0, stack))
    return members


def _scaled_accuracy(rows: Rows, gold: Labels) -> dict[str, Any]:
    return scaled(accuracy_vote(rows, gold), rows, gold)


def _shares(members: Sequence[Member], rows: Rows, gold: Labels, seed: int) -> list[float]:
    """Each member's share: trust * exp(-SHARPNESS * its summed log-loss on gold that it has not seen), normalised."""
    said = np.zeros((len(members), rows.size))
    fold = _stratified(gold, FOLDS, seed)
    for number in range(FOLDS):
        seen, held = np.flatnonzero(fold != number).tolist(), np.flatnonzero(fold == number).tolist()
        known, unknown = _only(rows, seen), _only(rows, held)
        for place, member in enumerate(members):
            found = probabilities(member.learn(known, gold[seen]), unknown)
            said[place, held] = found[np.arange(len(held)), gold[held]]
    return _normal([x.trust for x in members], -np.log(np.maximum(said, FLOOR)).sum(axis=1))


def _normal(trusts: Sequence[float], losses: Matrix) -> list[float]:
    """Shares that sum to 1; those below `LEAST_SHARE` are 0.

    >>> [round(x, 3) for x in _normal([3.0, 1.0, 1.0], np.array([10.0, 10.0, 90.0]))]
    [0.75, 0.25, 0.0]
    """
    raised = np.array(trusts) * np.exp(-SHARPNESS * (losses - losses.min()))
    raised[raised < LEAST_SHARE * raised.sum()] = 0.0
    shares: list[float] = (raised / raised.sum()).tolist()
    return shares


def _stratified(gold: Labels, folds: int, seed: int) -> Labels:
    """A fold 0..folds-1 for each row: every label is spread over the folds as evenly as its count allows."""
    order = np.lexsort((np.random.default_rng(seed).random(len(gold)), gold))
    fold = np.empty(len(gold), dtype=np.int64)
    fold[order] = np.arange(len(gold)) % folds
    return fold


def _one_thread() -> AbstractContextManager[Any]:
    """One BLAS thread: on matrices so small, several do nothing but wait for each other."""
    import scipy.optimize  # noqa: F401 - brings a BLAS, which must be loaded before it is limited
    from threadpoolctl import threadpool_limits

    limited: AbstractContextManager[Any] = threadpool_limits(limits=1)
    return limited


def _only(rows: Rows, places: Sequence[int]) -> Rows:
    codes = tuple(array("h", [column[place] for place in places]) for column in rows.codes)
    return Rows(rows.source_ids, codes, rows.labels, len(places))


def _why(parts: Sequence[Mapping[str, Any]], size: int, rarest: int) -> str:
    """One sentence for an admin."""
    listed = ", ".join(
        f"{part['share']:.0%} {part['weights']['why']}" for part in sorted(parts, key=lambda x: -x["share"])
    )
    scarce = f"; no regression on the votes yet: the rarest label has {rarest} corrections, it takes {MIN_RAREST}"
    return f"learned from {size} corrections: {listed}" + (scarce if rarest < MIN_RAREST else "")
