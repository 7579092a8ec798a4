"""The wire: what Label Studio 1.23.2 calls (FACTS.md A). Everything here answers fast and as it is expected."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse

from alchemist.core.editions import NO_EDITION
from alchemist.core.errors import BadLabelConfig
from alchemist.core.ports import Project
from alchemist.improve import fits
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.convert import results
from alchemist.labelstudio.heard import event_body
from alchemist.labelstudio.wire import PredictRequest, ProjectPart, SetupRequest, project_key, tasks_from
from alchemist.services import Services
from alchemist.web.bodies import CleanRoute
from alchemist.web.counters import Counters

log = logging.getLogger(__name__)
router = APIRouter(route_class=CleanRoute)

ACTIONS = frozenset(
    {
        "ANNOTATION_CREATED",
        "ANNOTATION_UPDATED",
        "ANNOTATIONS_CREATED",
        "ANNOTATIONS_DELETED",
        "TASKS_CREATED",
        "TASKS_DELETED",
        "PROJECT_CREATED",
        "PROJECT_UPDATED",
        "PROJECT_DELETED",
        "START_TRAINING",
    }
)


def _services(request: Request) -> Services:
    return request.app.state.services  # type: ignore[no-any-return]


def _counters(request: Request) -> Counters:
    return request.app.state.counters  # type: ignore[no-any-return]


WithServices = Annotated[Services, Depends(_services)]
WithCounters = Annotated[Counters, Depends(_counters)]


@router.get("/health")
def health() -> dict[str, str]:
    """Alive; touches nothing."""
    return {"status": "UP", "model_class": "Alchemist"}


@router.post("/setup")
def setup(body: SetupRequest, services: WithServices) -> dict[str, str]:
    """The version that predicts for the project. Never fails for what is in the config."""
    key = project_key(body.project)
    if not key:
        return {"model_version": NO_EDITION}
    project = Project(key, body.label_config or "", body.hostname or "", body.access_token or "")
    try:
        version = services.meet(project)
    except BadLabelConfig as error:
        services.store.save_project(project)
        log.info("project %s: %s", key, error.message)
        version = NO_EDITION
    return {"model_version": version}


@router.post("/predict")
def predict(body: PredictRequest, services: WithServices, counters: WithCounters) -> dict[str, Any]:
    """One item a task, always: a prediction, or `[]` where there is none to give."""
    nothing: dict[str, Any] = {"results": [[] for _ in body.tasks]}
    key = project_key(body.project)
    edition = services.serving(key)
    known = services.store.project(key)
    xml = body.label_config or (known.label_config if known else "")
    try:
        config = read_config(xml)
    except BadLabelConfig as error:
        log.warning("project %s: %s", key, error.message)
        return nothing
    if edition is None or not fits(edition, config):
        if key and config.questions:
            services.meet(Project(key, xml))
            edition = services.serving(key)
        if edition is None or not fits(edition, config):
            services.remember(key, body.tasks)
            return nothing
    tasks = tasks_from(body.tasks, config)
    items = results(xml, edition, tasks, services.predict(edition, tasks))
    answered = sum(bool(item and item["result"]) for item in items)
    counters.tasks(answered, len(items) - answered)
    return {"results": items, "model_version": edition.name}


@router.post("/webhook", status_code=201)
@router.post("/train", status_code=201)
def webhook(body: dict[str, Any], services: WithServices, counters: WithCounters) -> dict[str, str]:
    """Acknowledge an event; Start Training queues the job that fits and publishes again."""
    action = str(body.get("action") or "START_TRAINING")
    known = action in ACTIONS
    counters.event(action if known else "other")
    key = services.hear(_event_project(body.get("project")), action, event_body(body)) if known else None
    return {"status": "ok", "job": f"prepare {key}"} if key and action == "START_TRAINING" else {"status": "ok"}


def _event_project(project: object) -> tuple[int, float | None] | None:
    """The id of an event's project, and its time of creation where it is told."""
    if isinstance(project, dict):
        part = ProjectPart.model_validate(project)
        return part.id, part.created
    number = project_key(project if isinstance(project, str | int) else None).partition(".")[0]
    return (int(number), None) if number else None


@router.get("/versions")
@router.post("/versions")
def versions(services: WithServices, body: Annotated[Any, Body()] = None) -> JSONResponse:
    """The editions there are, newest first: of the project that the body names, or of all."""
    asked = body.get("project") if isinstance(body, dict) else None
    keys = [project_key(asked)] if asked is not None else [x.key for x in services.store.projects()]
    names = [edition["name"] for key in keys for edition in services.store.editions(key)]
    return JSONResponse({"versions": names})
