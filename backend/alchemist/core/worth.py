"""What programs are worth beside the labels that people gave anyway: the verdict that stands by every edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alchemist.core.promotion import MARGIN, loss_bound, probability, sign_test
from alchemist.core.reliability import wilson

HELP, NO_LONGER, TOO_EARLY, PER_ITEM = (
    "programs help",
    "programs no longer help",
    "too early to tell",
    "this project needs a language model per item",
)
LEVEL = 0.05
"""One is better than the other when equals would differ so much with at most this probability (one-sided)."""
LEAST = 20
"""On fewer corrections than this nothing is said."""
GOOD_ENOUGH = 0.5
"""How far above chance answers must be to be worth showing: 0 is chance, 1 always right."""


@dataclass(frozen=True)
class Worth:
    """A verdict in the words above, the reason for an admin, and the shares of right answers (0..1) of `size`."""

    verdict: str
    reason: str
    size: int
    programs: float | None
    alone: float | None


def worth(programs: Sequence[bool | None], alone: Sequence[bool | None], labels: int) -> Worth:
    """Compare an edition with what a classifier learns from the same human labels alone.

    Both are held against the same corrections, in one order, none of which they had seen: True right, False wrong,
    None no answer (not right). `labels` is their number. Raises `ValueError` where the lengths differ.

    >>> worth([True] * 57 + [False] * 3, [True] * 50 + [False] * 10, 2).reason
    'right on 57 of 60 corrections, a classifier that learned from the same labels alone on 50 (p = 0.01)'
    """
    pairs = [(x is True, y is True) for x, y in zip(programs, alone, strict=True)]
    size, ours, theirs = len(pairs), sum(x for x, _ in pairs), sum(y for _, y in pairs)
    gained, lost = sum(x and not y for x, y in pairs), sum(y and not x for x, y in pairs)
    beside = "a classifier that learned from the same labels alone"
    counted = f"right on {ours} of {size} corrections, {beside} on {theirs}"
    tested = f"{counted} ({probability(min(sign_test(gained, lost), sign_test(lost, gained)))})"
    if size < LEAST:
        return too_early(size)
    verdict = _judged(size, ours, theirs, gained, lost, labels)
    if all(x is None for x in alone):  # there is nothing in the tasks that it could read
        tested = f"right on {ours} of {size} corrections, and {beside} answers none of them"
    return Worth(verdict, tested, size, ours / size, theirs / size)


def too_early(size: int) -> Worth:
    """The verdict on so few corrections."""
    return Worth(TOO_EARLY, f"{size} corrections can be judged by, {LEAST} are needed", size, None, None)


def _judged(size: int, ours: int, theirs: int, gained: int, lost: int, labels: int) -> str:
    good = 1 / labels + GOOD_ENOUGH * (1 - 1 / labels)
    if wilson(max(ours, theirs), size)[1] < good:
        return PER_ITEM
    if sign_test(gained, lost) <= LEVEL:
        return HELP
    if sign_test(lost, gained) <= LEVEL or loss_bound(lost, gained, size) <= MARGIN:
        return NO_LONGER  # the classifier alone is better, or loses next to nothing as far as can be seen
    return TOO_EARLY
