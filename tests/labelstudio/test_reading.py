"""A whole reading of a project in which people go on working."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from alchemist.labelstudio.client import StudioProject
from tests.doubles.label_studio import TOKEN, Reply
from tests.doubles.truth import Truth


class Busy(Truth):
    """Something happens after the first page of tasks was given."""

    happens: Callable[[], None] = staticmethod(lambda: None)

    def serve(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Reply:
        reply = super().serve(method, path, body, query)
        if path == "/api/tasks/":
            happens, self.happens = self.happens, lambda: None
            happens()
        return reply


@pytest.fixture
def busy() -> Iterator[Busy]:
    """A project with 1,003 tasks: more than a page."""
    with Busy() as truth:
        truth.import_tasks(str(n) for n in range(1, 1_004))
        yield truth


@pytest.fixture
def studio(busy: Busy) -> Iterator[StudioProject]:
    project = StudioProject(busy.url, TOKEN, 4, busy.project["label_config"], lambda text: None)
    yield project
    project.sdk._client_wrapper.httpx_client.httpx_client.close()


def test_tasks_that_are_annotated_meanwhile_are_there(busy: Busy, studio: StudioProject) -> None:
    def happens() -> None:
        busy.annotate(5, "spam")
        busy.annotate(6, "", skipped=True)

    busy.happens = happens
    news = studio.read()
    assert sorted(news.data) == list(range(1, 1_004))
    assert [(x.id, x.task, x.skipped) for x in news.annotations] == [(1, 5, False), (2, 6, True)]


def test_a_task_whose_annotation_is_deleted_meanwhile_is_there(busy: Busy, studio: StudioProject) -> None:
    busy.annotate(5, "spam")
    busy.happens = lambda: busy.delete(1)
    news = studio.read()
    assert sorted(news.data) == list(range(1, 1_004))
    assert news.annotations == []


def test_a_task_that_goes_meanwhile_takes_no_other_along(busy: Busy, studio: StudioProject) -> None:
    busy.happens = lambda: busy.delete_tasks([5])
    news = studio.read()
    assert set(range(1, 1_004)) - set(news.data) <= {5}
