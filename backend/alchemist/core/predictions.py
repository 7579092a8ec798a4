"""Predictions: the answers to a task's questions, with scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from alchemist.core.answers import Answer


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answers to one task by question name, each with its score in 0..1; unanswered questions are absent.

    `withheld` are answers that are not given, because their score is below the edition's threshold.
    """

    answers: Mapping[str, tuple[Answer, float]]
    withheld: Mapping[str, tuple[Answer, float]] = field(default_factory=dict)

    @property
    def said(self) -> dict[str, Answer]:
        """The answers without their scores."""
        return {name: answer for name, (answer, _) in self.answers.items()}

    @property
    def score(self) -> float:
        """The probability that all answers are right, given or withheld; 0 when there is none.

        >>> Prediction({"a": ("x", 0.5), "b": ("y", 0.5)}).score
        0.25
        """
        scores = [score for answers in (self.answers, self.withheld) for _, score in answers.values()]
        return prod(scores) if scores else 0.0
