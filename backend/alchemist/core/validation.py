"""Which programs may vote: judged on their votes on a sample, forwards and backwards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from alchemist.core.programs import Entry, Judged
from alchemist.core.votes import Column, VoteBlock

MOST_FAULTS = 0.1
"""Share of the sample that a program may fail on."""
SAME = 0.98
"""A program that says one thing of this share of the sample says nothing."""
ENOUGH = 20
"""On fewer tasks than this nobody is called silent, constant or a copy."""
DOUBT = 0.1
"""A program is called poor when one that is good enough would do so badly with at most this probability."""
ABOVE_CHANCE = 0.2
"""How far above chance a program has to be: 0 would be chance, 1 always right."""
MOST_SECONDS = 0.01
"""A program may take this long for a task on the mean: forty of them answer in less than half a second."""


def verdicts(
    entries: Sequence[Entry], forwards: VoteBlock, backwards: VoteBlock, known: Sequence[int | None], labels: int
) -> list[Judged]:
    """A word on every entry: each is tried by itself.

    `backwards` are the votes on the same tasks in reversed order. `known` holds the code of people's answer for
    each task, None where there is none.
    """
    columns = zip(entries, forwards.columns, backwards.columns, strict=True)
    reasons = [(entry, _alone(one, other) or _against(one, known, labels)) for entry, one, other in columns]
    return [Judged(entry, not reason, reason, mendable=True) for entry, reason in reasons]


def _alone(column: Column, backwards: Column) -> str:
    """What is wrong with a program whoever else votes."""
    size = len(column.codes)
    if column.fault and column.fault.kind == "broken":
        return column.fault.message
    if column.suspended:
        return "it runs out of time"
    if column.fault and column.faults > MOST_FAULTS * size:
        return f"it fails on {column.faults} of {size} tasks: {column.fault.message}"
    if column.codes != backwards.codes[::-1]:
        return "it votes differently when the tasks come in another order"
    votes = Counter(code for code in column.codes if code >= 0)
    if size >= ENOUGH and not votes:
        return f"it votes on none of {size} tasks"
    if size >= ENOUGH and max(votes.values(), default=0) >= SAME * size:
        return f"it says the same of {max(votes.values())} of {size} tasks"
    seconds = min(column.seconds, backwards.seconds) / size if size >= ENOUGH else 0.0
    if seconds > MOST_SECONDS:
        return f"it takes {seconds * 1e3:.0f} ms a task, {MOST_SECONDS * 1e3:.0f} ms are allowed"
    return ""


def _against(column: Column, known: Sequence[int | None], labels: int) -> str:
    """Whether people's answers show that it is not right often enough."""
    voted = [
        (code, answer) for code, answer in zip(column.codes, known, strict=True) if code >= 0 and answer is not None
    ]
    right = sum(code == answer for code, answer in voted)
    if voted and at_most(right, len(voted), needed(labels)) <= DOUBT:
        return f"it is right on only {right} of {len(voted)} annotated tasks, {needed(labels):.0%} are needed"
    return ""


def needed(labels: int) -> float:
    """The share of right votes that a program needs: 60 % for two labels, the fewer the more labels there are.

    >>> needed(2), round(needed(6), 2)
    (0.6, 0.33)
    """
    return 1 / labels + ABOVE_CHANCE * (1 - 1 / labels)


def at_most(right: int, size: int, chance: float) -> float:
    """The binomial probability of `right` or fewer successes.

    >>> round(at_most(0, 4, 0.5), 6), at_most(4, 4, 0.5)
    (0.0625, 1.0)
    """
    if right >= size or chance >= 1:
        return float(right >= size)
    whole, log_right, log_wrong = math.lgamma(size + 1), math.log(chance), math.log1p(-chance)
    return sum(
        math.exp(whole - math.lgamma(k + 1) - math.lgamma(size - k + 1) + k * log_right + (size - k) * log_wrong)
        for k in range(right + 1)
    )
