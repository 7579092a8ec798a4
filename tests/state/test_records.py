"""The record: what events and whole readings tell, in whatever order they come; on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.corrections import Annotation, Heard, News, Record
from alchemist.state import records
from alchemist.state.database import STRETCH
from alchemist.state.records import MANY, hear, learn, record, unlearned
from tests.doubles.work import KEY

SPAM = [{"type": "choices", "value": {"choices": ["spam"]}}]
HAM = [{"type": "choices", "value": {"choices": ["ham"]}}]
BEGAN = {"model_version": "alchemist-1-abcdef", "result": SPAM}

pytestmark = pytest.mark.usefixtures("store")


def data_of(engine: Engine, project: str = KEY) -> dict[int, Any]:
    return {number: data for number, (_, data) in record(engine, project).data.items()}


def ordinals(engine: Engine) -> dict[int, int]:
    return {number: ordinal for number, (ordinal, _) in record(engine, KEY).data.items()}


def said(engine: Engine) -> list[Annotation]:
    return list(record(engine, KEY).annotations)


@contextmanager
def watched(engine: Engine, see: Callable[[str], None]) -> Iterator[None]:
    """Tell `see` every statement before it runs, and "COMMIT" before every commit of a writing transaction."""

    def statement(_connection: Any, _cursor: Any, words: str, *_: Any) -> None:
        see(words)

    def commit(connection: sa.Connection) -> None:
        see("COMMIT")

    sa.event.listen(engine, "before_cursor_execute", statement)
    sa.event.listen(engine, "commit", commit)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", statement)
        sa.event.remove(engine, "commit", commit)


class PowerCut(Exception):
    """The process ended here."""


def cut_at(words: str, time: int = 1) -> Callable[[str], None]:
    """Ends the work when a statement that begins with `words` is about to run for that time."""
    seen = count(1)

    def see(statement: str) -> None:
        if statement.startswith(words) and next(seen) == time:
            raise PowerCut(statement)

    return see


# Events


def test_events_are_kept_as_they_came_until_they_are_learned(engine: Engine) -> None:
    hear(engine, KEY, "TASKS_CREATED", {"tasks": [{"id": 1, "data": {"text": "\U0001f600\0"}}]}, 100.5)
    hear(engine, "5.1", "TASKS_DELETED", {}, 101.0)
    hear(engine, KEY, "TASKS_DELETED", {"tasks": []}, 99.0)
    first, second = unlearned(engine, KEY)
    assert first == Heard(first.id, "TASKS_CREATED", {"tasks": [{"id": 1, "data": {"text": "\U0001f600\0"}}]}, 100.5)
    assert second == Heard(second.id, "TASKS_DELETED", {"tasks": []}, 99.0)
    assert first.id < second.id
    learn(engine, KEY, News(), 100.5, [first.id])
    assert unlearned(engine, KEY) == [second]
    learn(engine, KEY, News(), 100.5, [second.id])
    assert unlearned(engine, KEY) == []
    assert [x.action for x in unlearned(engine, "5.1")] == ["TASKS_DELETED"]


def test_the_first_500_events_come_first(engine: Engine) -> None:
    assert MANY == 500
    for n in range(502):
        hear(engine, KEY, "TASKS_CREATED", {"n": n}, float(n))
    first = unlearned(engine, KEY)
    assert [x.body["n"] for x in first] == list(range(500))
    learn(engine, KEY, News(), 1, [x.id for x in first])
    assert [x.body["n"] for x in unlearned(engine, KEY)] == [500, 501]


def test_what_an_event_told_and_that_it_was_learned_is_one_thing(engine: Engine) -> None:
    hear(engine, KEY, "ANNOTATION_CREATED", {}, 1)
    (event,) = unlearned(engine, KEY)
    news = News(("Title", "", ""), {1: {"text": "a"}}, [Annotation(1, 1, SPAM, "a")], frozenset({2}), frozenset({2}))
    with watched(engine, cut_at("UPDATE events")), pytest.raises(PowerCut):
        learn(engine, KEY, news, 1, [event.id])
    assert unlearned(engine, KEY) == [event]
    assert record(engine, KEY) == Record(("", "", ""), {}, [])
    learn(engine, KEY, news, 1, [event.id])
    assert record(engine, KEY) == Record(("Title", "", ""), {1: (0, {"text": "a"})}, [Annotation(1, 1, SPAM, "a")])


# Words


def test_words_are_the_latest(engine: Engine) -> None:
    learn(engine, KEY, News(("Spam?", "Comments", "Read them")), 5)
    learn(engine, KEY, News(("Old", "Older", "Oldest")), 4)
    assert record(engine, KEY).words == ("Spam?", "Comments", "Read them")
    learn(engine, KEY, News(data={1: {}}), 9)
    learn(engine, KEY, News(("", "", "Read twice")), 5)
    assert record(engine, KEY).words == ("Spam?", "", "Read twice")


def test_the_record_of_nobody(engine: Engine) -> None:
    assert record(engine, "9.9") == Record(("", "", ""), {}, [])


# Tasks


def test_an_ordinal_stands_for_a_task_with_its_content(engine: Engine) -> None:
    learn(engine, KEY, News(data={7: {"text": "a"}, 3: {"text": "b"}}), 1)
    assert ordinals(engine) == {7: 0, 3: 1}
    learn(engine, KEY, News(data={3: {"text": "b"}, 4: {"text": "b"}}), 2)
    assert ordinals(engine) == {7: 0, 3: 1, 4: 2}
    learn(engine, KEY, News(data={7: {"text": "A"}, 5: {"text": "c"}}), 3)
    assert ordinals(engine) == {7: 3, 3: 1, 4: 2, 5: 4}
    learn(engine, KEY, News(data={7: {"text": "a"}}), 4)
    assert ordinals(engine) == {7: 5, 3: 1, 4: 2, 5: 4}
    assert data_of(engine) == {7: {"text": "a"}, 3: {"text": "b"}, 4: {"text": "b"}, 5: {"text": "c"}}


def test_ordinals_count_in_a_project_and_the_gone_keep_theirs(engine: Engine) -> None:
    learn(engine, KEY, News(data={1: {}, 2: {}}), 1)
    learn(engine, KEY, News(gone_tasks=frozenset({2, 9})), 2)
    learn(engine, KEY, News(data={3: {}}), 3)
    assert ordinals(engine) == {1: 0, 3: 2}
    learn(engine, "5.1", News(data={3: {"other": 1}}), 3)
    assert record(engine, "5.1").data == {3: (0, {"other": 1})}


def test_late_news_do_not_undo_later_ones(engine: Engine) -> None:
    learn(engine, KEY, News(data={1: {"text": "b"}}), 5)
    learn(engine, KEY, News(data={1: {"text": "a"}}), 4)
    assert record(engine, KEY).data == {1: (0, {"text": "b"})}


def test_data_that_changed_and_changed_back(engine: Engine) -> None:
    learn(engine, KEY, News(data={1: {"text": "a"}}), 1)
    learn(engine, KEY, News(data={1: {"text": "a"}}), 3)
    learn(engine, KEY, News(data={1: {"text": "b"}}), 2)
    assert record(engine, KEY).data == {1: (0, {"text": "a"})}


def test_a_deleted_task_stays_deleted(engine: Engine) -> None:
    learn(engine, KEY, News(gone_tasks=frozenset({1, 2})), 5)
    learn(engine, KEY, News(data={1: {"text": "late"}}), 4)
    learn(engine, KEY, News(data={2: {"text": "later"}, 3: {"text": "stays"}}), 6)
    assert data_of(engine) == {3: {"text": "stays"}}
    learn(engine, KEY, News(data={4: {}}, gone_tasks=frozenset({4, 3})), 7)
    assert data_of(engine) == {}


# Annotations


def test_the_latest_version_of_an_annotation_stays(engine: Engine) -> None:
    learn(engine, KEY, News(data={1: {}}), 1)
    first = Annotation(9, 1, SPAM, "2026-01-01T00:00:01Z", annotator=4)
    second = Annotation(9, 1, HAM, "2026-01-01T00:00:02Z", skipped=True, ground_truth=True, annotator=5)
    learn(engine, KEY, News(annotations=[first]), 2)
    assert said(engine) == [first]
    learn(engine, KEY, News(annotations=[second]), 3)
    learn(engine, KEY, News(annotations=[first]), 4)
    assert said(engine) == [second]
    third = replace(second, id=8)
    learn(engine, KEY, News(annotations=[third, replace(first, id=8)]), 5)
    assert said(engine) == [third, second]


def test_an_annotation_waits_for_its_task(engine: Engine) -> None:
    one = Annotation(9, 1, SPAM, "a")
    learn(engine, KEY, News(annotations=[one]), 1)
    assert said(engine) == []
    learn(engine, KEY, News(data={1: {}}), 2)
    assert said(engine) == [one]
    learn(engine, KEY, News(gone_tasks=frozenset({1})), 3)
    assert said(engine) == []


def test_a_deleted_annotation_stays_deleted(engine: Engine) -> None:
    learn(engine, KEY, News(data={1: {}}, annotations=[Annotation(7, 1, SPAM, "a")]), 1)
    learn(engine, KEY, News(gone_annotations=frozenset({7, 8})), 2)
    learn(engine, KEY, News(annotations=[Annotation(7, 1, HAM, "b"), Annotation(8, 1, SPAM, "b")]), 3)
    learn(engine, KEY, News(annotations=[Annotation(6, 1, HAM, "b")], gone_annotations=frozenset({6})), 3)
    assert said(engine) == []


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("late", [True, False])
def test_what_an_annotator_began_with_is_told_by_any_version(engine: Engine, late: bool, together: bool) -> None:
    learn(engine, KEY, News(data={1: {}}), 1)
    first = Annotation(9, 1, SPAM, "a", shown=BEGAN)
    versions = [first, Annotation(9, 1, HAM, "b")][:: -1 if late else 1]
    for some in [versions] if together else [[x] for x in versions]:
        learn(engine, KEY, News(annotations=some), 2)
    assert said(engine) == [Annotation(9, 1, HAM, "b", shown=BEGAN)]


def test_one_strange_event_does_not_keep_others_from_being_learned(engine: Engine) -> None:
    strange = Annotation(1, 1, SPAM, "2026\0" + "x" * 99, annotator=2**63)
    learn(engine, KEY, News(("Ti\0tle", "\0", "b"), {1: {"text": "\0"}}, [strange, Annotation(2, 1, HAM, "b")]), 1)
    assert record(engine, KEY) == Record(
        ("Title", "", "b"),
        {1: (0, {"text": "\0"})},
        [Annotation(1, 1, SPAM, "2026" + "x" * 36), Annotation(2, 1, HAM, "b")],
    )


# Whole readings


def test_what_a_whole_reading_misses_is_gone_and_comes_back_with_another(engine: Engine) -> None:
    everything = News(None, {1: {"text": "a"}, 2: {"text": "b"}}, [Annotation(5, 1, SPAM, "a")], whole=True)
    learn(engine, KEY, everything, 1)
    learn(engine, KEY, News(data={2: {"text": "b"}}, whole=True), 2)
    assert record(engine, KEY) == Record(("", "", ""), {2: (1, {"text": "b"})}, [])
    learn(engine, KEY, News(data={1: {"text": "a"}}, annotations=[Annotation(5, 1, SPAM, "a")]), 3)
    assert data_of(engine) == {2: {"text": "b"}}
    learn(engine, KEY, everything, 4)
    assert record(engine, KEY) == Record(
        ("", "", ""), {1: (0, {"text": "a"}), 2: (1, {"text": "b"})}, [Annotation(5, 1, SPAM, "a")]
    )
    learn(engine, KEY, News(whole=True), 5)
    assert record(engine, KEY) == Record(("", "", ""), {}, [])


def test_what_was_heard_after_a_reading_began_is_not_lost_by_it(engine: Engine) -> None:
    before = News(("Old", "", ""), {1: {"text": "a"}, 2: {"text": "b"}}, [Annotation(5, 1, SPAM, "a")])
    learn(engine, KEY, before, 1)
    created = News(data={3: {"text": "c"}}, annotations=[Annotation(6, 3, HAM, "c")])
    changed = News(("New", "", ""), {1: {"text": "A"}}, [Annotation(5, 1, HAM, "b")], frozenset({2}))
    learn(engine, KEY, created, 11)
    learn(engine, KEY, changed, 12)
    learn(engine, KEY, News(annotations=[Annotation(7, 1, HAM, "c")]), 12)
    learn(engine, KEY, News(gone_annotations=frozenset({7})), 13)
    gone = Annotation(7, 1, HAM, "c")
    learn(engine, KEY, replace(before, annotations=[*before.annotations, gone], whole=True), 10)
    assert record(engine, KEY) == Record(
        ("New", "", ""),
        {1: (3, {"text": "A"}), 3: (2, {"text": "c"})},
        [Annotation(5, 1, HAM, "b"), Annotation(6, 3, HAM, "c")],
    )


# Long news


def long_news(size: int) -> News:
    data = {n: {"text": f"comment {n}"} for n in range(size)}
    return News(("Title", "", ""), data, [Annotation(n, n, SPAM, "a") for n in range(0, size, 3)], whole=True)


def test_a_long_reading_lets_others_write_in_between(engine: Engine) -> None:
    assert STRETCH == 2_000
    news = long_news(4_500)
    seen: list[str] = []
    with watched(engine, seen.append):
        learn(engine, KEY, news, 1)
    assert seen.count("COMMIT") >= 3
    longest = max(part.count("INSERT INTO tasks") for part in " ".join(seen).split("COMMIT"))
    assert longest <= 2
    assert record(engine, KEY) == Record(
        ("Title", "", ""), {n: (n, {"text": f"comment {n}"}) for n in range(4_500)}, news.annotations
    )
    learn(engine, KEY, News(data={4_499: news.data[4_499]}, whole=True), 2)
    assert record(engine, KEY) == Record(("Title", "", ""), {4_499: (4_499, {"text": "comment 4499"})}, [])


def test_a_long_reading_that_was_stopped_is_learned_again(engine: Engine) -> None:
    learn(engine, KEY, News(data={9_999: {"text": "deleted"}}), 0.5)
    with watched(engine, cut_at("COMMIT", 2)), pytest.raises(PowerCut):
        learn(engine, KEY, long_news(4_500), 1)
    assert sorted(data_of(engine)) == [*range(2_000), 9_999]
    learn(engine, KEY, long_news(4_500), 2)
    assert sorted(data_of(engine)) == list(range(4_500))
    assert len(said(engine)) == 1_500
    assert sorted(ordinals(engine).values()) == list(range(1, 4_501))


@pytest.mark.slow
def test_threads_that_read_the_whole_at_once(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    news = long_news(2_500)
    at_once(lambda n: records.learn(engine, KEY, news, float(n)), list(range(1, 9)))
    assert data_of(engine) == news.data
    assert said(engine) == news.annotations
    assert sorted(ordinals(engine).values()) == list(range(2_500))
