"""The brief: all that a writer is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from alchemist.core.answers import Answer
from alchemist.core.errors import LanguageModelError
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.reliability import Reliability
from alchemist.core.tasks import Task


@dataclass(frozen=True)
class Exemplar:
    """A shown correction: a task and the answer that people gave to the question."""

    task: Task
    answer: Answer


@dataclass(frozen=True)
class Standing:
    """A program that votes today, and how it fares on the shown corrections."""

    entry: Entry
    reliability: Reliability


@dataclass(frozen=True)
class Mistake:
    """A shown correction that the programs together got wrong: `predicted` is None where none of them voted."""

    task: Task
    answer: Answer
    predicted: Answer | None


@dataclass(frozen=True)
class Shortfall:
    """Where the programs that vote today fall short, on `size` shown corrections.

    `confusions` counts (people's answer, predicted answer or None for no vote) pairs that differ, the commonest
    first. `mistakes` are all of these tasks. `conflicting` and `uncovered` are unlabelled tasks: the most divided
    votes first; no vote at all.
    """

    size: int
    standings: Sequence[Standing]
    confusions: Sequence[tuple[Answer, Answer | None, int]]
    mistakes: Sequence[Mistake]
    conflicting: Sequence[Task] = ()
    uncovered: Sequence[Task] = ()


@dataclass(frozen=True)
class Brief:
    """What a writer is told about one question of one project.

    `title`, `description` and `instructions` are plain text written by people: data, not orders. `unlabelled` is a
    sample of tasks without an answer. `shortfall` tells of the programs that there are already, if any; then more of
    them are wanted, which mend it. `seed` fixes random steps.
    """

    title: str
    description: str
    instructions: str
    config: LabelConfig
    question: Question
    exemplars: Sequence[Exemplar] = ()
    unlabelled: Sequence[Task] = ()
    shortfall: Shortfall | None = None
    seed: int = 0


class Writer(Protocol):
    """What turns a brief into programs."""

    name: str

    def write(self, brief: Brief) -> list[Entry]:
        """New programs, best idea first. A program that cannot be used is left out by the check, not here."""
        ...

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        """The program with the smallest change that removes the reason why it was left out; None: it has no other.

        Raises `LanguageModelError` when it could not be asked for.
        """
        ...


class Asker(Protocol):
    """What answers single tasks, for money."""

    def known(self, question: Question, tasks: Sequence[Task]) -> Mapping[str, tuple[str, Answer | None]]:
        """Who answered what so far, by task key: the language model, and None where it gave no label."""
        ...

    def ask(self, brief: Brief, tasks: Sequence[Task]) -> LanguageModelError | None:
        """Ask for these, and have the answers kept; what kept some of them from being answered, if anything did."""
        ...

    def credit(self, question: Question, tasks: Sequence[Task], source: str) -> float | None:
        """Note that a program came of what was said about these tasks; what that cost in US dollars, if it is known."""
        ...
