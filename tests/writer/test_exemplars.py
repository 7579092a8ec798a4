"""Which annotated tasks stand in a prompt."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.brief import Exemplar, Mistake
from alchemist.core.tasks import Task
from alchemist.writer.exemplars import chosen

PLENTY = 10_000


def exemplars(*rows: tuple[str, str]) -> list[Exemplar]:
    return [Exemplar(Task({"text": text}, place), answer) for place, (text, answer) in enumerate(rows)]


def texts(kept: list[Exemplar]) -> list[str]:
    return [x.task.fields["text"] for x in kept]


def wrong(*kept: Exemplar) -> list[Mistake]:
    return [Mistake(x.task, x.answer, None) for x in kept]


def test_answers_take_turns_so_that_rare_ones_are_seen():
    many = exemplars(*[(f"ham{n}", "ham") for n in range(40)], ("spam0", "spam"), ("spam1", "spam"), ("else", "other"))
    kept = chosen(many, [], 24 * 7)  # each costs 7 tokens or 8
    assert texts(kept)[:6] == ["ham0", "spam0", "else", "ham1", "spam1", "ham2"]
    assert Counter(x.answer for x in kept) == {"ham": 20, "spam": 2, "other": 1}


def test_within_an_answer_the_next_is_the_one_least_like_those_before():
    said = ["red apple pie", "red apple cake", "red apple pie", "fast blue car", "red car"]
    rows = exemplars(*[(text, "a") for text in said])
    assert texts(chosen(rows, [], PLENTY)) == [
        "red apple pie",
        "fast blue car",
        "red car",
        "red apple cake",
        "red apple pie",
    ]


def test_every_second_one_is_difficult_while_both_last():
    rows = exemplars(*[(f"word{n}", "a") for n in range(8)])
    assert texts(chosen(rows, wrong(*rows[5:]), PLENTY)) == [
        "word0",
        "word5",
        "word1",
        "word6",
        "word2",
        "word7",
        "word3",
        "word4",
    ]


def test_an_answer_that_is_always_difficult_is_seen_too():
    rows = exemplars(("one", "a"), ("two", "b"), ("three", "b"))
    assert texts(chosen(rows, wrong(*rows[1:]), PLENTY)) == ["one", "two", "three"]


def test_what_does_not_fit_is_passed_over():
    rows = exemplars(("x" * 300, "a"), ("short", "a"), ("y" * 100, "b"))
    assert texts(chosen(rows, [], 50)) == ["y" * 100, "short"]  # 81 tokens, 7, 31


def test_a_long_task_costs_no_more_than_what_is_shown_of_it():
    rows = exemplars(("x" * 50_000, "a"))
    assert chosen(rows, [], 157) == rows  # 600 characters, " [cut]" and the answer: 152 tokens, and 5 around them
    assert chosen(rows, [], 156) == []


def test_signs_that_take_more_bytes_take_more_tokens():
    assert chosen(exemplars(("好" * 40, "a")), [], 35) == []
    assert len(chosen(exemplars(("g" * 40, "a")), [], 35)) == 1


def test_without_exemplars_or_budget_there_are_none():
    assert chosen([], [], PLENTY) == []
    assert chosen(exemplars(("x", "a")), [], 0) == []


@given(st.lists(st.tuples(st.text("ab 好", max_size=9), st.sampled_from("abc")), max_size=40), st.integers(0, 200))
def test_never_twice_and_never_over_the_budget(rows, budget):
    given = exemplars(*rows)
    kept = chosen(given, wrong(*given[::3]), budget)
    assert len({x.task.id for x in kept}) == len(kept)
    assert sum(len(f"{x.task.fields['text']}{x.answer}".encode()) / 4 + 5 for x in kept) <= budget
    if budget == 200:
        assert bool(kept) == bool(given)
