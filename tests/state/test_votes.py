"""Stored votes: what is asked for once, and what again; on SQLite and on PostgreSQL."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from alchemist.core.programs import Source, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column, Fault, VoteBlock
from alchemist.state.schema import questions, vote_blocks
from alchemist.state.store import SqlStore
from alchemist.state.votes import BLOCK, UNKNOWN, VoteMemory
from tests.doubles.work import KEY, QUESTION, TONE

FIELDS = (Field("text"),)
FIRST = source("def label(task):\n    return task['text'].split()[0]\n")
LAST = source("def label(task):\n    return task['text'].split()[-1]\n")
SLOW = source("def label(task):\n    while True: pass\n")
WORD = {FIRST.id: 0, LAST.id: -1}

pytestmark = pytest.mark.usefixtures("store")


class Voter:
    """Votes for a word of the text: "-" abstains, "!" fails, and any other word is an answer, in a book of its own
    order. `asked` is what it was asked for: programs and task ids."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[str, ...], tuple[Any, ...]]] = []

    def __call__(self, question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        self.asked.append((tuple(x.id for x in sources), tuple(x.id for x in tasks)))
        words = [[task.fields["text"].split()[WORD[x.id]] for task in tasks] for x in sources if x != SLOW]
        book = sorted({word for column in words for word in column if word not in "-!"})
        code = {"-": -1, "!": -2} | {word: n for n, word in enumerate(book)}
        columns = [self._column(x, tasks, code) for x in sources]
        return VoteBlock(tuple(book), tuple(columns), len(tasks))

    def _column(self, one: Source, tasks: Sequence[Task], code: dict[str, int]) -> Column:
        if one == SLOW:
            why = Fault("suspended", "it takes too long", 0)
            return Column(one.id, array("h", [-2] * len(tasks)), why, 9.5, suspended=True)
        codes = array("h", (code[task.fields["text"].split()[WORD[one.id]]] for task in tasks))
        fault = Fault("raised", "ValueError: boom", codes.index(-2)) if -2 in codes else None
        return Column(one.id, codes, fault, 0.5)


def task(number: int, text: str, ordinal: int | None = -7) -> Task:
    return Task({"text": text}, number, number if ordinal == -7 else ordinal)


def votes(block: VoteBlock) -> list[list[Any]]:
    """What each program says of each task, in words."""
    said = {-1: "-", -2: "!"} | dict(enumerate(block.book))
    return [[said[code] for code in column.codes] for column in block.columns]


def kept(engine: Engine) -> list[tuple[str, str, str, int]]:
    """The stored blocks: project, question, program, number."""
    wanted = sa.select(vote_blocks.c.project, vote_blocks.c.question, vote_blocks.c.source, vote_blocks.c.block)
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(wanted))


THREE = [task(1, "spam ham"), task(2, "ham -"), task(3, "- spam")]


def test_a_vote_is_asked_for_once(engine: Engine) -> None:
    voter = Voter()
    first = VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [FIRST, LAST], THREE)
    again = VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [LAST, FIRST], THREE[::-1])
    assert voter.asked == [((FIRST.id, LAST.id), (1, 2, 3))]
    assert first.book == again.book == ("spam", "ham")
    assert (first.size, again.size) == (3, 3)
    assert votes(first) == [["spam", "ham", "-"], ["ham", "-", "spam"]]
    assert votes(again) == [["spam", "-", "ham"], ["-", "ham", "spam"]]
    assert [list(column.codes) for column in first.columns] == [[0, 1, -1], [1, -1, 0]]
    assert [column.source_id for column in again.columns] == [LAST.id, FIRST.id]
    assert [column.seconds for column in (*first.columns, *again.columns)] == [0.5, 0.5, 0, 0]


def test_only_what_is_missing_is_asked_for(engine: Engine) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    voting(QUESTION, [FIRST], THREE[:1])
    assert votes(voting(QUESTION, [FIRST], THREE)) == [["spam", "ham", "-"]]
    assert votes(voting(QUESTION, [FIRST, LAST], THREE)) == [["spam", "ham", "-"], ["ham", "-", "spam"]]
    assert voter.asked == [((FIRST.id,), (1,)), ((FIRST.id,), (2, 3)), ((LAST.id,), (1, 2, 3))]


