"""Pages for people."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

import alchemist
from alchemist.core.decisions import Decision
from alchemist.core.editions import NO_EDITION, Panel
from alchemist.core.errors import BadLabelConfig
from alchemist.core.jobs import THIN
from alchemist.core.ledger import Spent
from alchemist.core.ports import Project
from alchemist.labelstudio.config import read_config
from alchemist.meeting import fits
from alchemist.services import Services
from alchemist.state.jobs import open_jobs
from alchemist.state.ledger import paid
from alchemist.web.ml import WithServices

DECISIONS = 5
"""Decisions of a project that are shown, at most."""

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
    waiting = sorted(open_jobs(services.store.engine), key=_shown_first, reverse=True)
    jobs = {job["project"]: job for job in waiting}
    return [_project(project, jobs.get(project.key), services) for project in services.store.projects()]


def _shown_first(job: dict[str, Any]) -> tuple[bool, bool, float]:
    """Of a project's jobs the one that runs is shown, or else the next; the clean-up only where there is no other."""
    return job["lease"] is None, job["kind"] == THIN, job["due"]


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
        "number": project.id,
        "title": project.title or f"Project {project.id}",
        "edition": edition.name if edition else NO_EDITION,
        "published": project.published,
        "chosen": project.chosen if project.chosen != project.serving else None,
        "problem": problem,
        "note": project.note,
        "spent": _spent(paid(services.store.engine, project.key)),
        "threshold": edition.threshold.words if edition else "",
        "questions": [
            {"name": x.name, "labels": list(x.label_names)} | _panel(panels.get(x.name)) for x in config.questions
        ],
        "unsupported": [{"tag": x.tag, "name": x.name, "reason": x.reason} for x in config.unsupported],
        "decisions": [_decision(x) for x in services.store.decisions(project.key)[:DECISIONS]],
        "job": None if job is None else _job(job),
    }


def _spent(known: Spent) -> str:
    """What the language model cost, in words; empty where none was asked."""
    if not known.calls:
        return ""
    unknown = f", {known.unknown:,} of them at a price that is not known" if known.unknown else ""
    return f"${known.usd:.4f} for {known.calls:,} calls of a language model{unknown}"


def _panel(panel: Panel | None) -> dict[str, Any]:
    """What answers a question; `reason` is why nothing does."""
    if panel is None:
        nothing: dict[str, Any] = {
            "weights": "",
            "scores": "",
            "worth": None,
            "doubts": 0,
            "programs": [],
            "writers": [],
        }
        return nothing | {"reason": "no program votes on it yet"}
    return {
        "weights": panel.weights["why"],
        "scores": panel.scores,
        "worth": panel.weights.get("worth"),
        "doubts": panel.weights.get("doubts", 0),
        "programs": [x.name for x in panel.entries],
        "writers": [x.writer for x in panel.entries],
        "reason": "",
    }


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(decision.at)),
        "verdict": decision.verdict,
        "candidate": decision.candidate,
        "incumbent": decision.incumbent,
        "actor": decision.actor,
        "reason": decision.reason,
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
