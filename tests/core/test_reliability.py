from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.reliability import Reliability, reliabilities, wilson
from alchemist.core.votes import Column, VoteBlock


def block(*columns: list[int]) -> VoteBlock:
    named = tuple(Column("abc"[place], array("h", codes)) for place, codes in enumerate(columns))
    return VoteBlock(("x", "y", "z"), named, len(columns[0]))


def test_votes_are_held_against_the_tasks_that_people_answered_and_no_others():
    votes = block([0, 1, -1, -2, 0, 0], [0, 0, 1, -1, -1, 1], [-1, 0, 1, 0, -1, 0])
    assert reliabilities(votes, [0, 1, 1, 2, 2, None]) == [
        Reliability(
            size=5, votes=3, right=2, overlap=2, conflict=1, faults=1, by_label={0: (1, 1), 1: (1, 1), 2: (1, 0)}
        ),
        Reliability(
            size=5, votes=3, right=2, overlap=3, conflict=1, faults=0, by_label={0: (1, 1), 1: (2, 1), 2: (0, 0)}
        ),
        Reliability(
            size=5, votes=3, right=1, overlap=2, conflict=1, faults=0, by_label={0: (0, 0), 1: (2, 1), 2: (1, 0)}
        ),
    ]


def test_two_that_agree_overlap_and_are_in_no_conflict():
    (one, other) = reliabilities(block([1, 1], [1, -1]), [0, 1])
    assert (one.overlap, one.conflict, one.right) == (1, 0, 1)
    assert (other.overlap, other.conflict, other.right) == (1, 0, 0)


def test_shares_come_from_the_counts():
    (found,) = reliabilities(block([0, 0, 1, -1, -2]), [0, 0, 0, 0, 0])
    assert (found.coverage, found.accuracy) == (0.6, 2 / 3)
    assert found.interval == pytest.approx((0.2077, 0.9385), abs=1e-4)


def test_a_silent_program_has_no_accuracy():
    (found,) = reliabilities(block([-1, -2, -1]), [0, 1, None])
    assert found == Reliability(2, 0, 0, 0, 0, 1, {0: (0, 0), 1: (0, 0)})
    assert (found.coverage, found.accuracy, found.interval) == (0.0, None, (0.0, 1.0))


def test_without_any_correction_nothing_is_known():
    (found,) = reliabilities(block([0, 1]), [None, None])
    assert found == Reliability(0, 0, 0, 0, 0, 0, {})
    assert (found.coverage, found.accuracy) == (0.0, None)
    assert reliabilities(VoteBlock((), (), 0), []) == []


def test_answers_for_other_tasks_are_refused():
    with pytest.raises(ValueError, match="1 answers for 2 tasks"):
        reliabilities(block([0, 1]), [0])


@pytest.mark.parametrize(
    ("right", "size", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (50, 100, 0.4038, 0.5962),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_gives_the_published_bounds(right, size, low, high):
    assert wilson(right, size) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_holds_the_share_and_stays_within_0_and_1(right, size):
    right = min(right, size)
    low, high = wilson(right, size)
    assert 0 <= low <= right / size + 1e-12
    assert right / size - 1e-12 <= high <= 1
    assert wilson(size - right, size) == pytest.approx((1 - high, 1 - low))
