"""Fitting weights on votes, without any human label. Imports torch: never in the web process."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from alchemist.aggregation.members import drawn_to
from alchemist.aggregation.weights import Votes, majority, matrix, posterior, probabilities, voted, weights_of
from alchemist.core.errors import FitError
from alchemist.core.overrides import COMBINERS
from alchemist.core.votes import Rows

EPOCHS = 500
SNORKELS_SHARE = 1 / 3
"""Snorkel's share beside the majority's, without corrections."""
MIN_DEPTH = 2.0
"""Votes on a task, on average over tasks with any, from which Snorkel is heard beside a majority."""
MIN_PROGRAMS = 3
"""Snorkel's LabelModel needs three programs to tell their accuracies apart."""
MIN_ROWS = 10
"""Fewer rows with two votes or more say nothing about accuracies."""


def fit(rows: Rows, combiner: str, seed: int) -> dict[str, Any]:
    """Weights for these votes: Snorkel's label model (Ratner et al., AAAI 2019), a majority, or of both (`auto`).

    Where Snorkel cannot use the votes, the weights are a majority and `why` says so. A majority counts programs that
    are silent here too: they may have something to say about the next task. `auto` learns from corrections where
    there are some (gold.py); here, without any, it is `both`. Raises `FitError` for an unknown combiner.
    """
    if combiner not in COMBINERS:
        raise FitError(f"no combiner named {combiner!r}", f"Choose one of: {', '.join(COMBINERS)}.")
    return {**_fitted(rows, combiner, seed), "calibrated": False}


def _fitted(rows: Rows, combiner: str, seed: int) -> dict[str, Any]:
    if combiner == "majority":
        return majority(rows.source_ids, "majority was asked for")
    voting = tuple(name for name, codes in zip(rows.source_ids, rows.codes, strict=True) if any(x >= 0 for x in codes))
    votes = matrix(rows, voting)
    reason = _unusable(votes)
    if not reason and combiner == "auto":
        reason = _thin(votes)
    if reason:
        return majority(rows.source_ids, f"majority instead of Snorkel: {reason}")
    try:
        weights = _labelmodel(votes, voting, rows.labels, seed)
    except ValueError as error:
        return majority(rows.source_ids, f"majority instead of Snorkel: {error}")
    if _flipped(weights, rows):
        return majority(
            rows.source_ids, "majority instead of Snorkel: it contradicts the programs where they all agree"
        )
    return both(weights, rows) if combiner == "auto" else weights


def both(snorkel: dict[str, Any], rows: Rows) -> dict[str, Any]:
    """A blend of the majority and of Snorkel, which has a third of the say.

    Snorkel's scores are next to 0 or 1, so it would outvote anybody. It first gets the temperature with which it
    foretells the majority best: the more it contradicts the majority, the less it is heard.
    """
    counted = majority(rows.source_ids)
    heard = voted(counted, rows)[:, None]
    tempered = drawn_to(snorkel, rows, heard * probabilities(counted, rows), biased=False)
    parts = [
        {"share": 1 - SNORKELS_SHARE, "weights": {**counted, "why": "the majority"}},
        {"share": SNORKELS_SHARE, "weights": {**tempered, "why": "Snorkel's label model"}},
    ]
    shares = f"{1 - SNORKELS_SHARE:.0%} the majority, {SNORKELS_SHARE:.0%} Snorkel's label model"
    why = f"{shares}, made no more certain than the majority and fitted on the votes of {rows.size:,} tasks"
    return weights_of("blend", rows.source_ids, {"parts": parts}, why)


def snorkel_in(weights: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Snorkel's label model as `fit` gave it; None where it has no share."""
    if weights["kind"] == "labelmodel":
        return weights
    if weights["kind"] != "blend":
        return None
    snorkel: Mapping[str, Any] = weights["params"]["parts"][1]["weights"]["params"]["inner"]
    return snorkel


def _thin(votes: Votes) -> str:
    """Why Snorkel is not worth hearing beside a majority; empty when it is.

    It learns from programs that meet on a task. On people's functions, which seldom do, it lost up to thirteen points.
    """
    given = votes >= 0
    depth = given.sum() / given.any(axis=1).sum()
    if depth < MIN_DEPTH:
        return f"{depth:.1f} programs vote on a task, it is reliable from {MIN_DEPTH:.0f}"
    return ""


def _unusable(votes: Votes) -> str:
    """Why Snorkel cannot use these votes; empty when it can."""
    given = votes >= 0
    overlapping = int((given.sum(axis=1) >= 2).sum())
    if votes.shape[1] < MIN_PROGRAMS:
        return f"{votes.shape[1]} programs vote, it needs {MIN_PROGRAMS}"
    if overlapping < MIN_ROWS:
        return f"two programs or more vote on only {overlapping} tasks, it needs {MIN_ROWS}"
    if len(np.unique(votes[given])) < 2:
        return "every vote is for the same label"
    return ""


def _labelmodel(votes: Votes, members: tuple[str, ...], labels: int, seed: int) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        from snorkel.labeling.model import LabelModel

        torch.set_num_threads(1)
        model = LabelModel(cardinality=labels, verbose=False)
        try:
            model.fit(votes.astype(np.int64), n_epochs=EPOCHS, seed=seed, progress_bar=False)
        except Exception as error:
            raise ValueError(f"it failed ({error})") from error
    mu = model.mu.cpu().detach().numpy()
    if not np.isfinite(mu).all():
        raise ValueError("its parameters are not finite")
    params = {"mu": mu.astype(float).tolist(), "balance": model.p.astype(float).tolist()}
    return weights_of(
        "labelmodel", members, params, f"Snorkel's label model, fitted on the votes of {len(votes):,} tasks"
    )


def _flipped(weights: dict[str, Any], rows: Rows) -> bool:
    """Whether the weights contradict most of the rows on which two programs or more say one same thing."""
    votes = matrix(rows, tuple(weights["members"]))
    low = np.where(votes >= 0, votes, np.iinfo(np.int16).max).min(axis=1)
    unanimous = ((votes >= 0).sum(axis=1) >= 2) & (low == votes.max(axis=1))
    if not unanimous.any():
        return False
    best = np.array([int(np.argmax(row)) if row else -1 for row in posterior(weights, rows)])
    return bool((best[unanimous] == low[unanimous]).mean() < 0.5)
