"""The worker: one job at a time, and what is told when it fails."""

from __future__ import annotations

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alchemist.core.errors import LabelStudioAway, ProjectGone
from alchemist.core.jobs import THIN
from alchemist.core.ports import Project
from alchemist.core.tasks import Task
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import jobs
from alchemist.worker import release_dead, work_once, worker_name
from tests.doubles.studio import ScriptedStudio

KEY = "4.1795174907"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)


class Studios(Services):
    """Services whose Label Studio is a double; `raises` are errors to raise first, in order."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        texts = ("check out", "love", "nothing")
        self.double = ScriptedStudio([Task({"text": x}, n) for n, x in enumerate(texts)])
        self.raises: list[Exception] = []

    def studio(self, project: Project, tell: Callable[[str], None]) -> ScriptedStudio:
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
    assert [work_once(services), work_once(services)] == [True, True]  # prepare, publish
    project = services.store.project(KEY)
    assert project is not None
    name = project.serving
    assert name == project.published == services.double.pointed_at
    said = {task: x.said.get("label") for (version, task), x in services.double.stored.items() if version == name}
    assert said == {"0": "spam", "1": "ham", "2": None}
    assert project.note == f"{name} answers 2 of 3 unlabelled tasks, 3 stored now; title mode"
    assert jobs.open_jobs(services.store.engine) == []
    assert work_once(services) is False


def test_cleaning_up_does_not_hide_what_was_published(services: Studios) -> None:
    while work_once(services):
        pass
    services.store.enqueue(THIN, KEY)
    assert work_once(services)
    project = services.store.project(KEY)
    assert project is not None
    assert project.note == f"{project.serving} answers 2 of 3 unlabelled tasks, 3 stored now; title mode"


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
    assert [work_once(services), work_once(services)] == [True, True]
    assert jobs.open_jobs(services.store.engine) == []
    assert len(services.double.stored) == 3


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

    def late(project: Project, tell: Callable[[str], None]) -> ScriptedStudio:
        assert jobs.claim(services.store.engine, "another", time.time() + jobs.LEASE + 1)
        return studio(project, tell)

    services.studio = late  # type: ignore[method-assign]
    assert work_once(services) is True
    assert services.double.stored == {}
    assert waiting_job(services)["lease"] is not None


def test_a_job_of_an_unknown_kind_is_told(services: Studios) -> None:
    while work_once(services):
        pass
    jobs.enqueue(services.store.engine, "dance", KEY, time.time())
    assert work_once(services) is True
    assert waiting_job(services)["error"].startswith("no worker knows how to do 'dance'")


def test_a_certain_job_may_be_done(services: Studios) -> None:
    ((row, _),) = jobs.due(services.store.engine, time.time())
    assert work_once(services, row + 1) is False
    assert work_once(services, row) is True
    assert [x["kind"] for x in jobs.open_jobs(services.store.engine)] == ["publish"]


def test_a_project_that_is_gone_is_cleaned_up_and_not_tried_again(services: Studios) -> None:
    while work_once(services):
        pass
    before = services.store.project(KEY)
    services.raises = [ProjectGone("Label Studio has no project 4 any more")]
    services.store.enqueue("review", KEY)
    assert work_once(services) is True
    project = services.store.project(KEY)
    assert project is not None
    assert before is not None
    assert project.note == (
        "Label Studio has no project 4 any more: what was kept of its tasks is deleted, its programs are kept"
    )
    assert jobs.open_jobs(services.store.engine) == []
    assert services.store.record(KEY).data == {}
    services.sweep(time.time() + 599)  # it is looked for again with the next sweep, not with every look for work
    assert jobs.open_jobs(services.store.engine) == []
    assert services.store.edition(KEY, before.serving or "") is not None


def test_projects_that_were_not_read_for_long_are_reviewed(services: Studios) -> None:
    while work_once(services):
        pass
    services.sweep(time.time() + 599)
    assert jobs.open_jobs(services.store.engine) == []
    services.sweep(time.time() + 601)
    assert [x["kind"] for x in jobs.open_jobs(services.store.engine)] == ["sweep"]


def test_what_a_dead_worker_of_this_machine_held_is_given_back(services: Studios) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    engine = services.store.engine
    assert jobs.claim(engine, worker_name(child.pid), time.time())
    assert jobs.claim(engine, "another-machine-7", time.time()) is None
    release_dead(services)
    assert jobs.holders(engine) == [worker_name(child.pid)]
    child.kill()
    ends = time.monotonic() + 10
    while jobs.holders(engine) and time.monotonic() < ends:  # nobody waits for it: it is a zombie
        release_dead(services)
    assert jobs.holders(engine) == []
    child.wait(10)
    assert work_once(services) is True


def test_a_worker_of_another_machine_is_not_called_dead(services: Studios) -> None:
    assert jobs.claim(services.store.engine, "another-machine-999999999", time.time())
    release_dead(services)
    assert jobs.holders(services.store.engine) == ["another-machine-999999999"]
