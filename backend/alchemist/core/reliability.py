"""Reliability: one program's votes held against corrections."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alchemist.core.votes import FAULT, Column, VoteBlock

Z = 1.959964
"""The normal quantile of a two-sided interval of 95 %."""


@dataclass(frozen=True)
class Reliability:
    """How a program fares on `size` corrected tasks; every count is of tasks.

    `overlap`: it votes and another program does too; `conflict`: another one votes otherwise. `by_label`: for each
    label that people gave, how often the program voted there, and how often it was right; (0, 0) where it never voted.
    """

    size: int
    votes: int
    right: int
    overlap: int
    conflict: int
    faults: int
    by_label: Mapping[int, tuple[int, int]]

    @property
    def coverage(self) -> float:
        """Share of the tasks with a vote, 0..1."""
        return self.votes / self.size if self.size else 0.0

    @property
    def accuracy(self) -> float | None:
        """Share of its votes that are right, 0..1; None without votes."""
        return self.right / self.votes if self.votes else None

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's interval of 95 %."""
        return wilson(self.right, self.votes)


def wilson(right: int, size: int) -> tuple[float, float]:
    """The interval of 95 % of a share (Wilson, JASA 1927).

    >>> [round(x, 3) for x in wilson(8, 10)]
    [0.49, 0.943]
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not size:
        return 0.0, 1.0
    share, spread = right / size, Z * Z / size
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / size + spread / (4 * size)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def reliabilities(block: VoteBlock, known: Sequence[int | None]) -> list[Reliability]:
    """Each column of the block held against people's answers: codes, one a task, None where there is none.

    Raises `ValueError` where there are more or fewer answers than tasks.
    """
    if len(known) != block.size:
        raise ValueError(f"{len(known)} answers for {block.size} tasks")
    corrected = {place: code for place, code in enumerate(known) if code is not None}
    spoken = {place: Counter(x.codes[place] for x in block.columns if x.codes[place] >= 0) for place in corrected}
    return [_reliability(column, corrected, spoken) for column in block.columns]


def _reliability(column: Column, corrected: Mapping[int, int], spoken: Mapping[int, Counter[int]]) -> Reliability:
    """One column against the labels of corrected tasks, by place; `spoken` counts everyone's votes there by label."""
    votes = {place: column.codes[place] for place in corrected if column.codes[place] >= 0}
    voted = Counter(corrected[place] for place in votes)
    right = Counter(corrected[place] for place, code in votes.items() if code == corrected[place])
    return Reliability(
        size=len(corrected),
        votes=len(votes),
        right=right.total(),
        overlap=sum(spoken[place].total() > 1 for place in votes),
        conflict=sum(len(spoken[place]) > 1 for place in votes),
        faults=sum(column.codes[place] == FAULT for place in corrected),
        by_label={label: (voted[label], right[label]) for label in sorted(set(corrected.values()))},
    )
