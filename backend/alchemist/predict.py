"""Path 1: tasks -> votes -> aggregation -> predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alchemist.core.editions import WITHHOLD, Edition, Panel
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Vote
from alchemist.core.predictions import Prediction
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.core.work import Evaluate


def predict(edition: Edition, tasks: Sequence[Task], vote: Vote, evaluate: Evaluate) -> list[Prediction]:
    """The edition's answers to every task, in order; a task that no program votes on has no answer.

    Answers below the edition's threshold are withheld, if it says so.
    """
    least = edition.threshold.score if edition.threshold.below == WITHHOLD else 0.0
    answers: list[dict[str, Any]] = [{} for _ in tasks]
    withheld: list[dict[str, Any]] = [{} for _ in tasks]
    for panel in edition.panels:
        block = vote(panel.question, [entry.source for entry in panel.entries], tasks)
        for place, answer in enumerate(combine(panel, block, tasks, edition.seed, evaluate)):
            if answer is not None:
                into = answers if answer[1] >= least else withheld
                into[place][panel.question.name] = answer
    return [Prediction(*both) for both in zip(answers, withheld, strict=True)]


def combine(
    panel: Panel, block: VoteBlock, tasks: Sequence[Task], seed: int, evaluate: Evaluate
) -> list[tuple[Any, float] | None]:
    """One (answer, score) a task from the votes of a panel; None where nobody voted."""
    kind = KINDS[panel.question.kind]
    posteriors = [evaluate(panel.weights, rows) for rows in kind.explode(panel.question, block, tasks)]
    return kind.assemble(panel.question, posteriors, [f"{seed}:{task.key}" for task in tasks])
