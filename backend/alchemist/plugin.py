"""The door for people who run `label-studio-ml start`: label-studio-ml 1.0.9 around the same services."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from flask import Response, after_this_request, has_request_context, json, request
from label_studio_ml.api import _server
from label_studio_ml.exceptions import AnswerException, exception_handler
from label_studio_ml.model import LabelStudioMLBase

from alchemist.core.errors import AlchemistError
from alchemist.core.ports import Project
from alchemist.core.text import clean, clean_text
from alchemist.labelstudio.config import warm
from alchemist.labelstudio.heard import event_body
from alchemist.labelstudio.wire import ACTIONS, event_project, project_key
from alchemist.services import Services
from alchemist.settings import read_settings
from alchemist.state import jobs

log = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds that a job may wait while no worker holds any, before that is called a fault."""


class AlchemistBackend(LabelStudioMLBase):  # type: ignore[misc]
    """Alchemist as the model of label-studio-ml 1.0.9.

    A script that says `from alchemist.plugin import AlchemistBackend` is all that `label-studio-ml init --script`
    needs; the settings are those of `alchemist serve`, from the environment.

    Run `alchemist worker` beside it, with the same environment: nothing here supervises one. Without a worker the
    programs of ALCHEMIST_PROGRAMS predict, every vote counting the same, and nothing is written, fitted or published.

    `alchemist serve` is the better door: label-studio-ml has no pages, no list of versions, and asks nobody for the
    password of BASIC_AUTH_USER.
    """

    def __init__(self, label_config: str | None = None, train_output: object = None, **kwargs: Any) -> None:
        """Introduce the project of the request that is being answered, and have its version answered."""
        super().__init__(None, train_output, **kwargs)  # given the config, it would raise at tags that it does not know
        self.label_config = label_config
        if has_request_context():
            with _one_error_shape():
                xml, hostname, token = (clean_text(x or "") for x in (label_config, self.hostname, self.access_token))
                _answer_version(_meet(Project(project_key(_told().get("project")), xml, hostname, token)))

    def predict(self, tasks: Sequence[Any], **kwargs: Any) -> list[Any]:
        """One item a task, always: a prediction, or `[]` where there is none to give.

        Project and label config are the request's: the model is one for all projects, the last one introduced.
        """
        with _one_error_shape():
            told = _told()
            key, xml = project_key(told.get("project")), told.get("label_config") or ""
            asked = told.get("tasks", tasks)
            version, items = _services().answer(key, xml, asked if isinstance(asked, list) else [])
            _answer_version(version)
            return items

    def fit(self, tasks: object, workdir: str | None = None, **kwargs: Any) -> dict[str, str]:
        """Queue the job that fits and publishes again; a worker does it. `data` is an event's body."""
        with _one_error_shape():
            return _hear("START_TRAINING", kwargs.get("data") or {"project": _told().get("project")})


@exception_handler  # type: ignore[untyped-decorator]
def _webhook() -> tuple[dict[str, str], int]:
    """Acknowledge an event; Start Training queues the job that fits and publishes again."""
    with _one_error_shape():
        body = _told()
        return _hear(str(body.get("action") or "START_TRAINING"), body), 201


# label-studio-ml starts a process for every event (5 s, 350 MB: torch), drops Start Training, and leaves the project's
# token in a folder of its own. The extra pins 1.0.9, so this name stays what it is.
_server.view_functions["webhook"] = _webhook


def _meet(project: Project) -> str:
    """The version that predicts for the project; tells the log when jobs wait that nobody does."""
    services = _services()
    if jobs.due(services.store.engine, time.time() - PATIENCE) and not jobs.holders(services.store.engine):
        log.error("jobs wait and nobody does them: run `alchemist worker` beside label-studio-ml")
    return services.meet(project)


def _hear(action: str, body: Mapping[str, Any]) -> dict[str, str]:
    """Keep an event, and say what was queued."""
    known = action in ACTIONS
    key = _services().hear(event_project(body.get("project")), action, event_body(dict(body))) if known else None
    return {"status": "ok", "job": f"train {key}"} if key and action == "START_TRAINING" else {"status": "ok"}


_making = threading.Lock()


def _services() -> Services:
    """This process's parts; requests come in threads, and the first one makes them."""
    with _making:
        return _made()


@lru_cache(maxsize=1)
def _made() -> Services:
    services = Services(read_settings())
    if services.settings.basic_auth_user:
        log.error("BASIC_AUTH_USER is set, but label-studio-ml lets everybody in: run `alchemist serve`")
    services.store  # noqa: B018 - opened and migrated here, by one thread
    warm()
    return services


def _told() -> Mapping[str, Any]:
    """The body of the request that is being answered, as text that can be stored (see web/bodies.py).

    label-studio-ml passes the project on to nobody, and the label config of `/predict` neither.
    """
    if not has_request_context():
        return {}
    body, raw = request.get_json(silent=True), request.get_data()
    body = clean(body) if b"\\ud" in raw or b"\\uD" in raw else body
    return body if isinstance(body, dict) else {}


def _answer_version(version: str) -> None:
    """Answer with this version: label-studio-ml would say `INITIAL`, or the number of its last job.

    Label Studio predicts a task again for as long as it has no prediction of the version that `/setup` said.
    """

    def amend(response: Response) -> Response:
        body = response.get_json(silent=True)
        if isinstance(body, dict) and "model_version" in body:
            response.set_data(json.dumps(body | {"model_version": version}))
        return response

    if has_request_context():
        after_this_request(amend)


@contextmanager
def _one_error_shape() -> Iterator[None]:
    """Whatever happens, the reply says it in our words; label-studio-ml would send the traceback."""
    try:
        yield
    except Exception as error:
        if not has_request_context():
            raise
        known = AlchemistError("something went wrong here", "The server's log has the details.")
        known = error if isinstance(error, AlchemistError) else known
        raise AnswerException(known.status, known.message, known.shape() | {"traceback": ""}) from error
