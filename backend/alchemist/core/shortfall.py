"""Where programs fall short: their votes and their common answers held against corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from alchemist.core.answers import Answer
from alchemist.core.brief import Mistake, Shortfall, Standing
from alchemist.core.programs import Entry
from alchemist.core.reliability import reliabilities
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock

SAMPLE = 20
"""Conflicting and uncovered tasks that a writer is shown, at most."""


def shortfall(
    entries: Sequence[Entry],
    block: VoteBlock,
    answers: Sequence[tuple[Answer, float] | None],
    tasks: Sequence[Task],
    shown: Mapping[str, Answer],
    agree: Callable[[Answer, Answer], bool],
) -> Shortfall:
    """What a writer is told of `entries`: `answers` are what they say together, `shown` the corrections by task key.

    Votes and answers are in the order of `tasks`; a task that is neither shown nor held is unlabelled.
    """
    known = gold_codes(block, tasks, shown)
    standings = [Standing(*x) for x in zip(entries, reliabilities(block, known), strict=True)]
    mistakes = [
        Mistake(task, shown[task.key], said[0] if said else None)
        for task, said in zip(tasks, answers, strict=True)
        if task.key in shown and not (said and agree(said[0], shown[task.key]))
    ]
    confusions = Counter((x.answer, x.predicted) for x in mistakes)
    return Shortfall(
        sum(code is not None for code in known),
        standings,
        [(answer, said, count) for (answer, said), count in confusions.most_common()],
        mistakes,
        *_open(block, answers, tasks, shown),
    )


def gold_codes(block: VoteBlock, tasks: Sequence[Task], known: Mapping[str, Answer]) -> list[int | None]:
    """The code of people's answer to each task; None where there is none, or one that the block does not know."""
    codes = {answer: code for code, answer in enumerate(block.book)}
    return [codes.get(known[task.key]) if task.key in known else None for task in tasks]


def _open(
    block: VoteBlock, answers: Sequence[tuple[Answer, float] | None], tasks: Sequence[Task], shown: Mapping[str, Answer]
) -> tuple[list[Task], list[Task]]:
    """The tasks without a correction on which votes conflict, the least certain first, and those without a vote."""
    conflicting: list[tuple[float, int]] = []
    uncovered: list[Task] = []
    for place, (task, said) in enumerate(zip(tasks, answers, strict=True)):
        if task.key in shown:
            continue
        if said is None:
            uncovered.append(task)
        elif len({x.codes[place] for x in block.columns if x.codes[place] >= 0}) > 1:
            conflicting.append((said[1], place))
    return [tasks[place] for _, place in sorted(conflicting)[:SAMPLE]], uncovered[:SAMPLE]
