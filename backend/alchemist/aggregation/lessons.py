"""What a classifier learns from: corrections, and the labels that votes give to other tasks.

Two regressions are trained: one on corrections alone, one that is distilled from votes and corrections. Being linear,
they are one classifier: the slopes of each, times a power that corrections choose which neither has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.distill import classifier, fields_of, regression, table
from alchemist.aggregation.members import Labels
from alchemist.aggregation.shares import Known, losses_of, together
from alchemist.aggregation.weights import Matrix, probabilities, softmax, voted
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows

SAMPLE = 2_500
"""Tasks whose votes are distilled, at most; drawn at random."""
PATTERN = 3_000
"""Tasks that say which terms and values there are, at most; those with a correction come first."""
STRENGTHS = (1.0, 10.0, 100.0)
"""scikit-learn's C for corrections alone; the one that foretells unseen corrections best is taken."""
DISTILLED_STRENGTH = 1.0
CORRECTION = 5.0
"""A correction counts as much as this many tasks whose programs are certain."""
Line = tuple[Matrix, Matrix]
"""Slopes, float[features, labels], and intercept, float[labels]."""


@dataclass(frozen=True)
class Lessons:
    """Features of the rows that teach, in `table`, and what they teach.

    `line[row]` is a row's line in the table, -1 for none. `taught` and `weak` are lines with the labels that they
    have, and `trust` says how much each weak label counts.
    """

    fields: list[dict[str, Any]]
    table: Any
    line: Labels
    labels: int
    taught: tuple[Labels, Labels]
    weak: tuple[Labels, Labels]
    trust: Matrix

    def on_corrections(self, places: Labels, gold: Labels, strength: float) -> Line:
        """A regression on the corrections of these rows and on what is taught."""
        lines = np.concatenate([self.line[places], self.taught[0]])
        return regression(self.table[lines], np.concatenate([gold, self.taught[1]]), self.labels, strength)

    def distilled(self, places: Labels, gold: Labels) -> Line:
        """A regression on weak labels, and on the corrections of these rows and on what is taught."""
        lines = np.concatenate([self.line[places], self.taught[0], self.weak[0]])
        known = np.concatenate([gold, self.taught[1], self.weak[1]])
        trust = np.concatenate([np.full(len(lines) - len(self.trust), CORRECTION), self.trust])
        return regression(self.table[lines], known, self.labels, DISTILLED_STRENGTH, trust)

    def said(self, line: Line, places: Labels) -> Matrix:
        """float[places, labels]: what a regression says of these rows."""
        return softmax(np.asarray(self.table[self.line[places]] @ line[0]) + line[1])

    def foretold(self, line: Line, tasks: Sequence[Task]) -> Matrix:
        """float[tasks, labels]: what a regression says of any tasks."""
        return softmax(np.asarray(table(self.fields, tasks) @ line[0]) + line[1])


@dataclass(frozen=True)
class Pupil:
    """A classifier, and `said`, float[corrections, labels]: what one that has not seen a correction says of it."""

    said: Matrix
    weights: dict[str, Any]

    def those(self, some: npt.NDArray[np.bool_]) -> Pupil:
        """What is said of some of the corrections."""
        return replace(self, said=self.said[some])


def gather(
    unfitted: dict[str, Any], rows: Rows, gold: Sequence[int | None], taught: Sequence[int | None], seed: int
) -> Lessons | None:
    """Lessons for every row with a correction, judging or only teaching; None where no task is known.

    A row with a correction has no weak label: what a classifier says of it must not come from its own votes.
    """
    given = dict(zip(range(rows.size), taught or [None] * rows.size, strict=True))
    judging = [place for place, label in zip(range(rows.size), gold, strict=True) if label is not None]
    teaching = [place for place, label in given.items() if label is not None and gold[place] is None]
    if not rows.tasks or not judging + teaching:
        return None
    free = np.setdiff1d(np.arange(rows.size), judging + teaching)
    order = np.random.default_rng(seed).permutation(free)
    weak = order[voted(unfitted, rows)[order]][:SAMPLE]
    used = [*judging, *teaching, *weak.tolist()]
    shown = [*used, *np.setdiff1d(order, weak).tolist()][: max(PATTERN, len(used))]
    fields = fields_of([rows.tasks[place] for place in shown], rows.labels)
    if not fields:
        return None
    line = np.full(rows.size, -1)
    line[used] = np.arange(len(used))
    posteriors = probabilities(unfitted, rows)[weak]
    return Lessons(
        fields,
        table(fields, [rows.tasks[place] for place in used]),
        line,
        rows.labels,
        (line[teaching], np.array([given[place] for place in teaching], dtype=np.int64)),
        (line[weak], posteriors.argmax(axis=1)),
        posteriors.max(axis=1) ** 2,
    )


def alone(lessons: Lessons, known: Known) -> tuple[Matrix, Line]:
    """Corrections alone: what is said of each by a regression that has not seen it, and one on all of them."""
    tried = [_unseen(lessons, known, partial(lessons.on_corrections, strength=x)) for x in STRENGTHS]
    best = int(np.argmin([losses_of(said, known.gold).sum() for said in tried]))
    return tried[best], lessons.on_corrections(known.places, known.gold, STRENGTHS[best])


def train(lessons: Lessons, known: Known) -> Pupil:
    """The two regressions as one classifier."""
    own, line = alone(lessons, known)
    said, found = together([_unseen(lessons, known, lessons.distilled), own], known)
    lines = [lessons.distilled(known.places, known.gold), line]
    slopes = np.sum([power * x[0] for power, x in zip(found["powers"], lines, strict=True)], axis=0)
    starts = np.sum([power * x[1] for power, x in zip(found["powers"], lines, strict=True)], axis=0)
    biased = starts + np.asarray(found["biases"])
    return Pupil(said, classifier(lessons.fields, slopes, biased, "a classifier on the tasks"))


def _unseen(lessons: Lessons, known: Known, learn: Callable[[Labels, Labels], Line]) -> Matrix:
    """What is said of each correction by a regression that has not seen its fold."""
    said = np.zeros((len(known.gold), lessons.labels))
    for number in np.unique(known.fold):
        held = known.fold == number
        line = learn(known.places[~held], known.gold[~held])
        said[held] = lessons.said(line, known.places[held])
    return said
