"""Events of several people alone, late, twice and in any order: the record is the truth."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from alchemist.core.ports import Project
from alchemist.labelstudio.heard import event_body, understand
from alchemist.state import records
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore
from tests.doubles.people import UNTOLD, People, difference, known, told
from tests.doubles.truth import Truth, choice


class Told(Truth):
    """Keeps each event in a database, up to 20 ms late, and one in ten of them twice."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.webhook("http://here/webhook")
        self.chance = threading.local()

    def _post(self, url: str, action: str, parts: Mapping[str, Any], seconds: float) -> None:
        chance = self.chance.__dict__.setdefault("random", random.Random(threading.current_thread().name))
        for _ in range(1 + (chance.random() < 0.1)):
            time.sleep(chance.uniform(0, 0.02))
            records.hear(self.engine, self.key, action, event_body({**parts, "project": self.project}), time.time())
        self.heard.append((action, 0.0, 201))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'state.sqlite3'}")
    yield engine
    engine.dispose()


def learn(store: SqlStore, key: str) -> None:
    """What a job does with the events that have come."""
    while events := store.unlearned(key):
        news = understand([(x.action, x.body) for x in events])
        store.learn(key, news, max(x.at for x in events), [x.id for x in events])


@pytest.mark.slow
def test_two_thousand_things_are_known_from_events_alone(engine: Engine) -> None:
    store = SqlStore(engine)
    with Told(engine) as truth:
        store.save_project(Project(truth.key, truth.project["label_config"]))
        truth.import_tasks(str(n) for n in range(100))
        truth.project["model_version"] = "one"
        shown = {"model_version": "one", "score": 0.5, "result": choice("ham")}
        truth.serve("POST", "/api/projects/4/import/predictions", [shown | {"task": x} for x in truth.tasks], {})
        people = People(truth, 0.0)
        people.may.release(2_000)
        try:
            while people.done < 2_000 and not people.faults:
                learn(store, truth.key)
        finally:
            people.end()
        assert people.faults == []
        learn(store, truth.key)
        found = difference(known(store.record(truth.key)), told(truth))
    assert {x: how for x, how in found.items() if not x.startswith(UNTOLD)} == {}
    assert len(truth.annotations) > 100
    assert {action for action, _, _ in truth.heard} == {
        "ANNOTATION_CREATED",
        "ANNOTATION_UPDATED",
        "ANNOTATIONS_CREATED",
        "ANNOTATIONS_DELETED",
        "TASKS_CREATED",
        "TASKS_DELETED",
        "PROJECT_UPDATED",
    }