def test_nothing_is_asked_for_nothing(engine: Engine) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    assert voting(QUESTION, [FIRST], []) == VoteBlock(("spam", "ham"), (Column(FIRST.id, array("h")),), 0)
    assert voting(QUESTION, [], THREE) == VoteBlock(("spam", "ham"), (), 3)
    assert voter.asked == []


def test_what_is_stored_takes_no_write_lock(engine: Engine) -> None:
    voting = VoteMemory(engine, KEY, FIELDS, Voter())
    voting(QUESTION, [FIRST], THREE)
    seen: list[str] = []
    sa.event.listen(engine, "begin", lambda x: seen.append("read" if x.get_execution_options() else "write"))
    voting(QUESTION, [FIRST], THREE)
    assert set(seen) == {"read"}


def test_a_task_that_changed_is_asked_for_again(store: SqlStore, engine: Engine) -> None:
    voter = Voter()
    voting = store.voting(KEY, LabelConfig((QUESTION,), FIELDS), voter)
    voting(QUESTION, [FIRST], THREE)
    changed = [task(1, "ham now", ordinal=4), *THREE[1:]]
    assert votes(voting(QUESTION, [FIRST], changed)) == [["ham", "ham", "-"]]
    assert voter.asked[1:] == [((FIRST.id,), (1,))]
    assert votes(voting(QUESTION, [FIRST], THREE)) == [["spam", "ham", "-"]]
    assert len(voter.asked) == 2


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        (replace(QUESTION, labels=(*QUESTION.labels, Label("eggs"))), FIELDS),
        (replace(QUESTION, labels=QUESTION.labels[::-1]), FIELDS),
        (QUESTION, (*FIELDS, Field("title"))),
        (QUESTION, (Field("text", table=True),)),
    ],
)
def test_votes_on_another_question_are_forgotten(engine: Engine, question: Question, fields: tuple[Field, ...]) -> None:
    voter = Voter()
    VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [FIRST, LAST], THREE)
    VoteMemory(engine, KEY, FIELDS, voter)(TONE, [FIRST], THREE)
    VoteMemory(engine, "5.1", FIELDS, voter)(QUESTION, [FIRST], THREE)
    block = VoteMemory(engine, KEY, fields, voter)(question, [FIRST], THREE)
    assert votes(block) == [["spam", "ham", "-"]]
    assert block.book == question.label_names
    assert voter.asked[3:] == [((FIRST.id,), (1, 2, 3))]
    others = [(KEY, "tone", FIRST.id, 0), ("5.1", "label", FIRST.id, 0)]
    assert kept(engine) == sorted([(KEY, "label", FIRST.id, 0), *others])


def test_programs_that_were_suspended_are_asked_again(engine: Engine) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    for _ in range(2):
        slow, first = voting(QUESTION, [SLOW, FIRST], THREE).columns
        assert slow == Column(SLOW.id, array("h", [-2, -2, -2]), Fault("suspended", "it takes too long", 0), 9.5, True)
        assert list(first.codes) == [0, 1, -1]
    assert voter.asked == [((SLOW.id, FIRST.id), (1, 2, 3)), ((SLOW.id,), (1, 2, 3))]
    assert kept(engine) == [(KEY, "label", FIRST.id, 0)]


def test_faults_keep_an_example(engine: Engine) -> None:
    voting = VoteMemory(engine, KEY, FIELDS, Voter())
    failing = [task(4, "ham"), task(5, "!"), task(6, "spam"), task(7, "!")]
    example = Fault("raised", "ValueError: boom", 1)
    assert voting(QUESTION, [FIRST], failing).columns[0].fault == example
    assert VoteMemory(engine, KEY, FIELDS, Voter())(QUESTION, [FIRST], failing).columns[0].fault == example
    found = voting(QUESTION, [FIRST], [*THREE, failing[3], failing[1]]).columns[0]
    assert (found.faults, found.fault) == (2, Fault("raised", "ValueError: boom", 3))
    assert voting(QUESTION, [FIRST], [*THREE, failing[0]]).columns[0].fault is None
    voting(QUESTION, [FIRST], [task(8, "ham")])
    assert voting(QUESTION, [FIRST], failing[1:2]).columns[0].fault == Fault("raised", "ValueError: boom", 0)


