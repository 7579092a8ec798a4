"""Promotion: a candidate edition against the incumbent, on corrections that neither has learned from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEVEL = 0.15
"""A candidate is better when an equal one would look so good with at most this probability (one-sided)."""
MARGIN = 0.02
"""A wider candidate may lose this share of right answers at most, as far as can be seen ..."""
Z = 0.841621
"""... which is the upper bound of a one-sided interval of 80 %: this is its normal quantile."""
LEAST = 10
"""On fewer held corrections nothing is promoted."""
LEAST_DIFFERING = math.ceil(-math.log2(LEVEL))
"""So many corrections must differ, all in the candidate's favour, before the test can call it better."""


@dataclass(frozen=True)
class Verdict:
    """Whether the candidate becomes the edition that predicts; `reason` is for an admin and holds the numbers.

    `numbers`: held, right_before, right_after, answered_before, answered_after, mended (wrong or unanswered before,
    right now), broken (the reverse) and missing (how many more must differ before the test can tell) are counts;
    p and loss_bound (share of the held corrections, negative for a gain) are what was tested.
    """

    promote: bool
    reason: str
    numbers: Mapping[str, float | int]


def compare(incumbent: Sequence[bool | None], candidate: Sequence[bool | None]) -> Verdict:
    """Judge a candidate on held corrections, in the same order: True right, False wrong, None no answer (not right).

    Promoted if better: an exact sign test on the corrections that differ, at `LEVEL`. Or if it answers more and the
    upper bound of what it loses is within `MARGIN`. Raises `ValueError` where the lengths differ.

    >>> verdict = compare([True] * 71 + [False] * 41, [True] * 63 + [False] * 8 + [True] * 21 + [False] * 20)
    >>> verdict.promote, verdict.reason
    (True, 'better on 112 held corrections: right on 84 instead of 71 (21 mended, 8 broken, p = 0.01)')
    """
    pairs = [(before is True, after is True) for before, after in zip(incumbent, candidate, strict=True)]
    mended = sum(after and not before for before, after in pairs)
    broken = sum(before and not after for before, after in pairs)
    numbers: dict[str, float | int] = {
        "held": len(pairs),
        "right_before": sum(before for before, _ in pairs),
        "right_after": sum(after for _, after in pairs),
        "answered_before": sum(x is not None for x in incumbent),
        "answered_after": sum(x is not None for x in candidate),
        "mended": mended,
        "broken": broken,
        "missing": max(0, LEAST_DIFFERING - mended - broken),
        "p": sign_test(mended, broken),
        "loss_bound": loss_bound(mended, broken, len(pairs)),
    }
    return Verdict(*_judged(numbers), numbers)


def sign_test(mended: int, broken: int) -> float:
    """The probability of so many mended or more, if each that differs is mended or broken at even odds (McNemar).

    >>> sign_test(3, 0), sign_test(5, 1), sign_test(0, 0)
    (0.125, 0.109375, 1.0)
    """
    differing = mended + broken
    return sum(math.comb(differing, k) for k in range(mended, differing + 1)) / (1 << differing)


def loss_bound(mended: int, broken: int, size: int) -> float:
    """The upper bound of the share lost, broken minus mended (Agresti & Min, Statistics in Medicine 2005).

    Half a correction is added to each of the four cells, so that no difference at all still leaves doubt.

    >>> [round(loss_bound(1, 0, 20), 3), round(loss_bound(0, 0, 20), 3), round(loss_bound(0, 0, 100), 3)]
    [0.008, 0.038, 0.008]
    """
    loss = (broken - mended) / (size + 2)
    return loss + Z * math.sqrt((broken + mended + 1) / (size + 2) - loss * loss) / math.sqrt(size + 2)


def _judged(n: Mapping[str, float | int]) -> tuple[bool, str]:
    """Promoted or not, and why, from the numbers of a verdict."""
    differing = n["mended"] + n["broken"]
    counted = f"right on {n['right_after']} instead of {n['right_before']} ({n['mended']} mended, {n['broken']} broken"
    tested = f"{counted}, {probability(n['p'])})"
    wider = n["answered_after"] > n["answered_before"]
    answers = f"answers {n['answered_after']} of {n['held']} held corrections instead of {n['answered_before']}"
    if n["held"] < LEAST:
        return False, f"too few held corrections to tell: {n['held']}, {LEAST - n['held']} more needed"
    if n["p"] <= LEVEL:
        return True, f"better on {n['held']} held corrections: {tested}"
    if wider and n["loss_bound"] <= MARGIN:
        bound = _points(n["loss_bound"])
        return True, f"wider and not worse: {answers}, {counted}); the most it may lose is {bound}"
    if n["missing"]:
        few = f"they differ on {differing} of {n['held']} held corrections, {n['missing']} more that differ needed"
        return False, f"too few held corrections to tell: {few}; {counted})"
    if wider:
        lost = f"it may lose {_points(n['loss_bound'])}, {_points(MARGIN)} at most are allowed"
        return False, f"wider, but not safely as good: {answers}, {tested}; {lost}"
    word = "worse" if n["mended"] < n["broken"] else "not clearly better"
    return False, f"{word} on {n['held']} held corrections: {tested}"


def probability(p: float) -> str:
    """Two decimals, or the bound below which there would be none.

    >>> probability(0.0123), probability(0.0001)
    ('p = 0.01', 'p < 0.01')
    """
    return f"p = {p:.2f}" if p >= 0.005 else "p < 0.01"


def _points(share: float) -> str:
    """A share lost, in points of accuracy.

    >>> _points(0.02), _points(-0.014)
    ('2.0 points', 'nothing')
    """
    return f"{100 * share:.1f} points" if share > 0 else "nothing"
