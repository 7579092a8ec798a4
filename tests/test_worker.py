"""The worker: one job at a time, and what is told when it fails."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alchemist.core.editions import Edition
from alchemist.core.errors import LabelStudioAway
from alchemist.core.ports import Facts, Project
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import jobs
from alchemist.worker import work_once

KEY = "4.1795174907"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)


class MemoryStudio:
    """A project in Label Studio with three tasks."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str, Any]] = []
        self.version = ""

    def read(self, config: LabelConfig) -> Facts:
        texts = ("check out", "love", "nothing")
        return Facts("Comments", "", "", [Task({"text": x}, n) for n, x in enumerate(texts)], [], "read 3 tasks")

    def publish(self, edition: Edition, tasks: Any, predictions: Any, interrupted: bool) -> int:
        self.rows += [(t.id, edition.name, dict(p.answers)) for t, p in zip(tasks, predictions, strict=True)]
        return len(tasks)

    def point_at(self, edition: Edition) -> str:
        self.version = edition.name
        return "title mode"


class Studios(Services):
    """Services whose Label Studio is a double; `raises` are errors to raise first, in order."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.double = MemoryStudio()
        self.raises: list[Exception] = []

    def studio(self, project: Project, tell: Callable[[str], None]) -> MemoryStudio:
        if self.raises:
            raise self.raises.pop(0)
        return self.double


@pytest.fixture
def services(tmp_path: Path) -> Studios:
    """Services that met a project, with a job waiting."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, word, label in (("a", "check out", "spam"), ("b", "love", "ham")):
        body = f'def label(task):\n    return "{label}" if "{word}" in task["text"] else None\n'
        (folder / f"{name}.py").write_text(body)
    services = Studios(Settings(home=tmp_path / "home", programs=str(folder), combiner="majority"))
    services.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    return services


def waiting_job(services: Services) -> dict[str, Any]:
    (job,) = jobs.open_jobs(services.store.engine)
    return job


def make_due(services: Services) -> None:
    with services.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE jobs SET due = 0")


def test_no_job_no_work(tmp_path: Path) -> None:
    assert work_once(Services(Settings(home=tmp_path))) is False


def test_a_job_is_done_and_told(services: Studios) -> None:
    assert work_once(services) is True
    project = services.store.project(KEY)
    assert project is not None
    name = project.serving
    assert name == project.published == services.double.version
    assert [(task, version) for task, version, _ in services.double.rows] == [(0, name), (1, name), (2, name)]
    assert [x["label"][0] if x else None for *_, x in services.double.rows] == ["spam", "ham", None]
    assert project.note == f"{name} answers 2 of 3 unlabelled tasks, 3 stored now; title mode"
    assert jobs.open_jobs(services.store.engine) == []
    assert work_once(services) is False


def test_a_failure_is_told_with_its_hint_and_tried_again(services: Studios) -> None:
    services.raises = [LabelStudioAway("Label Studio does not answer at http://h", "Is it running?")]
    before = time.time()
    assert work_once(services) is True
    job = waiting_job(services)
    assert job["error"] == "Label Studio does not answer at http://h. Is it running?"
    assert (job["lease"], job["attempts"]) == (None, 1)
    assert before + 4 < job["due"] < time.time() + 6
    assert work_once(services) is False
    make_due(services)
    assert work_once(services) is True
    assert jobs.open_jobs(services.store.engine) == []
    assert len(services.double.rows) == 3


def test_an_unexpected_error_gives_nothing_away(services: Studios, caplog: pytest.LogCaptureFixture) -> None:
    services.raises = [RuntimeError("s3cret detail")]
    with caplog.at_level(logging.ERROR):
        assert work_once(services) is True
    job = waiting_job(services)
    assert job["error"] == "Something went wrong; the worker's log has the details."
    assert job["attempts"] == 1
    assert f"job prepare of project {KEY} failed" in caplog.text
    assert "RuntimeError: s3cret detail" in caplog.text


def test_a_worker_whose_lease_ran_out_stores_nothing(services: Studios) -> None:
    studio = services.studio

    def late(project: Project, tell: Callable[[str], None]) -> MemoryStudio:
        assert jobs.claim(services.store.engine, "another", time.time() + jobs.LEASE + 1)
        return studio(project, tell)

    services.studio = late  # type: ignore[method-assign]
    assert work_once(services) is True
    assert services.double.rows == []
    assert waiting_job(services)["lease"] is not None


def test_a_job_of_an_unknown_kind_is_told(services: Studios) -> None:
    work_once(services)
    jobs.enqueue(services.store.engine, "dance", KEY, time.time())
    assert work_once(services) is True
    assert waiting_job(services)["error"].startswith("no worker knows how to do 'dance'")


def test_a_certain_job_may_be_done(services: Studios) -> None:
    ((row, _),) = jobs.due(services.store.engine, time.time())
    assert work_once(services, row + 1) is False
    assert work_once(services, row) is True
    assert services.double.version != ""
