"""Panels and editions: what predicts, immutable and named by content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from alchemist.core.programs import Entry, Source
from alchemist.core.questions import Question, question_from

NO_EDITION = "alchemist-0"
"""What `/setup` says before a project has an edition."""
FINE = 100
"""On fewer corrections than this scores are calibrated roughly."""


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
        return {
            "question": self.question.as_json(),
            "entries": [[x.name, x.source.text, x.writer] for x in self.entries],
            "weights": dict(self.weights),
        }

    @property
    def hash(self) -> str:
        """SHA-256 of the content."""
        return _hash(self.as_json())

    @property
    def scores(self) -> str:
        """What its scores can be trusted for, in words."""
        if self.weights.get("calibrated"):
            roughly = "roughly " if self.weights["gold"] < FINE else ""
            return f"{roughly}calibrated on {self.weights['gold']} corrections"
        return "not calibrated: too few corrections of tasks with a vote, or not the combiner auto"


WITHHOLD, MARK = "withhold", "mark"


@dataclass(frozen=True)
class Threshold:
    """What becomes of an answer whose score is below `score` (0..1): `WITHHOLD` it, or give it with a `MARK`."""

    score: float = 0.0
    below: str = WITHHOLD

    @property
    def words(self) -> str:
        """The rule in words, for an admin.

        >>> Threshold(0.8).words, Threshold().words
        ('answers with a score below 0.8 are withheld', 'every answer is given, whatever its score')
        """
        if not self.score:
            return "every answer is given, whatever its score"
        done = "withheld" if self.below == WITHHOLD else "marked"
        return f"answers with a score below {self.score:g} are {done}"


@dataclass(frozen=True)
class Edition:
    """What predicts for one project: a panel a question. `seed` breaks ties."""

    number: int
    seed: int
    panels: tuple[Panel, ...]
    threshold: Threshold = Threshold()

    @property
    def name(self) -> str:
        """`alchemist-<number>-<hash6>`: Label Studio's `model_version`."""
        return f"alchemist-{self.number}-{self.hash[:6]}"

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the content, without the number: equal content is recognised."""
        return _hash(self._content())

    def as_json(self) -> dict[str, Any]:
        """The edition as JSON values; `edition_from` reads them back."""
        return {"v": 1, "number": self.number} | self._content()

    def _content(self) -> dict[str, Any]:
        content = {"seed": self.seed, "panels": [panel.as_json() for panel in self.panels]}
        return content if self.threshold == Threshold() else content | {"threshold": asdict(self.threshold)}


def edition_from(written: Mapping[str, Any]) -> Edition:
    """The edition that `as_json` wrote."""
    panels = tuple(_panel_from(panel) for panel in written["panels"])
    return Edition(written["number"], written["seed"], panels, Threshold(**written.get("threshold", {})))


def _panel_from(written: Mapping[str, Any]) -> Panel:
    entries = tuple(Entry(name, Source(text), writer) for name, text, writer in written["entries"])
    return Panel(question_from(written["question"]), entries, written["weights"])


def _hash(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
