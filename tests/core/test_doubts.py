from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.doubts import Doubt, doubts

SURE, UNSURE = [0.9, 0.1], [0.6, 0.4]


def test_nothing_to_doubt():
    assert doubts([], []) == []
    assert doubts([0, 1, None], [SURE, SURE[::-1], SURE[::-1]]) == []


def test_a_label_that_the_others_contradict_clearly_is_doubted():
    gold, said = [0] * 9 + [1] * 9, [SURE] * 9 + [SURE[::-1]] * 9
    assert doubts([*gold, 1], [*said, SURE]) == [Doubt(18, 1, 0, -0.8)]


def test_an_answer_that_is_less_sure_than_usual_raises_no_doubt():
    gold, said = [0] * 9 + [1] * 9, [SURE] * 9 + [SURE[::-1]] * 9
    assert doubts([*gold, 1], [*said, UNSURE]) == []


def test_what_is_usual_is_another_thing_for_each_label():
    """Label 0 is always found with little confidence; there 0.6 says a lot."""
    gold, said = [0] * 9 + [1] * 9, [UNSURE] * 9 + [SURE[::-1]] * 9
    assert [x.place for x in doubts([*gold, 1], [*said, UNSURE])] == [18]


def test_the_gravest_comes_first():
    gold, said = [0] * 20 + [1] * 20, [UNSURE] * 20 + [SURE[::-1]] * 20
    found = doubts([*gold, 1, 1, 1], [*said, UNSURE, SURE, [0.7, 0.3]])
    assert [(x.place, x.margin) for x in found] == [(41, -0.8), (42, -0.4), (40, -0.2)]


def test_a_row_of_which_nothing_is_known_is_passed_over():
    assert doubts([0, 1], [None, [0.0, 1.0]]) == []
    assert doubts([0, None], [None, SURE]) == []


def test_a_label_that_nobody_gave_speaks_against_none():
    assert doubts([0, 0, 0], [[0.4, 0.0, 0.6]] * 3) == []


def test_lengths_that_differ():
    with pytest.raises(ValueError, match="argument 2"):
        doubts([0], [])


POSTERIORS = st.none() | st.lists(st.floats(0.01, 1), min_size=3, max_size=3)
ROWS = st.lists(st.tuples(st.none() | st.integers(0, 2), POSTERIORS), max_size=30)


@given(ROWS)
def test_a_doubted_label_is_less_probable_than_what_speaks_against_it(rows):
    said = [None if row is None else [x / sum(row) for x in row] for _, row in rows]
    found = doubts([label for label, _ in rows], said)
    assert len({x.place for x in found}) == len(found)
    for one in found:
        row = said[one.place]
        assert row is not None
        assert one.given == rows[one.place][0] != one.instead
        assert row[one.given] < row[one.instead]
