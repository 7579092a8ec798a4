"""The record equals the truth, in whatever order and however often news of it come; on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from alchemist.core.corrections import Annotation, Heard, News, Record
from alchemist.core.ports import Project
from alchemist.state.records import hear, learn, record, unlearned
from alchemist.state.store import SqlStore
from tests.doubles.work import KEY

BEGAN = {"model_version": "alchemist-1-abcdef", "result": []}

pytestmark = pytest.mark.usefixtures("store")


class Truth:
    """A project as it changes. Moment n is right after its nth change; each change tells one piece of news."""

    def __init__(self) -> None:
        self.words = ("Title", "", "")
        self.data: dict[int, Any] = {}
        self.annotations: dict[int, Annotation] = {}
        self.events: list[tuple[float, News]] = []
        self.readings = [(0.5, self._whole())]
        self._ids = count(1)

    def change(self, what: str, which: int, value: int) -> None:
        """Change something; nothing happens when there is nothing of that kind."""
        moment = len(self.events) + 1
        news = self._changed(what, which, value, f"2026-01-01T00:{moment:04}Z")
        if news is not None:
            self.events.append((float(moment), replace(news, words=self.words)))
            self.readings.append((moment + 0.5, self._whole()))

    def record(self) -> tuple[tuple[str, str, str], dict[int, Any], list[Annotation]]:
        """What a record of it should hold, less the ordinals."""
        return self.words, self.data, [x for _, x in sorted(self.annotations.items())]

    def _whole(self) -> News:
        return News(self.words, dict(self.data), list(self.annotations.values()), whole=True)

    def _changed(self, what: str, which: int, value: int, at: str) -> News | None:
        task = sorted(self.data)[which % len(self.data)] if self.data else None
        known = sorted(self.annotations)[which % len(self.annotations)] if self.annotations else None
        if what == "create task":
            task = next(self._ids)
            self.data[task] = {"text": value}
            return News(data={task: self.data[task]})
        if what == "words":
            self.words = ("Title", f"about {value}", "")
            return News()
        if what == "update task" and task:
            self.data[task] = {"text": value}
            return News(data={task: self.data[task]})
        if what == "delete task" and task:
            del self.data[task]
            self.annotations = {n: x for n, x in self.annotations.items() if x.task != task}
            return News(gone_tasks=frozenset({task}))
        if what == "annotate" and task:
            new = Annotation(next(self._ids), task, [value], at, shown=BEGAN if value else {})
            self.annotations[new.id] = new
            return News(data={task: self.data[task]}, annotations=[new])
        if what == "update annotation" and known:
            changed = replace(self.annotations[known], result=[value], updated_at=at)
            self.annotations[known] = changed
            return News(data={changed.task: self.data[changed.task]}, annotations=[replace(changed, shown={})])
        if what == "delete annotation" and known:
            del self.annotations[known]
            return News(gone_annotations=frozenset({known}))
        return None


CHANGES = (
    "create task",
    "annotate",
    "update task",
    "update annotation",
    "delete annotation",
    "delete task",
    "words",
)
KEYS = (f"{n}.1" for n in count(100))


def truth_of(changes: Sequence[tuple[str, int, int]]) -> Truth:
    truth = Truth()
    for one in changes:
        truth.change(*one)
    return truth


def learned(engine: Engine, key: str, deliveries: Sequence[tuple[float, News]]) -> Record:
    """What is recorded after these; meanwhile no ordinal may come to stand for anything else."""
    stands: dict[int, tuple[int, Any]] = {}
    for moment, news in deliveries:
        learn(engine, key, news, moment)
        for number, (ordinal, data) in record(engine, key).data.items():
            assert ordinal >= 0
            assert stands.setdefault(ordinal, (number, data)) == (number, data)
    return record(engine, key)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 5), st.integers(0, 1)), max_size=14), st.data())
def test_any_order_gives_the_truth(engine: Engine, changes: list[tuple[str, int, int]], chosen: st.DataObject) -> None:
    truth = truth_of(changes)
    everything = [*truth.events, *truth.readings]
    repeated = chosen.draw(st.lists(st.sampled_from(everything), max_size=8))
    if chosen.draw(st.booleans(), "every event arrives"):
        deliveries = chosen.draw(st.permutations([*truth.events, *repeated]))
    else:
        deliveries = [*repeated, truth.readings[-1]]
    key = next(KEYS)
    SqlStore(engine).save_project(Project(key, "<View/>", "h", "t", "Title"))
    found = learned(engine, key, deliveries)
    words, data, annotations = truth.record()
    assert found.words == (words if deliveries else ("Title", "", ""))
    assert {number: x for number, (_, x) in found.data.items()} == data
    assert found.annotations == annotations


def test_threads_that_learn_at_once_lose_nothing(engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    truth = Truth()
    for n in range(110):
        truth.change(("create task", "annotate", "update task", "update annotation", "words")[n % 5], n, n)
        if n % 11 == 10:
            truth.change("delete task" if n % 2 else "delete annotation", n, n)
    for n, (moment, _) in enumerate(truth.events):
        hear(engine, KEY, "X", {"n": n}, moment)
    heard = unlearned(engine, KEY)
    shares = [heard[n::8] + heard[n : n + 1] for n in range(8)]

    def work(share: list[Heard]) -> None:
        for event in reversed(share):
            learn(engine, KEY, truth.events[event.body["n"]][1], event.at, [event.id])

    at_once(work, shares)
    words, data, annotations = truth.record()
    found = record(engine, KEY)
    assert (len(data), len(annotations)) == (17, 11)
    assert {number: x for number, (_, x) in found.data.items()} == data
    assert found.annotations == annotations
    assert found.words == words
    assert len({ordinal for ordinal, _ in found.data.values()}) == len(data)
    assert unlearned(engine, KEY) == []
