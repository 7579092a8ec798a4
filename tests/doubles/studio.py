"""One project in Label Studio, in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from alchemist.core.answers import Answer
from alchemist.core.corrections import Annotation, News, Record
from alchemist.core.editions import Edition
from alchemist.core.ports import Facts
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task
from alchemist.labelstudio.heard import facts, understand


class ScriptedStudio:
    """A project with these tasks; remembers what is stored and what it is pointed at.

    `refuse` are errors to raise from `publish`, in order; `note` is called with the name of what is called.
    """

    def __init__(
        self,
        unlabelled: Sequence[Task],
        answered: Sequence[tuple[Task, Mapping[str, Answer]]] = (),
        title: str = "YouTube comments",
        description: str = "Comments under five music videos.",
        instructions: str = "Spam is what advertises something.",
    ) -> None:
        self.data = {int(str(task.id)): dict(task.fields) for task in unlabelled}
        self.annotations: list[Annotation] = []
        self.words = (title, description, instructions)
        self.stored: dict[tuple[str, str], Prediction] = {}
        self.pointed_at = ""
        self.refuse: list[Exception] = []
        self.interrupted: list[bool] = []
        self.note: Callable[[str], None] = lambda _: None
        for task, answers in answered:
            self.data[int(str(task.id))] = dict(task.fields)
            self.annotate(int(str(task.id)), answers)

    def annotate(self, task: int, answers: Mapping[str, Answer], **more: Any) -> Annotation:
        """An annotator answers."""
        result = [{"from_name": name, "value": {"choices": [answer]}} for name, answer in answers.items()]
        number = len(self.annotations) + 1
        self.annotations.append(Annotation(number, task, result, f"2026-11-20T12:00:00.{number:06d}Z", **more))
        return self.annotations[-1]

    understand = staticmethod(understand)

    def read(self) -> News:
        self.note("read")
        return News(self.words, dict(self.data), list(self.annotations), whole=True)

    def facts(self, config: LabelConfig, record: Record) -> Facts:
        return facts(config, record, "read")

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int | None:
        self.note("publish")
        if self.refuse:
            raise self.refuse.pop(0)
        self.interrupted.append(interrupted)
        before = len(self.stored)
        for task, prediction in zip(tasks, predictions, strict=True):
            self.stored.setdefault((edition.name, task.key), prediction)
        return len(self.stored) - before

    def point_at(self, edition: Edition) -> str:
        self.note("point_at")
        self.pointed_at = edition.name
        return "title mode"

    def thin(self, keep: Sequence[str], most: int) -> int:
        self.note("thin")
        old = [key for key in self.stored if key[0] not in keep][:most]
        for key in old:
            del self.stored[key]
        return len(old)
