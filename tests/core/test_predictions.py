from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.predictions import Prediction

ANSWERS = st.dictionaries(st.text(), st.tuples(st.text(), st.floats(0, 1)), max_size=4)


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ({}, 0.0),
        ({"label": ("spam", 0.9)}, 0.9),
        ({"topic": ("Art", 0.5), "tone": ("good", 0.25)}, 0.125),
        ({"topic": ("Art", 0.0), "tone": ("good", 1.0)}, 0.0),
    ],
)
def test_the_score_is_the_probability_that_all_answers_are_right(answers, score):
    assert Prediction(answers).score == score


@given(ANSWERS)
def test_a_score_is_a_probability_and_another_answer_cannot_raise_it(answers):
    score = Prediction(answers).score
    assert 0 <= score <= 1
    if answers:
        assert Prediction({**answers, "one more": ("x", 0.5)}).score <= score


def test_what_is_withheld_counts_in_the_score_and_is_not_said():
    found = Prediction({"a": ("x", 0.5)}, {"b": ("y", 0.5)})
    assert (found.score, found.said) == (0.25, {"a": "x"})
    assert Prediction({}, {"b": ("y", 0.25)}).score == 0.25
