"""What the improving path needs from outside: Label Studio, and a place to keep things."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from alchemist.core.answers import Answer
from alchemist.core.corrections import Heard, News, Record
from alchemist.core.decisions import Decision
from alchemist.core.editions import Edition
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Judged, Source
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock

Vote: TypeAlias = Callable[[Question, Sequence[Source], Sequence[Task]], VoteBlock]
"""The votes of programs on tasks; a value of values."""


@dataclass(frozen=True, slots=True)
class Project:
    """One Label Studio project as it is known here.

    `key` is Label Studio's `"<id>.<created>"`; `chosen` the name of the edition that was promoted last, `serving` the
    one that predicts, `published` the one whose predictions stand in Label Studio ("" where none can be stored),
    `importing` one whose import has begun and is not known to have ended. `note` is the last thing worth telling the
    admin; `settings` what is set for this project alone; `swept_at` when all of it was read last.
    """

    key: str
    label_config: str = ""
    hostname: str = ""
    access_token: str = field(default="", repr=False)
    title: str = ""
    chosen: str | None = None
    serving: str | None = None
    published: str | None = None
    importing: str | None = None
    note: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    swept_at: float | None = None

    @property
    def id(self) -> int:
        """Label Studio's id of the project."""
        return int(self.key.split(".")[0])


@dataclass(frozen=True)
class Facts:
    """What is known of a project: its words, its tasks, and what people answered.

    `answered` are tasks with a correction: answers by question name. `stood` counts, by the edition that annotators
    began with, the pre-annotated answers that they kept, and all of them. `said_at` is when each correction was
    made, by task key, as Label Studio writes it. `told_by` says where this was learned.
    """

    title: str
    description: str
    instructions: str
    unlabelled: Sequence[Task]
    answered: Sequence[tuple[Task, Mapping[str, Answer]]]
    told_by: str
    stood: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    said_at: Mapping[str, str] = field(default_factory=dict)

    @property
    def tasks(self) -> list[Task]:
        """All tasks, those without an answer first."""
        return [*self.unlabelled, *(task for task, _ in self.answered)]

    def corrections(self, question: Question) -> dict[str, Answer]:
        """People's answers to a question, by task key."""
        return {task.key: given[question.name] for task, given in self.answered if question.name in given}


class Studio(Protocol):
    """One project in Label Studio."""

    def understand(self, events: Sequence[tuple[str, Mapping[str, Any]]]) -> News:
        """What these events (action and body, in the order in which they came) tell."""
        ...

    def read(self) -> News:
        """What Label Studio's API tells: everything, or nothing where it refuses."""
        ...

    def facts(self, config: LabelConfig, record: Record) -> Facts:
        """The record as the paths know it."""
        ...

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int | None:
        """Store the predictions of tasks that have none of this edition; how many were stored, None: none can be.

        `interrupted`: an import of this edition was begun before, and may still be going on.
        """
        ...

    def point_at(self, edition: Edition) -> str:
        """Make the edition the project's model version; says how in words."""
        ...

    def thin(self, keep: Sequence[str], most: int) -> int:
        """Delete up to `most` predictions of our editions other than `keep`, one by one; how many there were."""
        ...


class Store(Protocol):
    """What is kept about projects and their editions."""

    def together(self) -> AbstractContextManager[object]:
        """What is done within it is kept whole, or not at all."""
        ...

    def project(self, key: str) -> Project | None:
        """A project by its key."""
        ...

    def save_project(self, project: Project) -> None:
        """Create a project or change what Label Studio says of it; what is empty stays as it is."""
        ...

    def mark(self, key: str, **what: str | float | None) -> None:
        """Set a project's `chosen`, `serving`, `published`, `importing`, `note` or `swept_at`."""
        ...

    def unlearned(self, key: str) -> list[Heard]:
        """The next events that nothing was learned from yet; empty when there are none."""
        ...

    def learn(self, key: str, news: News, when: float, events: Sequence[int] = ()) -> None:
        """Add news to the record, which were true at `when`, and mark the events that told them."""
        ...

    def record(self, key: str) -> Record:
        """All that is known of the project."""
        ...

    def voting(self, key: str, config: LabelConfig, vote: Vote) -> Vote:
        """`vote`, asked only for votes that are not stored yet."""
        ...

    def edition(self, key: str, name: str) -> Edition | None:
        """An edition of a project by its name."""
        ...

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        """Keep an edition under the project's next number; one of equal content is returned as it is kept."""
        ...

    def decide(self, key: str, decision: Decision) -> None:
        """Keep a decision."""
        ...

    def decisions(self, key: str) -> list[Decision]:
        """The project's decisions, newest first."""
        ...

    def judge(self, key: str, question: Question, judged: Iterable[Judged]) -> None:
        """Keep programs with the word on each."""
        ...

    def predictions(self, key: str, edition: str) -> Mapping[int, Mapping[str, tuple[Answer, float]]]:
        """What an edition was kept to predict: (answer, score) by question name, by task id."""
        ...

    def predicted(self, key: str, edition: str, tasks: Sequence[Task], predictions: Sequence[Prediction]) -> None:
        """Keep what an edition predicts."""
        ...

    def enqueue(self, kind: str, project: str, urgent: bool = False, delay: float = 0.0) -> None:
        """Queue a job, unless the same one is waiting; an urgent one waits for no pause after a failure.

        It is due in `delay` seconds.
        """
        ...
