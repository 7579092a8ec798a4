"""Predictions: the answers to a task's questions, with scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from alchemist.core.answers import Answer


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answers to one task by question name, each with its score in 0..1; unanswered questions are absent."""

    answers: Mapping[str, tuple[Answer, float]]

    @property
    def said(self) -> dict[str, Answer]:
        """The answers without their scores."""
        return {name: answer for name, (answer, _) in self.answers.items()}

    @property
    def score(self) -> float:
        """The probability that all given answers are right; 0 when there is none.

        >>> Prediction({"a": ("x", 0.5), "b": ("y", 0.5)}).score
        0.25
        """
        return prod(score for _, score in self.answers.values()) if self.answers else 0.0
