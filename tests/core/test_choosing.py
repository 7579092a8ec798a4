"""The choice among programs, on votes written out: digits are labels, '.' abstains."""

from __future__ import annotations

from array import array

import pytest

from alchemist.core.choosing import choose
from alchemist.core.programs import Entry, Judged, source
from alchemist.core.votes import Column, VoteBlock

CODES = {".": -1, "0": 0, "1": 1, "2": 2}
TRUTH = "01" * 20
WRONG = "10" * 20
NONE = "." * 40
TEXTS = {
    "a": "def label(task):\n    return 'spam' if 'free' in task['text'] else None\n",
    "b": "def label(task):\n    words = task['text'].split()\n    return 'ham' if len(words) > 9 else 'spam'\n",
    "c": "import re\ndef label(task):\n    if re.search('https?:', task['text']):\n        return 'spam'\n",
    "d": "LINKS = ('www',)\ndef label(task):\n    return 'spam' if any(map(task['text'].count, LINKS)) else None\n",
    "e": "def label(task):\n    count = task['text'].count('!')\n    if count > 2:\n        return 'spam'\n",
    "f": "def label(task):\n    for x in task['text'].split():\n        return 'spam' if x.isupper() else None\n",
}


def judged(
    *votes: str,
    known: str = NONE,
    target: int | None = None,
    labels: int = 2,
    writer: str = "llm",
    texts: str = "abcdef",
) -> list[Judged]:
    """The word on programs a, b, c, ... with these votes; `known` are people's answers."""
    entries = [Entry(name, source(TEXTS[text]), writer) for name, text, _ in zip("abcdef", texts, votes, strict=False)]
    columns = [
        Column(x.source.id, array("h", [CODES[y] for y in said])) for x, said in zip(entries, votes, strict=False)
    ]
    book = ("ham", "spam", "other")[:labels]
    people = [None if x == "." else CODES[x] for x in known]
    words = choose(entries, VoteBlock(book, tuple(columns), len(known)), people, labels, target)
    assert [x.entry for x in words] == entries
    assert not any(x.mendable for x in words)
    return words


def taken(*votes: str, **more: object) -> str:
    """The names of those that are taken."""
    return "".join(x.entry.name for x in judged(*votes, **more) if x.taken)


def half(votes: str, start: int = 0) -> str:
    """Every second vote alone."""
    return "".join(x if place % 4 in (start, start + 1) else "." for place, x in enumerate(votes))


def test_nobody_to_choose_from():
    assert judged() == []


def test_those_that_differ_are_all_taken_and_told_what_they_add():
    first, second = judged(TRUTH[:20] + "." * 20, "." * 15 + TRUTH[15:], known=TRUTH)
    assert first.taken and second.taken
    assert (
        second.reason
        == "choice 1 of 2: right on 25 of 25 annotated tasks; votes on 25 of 40, 25 of them still without a vote"
    )
    assert (
        first.reason
        == "choice 2 of 2: right on 20 of 20 annotated tasks; votes on 20 of 40, 15 of them still without a vote"
    )


def test_of_two_that_vote_alike_the_better_stays_and_of_equals_the_first():
    nearly = TRUTH[:38] + "10"
    assert taken(nearly, TRUTH, known=TRUTH) == "b"
    assert (
        judged(nearly, TRUTH, known=TRUTH)[0].reason == "it votes as 'b' does on 95% of the tasks on which either votes"
    )
    assert taken(TRUTH, TRUTH, known=TRUTH) == "a"


def test_votes_that_differ_on_more_than_a_twentieth_are_not_alike():
    assert taken(TRUTH[:37] + "010", TRUTH, known=TRUTH) == "ab"


def test_a_program_that_abstains_elsewhere_votes_otherwise():
    assert taken(TRUTH[:37] + "...", TRUTH, known=TRUTH) == "ab"
    assert taken(TRUTH[:38] + "..", TRUTH, known=TRUTH) == "b"


def test_on_few_tasks_nobody_votes_alike():
    assert taken("01" * 9 + "." * 22, "01" * 9 + "." * 22, known=TRUTH) == "ab"


def test_of_two_that_read_alike_one_stays():
    one, other = judged(half(TRUTH), half(TRUTH, 2), known=TRUTH, texts="aa")
    assert (one.taken, other.taken) == (True, False)
    assert other.reason == "its source is nearly that of 'a'"


def test_of_two_that_are_one_and_the_same_one_stays():
    one = Entry("a", source(TEXTS["a"]), "llm")
    column = Column(one.source.id, array("h", [CODES[x] for x in TRUTH]))
    words = choose([one, one], VoteBlock(("ham", "spam"), (column, column), 40), [None] * 40, 2, 2)
    assert [x.taken for x in words] == [True, False]


def test_other_names_for_what_is_looked_for_are_another_source():
    assert taken(half(TRUTH), half(TRUTH, 2), known=TRUTH, texts="ae") == "ab"


def test_what_people_contradict_goes():
    words = judged(TRUTH, WRONG[:24] + TRUTH[24:], known=TRUTH)
    assert [x.taken for x in words] == [True, False]
    assert words[1].reason == "right on 16 of 40 annotated tasks, 60% are needed"


def test_where_people_say_too_little_the_other_programs_judge():
    words = judged(half(TRUTH), TRUTH, WRONG, TRUTH[:30] + "." * 10, known="1010" + "." * 36)
    assert [x.taken for x in words] == [True, True, False, True]
    assert words[2].reason == "agrees with the other programs on 0 of 40 tasks, 60% are needed"


def test_people_are_asked_first():
    """Three programs are wrong together, one is right alone."""
    wrong = (WRONG[:20] + "." * 20, "." * 5 + WRONG[5:], WRONG[:10] + "." * 20 + WRONG[30:])
    assert taken(*wrong, TRUTH, known=TRUTH) == "d"
    assert "d" not in taken(*wrong, TRUTH)


def test_people_do_not_judge_what_was_computed_from_their_annotations():
    votes = (TRUTH, TRUTH[:30] + "." * 10, "." * 10 + TRUTH[10:])
    assert taken(*votes, known=WRONG) == ""
    words = judged(*votes, known=WRONG, writer="induced")
    assert words[0].reason.startswith("choice 1 of 3: agrees with the other programs on 40 of 40 tasks")


def test_with_more_labels_less_is_needed():
    votes = "".join("0" if place % 10 < 3 else "1" for place in range(40))
    assert taken(votes, known="0" * 40) == ""
    assert "47% are needed" in judged(votes, known="0" * 40, labels=3)[0].reason
    votes = "".join("0" if place % 20 < 9 else "1" for place in range(40))
    assert taken(votes, known="0" * 40) == ""
    assert taken(votes, known="0" * 40, labels=3) == "a"


def test_the_size_is_kept_to_and_those_that_add_most_stay():
    """b and c share the tasks; a votes where b does already, and less."""
    words = judged(half(TRUTH[:20] + "." * 20), TRUTH[:20] + "." * 20, "." * 20 + TRUTH[20:], known=TRUTH, target=2)
    assert [x.taken for x in words] == [False, True, True]
    assert words[0].reason == "2 programs that add more were taken: right on 10 of 10 annotated tasks, votes on 25%"


@pytest.mark.parametrize("target", [1, 2, 3, 9, None])
def test_no_more_than_the_target_and_as_many_as_there_are(target):
    votes = ("0..." * 10, ".1.." * 10, "..01" * 10)
    assert len(taken(*votes, target=target)) == min(target or 3, 3)


def test_a_question_with_one_label():
    assert taken("0" * 40, known="0" * 40, labels=1) == "a"
