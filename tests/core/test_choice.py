from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.kinds import KINDS
from alchemist.core.kinds.choice import most_probable
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column, Rows, VoteBlock

CHOICE = KINDS["choice"]
QUESTION = Question("topic", "text", "choice", (Label("Sport", "1"), Label("Politics"), Label("Art")), "text")

TASKS = [Task({"text": "a"}, 1), Task({"text": "b"}, 2)]
TIED = [0.5, 0.5, 0.0]
KEYS = st.lists(st.text(), unique=True, min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("Sport", None),
        ("Art", None),
        ("1", "returned '1', which is not a label of 'topic'"),
        ("sport", "returned 'sport', which is not a label of 'topic'"),
        ("", "returned '', which is not a label of 'topic'"),
        ("x" * 61, "returned '" + "x" * 57 + "...', which is not a label of 'topic'"),
        (0, "returned int, expected one of the label names or None"),
        (True, "returned bool, expected one of the label names or None"),
        (0.5, "returned float, expected one of the label names or None"),
        (["Sport"], "returned list, expected one of the label names or None"),
    ],
)
def test_only_the_exact_name_of_a_label_is_an_answer(answer, reason):
    assert CHOICE.check(QUESTION, answer) == reason


def test_the_book_is_the_labels_in_the_order_of_the_config():
    assert CHOICE.book(QUESTION) == ("Sport", "Politics", "Art")
    assert CHOICE.canonical(QUESTION, "Art") == "Art"


def test_the_rows_are_the_votes_as_they_stand():
    block = VoteBlock(
        ("Sport", "Politics", "Art"),
        (Column("p1:a", array("h", [0, -1])), Column("p1:b", array("h", [-2, 2]))),
        2,
    )
    assert CHOICE.explode(QUESTION, block, TASKS) == (
        Rows(("p1:a", "p1:b"), (array("h", [0, -1]), array("h", [-2, 2])), 3, 2, TASKS),
    )


def test_the_most_probable_label_answers_with_its_probability():
    posteriors = [[[0.2, 0.7, 0.1], None, [1.0, 0.0, 0.0]]]
    assert CHOICE.assemble(QUESTION, posteriors, ["0:1", "0:2", "0:3"]) == [("Politics", 0.7), None, ("Sport", 1.0)]


@pytest.mark.parametrize(("probability", "score"), [(1.0000000002, 1.0), (0.9999999, 0.9999999)])
def test_a_score_stays_within_0_and_1(probability, score):
    assert CHOICE.assemble(QUESTION, [[[probability, 0.0, 0.0]]], ["k"]) == [("Sport", score)]


def test_ties_fall_by_the_hash_of_the_key():
    assert [most_probable([0.5, 0.5], f"0:{n}") for n in range(10)] == [1, 1, 1, 1, 0, 0, 1, 1, 1, 1]
    assert [most_probable([0.25] * 4, f"0:{n}") for n in range(10)] == [1, 1, 3, 3, 0, 0, 3, 3, 3, 1]
    assert sum(most_probable([0.5, 0.5], f"0:{n}") for n in range(1000)) == 485


@pytest.mark.parametrize(
    ("row", "places"),
    [([0.4, 0.4, 0.2], {0, 1}), ([0.2, 0.4, 0.4], {1, 2}), ([0.4, 0.3999995, 0.2], {0, 1}), ([0.4, 0.399, 0.2], {0})],
)
def test_only_equals_within_a_millionth_are_tied(row, places):
    assert {most_probable(row, str(n)) for n in range(40)} == places


@given(KEYS, st.randoms(use_true_random=False))
def test_a_task_gets_the_same_answer_in_any_company(keys, random):
    together = dict(zip(keys, CHOICE.assemble(QUESTION, [[TIED] * len(keys)], keys), strict=True))
    random.shuffle(keys)
    assert dict(zip(keys, CHOICE.assemble(QUESTION, [[TIED] * len(keys)], keys), strict=True)) == together
    for key in keys:
        assert CHOICE.assemble(QUESTION, [[TIED]], [key]) == [together[key]]


@given(st.lists(st.floats(0, 1), min_size=2, max_size=6), st.text(st.characters(exclude_categories=["Cs"])))
def test_the_answer_is_never_less_probable_than_another(row, key):
    assert row[most_probable(row, key)] >= max(row) - 1e-6


def test_equal_labels_agree():
    assert CHOICE.agree("Sport", "Sport")
    assert not CHOICE.agree("Sport", "Art")
