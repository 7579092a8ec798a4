"""What the improving path needs from outside: Label Studio, and a place to keep things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from alchemist.core.answers import Answer
from alchemist.core.editions import Edition
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task


@dataclass(frozen=True, slots=True)
class Project:
    """One Label Studio project as it is known here.

    `key` is Label Studio's `"<id>.<created>"`; `serving` the name of the edition that predicts, `published` the
    one whose predictions stand in Label Studio ("" where none can be stored), `importing` one whose import has begun
    and is not known to have ended. `note` is the last thing worth telling the admin; `settings` what is set for this
    project alone.
    """

    key: str
    label_config: str = ""
    hostname: str = ""
    access_token: str = field(default="", repr=False)
    title: str = ""
    serving: str | None = None
    published: str | None = None
    importing: str | None = None
    note: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> int:
        """Label Studio's id of the project."""
        return int(self.key.split(".")[0])


@dataclass(frozen=True)
class Facts:
    """What is known of a project: its words, its tasks, and what people answered.

    `answered` are tasks with a correction: answers by question name. `told_by` says where this was learned.
    """

    title: str
    description: str
    instructions: str
    unlabelled: Sequence[Task]
    answered: Sequence[tuple[Task, Mapping[str, Answer]]]
    told_by: str


class Studio(Protocol):
    """One project in Label Studio."""

    def read(self, config: LabelConfig) -> Facts:
        """The project's words, its tasks and its corrections."""
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


class Store(Protocol):
    """What is kept about projects and their editions."""

    def project(self, key: str) -> Project | None:
        """A project by its key."""
        ...

    def save_project(self, project: Project) -> None:
        """Create a project or change what Label Studio says of it; what is empty stays as it is."""
        ...

    def mark(self, key: str, **what: str | None) -> None:
        """Set a project's `serving`, `published`, `importing` or `note`."""
        ...

    def edition(self, key: str, name: str) -> Edition | None:
        """An edition of a project by its name."""
        ...

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        """Keep an edition under the project's next number; one of equal content is returned as it is kept."""
        ...

    def judge(self, key: str, question: Question, verdicts: Iterable[tuple[Entry, str]]) -> None:
        """Keep programs with the reason why each was left out; an empty reason means it was taken."""
        ...

    def enqueue(self, kind: str, project: str, urgent: bool = False) -> None:
        """Queue a job, unless the same one is waiting; an urgent one waits for no pause after a failure."""
        ...
