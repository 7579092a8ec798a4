"""Programs that count points: each item found in a task gives points to one label, the label ahead wins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alchemist.writer.induce.evidence import Evidence, Found, Matrix, Votes
from alchemist.writer.induce.source import WORD_CODE, constant, frozen, listed, program
from alchemist.writer.induce.views import LONGEST, Items, View

MOST_POINTS = 3
LEAST_ODDS = 0.5
"""An item speaks for a label when its odds there are at least e to this times the odds elsewhere."""
LEAST_TASKS = 1.5
HANDICAPS = range(7)
MARGINS = range(1, 7)
LEAST_AGREEMENT = 0.6
"""The margin is raised until votes agree with the guesses this well."""
NARROWEST = 0.02
"""A program that answers less than this share of tasks is not worth reading."""


@dataclass(frozen=True)
class Card:
    """Points [items, labels], what each label starts with, and by how much a label must lead."""

    points: Matrix
    start: npt.NDArray[np.int64]
    margin: int


def points_of(items: Items, evidence: Evidence, most: int, allowed: npt.NDArray[np.bool_] | None = None) -> Matrix:
    """The points of at most `most` items a label: log-odds, rounded; the best attested first."""
    weighed = evidence.weighted
    held = items.matrix.T @ weighed
    total = weighed.sum(axis=0)
    other = held.sum(axis=1, keepdims=True) - held
    here = (held + 0.5) / (total + 1)
    elsewhere = (other + 0.5) / (total.sum() - total + 1)
    odds: Matrix = np.log(here / elsewhere)
    attested = odds / np.sqrt(1 / (held + 0.5) + 1 / (other + 0.5))
    best = odds.argmax(axis=1)
    points: Matrix = np.zeros_like(odds)
    for label in range(len(evidence.labels)):
        speaking = (best == label) & (odds[:, label] > LEAST_ODDS) & (held[:, label] >= LEAST_TASKS)
        if allowed is not None:
            speaking &= allowed
        places = np.flatnonzero(speaking)
        places = places[np.argsort(-attested[places, label], kind="stable")][:most]
        points[places, label] = np.clip(np.round(odds[places, label]), 1, MOST_POINTS)
    return points


def card_of(items: Items, points: Matrix, evidence: Evidence) -> tuple[Card, Votes] | None:
    """The card with these points that agrees best with the guesses, and its votes; None if none is worth it."""
    sums = np.asarray(items.matrix @ points)
    if not sums.any():
        return None
    start = _handicaps(sums, evidence)
    best = None
    for margin in MARGINS:
        card = Card(points, start, margin)
        votes = votes_of(card, sums)
        if (votes >= 0).mean() < NARROWEST:
            break
        best = card, votes
        if evidence.agreement(votes) >= LEAST_AGREEMENT:
            break
    return best


def votes_of(card: Card, sums: Matrix) -> Votes:
    """The votes of a card, as its program casts them."""
    scores = sums + card.start
    ranked = np.sort(scores, axis=1)
    ahead = ranked[:, -1] - ranked[:, -2] >= card.margin
    return np.where(ahead & (sums.sum(axis=1) > 0), scores.argmax(axis=1), -1)


def _handicaps(sums: Matrix, evidence: Evidence) -> npt.NDArray[np.int64]:
    """Points that labels start with, so that what is said often in a rare label does not outweigh a common one."""
    touched = sums.sum(axis=1) > 0
    sums, guesses = sums[touched], evidence.guesses[touched]
    rows, lean = np.arange(len(sums)), 1e-3 * guesses.mean(axis=0)
    start = np.zeros(sums.shape[1], dtype=np.int64)
    best = guesses[rows, (sums + lean).argmax(axis=1)].mean()
    for _ in range(2):
        for label in range(sums.shape[1]):
            for handicap in HANDICAPS:
                tried = start.copy()
                tried[label] = handicap
                agreed = guesses[rows, (sums + tried + lean).argmax(axis=1)].mean()
                if agreed > best + 1e-3:
                    start, best = tried, agreed
    least: npt.NDArray[np.int64] = start - start.min()
    return least


def card_program(
    name: str,
    idea: str,
    view: View,
    items: Items,
    evidence: Evidence,
    card: Card,
    votes: Votes,
    fields: tuple[str, ...],
) -> Found:
    """The card written as a program that looks at `fields` in the way of `view`."""
    rows, told = [], []
    for place, label in enumerate(evidence.labels):
        points = card.points[:, place]
        for worth in range(MOST_POINTS, 0, -1):
            these = [items.names[row] for row in np.flatnonzero(points == worth)]
            if these:
                rows.append(f"({label!r}, {worth}, {frozen(these)})")
        order = np.argsort(-points * np.sqrt(_often(items)), kind="stable")
        best = [items.names[row] for row in order if points[row] > 0]
        if best:
            told.append(f"for {label}: {listed(best)}")
    start = ", ".join(
        f"{label!r}: {points}" for label, points in zip(evidence.labels, card.start.tolist(), strict=True)
    )
    handicaps = [f"{label} starts with {n}" for label, n in zip(evidence.labels, card.start.tolist(), strict=True) if n]
    doc = (
        f"{idea} {'; '.join(told)}. Each gives 1 to {MOST_POINTS} points to its label"
        + (f" ({', '.join(handicaps)})" if handicaps else "")
        + f"; a label must lead by {card.margin}, else there is no answer. {evidence.told(votes)}"
    )
    before = "\n".join(["import re", "", f"FIELDS = {fields!r}", WORD_CODE.rstrip(), constant("EVIDENCE", rows)])
    body = _BODY.format(longest=LONGEST, seen=view.code, start="{" + start + "}", margin=card.margin)
    return Found(program(name, doc, before, body), votes, evidence.agreement(votes))


def _often(items: Items) -> Matrix:
    return np.asarray(items.matrix.sum(axis=0), dtype=float).ravel()


_BODY = """\
text = " ".join("" if task.get(field) is None else str(task.get(field)) for field in FIELDS)
words = re.findall(WORD, text[:{longest}].lower())
seen = {seen}
scores = {start}
hits = 0
for name, points, items in EVIDENCE:
    found = len(seen & items)
    hits += found
    scores[name] += points * found
ranked = sorted(scores.items(), key=lambda pair: -pair[1])
if hits and ranked[0][1] - ranked[1][1] >= {margin}:
    return ranked[0][0]
return None"""
