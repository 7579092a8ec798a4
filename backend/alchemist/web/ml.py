"""The wire: what Label Studio 1.23.2 calls (FACTS.md A). Everything here answers fast and as it is expected."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import JSONResponse

from alchemist.core.editions import NO_EDITION
from alchemist.core.ports import Project
from alchemist.labelstudio.heard import event_body
from alchemist.labelstudio.wire import ACTIONS, PredictRequest, SetupRequest, event_project, project_key
from alchemist.services import Services
from alchemist.web.bodies import CleanRoute
from alchemist.web.counters import Counters

router = APIRouter(route_class=CleanRoute)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _counters(request: Request) -> Counters:
    counters: Counters = request.app.state.counters
    return counters


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
    project = Project(key, body.label_config or "", body.hostname or "", body.access_token or "")
    return {"model_version": services.meet(project)}


@router.post("/predict")
def predict(body: PredictRequest, services: WithServices, counters: WithCounters) -> dict[str, Any]:
    """One item a task, always: a prediction, or `[]` where there is none to give."""
    version, items = services.answer(project_key(body.project), body.label_config or "", body.tasks)
    if version != NO_EDITION:
        answered = sum(bool(item and item["result"]) for item in items)
        counters.tasks(answered, len(items) - answered)
    return {"results": items, "model_version": version}


@router.post("/webhook", status_code=201)
@router.post("/train", status_code=201)
def webhook(body: dict[str, Any], services: WithServices, counters: WithCounters) -> dict[str, str]:
    """Acknowledge an event; Start Training queues the job that asks for better programs."""
    action = str(body.get("action") or "START_TRAINING")
    known = action in ACTIONS
    counters.event(action if known else "other")
    key = services.hear(event_project(body.get("project")), action, event_body(body)) if known else None
    return {"status": "ok", "job": f"train {key}"} if key and action == "START_TRAINING" else {"status": "ok"}


@router.get("/versions")
@router.post("/versions")
def versions(services: WithServices, body: Annotated[Any, Body()] = None) -> JSONResponse:
    """The editions there are, newest first: of the project that the body names, or of all."""
    asked = body.get("project") if isinstance(body, dict) else None
    keys = [project_key(asked)] if asked is not None else [x.key for x in services.store.projects()]
    names = [edition["name"] for key in keys for edition in services.store.editions(key)]
    return JSONResponse({"versions": names})
