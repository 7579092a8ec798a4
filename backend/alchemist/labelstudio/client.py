"""One project in Label Studio, over its REST API (FACTS.md D and E, LIVE.md 2)."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from label_studio_sdk import LabelStudio, PredictionRequest
from label_studio_sdk.core.api_error import ApiError

from alchemist.core.corrections import Annotation, News, Record
from alchemist.core.editions import NO_EDITION, Edition
from alchemist.core.errors import LabelStudioAway, LabelStudioError, LabelStudioRefused, ProjectGone
from alchemist.core.ports import Facts
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task
from alchemist.labelstudio.convert import results
from alchemist.labelstudio.heard import annotation, facts, understand
from alchemist.labelstudio.wire import plain

log = logging.getLogger(__name__)

CHUNK = 20_000
"""Rows a bulk import: each request recounts the whole project, so one big one wins (LIVE.md 2.7)."""
_PAGE = 1_000
_BREATH = 0.02
"""Seconds between two deletions: annotators go first."""


def _filter(column: str, operator: str, kind: str, value: Any) -> dict[str, Any]:
    return {"filter": f"filter:tasks:{column}", "operator": operator, "type": kind, "value": value}


_NOBODY = _filter("annotators", "empty", "List", True)
_ANNOTATED = (
    # Not by counts alone: an import of predictions writes counts that it took before annotators went on.
    [_filter("annotators", "empty", "List", False)],
    *([_NOBODY, _filter(x, "greater", "Number", 0)] for x in ("total_annotations", "cancelled_annotations")),
)
_HINTS = {
    "legacy token authentication has been disabled": "Legacy tokens are off: turn them on under Organization > API "
    "Tokens Settings, or set LABEL_STUDIO_API_KEY to a personal access token.",
    "Token is blacklisted": "The personal access token was revoked: create another, set LABEL_STUDIO_API_KEY to it.",
    "Invalid token": "The token is wrong: copy it from Account & Settings and set LABEL_STUDIO_API_KEY to it.",
    "credentials were not provided": "Set LABEL_STUDIO_API_KEY to a personal access token or a legacy token.",
}


class StudioProject:
    """A project that a token may read and write. `auth` is what the connected backend asks for, if anything.

    Raises `LabelStudioAway` when nobody answers, `LabelStudioRefused` when the token is no good.
    """

    def __init__(
        self,
        url: str,
        token: str,
        project_id: int,
        xml: str,
        tell: Callable[[str], None],
        auth: Mapping[str, str] | None = None,
    ) -> None:
        self.auth = auth or {}
        self.id = project_id
        self.xml = xml
        self.tell = tell
        self.url = url.rstrip("/")
        with mapped(self.url):  # a personal access token is looked at right here
            self.sdk = LabelStudio(base_url=f"{self.url}/", api_key=token, timeout=60)

    def checked(self) -> StudioProject:
        """This, once Label Studio has taken the token. Raises `LabelStudioRefused` and `LabelStudioAway`."""
        with mapped(self.url):
            self.sdk.users.whoami()
        return self

    understand = staticmethod(understand)

    def read(self) -> News:
        """The project's words, all its tasks and what annotators said of them, page by page.

        Tasks are listed by their ids alone, so one that is annotated meanwhile is there.
        """
        project = self._project()
        words = (project.title or "", plain(project.description or ""), plain(project.expert_instruction or ""))
        data: dict[int, Any] = {}
        annotations: list[Annotation] = []
        for item in self._tasks((), "reading tasks"):
            data[item["id"]] = item["data"]
        for item in (x for wanted in _ANNOTATED for x in self._tasks(wanted, "reading annotated tasks", "all")):
            data.setdefault(item["id"], item["data"])
            shown = {x["id"]: x for x in map(_plain, item["predictions"] or ())}
            annotations += [annotation(_plain(x), item["id"], shown) for x in item["annotations"] or ()]
        return News(words, data, annotations, whole=True)

    def _project(self) -> Any:
        """The project's row. Raises `ProjectGone` when there is none."""
        with mapped(self.url):
            try:
                return self.sdk.projects.get(self.id)
            except ApiError as error:
                if error.status_code == 404:
                    raise ProjectGone(f"Label Studio has no project {self.id} any more") from error
                raise

    def facts(self, config: LabelConfig, record: Record) -> Facts:
        """The record as the paths know it."""
        return facts(config, record, "read")

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int:
        """Import the predictions of tasks that have none of this edition; how many were stored.

        Compares what was stored with what was sent, and raises `LabelStudioError` when they differ: the caller
        comes again, and only what is missing is sent then.
        """
        if interrupted:
            self._let_it_end(edition.name, len(tasks))
        items = results(self.xml, edition, tasks, predictions)
        present = self._predicted(edition.name) if self.versions().get(edition.name) else set()
        missing = [(task.id, item) for task, item in zip(tasks, items, strict=True) if item and task.id not in present]
        rows = [PredictionRequest(task=known, **item) for known, item in missing]
        stored = 0
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            self.tell(f"storing predictions {start + len(chunk):,} of {len(rows):,}")
            with mapped(self.url):
                created = self.sdk.projects.import_predictions(
                    self.id, request=chunk, request_options={"timeout": 600, "max_retries": 0}
                ).created
            stored += created or 0
            if created != len(chunk):
                raise LabelStudioError(
                    f"Label Studio stored {created} of {len(chunk)} predictions", "It is tried again for the others."
                )
        return stored

    def point_at(self, edition: Edition) -> str:
        """Title mode where a backend of ours is connected, static mode otherwise (LIVE.md 2.6)."""
        with mapped(self.url):
            connected = [x for x in self.sdk.ml.list(project=self.id) if ours(x.model_version)]
            for backend in connected:
                if backend.title != edition.name:
                    self.sdk.ml.update(backend.id, url=backend.url, project=self.id, title=edition.name, **self.auth)
            project = self.sdk.projects.get(self.id)
            if project.model_version != edition.name and self.versions().get(edition.name):
                self.sdk.projects.update(self.id, model_version=edition.name)
            if not project.show_collab_predictions:
                return (
                    "Predictions are stored, but not shown to annotators: "
                    'turn on Settings > Annotation > "Use predictions to prelabel tasks".'
                )
        return f"{'title' if connected else 'static'} mode"

    def versions(self) -> dict[str, int]:
        """How many predictions of each model version the project holds."""
        with mapped(self.url):
            reply = self.sdk._client_wrapper.httpx_client.request(
                f"api/projects/{self.id}/model-versions/", method="GET"
            )
            try:
                body = reply.json()
            except ValueError:
                body = None
            if reply.status_code != 200 or not isinstance(body, dict):
                raise ApiError(status_code=reply.status_code, body=body)
        return body

    def _let_it_end(self, version: str, size: int) -> None:
        """An import that was begun goes on in Label Studio when its sender dies: wait until the count stands still."""
        self.tell("waiting for an import that was interrupted")
        pause = max(3.0, size / 1000)
        before, still = -1, 0
        while before < size and still < (1 if before > 0 else 2):  # rows come all at once: 0 may yet become all
            time.sleep(pause if before >= 0 else 0)
            count = self.versions().get(version, 0)
            still = still + 1 if count == before else 0
            before = count

    def _predicted(self, version: str) -> set[int]:
        """The tasks that hold a prediction of this version."""
        holds = _filter("predictions_model_versions", "contains", "List", [version])
        return {item["id"] for item in self._tasks([holds], "reading predictions")}

    def thin(self, keep: Sequence[str], most: int) -> int:
        """Delete up to `most` predictions of our editions other than `keep`, one by one; how many there were.

        Never with `DELETE model-versions`: annotators meanwhile get "database is locked" (LIVE.md 2.4).
        """
        old = [x for x in self.versions() if ours(x) and x not in keep]
        deleted = 0
        holds = _filter("predictions_model_versions", "contains", "List", old)
        for item in self._tasks([holds], "thinning", "all") if old else ():
            for row in map(_plain, item["predictions"] or ()):
                if row["model_version"] in old and deleted < most:
                    with mapped(self.url):
                        self.sdk.predictions.delete(row["id"])
                    deleted += 1
                    time.sleep(_BREATH)
            if deleted >= most:
                break
        return deleted

    def _tasks(
        self, wanted: Sequence[Mapping[str, Any]], what: str, parts: Any = "task_only"
    ) -> Iterator[dict[str, Any]]:
        """The tasks that pass all these filters, in the order of their ids.

        Each page begins after the last id: pages that are counted slip when a task passes no more.
        """
        last = count = 0
        while True:
            after = _filter("id", "greater", "Number", last)
            rows = [x for x in self._first([*wanted, after], parts) if x.id > last]
            if not rows:
                return
            self.tell(f"{what}: {count:,}")
            last, count = rows[-1].id, count + len(rows)
            yield from map(_parts, rows)

    def _first(self, items: Sequence[Mapping[str, Any]], parts: Any) -> Sequence[Any]:
        """The first page of the Data Manager's list of tasks that pass all these filters."""
        query = json.dumps({"filters": {"conjunction": "and", "items": items}})
        with mapped(self.url):
            page: Any = self.sdk.tasks.list(
                project=self.id, fields=parts, resolve_uri=False, page_size=_PAGE, query=query, page=1
            )
        return page.items or ()