def test_codes_stay_right_when_the_book_grows(engine: Engine) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    texts = ["spam zebra", "eggs ham", "apple -", "ham eggs", "bread ! apple", "zebra spam"]
    some = [task(n, text) for n, text in enumerate(texts)]
    assert voting(QUESTION, [FIRST], some[:2]).book == ("spam", "ham", "eggs")
    assert voting(QUESTION, [FIRST], some[:4]).book == ("spam", "ham", "eggs", "apple")
    assert voting(QUESTION, [LAST], some[:4]).book == ("spam", "ham", "eggs", "apple", "zebra")
    block = VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [FIRST, LAST], some)
    assert block.book == ("spam", "ham", "eggs", "apple", "zebra", "bread")
    assert votes(block) == [
        ["spam", "eggs", "apple", "ham", "bread", "zebra"],
        ["zebra", "ham", "-", "eggs", "apple", "spam"],
    ]
    assert [list(x.codes) for x in block.columns] == [[0, 2, 3, 1, 5, 4], [4, 1, -1, 2, 3, 0]]


@pytest.mark.parametrize("ordinal", [None, -1])
def test_votes_on_tasks_without_an_ordinal_are_not_stored(engine: Engine, ordinal: int | None) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    strangers = [task(1, "spam", ordinal), THREE[1], task(2, "ham", ordinal)]
    for _ in range(2):
        assert votes(voting(QUESTION, [FIRST], strangers)) == [["spam", "ham", "ham"]]
    assert voter.asked == [((FIRST.id,), (1, 2, 2)), ((FIRST.id,), (1, 2))]
    assert votes(voting(QUESTION, [FIRST], [task(9, "!", ordinal)])) == [["!"]]


def test_tasks_of_several_blocks(engine: Engine) -> None:
    assert (BLOCK, UNKNOWN) == (4_096, -3)
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    places = [0, 4_095, 4_096, 8_191, 8_192, 50_000]
    tasks = [task(n, ("spam", "ham", "-", "!")[n % 4]) for n in places]
    expected = [["spam", "!", "spam", "!", "spam", "spam"]]
    assert votes(voting(QUESTION, [FIRST], tasks[1:4])) == [expected[0][1:4]]
    assert kept(engine) == [(KEY, "label", FIRST.id, 0), (KEY, "label", FIRST.id, 1)]
    assert votes(voting(QUESTION, [FIRST], tasks)) == expected
    assert votes(VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [FIRST], tasks)) == expected
    assert voter.asked == [((FIRST.id,), (4_095, 4_096, 8_191)), ((FIRST.id,), (0, 8_192, 50_000))]
    assert [x[3] for x in kept(engine)] == [0, 1, 2, 12]
    with engine.connect() as connection:
        sizes = connection.execute(sa.select(sa.func.length(vote_blocks.c.codes))).scalars().all()
    assert sizes == [8_192] * 4


def test_forgetting_a_project_forgets_its_votes(store: SqlStore, engine: Engine) -> None:
    voter = Voter()
    voting = VoteMemory(engine, KEY, FIELDS, voter)
    voting(QUESTION, [FIRST], THREE)
    store.forget(KEY)
    assert votes(voting(QUESTION, [FIRST], [task(9, "ham", ordinal=1)])) == [["ham"]]
    assert len(voter.asked) == 2


