"""Panels and editions: what predicts, immutable and named by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alchemist.core.programs import Entry, Source
from alchemist.core.questions import Label, Question

NO_EDITION = "alchemist-0"
"""What `/setup` says before a project has an edition."""


@dataclass(frozen=True)
class Panel:
    """For one question: the programs that vote and how their votes are combined.

    `weights` is a tagged union in JSON: `{"kind", "v", "members", "params", "why"}`; see `aggregation/weights.py`.
    """

    question: Question
    entries: tuple[Entry, ...]
    weights: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """The panel as JSON values."""
        question = self.question
        return {
            "question": {
                "name": question.name,
                "to_name": question.to_name,
                "kind": question.kind,
                "labels": [[x.name, x.alias, x.hint] for x in question.labels],
                "field": question.field,
            },
            "entries": [[x.name, x.source.text, x.writer] for x in self.entries],
            "weights": dict(self.weights),
        }


@dataclass(frozen=True)
class Edition:
    """What predicts for one project: a panel a question. `seed` breaks ties."""

    number: int
    seed: int
    panels: tuple[Panel, ...]

    @property
    def name(self) -> str:
        """`alchemist-<number>-<hash6>`: Label Studio's `model_version`."""
        return f"alchemist-{self.number}-{self.hash[:6]}"

    @property
    def hash(self) -> str:
        """SHA-256 of the content, without the number: equal content is recognised."""
        content = {"seed": self.seed, "panels": [panel.as_json() for panel in self.panels]}
        return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """The edition as JSON values; `edition_from` reads them back."""
        return {
            "v": 1,
            "number": self.number,
            "seed": self.seed,
            "panels": [panel.as_json() for panel in self.panels],
        }


def edition_from(written: Mapping[str, Any]) -> Edition:
    """The edition that `as_json` wrote."""
    return Edition(written["number"], written["seed"], tuple(_panel_from(panel) for panel in written["panels"]))


def _panel_from(written: Mapping[str, Any]) -> Panel:
    asked = written["question"]
    labels = tuple(Label(*label) for label in asked["labels"])
    question = Question(asked["name"], asked["to_name"], asked["kind"], labels, asked["field"])
    entries = tuple(Entry(name, Source(text), writer) for name, text, writer in written["entries"])
    return Panel(question, entries, written["weights"])