def _parts(row: Any) -> dict[str, Any]:
    """What is read of a task; annotations and predictions where they came along."""
    more = {name: getattr(row, name, None) for name in ("annotations", "predictions")}
    return {"id": row.id, "data": row.data, **more}


def _plain(written: Any) -> dict[str, Any]:
    """A part of a task, whether the SDK made an object of it or not."""
    return written if isinstance(written, dict) else dict(written)


@contextmanager
def mapped(url: str) -> Iterator[None]:
    """What the SDK raises, as errors that say what to do."""
    try:
        yield
    except ApiError as error:
        raise refused(error) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise LabelStudioAway(
            f"Label Studio does not answer at {_shown(url)} ({type(error).__name__})",
            "Is it running? Set LABEL_STUDIO_URL to an address that this server can reach.",
        ) from error


def refused(error: ApiError) -> LabelStudioError:
    """An answer that is not 2xx, as an error: its text and what to do, no headers and no token."""
    body = error.body if isinstance(error.body, dict) else {}
    text = plain(str(body.get("validation_errors") or body.get("detail") or body or "no text"))[:400]
    if error.status_code in (401, 403):
        hint = next((hint for words, hint in _HINTS.items() if words in text), "Check LABEL_STUDIO_API_KEY.")
        return LabelStudioRefused(f"Label Studio refused the token: {text}", hint)
    return LabelStudioError(f"Label Studio answered {error.status_code}: {text}")


def ours(model_version: str | None) -> bool:
    """Whether a connected backend answers `/setup` as this one does."""
    return bool(model_version) and str(model_version).startswith(NO_EDITION.removesuffix("0"))


def _shown(url: str) -> str:
    """A URL without a password in it."""
    return re.sub(r"//[^/@]*@", "//", url)


def backend_auth(user: str, password: str) -> dict[str, str]:
    """What Label Studio must know of a backend that asks for a user; every change of its row checks it anew."""
    if not user:
        return {}
    return {"auth_method": "BASIC_AUTH", "basic_auth_user": user, "basic_auth_pass": password}
