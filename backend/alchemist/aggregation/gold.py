"""Fitting weights on votes, tasks and corrections. Imports torch and scikit-learn: never in the web process.

What is learned from few corrections can be worse than what needs none. So the weights are an average of several ways
to answer: votes as they are, votes as corrections weigh them, a classifier on the tasks' own fields, and that and
votes together. Each has a share that depends on how well it foretells corrections it has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from alchemist.aggregation.blend import MIN_GOLD, learned
from alchemist.aggregation.fit import fit
from alchemist.aggregation.lessons import alone, gather
from alchemist.aggregation.members import Labels
from alchemist.aggregation.shares import Known
from alchemist.aggregation.weights import posterior
from alchemist.core.answers import Posterior
from alchemist.core.votes import Rows

FOLDS = 5
"""Parts of the corrections: what is learned from four is held against the fifth."""


def fit_gold(
    rows: Rows, gold: Sequence[int | None], combiner: str, seed: int, taught: Sequence[int | None] = ()
) -> dict[str, Any]:
    """Weights for these votes, learned from corrections as well.

    `gold` is people's label for each row, 0..K-1, None where there is none; `taught` is alike, and holds corrections
    that some programs were computed from: they train classifiers, and judge nobody. Only `auto` uses them, from
    `MIN_GOLD` rows with gold, where there are two labels to choose from. Raises `FitError` for an unknown combiner,
    and `ValueError` where `gold` or `taught` is not as long as the rows.
    """
    unfitted = fit(rows, combiner, seed)
    if combiner != "auto" or rows.labels < 2:
        return unfitted
    known = _known(rows, gold, seed)
    with _one_thread():
        return learned(unfitted, rows, known, gather(unfitted, rows, gold, taught, seed))


def cross_fitted(
    rows: Rows,
    gold: Sequence[int | None],
    combiner: str,
    seed: int,
    folds: int = FOLDS,
    taught: Sequence[int | None] = (),
) -> list[Posterior]:
    """The posterior of every row; for a row with gold, of weights learned without the gold of its fold.

    So a comparison of these with `gold` is fair. Rows without gold are answered as `fit_gold` answers them, None where
    it has no answer. The votes of all rows, which need no gold, are used in every fold.
    """
    unfitted = fit(rows, combiner, seed)
    if combiner != "auto" or rows.labels < 2:
        return posterior(unfitted, rows)
    known = _known(rows, gold, seed)
    with _one_thread():
        lessons = gather(unfitted, rows, gold, taught, seed)
        said = posterior(learned(unfitted, rows, known, lessons), rows)
        outer = _stratified(known.gold, folds, seed + 1)
        for number in range(folds):
            held = known.places[outer == number].tolist()
            seen = known.those(outer != number)
            seen = replace(seen, fold=_stratified(seen.gold, FOLDS, seed))
            answers = posterior(learned(unfitted, rows, seen, lessons), rows.only(held))
            for place, answer in zip(held, answers, strict=True):
                said[place] = answer
    return said


def gold_only(rows: Rows, gold: Sequence[int | None], seed: int, taught: Sequence[int | None] = ()) -> list[Posterior]:
    """What a classifier says that learns from the same corrections and hears no program.

    For a row with gold, one that has not seen the gold of its fold. The vocabulary is that of all tasks. None for
    every row where fewer than `MIN_GOLD` have gold, or no task is known. Raises `ValueError` as `fit_gold`.
    """
    known = _known(rows, gold, seed)
    silent = Rows((), (), rows.labels, rows.size, rows.tasks)
    lessons = gather(fit(silent, "majority", seed), silent, gold, taught, seed)
    if lessons is None or len(known.gold) < MIN_GOLD:
        return [None] * rows.size
    with _one_thread():
        unseen, line = alone(lessons, known)
    said: list[Posterior] = lessons.foretold(line, rows.tasks).tolist()
    for place, row in zip(known.places.tolist(), unseen.tolist(), strict=True):
        said[place] = row
    return said


def _known(rows: Rows, gold: Sequence[int | None], seed: int) -> Known:
    found = [(place, label) for place, label in zip(range(rows.size), gold, strict=True) if label is not None]
    places, labels = np.array(found, dtype=np.int64).reshape(-1, 2).T
    return Known(places, labels, _stratified(labels, FOLDS, seed))


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
