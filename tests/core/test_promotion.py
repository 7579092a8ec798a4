from __future__ import annotations

from math import comb

import pytest

from alchemist.core.promotion import LEAST_DIFFERING, compare, loss_bound, sign_test

CASES = {  # (same right, same wrong, mended, broken, answered only before, answered only after and wrong)
    "better": (
        True,
        (20, 7, 3, 0, 0, 0),
        "better on 30 held corrections: right on 23 instead of 20 (3 mended, 0 broken, p = 0.12)",
    ),
    "clearly better": (
        True,
        (40, 10, 20, 2, 0, 0),
        "better on 72 held corrections: right on 60 instead of 42 (20 mended, 2 broken, p < 0.01)",
    ),
    "too few": (False, (5, 1, 3, 0, 0, 0), "too few held corrections to tell: 9, 1 more needed"),
    "none": (False, (0, 0, 0, 0, 0, 0), "too few held corrections to tell: 0, 10 more needed"),
    "too few that differ": (
        False,
        (20, 8, 2, 0, 0, 0),
        "too few held corrections to tell: they differ on 2 of 30 held corrections, 1 more that differ needed; "
        "right on 22 instead of 20 (2 mended, 0 broken)",
    ),
    "the same": (
        False,
        (20, 10, 0, 0, 0, 0),
        "too few held corrections to tell: they differ on 0 of 30 held corrections, 3 more that differ needed; "
        "right on 20 instead of 20 (0 mended, 0 broken)",
    ),
    "not clearly better": (
        False,
        (20, 10, 4, 3, 0, 0),
        "not clearly better on 37 held corrections: right on 24 instead of 23 (4 mended, 3 broken, p = 0.50)",
    ),
    "worse": (
        False,
        (20, 10, 1, 5, 0, 0),
        "worse on 36 held corrections: right on 21 instead of 25 (1 mended, 5 broken, p = 0.98)",
    ),
    "wider and as good": (
        True,
        (70, 28, 0, 0, 0, 2),
        "wider and not worse: answers 100 of 100 held corrections instead of 98, right on 70 instead of 70 "
        "(0 mended, 0 broken); the most it may lose is 0.8 points",
    ),
    "wider, too few to tell": (
        False,
        (20, 9, 0, 0, 0, 1),
        "too few held corrections to tell: they differ on 0 of 30 held corrections, 3 more that differ needed; "
        "right on 20 instead of 20 (0 mended, 0 broken)",
    ),
    "wider but worse": (
        False,
        (50, 40, 1, 4, 0, 5),
        "wider, but not safely as good: answers 100 of 100 held corrections instead of 95, right on 51 instead of 54 "
        "(1 mended, 4 broken, p = 0.97); it may lose 4.9 points, 2.0 points at most are allowed",
    ),
    "narrower": (
        False,
        (70, 25, 0, 0, 5, 0),
        "too few held corrections to tell: they differ on 0 of 100 held corrections, 3 more that differ needed; "
        "right on 70 instead of 70 (0 mended, 0 broken)",
    ),
}


def outcomes(counts: tuple[int, ...]) -> tuple[list[bool | None], list[bool | None]]:
    kinds = ((True, True), (False, False), (False, True), (True, False), (False, None), (None, False))
    pairs = [pair for pair, count in zip(kinds, counts, strict=True) for _ in range(count)]
    return [before for before, _ in pairs], [after for _, after in pairs]


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_and_its_reason(name):
    promote, counts, reason = CASES[name]
    verdict = compare(*outcomes(counts))
    assert (verdict.promote, verdict.reason) == (promote, reason)


def test_the_numbers_are_kept():
    verdict = compare([True, False, None, True, None] * 4, [True, True, True, None, False] * 4)
    assert verdict.numbers == {
        "held": 20,
        "right_before": 8,
        "right_after": 12,
        "answered_before": 12,
        "answered_after": 16,
        "mended": 8,
        "broken": 4,
        "missing": 0,
        "p": pytest.approx(0.19385, abs=1e-5),
        "loss_bound": pytest.approx(-0.04780, abs=1e-5),
    }
    assert verdict.promote
    assert verdict.reason.startswith("wider and not worse: answers 16 of 20 held corrections instead of 12,")
    assert verdict.reason.endswith("the most it may lose is nothing")


def test_no_answer_is_as_little_right_as_a_wrong_one():
    silent = compare([True] * 20, [True] * 14 + [None] * 6)
    wrong = compare([True] * 20, [True] * 14 + [False] * 6)
    assert (silent.promote, silent.numbers["broken"], silent.numbers["p"]) == (False, 6, 1.0)
    assert (wrong.promote, wrong.numbers["broken"], wrong.numbers["p"]) == (False, 6, 1.0)


def test_outcomes_on_other_corrections_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        compare([True, True], [True])


def test_three_must_differ_before_anything_can_be_called_better():
    assert LEAST_DIFFERING == 3
    assert [sign_test(n, 0) for n in (1, 2, 3, 6)] == [0.5, 0.25, 0.125, 0.015625]
    assert sign_test(4, 6) == pytest.approx(848 / 1024)


def test_more_corrections_narrow_the_bound_and_broken_ones_raise_it():
    assert loss_bound(0, 0, 20) > loss_bound(0, 0, 40) > loss_bound(0, 0, 80) > 0
    assert loss_bound(5, 5, 100) < loss_bound(4, 6, 100) < loss_bound(3, 7, 100)
    assert loss_bound(6, 0, 100) < 0


def chance(size: int, mends: float, breaks: float, wider: bool) -> float:
    """How likely a candidate that mends and breaks such shares of all tasks is promoted on `size` of them."""
    total = 0.0
    for mended in range(size + 1):
        for broken in range(size + 1 - mended):
            same = size - mended - broken
            counts = (0, same, mended, broken, 0, 0) if not wider or not same else (0, same - 1, mended, broken, 0, 1)
            if compare(*outcomes(counts)).promote:
                ways = comb(size, mended) * comb(size - mended, broken)
                total += ways * mends**mended * breaks**broken * (1 - mends - breaks) ** same
    return total


@pytest.mark.parametrize("size", [20, 40])
def test_what_loses_three_points_is_seldom_promoted_and_what_gains_fifteen_mostly(size):
    assert chance(size, 0.035, 0.065, wider=False) < 0.02
    assert chance(size, 0.035, 0.065, wider=True) < 0.17
    assert chance(size, 0.05, 0.05, wider=False) < 0.07
    assert chance(size, 0.16, 0.01, wider=False) > 0.55
    assert chance(size, 0.16, 0.01, wider=True) > 0.9
