"""Programs that weigh many weak cues: what a logistic regression learned, as items with whole-number weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alchemist.writer.induce.evidence import Evidence, Found, Matrix, Votes
from alchemist.writer.induce.source import WORD_CODE, listed, program
from alchemist.writer.induce.views import LONGEST, Items, View

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STRENGTH = 10.0
"""The inverse of the pull of the weights towards zero (scikit-learn's `C`)."""
UNSURE = 0.05
"""A guess that gives a label less than this is not taught."""
MOST_ITEMS = 120
"""Items with a weight, for each label."""
HEAVIEST = 20
"""What the largest weight is scaled to before rounding."""
CLOSE = 0.1
"""The share of the tasks with an item that get no answer, because two labels lie closest together there."""


@dataclass(frozen=True)
class Scale:
    """Items and their weights [items, labels], what each label starts with [labels], and the least lead.

    A label's score is its start plus the sum of the weights of the items that a text holds, divided by the square
    root of their number; weights and starts are whole numbers.
    """

    items: Items
    weights: Matrix
    start: Matrix
    lead: float


def scale_of(items: Items, evidence: Evidence) -> tuple[Scale, Votes] | None:
    """A scale of the most telling items, and its votes; None where no item tells labels apart."""
    _, weights = _learned(items.matrix, evidence)
    often = np.sqrt(np.asarray(items.matrix.sum(axis=0)).ravel())
    best = np.argsort(-np.abs(weights) * often[:, None], axis=0, kind="stable")[:MOST_ITEMS]
    items = _only(items, np.unique(best))
    start, weights = _learned(items.matrix, evidence)
    unit = max(float(np.abs(weights).max()), 1e-9) / HEAVIEST
    weights = np.round(weights / unit)
    heavy = weights.any(axis=1)
    if not heavy.any():
        return None
    scale = Scale(_only(items, np.flatnonzero(heavy)), weights[heavy], np.round(start / unit), 0.1)
    leads = _leads(_scores(scale))[_touched(scale)]
    lead = math.floor(10 * float(np.quantile(leads, CLOSE))) / 10
    scale = Scale(scale.items, scale.weights, scale.start, max(0.1, lead))
    votes = _votes(scale)
    return (scale, votes) if (votes >= 0).any() else None


def _learned(matrix: csr_matrix, evidence: Evidence) -> tuple[Matrix, Matrix]:
    """Starts [labels] and weights [items, labels] of a logistic regression on annotated and guessed tasks."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    rows, labels = np.nonzero(evidence.guesses > UNSURE)
    regression = LogisticRegression(C=STRENGTH, max_iter=300)
    regression.fit(normalize(matrix)[rows], labels, sample_weight=evidence.weighted[rows, labels])
    if len(evidence.labels) == 2:  # scikit-learn gives the second label's advantage
        sides = np.array([-0.5, 0.5])
        return regression.intercept_[0] * sides, np.outer(regression.coef_[0], sides)
    return regression.intercept_, regression.coef_.T


def _only(items: Items, places: Votes) -> Items:
    return Items(tuple(items.names[place] for place in places), items.matrix[:, places].tocsr())


def _scores(scale: Scale) -> Matrix:
    from sklearn.preprocessing import normalize

    return np.asarray(normalize(scale.items.matrix) @ scale.weights) + scale.start


def _leads(scores: Matrix) -> Matrix:
    ranked = np.sort(scores, axis=1)
    return np.asarray(ranked[:, -1] - ranked[:, -2])


def _touched(scale: Scale) -> npt.NDArray[np.bool_]:
    return np.asarray(scale.items.matrix.sum(axis=1) > 0).ravel()


def _votes(scale: Scale) -> Votes:
    scores = _scores(scale)
    return np.where(_touched(scale) & (_leads(scores) >= scale.lead), scores.argmax(axis=1), -1)


def cues_program(
    name: str, idea: str, view: View, items: Items, evidence: Evidence, fields: tuple[str, ...]
) -> Found | None:
    """The scale of a view's items, written as a program that looks at `fields` in that way."""
    made = scale_of(items, evidence)
    if made is None:
        return None
    scale, votes = made
    doc = (
        f"{idea} {_told(scale, evidence)}. Every item that is found adds its weight, {HEAVIEST} at most, to each "
        f"label's sum or takes it away; the sums are divided by the square root of how many are found, so that long "
        f"texts weigh no more; a label must lead by {scale.lead:g}, else there is no answer. {evidence.told(votes)}"
    )
    before = [
        "import re",
        "",
        f"FIELDS = {fields!r}",
        WORD_CODE.rstrip(),
        f"LABELS = {evidence.labels!r}",
        f"START = {tuple(int(n) for n in scale.start)!r}",
        _table(scale),
    ]
    body = _BODY.format(longest=LONGEST, seen=view.code, lead=repr(scale.lead))
    return Found(program(name, doc, "\n".join(before), body), votes, evidence.agreement(votes))


def _told(scale: Scale, evidence: Evidence) -> str:
    """The heaviest items of each label, in words."""
    told = []
    for place, label in enumerate(evidence.labels):
        weights = scale.weights[:, place]
        best = [scale.items.names[row] for row in np.argsort(-weights, kind="stable") if weights[row] > 0]
        if best:
            told.append(f"for {label}: {listed(best)}")
    return "; ".join(told)


def _table(scale: Scale) -> str:
    """The weights as Python: an item a line, with its weight for each label."""
    rows = dict(zip(scale.items.names, scale.weights.tolist(), strict=True))
    lines = [f"    {name!r}: ({', '.join(str(int(n)) for n in rows[name])})," for name in sorted(rows)]
    return "\n".join(["WEIGHTS = {  # for each of LABELS", *lines, "}"])


_BODY = """\
text = " ".join("" if task.get(field) is None else str(task.get(field)) for field in FIELDS)
words = re.findall(WORD, text[:{longest}].lower())
seen = {seen}
found = [item for item in seen if item in WEIGHTS]
if not found:
    return None
scores = []
for place, name in enumerate(LABELS):
    total = sum([WEIGHTS[item][place] for item in found])
    scores.append((START[place] + total / len(found) ** 0.5, name))
ranked = sorted(scores, key=lambda pair: -pair[0])
if ranked[0][0] - ranked[1][0] >= {lead}:
    return ranked[0][1]
return None"""
