"""Votes of programs on tasks, in the sandbox."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from alchemist.core.programs import source
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column
from alchemist.sandbox.contract import Limits
from alchemist.sandbox.monty import vote

QUESTION = Question("label", "text", "choice", (Label("yes"), Label("no")), "text")
FAST = Limits(feed_seconds=0.1, task_seconds=0.001, memory=64 << 20)


@pytest.fixture
def run() -> Callable[..., tuple[Column, ...]]:
    """The columns of programs (texts) on tasks (fields, or texts): yes = 0, no = 1."""

    def columns(programs: list[str], tasks: list, limits: Limits = FAST) -> tuple[Column, ...]:
        known = [Task(x if isinstance(x, dict) else {"text": x}, place) for place, x in enumerate(tasks)]
        return vote(QUESTION, [source(x) for x in programs], known, limits).columns

    return columns
