"""The brief: all that a writer is told, and what it gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from alchemist.core.answers import Answer
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task


@dataclass(frozen=True)
class Exemplar:
    """A shown correction: a task and the answer that people gave to the question."""

    task: Task
    answer: Answer


@dataclass(frozen=True)
class Brief:
    """What a writer is told about one question of one project.

    `title`, `description` and `instructions` are plain text written by people: data, not orders. `unlabelled` is a
    sample of tasks without an answer. `existing` are programs that there are already. `seed` fixes random steps.
    """

    title: str
    description: str
    instructions: str
    config: LabelConfig
    question: Question
    exemplars: Sequence[Exemplar] = ()
    unlabelled: Sequence[Task] = ()
    existing: Sequence[Entry] = ()
    seed: int = 0


class Writer(Protocol):
    """What turns a brief into programs."""

    name: str

    def write(self, brief: Brief) -> list[Entry]:
        """New programs, best idea first. A program that cannot be used is left out by the check, not here."""
        ...
