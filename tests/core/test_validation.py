"""Each reason to leave a program out, on votes written out: digits are labels, '.' abstains, '!' fails."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest

from alchemist.core.programs import Entry, source
from alchemist.core.validation import verdicts
from alchemist.core.votes import Column, Fault, VoteBlock

CODES = {".": -1, "!": -2, "0": 0, "1": 1, "2": 2}
RAISED = Fault("raised", "KeyError: 'text'", 3)
NOBODY = "." * 20


def column(votes: str, fault: Fault | None = None) -> Column:
    fault = fault or (RAISED if "!" in votes else None)
    return Column("p1:0", array("h", [CODES[x] for x in votes]), fault)


def reasons(*votes: str | Column, backwards: tuple[str, ...] = (), known: str = "", labels: int = 2) -> list[str]:
    """Why each of the programs a, b, c, ... is left out; `known` are people's answers, '.' where there is none."""
    forwards = [x if isinstance(x, Column) else column(x) for x in votes]
    turned = [column(x[::-1]) for x in backwards] or [replace(x, codes=x.codes[::-1]) for x in forwards]
    entries = [Entry(name, source(name), "llm") for name, _ in zip("abcdef", votes, strict=False)]
    size = len(forwards[0].codes) if forwards else 0
    answers = [None if x == "." else CODES[x] for x in known or "." * size]
    book = ("ham", "spam", "other")[:labels]
    judged = verdicts(
        entries, VoteBlock(book, tuple(forwards), size), VoteBlock(book, tuple(turned), size), answers, labels
    )
    assert [x.entry for x in judged] == entries
    assert all(x.taken == (not x.reason) for x in judged)
    return [x.reason for x in judged]


def test_nobody_is_judged_when_nobody_votes():
    assert reasons() == []


def test_a_program_that_votes_both_ways_may_vote():
    assert reasons("01010101010101010101") == [""]
    assert reasons("0..................1") == [""]


def test_a_program_that_does_not_load_says_why():
    broken = column("!" * 20, Fault("broken", "line 2: it imports os", 0))
    assert reasons(broken) == ["line 2: it imports os"]
    assert reasons(column("!!!", Fault("broken", "line 1: invalid syntax", 0))) == ["line 1: invalid syntax"]


def test_a_program_that_runs_out_of_time_is_left_out_even_where_it_votes():
    slow = replace(column("01!!0101010101010101", Fault("timeout", "it takes too long", 2)), suspended=True)
    assert reasons(slow) == ["it runs out of time"]


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ("!!010101010101010101", ""),  # a tenth
        ("!!!10101010101010101", "it fails on 3 of 20 tasks: KeyError: 'text'"),
        ("!!!!!!!!!!!!!!!!!!!!", "it fails on 20 of 20 tasks: KeyError: 'text'"),
        ("!01", "it fails on 1 of 3 tasks: KeyError: 'text'"),
        ("!010101010", ""),
    ],
)
def test_a_program_may_fail_on_a_tenth_of_the_tasks(votes, reason):
    assert reasons(votes) == [reason]


def test_a_program_that_remembers_is_found_by_turning_the_tasks_round():
    told = "it votes differently when the tasks come in another order"
    assert reasons("01010101010101010101", backwards=("01010101010101010100",)) == [told]
    assert reasons("0101", backwards=("010.",)) == [told]
    assert reasons("0101", backwards=("0101",)) == [""]


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ("." * 20, "it votes on none of 20 tasks"),
        ("." * 18 + "!!", "it votes on none of 20 tasks"),
        ("." * 19, ""),  # too few to tell
        ("." * 19 + "0", ""),
    ],
)
def test_a_program_that_never_votes(votes, reason):
    assert reasons(votes) == [reason]


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ("0" * 20, "it says the same of 20 of 20 tasks"),
        ("0" * 49 + "1", "it says the same of 49 of 50 tasks"),  # 98 %
        ("0" * 49 + ".", "it says the same of 49 of 50 tasks"),
        ("0" * 48 + "11", ""),
        ("0" * 19, ""),  # too few to tell
        ("0" * 19 + ".", ""),  # 95 %
    ],
)
def test_a_program_that_always_says_the_same(votes, reason):
    assert reasons(votes) == [reason]


@pytest.mark.parametrize(
    ("votes", "known", "labels", "reason"),
    [
        ("01010", "10101", 2, "it is right on only 0 of 5 annotated tasks, 60% are needed"),
        ("01010", "01101", 2, ""),  # 2 of 5: a good one does as badly every third time
        ("0101010", "1010100", 2, "it is right on only 1 of 7 annotated tasks, 60% are needed"),
        ("01010", "01001", 2, ""),  # 3 of 5
        ("010101", "010010", 2, ""),  # 3 of 6 is chance, not worse
        ("0101", "1010", 2, "it is right on only 0 of 4 annotated tasks, 60% are needed"),
        ("01", "10", 2, ""),  # two answers are too few to tell
        ("010", "101", 2, "it is right on only 0 of 3 annotated tasks, 60% are needed"),
        ("01000.....", "10...11111", 2, ""),  # it abstained on the others
        ("01201", "12001", 3, ""),  # 2 of 5 with three labels
        ("01201", "12011", 3, ""),  # 1 of 5: chance does as badly half of the time
        ("012012", "120120", 3, "it is right on only 0 of 6 annotated tasks, 47% are needed"),
    ],
)
def test_a_program_that_people_show_not_to_be_right_often_enough(votes, known, labels, reason):
    assert reasons(votes, known=known, labels=labels) == [reason]


def test_a_slow_program_is_left_out():
    slow, fast = (replace(column("01" * 10), seconds=x) for x in (0.42, 0.2))
    assert reasons(slow, fast) == ["it takes 21 ms a task, 10 ms are allowed", ""]


def test_on_few_tasks_nobody_is_slow():
    assert reasons(replace(column("01"), seconds=1.0)) == [""]


def test_a_copy_of_one_that_was_left_out_is_left_out_for_the_same_reason():
    constant = "0" * 20
    assert reasons(constant, constant) == ["it says the same of 20 of 20 tasks"] * 2


def test_a_program_that_fails_where_another_abstains_is_no_copy():
    assert reasons("0101010101010101010.", "0101010101010101010!") == ["", ""]


def test_the_first_reason_is_told():
    broken = column("!" * 20, Fault("broken", "line 1: no function label", 0))
    assert reasons(broken, NOBODY, "!!!!0101010101010101", known="11111111110101010101") == [
        "line 1: no function label",
        "it votes on none of 20 tasks",
        "it fails on 4 of 20 tasks: KeyError: 'text'",
    ]
