"""Which programs may vote: judged on their votes on a sample, forwards and backwards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from alchemist.core.programs import Entry
from alchemist.core.votes import Column, VoteBlock

MOST_FAULTS = 0.1
"""Share of the sample that a program may fail on."""
SAME = 0.98
"""A program that says one thing of this share of the sample says nothing."""
ENOUGH = 20
"""On fewer tasks than this nobody is called silent, constant or a copy."""
DOUBT = 0.1
"""A program is called worse than chance when chance would do so badly with at most this probability."""

_COPIES = "it votes exactly as"


def verdicts(
    entries: Sequence[Entry], forwards: VoteBlock, backwards: VoteBlock, known: Sequence[int | None], labels: int
) -> list[tuple[Entry, str]]:
    """Every entry with the reason to leave it out, empty for those that may vote.

    `backwards` are the votes on the same tasks in reversed order. `known` holds the code of people's answer for
    each task, None where there is none.
    """
    judged: list[tuple[Entry, str]] = []
    taken: list[tuple[Entry, Column]] = []
    for entry, one, other in zip(entries, forwards.columns, backwards.columns, strict=True):
        reason = _alone(one, other) or _against(one, known, labels) or _copy(one, taken)
        judged.append((entry, reason))
        if not reason:
            taken.append((entry, one))
    return judged


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
    return ""


def _against(column: Column, known: Sequence[int | None], labels: int) -> str:
    """Whether people's answers show it to be worse than chance."""
    voted = [
        (code, answer) for code, answer in zip(column.codes, known, strict=True) if code >= 0 and answer is not None
    ]
    right = sum(code == answer for code, answer in voted)
    if voted and _at_most(right, len(voted), 1 / labels) <= DOUBT:
        return f"it is right on only {right} of {len(voted)} annotated tasks"
    return ""


def _at_most(right: int, size: int, chance: float) -> float:
    """The binomial probability of `right` or fewer successes.

    >>> _at_most(0, 4, 0.5)
    0.0625
    """
    return sum(math.comb(size, k) * chance**k * (1 - chance) ** (size - k) for k in range(right + 1))


def _copy(column: Column, taken: Sequence[tuple[Entry, Column]]) -> str:
    if len(column.codes) < ENOUGH:
        return ""
    same = next((entry.name for entry, other in taken if other.codes == column.codes), None)
    return f"{_COPIES} {same!r}" if same else ""


def is_mendable(reason: str) -> bool:
    """Whether a program left out for this reason could be mended: a copy could not."""
    return bool(reason) and not reason.startswith(_COPIES)
