"""What the parts of the inducer share: the labels, the guesses about every task, and how a vote is held to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alchemist.core.programs import Entry
from alchemist.writer.induce.source import share

Matrix = npt.NDArray[np.float64]
Votes = npt.NDArray[np.int64]

ANNOTATED = 5.0
"""How much an annotated task counts beside a guessed one when a program is fitted."""
HARDER = 2.0
"""How much more it counts where the programs of today got it wrong."""


@dataclass(frozen=True)
class Evidence:
    """Guesses [tasks, labels]; the first `annotated` tasks are annotated and their rows one-hot.

    `difficult` are the rows of annotated tasks that the programs of today got wrong.
    """

    labels: tuple[str, ...]
    guesses: Matrix
    annotated: int
    difficult: tuple[int, ...] = ()

    @property
    def weighted(self) -> Matrix:
        """The guesses, with annotated tasks counting more."""
        weighed = self.guesses.copy()
        weighed[: self.annotated] *= ANNOTATED
        weighed[list(self.difficult)] *= HARDER
        return weighed

    def agreement(self, votes: Votes) -> float:
        """The mean probability of what is voted for, over the tasks voted on; 0 without votes."""
        voted = np.flatnonzero(votes >= 0)
        return float(self.guesses[voted, votes[voted]].mean()) if len(voted) else 0.0

    def told(self, votes: Votes) -> str:
        """Where a program comes from and how it fares, in a sentence or two."""
        rest = len(self.guesses) - self.annotated
        known = votes[: self.annotated]
        voted = known >= 0
        right = int((self.guesses[: self.annotated].argmax(axis=1)[voted] == known[voted]).sum())
        hard = len(self.difficult)
        counted = f", {hard:,} that earlier programs got wrong counting {HARDER:g} times," if hard else ""
        return (
            f"Learned from {self.annotated:,} annotated{counted} and {rest:,} unlabelled tasks, whose labels are "
            f"guessed: shares are of guesses, not of human labels. Of the annotated tasks it answers "
            f"{int(voted.sum())}, {right} of them right; of all tasks {share(float((votes >= 0).mean()))}."
        )


@dataclass(frozen=True)
class Found:
    """A program with its votes on the inducer's tasks: -1 is an abstention."""

    entry: Entry
    votes: Votes
    agreement: float
