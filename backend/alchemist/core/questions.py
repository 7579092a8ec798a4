"""What a label config asks: questions, their labels, and the fields a program may read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Label:
    """One label: `name` is what programs and people say, `alias` what Label Studio stores instead."""

    name: str
    alias: str | None = None
    hint: str | None = None

    @property
    def stored(self) -> str:
        """How Label Studio writes this label in a result."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True)
class Question:
    """One control tag of a label config: what is asked of a task, and about which field."""

    name: str
    to_name: str
    kind: str
    labels: tuple[Label, ...]
    field: str = ""

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels by name, in the config's order."""
        return tuple(label.name for label in self.labels)

    def as_json(self) -> dict[str, Any]:
        """The question as JSON values; `question_from` reads them back."""
        return {
            "name": self.name,
            "to_name": self.to_name,
            "kind": self.kind,
            "labels": [[x.name, x.alias, x.hint] for x in self.labels],
            "field": self.field,
        }

    def label_of(self, written: object) -> Label | None:
        """The label that Label Studio stores so, or else the one that people call so."""
        stored = (x for x in self.labels if x.stored == written)
        return next(stored, next((x for x in self.labels if x.name == written), None))


def question_from(written: Mapping[str, Any]) -> Question:
    """The question that `as_json` wrote."""
    labels = tuple(Label(*label) for label in written["labels"])
    return Question(written["name"], written["to_name"], written["kind"], labels, written["field"])


@dataclass(frozen=True, slots=True)
class Field:
    """A task field that the config names; `table` when its value is a row of columns."""

    name: str
    table: bool = False


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A control tag that gets no predictions, and why, in words for the admin."""

    tag: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class LabelConfig:
    """A label config, read: what can be predicted, what programs may see, what cannot be done yet."""

    questions: tuple[Question, ...]
    fields: tuple[Field, ...]
    unsupported: tuple[Unsupported, ...] = ()

    def question(self, name: str) -> Question | None:
        """The question of that name."""
        return next((q for q in self.questions if q.name == name), None)