def test_votes_that_another_made_obsolete_meanwhile_are_not_stored(engine: Engine) -> None:
    other = VoteMemory(engine, KEY, FIELDS, Voter())
    voter = Voter()
    meanwhile = [lambda: other(QUESTION, [LAST], [task(5, "apple")])]

    def slowly(question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        if meanwhile:
            meanwhile.pop()()
        return voter(question, sources, tasks)

    voting = VoteMemory(engine, KEY, FIELDS, slowly)
    eggs = [task(6, "eggs"), task(7, "ham")]
    assert votes(voting(QUESTION, [FIRST], eggs)) == [["eggs", "ham"]]
    assert kept(engine) == [(KEY, "label", LAST.id, 0)]
    assert votes(voting(QUESTION, [FIRST, LAST], [*eggs, task(5, "apple")])) == [["eggs", "ham", "apple"]] * 2
    assert votes(voting(QUESTION, [FIRST], eggs)) == [["eggs", "ham"]]
    assert [ids for _, ids in voter.asked] == [(6, 7), (6, 7, 5), (6, 7)]


def test_votes_that_another_stored_meanwhile_stay(engine: Engine) -> None:
    other = VoteMemory(engine, KEY, FIELDS, Voter())
    voter = Voter()

    def slowly(question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        other(QUESTION, [FIRST], [task(5, "spam")])
        return voter(question, sources, tasks)

    VoteMemory(engine, KEY, FIELDS, slowly)(QUESTION, [FIRST], [task(6, "ham")])
    assert votes(VoteMemory(engine, KEY, FIELDS, voter)(QUESTION, [FIRST], [task(5, "-"), task(6, "-")])) == [
        ["spam", "ham"]
    ]
    assert len(voter.asked) == 1


def test_threads_that_vote_at_once(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    words = ("spam", "ham", "eggs", "apple", "bread", "zebra", "-", "!")
    tasks = [task(n, f"{words[n % 8]} {words[n // 8]}") for n in range(64)]

    def work(share: int) -> list[list[Any]]:
        voting = VoteMemory(engine, KEY, FIELDS, Voter())
        return votes(voting(QUESTION, [FIRST, LAST], tasks[share * 8 : share * 8 + 24]))

    first = [words[n % 8] for n in range(64)]
    last = [words[n // 8] for n in range(64)]
    expected = [[x[n * 8 : n * 8 + 24] for x in (first, last)] for n in range(6)]
    assert at_once(work, list(range(6))) == expected
    assert votes(VoteMemory(engine, KEY, FIELDS, Voter())(QUESTION, [LAST, FIRST], tasks)) == [last, first]
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(questions)).scalar() == 1


KEYS = (f"{n}.1" for n in count(100))
WORDS = ["spam", "ham", "eggs", "-", "!"]
TASKS = st.builds(
    lambda number, first, last: task(number, f"{first} {last}"),
    st.sampled_from([0, 1, 2, 4_095, 4_096, 9_000]),
    st.sampled_from(WORDS),
    st.sampled_from(WORDS),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(TASKS, min_size=1, max_size=6, unique_by=lambda x: x.id),
    st.lists(st.tuples(st.sets(st.integers(0, 5)), st.sampled_from([(0,), (1,), (0, 1), (2, 0)])), max_size=5),
)
def test_it_says_what_asking_says(
    engine: Engine, tasks: list[Task], calls: list[tuple[set[int], tuple[int, ...]]]
) -> None:
    key, voter, asked = next(KEYS), Voter(), set()
    for places, programs in calls:
        some = [tasks[place] for place in sorted(places) if place < len(tasks)]
        sources = [(FIRST, LAST, SLOW)[n] for n in programs]
        found = VoteMemory(engine, key, FIELDS, voter)(QUESTION, sources, some)
        direct = Voter()(QUESTION, sources, some)
        assert votes(found) == votes(direct)
        faults = [x.fault for x in direct.columns] if some else [None] * len(sources)
        assert [x.fault for x in found.columns] == faults
        assert [x.source_id for x in found.columns] == [x.id for x in sources]
    for programs, ids in voter.asked:
        pairs = {(program, number) for program in programs for number in ids if program != SLOW.id}
        assert not asked & pairs
        asked |= pairs
