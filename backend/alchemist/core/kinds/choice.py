"""Single choice: exactly one of the question's labels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from alchemist.core.answers import Answer, Posterior
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows, VoteBlock

_TIE = 1e-6


class Choice:
    """An answer is the name of one label; its rows are the votes as they stand."""

    name = "choice"
    contract = "str | None"

    def check(self, question: Question, answer: object) -> str | None:
        """A label's exact name passes; anything else is named in the reason."""
        if not isinstance(answer, str):
            return f"returned {type(answer).__name__}, expected one of the label names or None"
        if answer not in question.label_names:
            return f"returned {_short(answer)}, which is not a label of {question.name!r}"
        return None

    def canonical(self, question: Question, answer: object) -> Answer:
        """The label's name."""
        return str(answer)

    def book(self, question: Question) -> tuple[Answer, ...]:
        """The labels in the config's order."""
        return question.label_names

    def explode(self, question: Question, block: VoteBlock, tasks: Sequence[Task]) -> tuple[Rows, ...]:
        """One space, the labels; one row a task."""
        return (
            Rows(
                tuple(column.source_id for column in block.columns),
                tuple(column.codes for column in block.columns),
                len(question.labels),
                block.size,
                tasks,
            ),
        )

    def assemble(
        self, question: Question, posteriors: Sequence[Sequence[Posterior]], keys: Sequence[str]
    ) -> list[tuple[Answer, float] | None]:
        """The most probable label and its probability; ties fall by the hash of the task's key."""
        return [_answer(question, row, key) for row, key in zip(posteriors[0], keys, strict=True)]

    def agree(self, one: Answer, other: Answer) -> bool:
        """Equal labels."""
        return one == other


def _answer(question: Question, row: Posterior, key: str) -> tuple[Answer, float] | None:
    if row is None:
        return None
    best = most_probable(row, key)
    return question.label_names[best], min(1.0, max(0.0, float(row[best])))


def most_probable(row: Sequence[float], key: str) -> int:
    """The place of the largest probability; among equals (within 1e-6) the key's hash chooses.

    >>> most_probable([0.2, 0.8], "any")
    1
    >>> {most_probable([0.5, 0.5], str(n)) for n in range(9)} == {0, 1}
    True
    """
    top = max(row)
    tied = [place for place, value in enumerate(row) if top - value <= _TIE]
    if len(tied) == 1:
        return tied[0]
    return tied[int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") % len(tied)]


def _short(value: str) -> str:
    return repr(value if len(value) <= 60 else value[:57] + "...")
