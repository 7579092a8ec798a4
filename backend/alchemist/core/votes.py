"""Votes by column: an answer, an abstention or a fault for each task, program by program."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from alchemist.core.answers import Answer
from alchemist.core.tasks import Task

ABSTAIN = -1
FAULT = -2


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a program gave no usable vote, with the task where it was first seen.

    `kind` is one of: raised, answer, output, timeout, memory, suspended, broken (it does not even load).
    `message` is written by the program: data, never markup. `task` is an index into the batch.
    """

    kind: str
    message: str
    task: int


@dataclass(frozen=True, slots=True)
class Column:
    """One program's votes on a batch.

    `codes` (int16, one a task) index the block's book; -1 = abstention, -2 = fault.
    `seconds` is the time spent on the whole batch; `suspended` that it ran out of time too often to go on.
    """

    source_id: str
    codes: array[int]
    fault: Fault | None = None
    seconds: float = 0.0
    suspended: bool = False

    @property
    def faults(self) -> int:
        """How many tasks the program failed on."""
        return self.codes.count(FAULT)

    @property
    def abstentions(self) -> int:
        """How many tasks the program had nothing to say about."""
        return self.codes.count(ABSTAIN)

    @property
    def coverage(self) -> float:
        """Share of tasks with a vote, 0..1."""
        if not self.codes:
            return 0.0
        return 1 - (self.faults + self.abstentions) / len(self.codes)


@dataclass(frozen=True, slots=True)
class VoteBlock:
    """The votes of several programs on the same tasks; `book` says what each code stands for."""

    book: tuple[Answer, ...]
    columns: tuple[Column, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Votes over a label space, as combiners see them.

    `codes[j][i]` is the vote of program `source_ids[j]` on row i: 0..`labels`-1, or negative for none. `tasks[i]` is
    the task that row i speaks of; empty where it is not known.
    """

    source_ids: tuple[str, ...]
    codes: tuple[array[int], ...]
    labels: int
    size: int
    tasks: Sequence[Task] = ()

    def only(self, places: Sequence[int]) -> Rows:
        """Some of the rows, in the order of their places."""
        codes = tuple(array("h", [column[place] for place in places]) for column in self.codes)
        tasks = [self.tasks[place] for place in places] if self.tasks else ()
        return Rows(self.source_ids, codes, self.labels, len(places), tasks)

    def without(self, source_ids: Sequence[str]) -> Rows:
        """The same rows without the votes of some programs."""
        kept = [j for j, name in enumerate(self.source_ids) if name not in set(source_ids)]
        return Rows(
            tuple(self.source_ids[j] for j in kept),
            tuple(self.codes[j] for j in kept),
            self.labels,
            self.size,
            self.tasks,
        )
