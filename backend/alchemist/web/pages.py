"""Pages for people."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

import alchemist
from alchemist.core.editions import NO_EDITION
from alchemist.core.errors import BadLabelConfig
from alchemist.core.ports import Project
from alchemist.improve import fits
from alchemist.labelstudio.config import read_config
from alchemist.services import Services
from alchemist.state.jobs import open_jobs
from alchemist.web.ml import WithServices

router = APIRouter()
_templates = Environment(
    loader=PackageLoader("alchemist.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


@router.get("/")
def status(request: Request, services: WithServices) -> Response:
    """Every project: what predicts, what cannot be predicted and why, what is being done."""
    shown = {"status": "UP", "version": alchemist.__version__, "projects": _projects(services)}
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse(shown)
    return HTMLResponse(_templates.get_template("status.html").render(**shown))


def _projects(services: Services) -> list[dict[str, Any]]:
    jobs = {job["project"]: job for job in open_jobs(services.store.engine)}
    return [_project(project, jobs.get(project.key), services) for project in services.store.projects()]


def _project(project: Project, job: dict[str, Any] | None, services: Services) -> dict[str, Any]:
    try:
        config = read_config(project.label_config)
        problem = "" if config.questions or config.unsupported else "The label config asks nothing."
    except BadLabelConfig as error:
        config, problem = read_config(None), f"{error.message}. {error.hint}"
    edition = services.serving(project.key)
    edition = edition if edition and fits(edition, config) else None
    panels = {panel.question.name: panel for panel in edition.panels} if edition else {}
    return {
        "key": project.key,
        "title": project.title or f"Project {project.id}",
        "edition": edition.name if edition else NO_EDITION,
        "published": project.published,
        "problem": problem,
        "note": project.note,
        "questions": [
            {
                "name": question.name,
                "labels": list(question.label_names),
                "weights": panels[question.name].weights["why"] if question.name in panels else "",
                "programs": [x.name for x in panels[question.name].entries] if question.name in panels else [],
                "writers": [x.writer for x in panels[question.name].entries] if question.name in panels else [],
                "reason": "" if question.name in panels else "no program votes on it yet",
            }
            for question in config.questions
        ],
        "unsupported": [{"tag": x.tag, "name": x.name, "reason": x.reason} for x in config.unsupported],
        "job": None if job is None else _job(job),
    }


def _job(job: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": job["kind"],
        "running": job["lease"] is not None,
        "progress": job["progress"],
        "error": job["error"],
        "attempts": job["attempts"],
        "due_in": max(0, round(job["due"] - time.time())),
    }
