"""What the improving path needs from outside: Label Studio, and a place to keep things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from alchemist.core.editions import Edition
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task


@dataclass(frozen=True, slots=True)
class Project:
    """One Label Studio project as it is known here.

    `key` is Label Studio's `"<id>.<created>"`; `serving` the name of the edition that predicts, `published` the
    one whose predictions stand in Label Studio. `note` is the last thing worth telling the admin.
    """

    key: str
    label_config: str = ""
    hostname: str = ""
    access_token: str = ""
    title: str = ""
    serving: str | None = None
    published: str | None = None
    note: str = ""

    @property
    def id(self) -> int:
        """Label Studio's id of the project."""
        return int(self.key.split(".")[0])


class Studio(Protocol):
    """One project in Label Studio."""

    def unlabelled(self, config: LabelConfig) -> list[Task]:
        """Every task without an annotation."""
        ...

    def publish(self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction]) -> int:
        """Store the predictions of tasks that have none of this edition; how many were stored."""
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
        """Create a project or change what is known of it; `serving`, `published` and `note` stay as they are."""
        ...

    def edition(self, key: str, name: str) -> Edition | None:
        """An edition of a project by its name."""
        ...

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        """Keep an edition under the project's next number; one of equal content is returned as it is kept."""
        ...

    def serve(self, key: str, name: str) -> None:
        """Let this edition predict from now on."""
        ...

    def set_published(self, key: str, name: str) -> None:
        """Remember whose predictions stand in Label Studio."""
        ...

    def note(self, key: str, text: str) -> None:
        """Remember something for the admin to read."""
        ...

    def enqueue(self, kind: str, project: str, urgent: bool = False) -> None:
        """Queue a job, unless the same one is waiting; an urgent one waits for no pause after a failure."""
        ...
