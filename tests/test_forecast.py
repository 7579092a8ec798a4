"""What the next run would ask for: for a question without programs, for better ones, or for nothing yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alchemist.core.tasks import Task
from alchemist.forecast import REASON, next_briefs, rehearse
from alchemist.improve import prepare, publish, record
from alchemist.state.database import open_database
from alchemist.trials import REPAIRS
from tests.doubles.studio import ScriptedStudio
from tests.doubles.work import BOTH, CONFIG, PROJECT, TONE, Calls, GivenWriter, NotedStore, at_work, program

ENTRIES = [program("free", "spam"), program("love", "ham")]
TASKS = [Task({"text": "free click"}, 1), Task({"text": "love"}, 2), Task({"text": "nothing"}, 3)]


@pytest.fixture
def store(tmp_path: Path) -> Any:
    engine = open_database(f"sqlite:///{tmp_path / 'alchemist.sqlite3'}")
    store = NotedStore(engine, Calls())
    store.save_project(PROJECT)
    yield store
    engine.dispose()


def asked(store: NotedStore, studio: ScriptedStudio, config: Any = CONFIG) -> tuple[list[tuple[str, bool]], list[str]]:
    """The question of each brief with whether it tells of a shortfall, and why there is none for others."""
    work = at_work(store, studio, GivenWriter(ENTRIES), config)
    briefs, why_not = next_briefs(work, record(work))
    return [(x.question.name, x.shortfall is not None) for x in briefs], why_not


def serve(store: NotedStore, studio: ScriptedStudio) -> None:
    prepare(at_work(store, studio, GivenWriter(ENTRIES)))
    publish(at_work(store, studio, GivenWriter(ENTRIES)))


def test_before_the_first_edition_programs_are_asked_for_every_question(store):
    assert asked(store, ScriptedStudio(TASKS), BOTH) == ([("label", False), ("tone", False)], [])


def test_programs_are_asked_for_a_question_that_has_none(store):
    studio = ScriptedStudio(TASKS)
    serve(store, studio)
    assert asked(store, studio, BOTH) == ([(TONE.name, False)], [])


def test_better_ones_are_asked_for_where_corrections_could_judge_them(store):
    studio = ScriptedStudio(TASKS)
    serve(store, studio)
    assert asked(store, studio) == (
        [],
        ["label: nothing is asked for, only 0 corrections could judge it and 10 must"],
    )
    for n in range(10, 60):
        studio.data[n] = {"text": f"free {n}"}
        studio.annotate(n, {"label": "spam"})
    assert asked(store, studio) == ([("label", True)], [])


def test_a_rehearsal_asks_for_programs_and_to_mend_each(store):
    writer = GivenWriter(ENTRIES)
    work = at_work(store, ScriptedStudio(TASKS), writer)
    rehearse(work, next_briefs(work, record(work))[0])
    assert len(writer.briefs) == 1
    assert writer.complaints == [(x.name, REASON) for x in ENTRIES for _ in range(REPAIRS)]
    assert store.kept == []
