from __future__ import annotations

import pytest

from alchemist.core.worth import HELP, NO_LONGER, PER_ITEM, TOO_EARLY, too_early, worth


def outcomes(both: int, ours: int, theirs: int, neither: int) -> tuple[list[bool | None], list[bool | None]]:
    """What an edition and a classifier alone got right, on so many corrections of each sort."""
    programs = [True] * (both + ours) + [False] * theirs + [None] * neither
    alone = [True] * both + [False] * ours + [True] * theirs + [False] * neither
    return programs, alone


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((0, 0, 0, 0), TOO_EARLY),
        ((14, 5, 0, 0), TOO_EARLY),  # 19 corrections
        ((15, 5, 0, 0), HELP),  # p = .03
        ((16, 4, 0, 0), TOO_EARLY),  # p = .06
        ((0, 18, 1, 1), HELP),
        ((0, 0, 20, 0), NO_LONGER),
        ((15, 0, 5, 0), NO_LONGER),
        ((18, 1, 1, 0), TOO_EARLY),  # alone it may lose 7 points
        ((200, 0, 0, 4), NO_LONGER),  # it loses nothing, as far as can be seen
        ((180, 8, 7, 5), TOO_EARLY),
        ((500, 6, 5, 9), NO_LONGER),  # a point at most
        ((500, 20, 5, 9), HELP),
        ((5, 2, 2, 11), PER_ITEM),
        ((10, 2, 2, 6), TOO_EARLY),  # 12 of 20 may yet be three quarters
        ((100, 10, 0, 90), PER_ITEM),  # they help, and are not good enough
    ],
)
def test_the_verdict(counts, verdict):
    assert worth(*outcomes(*counts), labels=2).verdict == verdict


def test_with_more_labels_less_is_good_enough():
    assert worth(*outcomes(100, 10, 0, 90), labels=20).verdict == HELP


def test_the_numbers_are_told():
    found = worth(*outcomes(100, 10, 2, 8), labels=2)
    assert (found.size, found.programs, found.alone) == (120, 110 / 120, 102 / 120)
    assert found.reason == (
        "right on 110 of 120 corrections, a classifier that learned from the same labels alone on 102 (p = 0.02)"
    )
    assert worth([True], [False], 2) == too_early(1)
    assert too_early(1).reason == "1 corrections can be judged by, 20 are needed"


def test_a_classifier_that_can_read_nothing_is_said_to_answer_nothing():
    found = worth([True] * 20, [None] * 20, 2)
    answers = "a classifier that learned from the same labels alone answers none of them"
    assert (found.verdict, found.reason) == (HELP, f"right on 20 of 20 corrections, and {answers}")


def test_both_are_held_against_the_same_corrections():
    with pytest.raises(ValueError, match="argument 2"):
        worth([True], [True, False], 2)
