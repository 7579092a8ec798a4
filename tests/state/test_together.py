"""What is done together is kept whole or not at all, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.corrections import News
from alchemist.core.decisions import Decision
from alchemist.core.editions import Edition, Panel
from alchemist.core.predictions import Prediction
from alchemist.core.tasks import Task
from alchemist.state import jobs
from alchemist.state.store import SqlStore
from tests.doubles.work import CONFIG, KEY, QUESTION, program, vote


def edition(seed: int = 0) -> Edition:
    entry = program("a", "spam")
    weights = {"kind": "majority", "v": 1, "members": [entry.source.id], "params": {"pseudo": 1.0}, "why": "asked for"}
    return Edition(0, seed, (Panel(QUESTION, (entry,), weights),))


def everything(store: SqlStore, seed: int = 0) -> Edition:
    """Something of each kind."""
    store.mark(KEY, note=f"note {seed}", chosen="alchemist-9-aaaaaa")
    kept = store.keep(KEY, edition(seed), "together")
    store.decide(KEY, Decision(kept.name, "", "promoted", "alchemist", "good"))
    store.hear(KEY, "TASKS_CREATED", {"n": seed})
    store.learn(KEY, News(data={seed + 1: {}}, whole=True), 1)
    store.predicted(KEY, kept.name, [Task({}, seed + 1)], [Prediction({})])
    store.voting(KEY, CONFIG, vote)(CONFIG.questions[0], [program("a", "spam").source], [Task({"text": "a"}, 1, 0)])
    store.enqueue("prepare", KEY, urgent=True)
    return kept


KINDS = ("editions", "panels", "sources", "decisions", "events", "tasks", "predictions", "vote_blocks", "jobs")


def count(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {name}")).scalar_one())


def counted(engine: Engine) -> dict[str, int]:
    return {name: count(engine, name) for name in KINDS}


def test_what_is_done_together_is_kept_whole(store: SqlStore, engine: Engine) -> None:
    with store.together():
        everything(store)
        assert store.record(KEY).data == {1: (0, {})}
        assert store.project(KEY).note == "note 0"
        assert len(store.editions(KEY)) == 1
    assert counted(engine) == dict.fromkeys(KINDS, 1)


@pytest.mark.parametrize("nested", [False, True])
def test_an_error_leaves_nothing_of_it_behind(store: SqlStore, engine: Engine, nested: bool) -> None:
    store.enqueue("prepare", KEY)
    (before,) = jobs.open_jobs(engine)
    with pytest.raises(ZeroDivisionError), store.together():
        store.enqueue("prepare", KEY, urgent=True, delay=-900)
        with store.together() if nested else nullcontext():
            kept = everything(store)
            assert store.edition(KEY, kept.name) == kept
        _ = 1 / 0
    assert counted(engine) == dict.fromkeys(KINDS, 0) | {"jobs": 1}
    assert jobs.open_jobs(engine) == [before]
    assert (store.project(KEY).note, store.project(KEY).chosen) == ("", None)
    assert store.edition(KEY, kept.name) is None
    assert everything(store).number == 1


def test_an_error_within_the_inner_one_undoes_the_outer(store: SqlStore, engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), store.together():
        store.mark(KEY, note="outer")
        with store.together():
            store.mark(KEY, note="inner")
            _ = 1 / 0
    assert store.project(KEY).note == ""
    with store.together():
        store.mark(KEY, note="after")
    assert store.project(KEY).note == "after"


def test_threads_that_do_things_together(store: SqlStore, engine: Engine, at_once: Callable[..., list[Any]]) -> None:
    def work(seed: int) -> str | None:
        with suppress(ZeroDivisionError), store.together():
            name = everything(store, seed).name
            _ = 1 / (seed % 2)
            return name
        return None

    names = at_once(work, list(range(6)))
    assert [bool(x) for x in names] == [False, True, False, True, False, True]
    assert sorted(x["name"] for x in store.editions(KEY)) == sorted(x for x in names if x)
    assert sorted(x["number"] for x in store.editions(KEY)) == [1, 2, 3]
    assert sorted(x.body["n"] for x in store.unlearned(KEY)) == [1, 3, 5]
    assert counted(engine) == {
        "editions": 3,
        "panels": 1,
        "sources": 1,
        "decisions": 3,
        "events": 3,
        "tasks": 3,
        "predictions": 3,
        "vote_blocks": 1,
        "jobs": 1,
    }


def test_another_thread_sees_nothing_before_the_end(store: SqlStore) -> None:
    with ThreadPoolExecutor(1) as other, store.together():
        store.mark(KEY, note="not yet")
        assert store.project(KEY).note == "not yet"
        assert other.submit(lambda: store.project(KEY).note).result(30) == ""
    assert store.project(KEY).note == "not yet"
