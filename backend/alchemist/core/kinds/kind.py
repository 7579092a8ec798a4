"""What every kind of question can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from alchemist.core.answers import Answer, Posterior
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows, VoteBlock


class Kind(Protocol):
    """One kind of question. Combiners never see it: they see rows and a label space."""

    name: str
    contract: str
    """The return type of a program for this kind, as the contract writes it."""

    def check(self, question: Question, answer: object) -> str | None:
        """Why this is no answer to the question; None when it is one."""
        ...

    def canonical(self, question: Question, answer: object) -> Answer:
        """The canonical form of an answer that passed `check`."""
        ...

    def book(self, question: Question) -> tuple[Answer, ...]:
        """The answers that are known beforehand, in code order."""
        ...

    def explode(self, question: Question, block: VoteBlock, tasks: Sequence[Task]) -> tuple[Rows, ...]:
        """The votes on these tasks as rows over label spaces, one `Rows` for each space."""
        ...

    def assemble(
        self, question: Question, posteriors: Sequence[Sequence[Posterior]], keys: Sequence[str]
    ) -> list[tuple[Answer, float] | None]:
        """One (answer, score in 0..1) a task from the posteriors of `explode`'s rows; None = no answer.

        `keys` (one a task) break ties, so that a task gets the same answer in any company.
        """
        ...

    def agree(self, one: Answer, other: Answer) -> bool:
        """Whether two answers say the same."""
        ...
