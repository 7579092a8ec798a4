from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.votes import Column, Rows


@pytest.mark.parametrize(
    ("codes", "faults", "abstentions", "coverage"),
    [
        ([], 0, 0, 0.0),
        ([0, 1, 0, 1], 0, 0, 1.0),
        ([-1, -1], 0, 2, 0.0),
        ([-2, -2], 2, 0, 0.0),
        ([0, -1, -2, 1], 1, 1, 0.5),
        ([3, -1, -1, -2], 1, 2, 0.25),
    ],
)
def test_a_fault_is_not_an_abstention_and_neither_is_a_vote(codes, faults, abstentions, coverage):
    column = Column("p1:a", array("h", codes))
    assert (column.faults, column.abstentions, column.coverage) == (faults, abstentions, coverage)


@given(st.lists(st.integers(-2, 300), min_size=1))
def test_every_task_is_a_vote_an_abstention_or_a_fault(codes):
    column = Column("p1:a", array("h", codes))
    votes = sum(code >= 0 for code in codes)
    assert votes + column.abstentions + column.faults == len(codes)
    assert column.coverage == pytest.approx(votes / len(codes))


def test_rows_without_some_programs_keep_the_others_in_order():
    rows = Rows(("a", "b", "c"), (array("h", [0, 1]), array("h", [1, -1]), array("h", [-2, 0])), 2, 2)
    assert rows.without(["b", "unknown"]) == Rows(("a", "c"), (array("h", [0, 1]), array("h", [-2, 0])), 2, 2)
    assert rows.without([]) == rows
    assert rows.without(["a", "b", "c"]) == Rows((), (), 2, 2)
