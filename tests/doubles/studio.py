"""One project in Label Studio, in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alchemist.core.answers import Answer
from alchemist.core.editions import Edition
from alchemist.core.ports import Facts
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task


class ScriptedStudio:
    """A project with these tasks; remembers what is stored and what it is pointed at."""

    def __init__(
        self,
        unlabelled: Sequence[Task],
        answered: Sequence[tuple[Task, Mapping[str, Answer]]] = (),
        title: str = "YouTube comments",
        description: str = "Comments under five music videos.",
        instructions: str = "Spam is what advertises something.",
    ) -> None:
        self.unlabelled = list(unlabelled)
        self.answered = list(answered)
        self.words = (title, description, instructions)
        self.stored: dict[tuple[str, str], Prediction] = {}
        self.pointed_at = ""

    def read(self, config: LabelConfig) -> Facts:
        counts = f"read {len(self.unlabelled):,} unlabelled and {len(self.answered):,} annotated tasks"
        return Facts(*self.words, list(self.unlabelled), list(self.answered), counts)

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int:
        before = len(self.stored)
        for task, prediction in zip(tasks, predictions, strict=True):
            self.stored.setdefault((edition.name, task.key), prediction)
        return len(self.stored) - before

    def point_at(self, edition: Edition) -> str:
        self.pointed_at = edition.name
        return "the project is pointed at it"
