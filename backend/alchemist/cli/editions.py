"""`alchemist editions`: what changed, why, and the way back. What differs between two is in `differences.py`."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, TypeAlias

from rich.bar import Bar
from rich.table import Column, Table
from rich.text import Text

from alchemist.cli.panels import printable
from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.cli.standings import Recorded, percent, percents, recorded, standings
from alchemist.core.decisions import PROMOTED, ROLLED_BACK, Decision
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import BadInput, NotFound
from alchemist.core.jobs import PUBLISH
from alchemist.core.ports import Project
from alchemist.core.programs import Entry
from alchemist.core.questions import Question
from alchemist.core.reliability import Reliability
from alchemist.labelstudio.config import read_config
from alchemist.meeting import fits, roll_back
from alchemist.services import Services
from alchemist.state.jobs import open_jobs

MOST_LABELS = 8
"""Labels that are told apart in a row of a table; `--json` tells all of them."""
STYLES = {"serving": "green", "rejected": "yellow", "was": "dim"}

Row: TypeAlias = tuple[float, str, str, str, str, str]
"""When, number, name, what became of it, who decided, why."""


def editions_list(number: int) -> None:
    """A table of editions and decisions, newest first."""
    services, project = opened(number)
    rows = sorted(_rows(services, project), key=lambda row: row[0], reverse=True)
    if not rows:
        console.print(f"project {number} has no edition yet; {_first_edition(number)}", markup=False, highlight=False)
        return
    table = Table("", "edition", "when", "why")
    for at, place, name, became, actor, why in rows:
        what = Text("\n").join([Text(printable(name)), Text(became, STYLES.get(became, "cyan"))])
        when = Text("\n").join([Text(_when(at)), Text(printable(f"by {actor}" if actor else ""), "dim")])
        table.add_row(place, what, when, Text(printable(why)))
    console.print(table)
    for line in _publishing(services, project):
        console.print(line, markup=False, highlight=False)


def _rows(services: Services, project: Project) -> Iterator[Row]:
    """Every edition with the decision that made it, and every other decision."""
    made: dict[str, Decision] = {}
    for decision in reversed(services.store.decisions(project.key)):
        if decision.verdict == PROMOTED and decision.candidate not in made:
            made[decision.candidate] = decision
        else:
            yield _decision_row(decision)
    for row in services.store.editions(project.key):
        name = row["name"]
        actor, why = (made[name].actor, made[name].reason) if name in made else ("", row["why"])
        yield row["created_at"], str(row["number"]), name, became(project, name), actor, why


def _decision_row(decision: Decision) -> Row:
    name = decision.candidate or (f"{decision.incumbent} stays" if decision.incumbent else "new programs")
    verdict = {PROMOTED: "promoted again", ROLLED_BACK: "rolled back to"}.get(decision.verdict, decision.verdict)
    return decision.at, "", name, verdict, decision.actor, decision.reason


def became(project: Project, name: str) -> str:
    """What became of an edition, in words."""
    if name == project.serving:
        return "serving"
    return "chosen, not serving yet" if name == project.chosen else "was"


def _publishing(services: Services, project: Project) -> Iterator[str]:
    """Whether the chosen edition is on its way, and what is in the way."""
    jobs = [x for x in open_jobs(services.store.engine) if (x["project"], x["kind"]) == (project.key, PUBLISH)]
    again = f"alchemist editions publish --project {project.id}"
    if project.chosen in (None, project.serving):
        return
    if not jobs:
        yield f"{project.chosen} is chosen, and nothing publishes it: {again}"
    for job in jobs:
        failed = printable(f"; attempt {job['attempts']} failed: {job['error']}") if job["error"] else ""
        yield f"{project.chosen} is being published, {project.serving or 'nothing'} serves until then{failed}"


def editions_show(number: int, named: str | None, as_json: bool) -> None:
    """The panels of one edition, each program held against people's answers."""
    services, project = opened(number)
    edition = found(services, project, named or project.serving or project.chosen)
    row = next(x for x in services.store.editions(project.key) if x["name"] == edition.name)
    known = recorded(services, project)
    panels = [_panel(known, panel) for panel in edition.panels]
    if as_json:
        told = {"edition": edition.name, "number": edition.number, "created_at": row["created_at"]}
        told |= {"became": became(project, edition.name), "why": row["why"]}
        told |= {"threshold": asdict(edition.threshold), "panels": panels}
        print(json.dumps(told, indent=1))
        return
    console.print(f"{edition.name}: {became(project, edition.name)}, made {_when(row['created_at'])}", highlight=False)
    console.print(printable(row["why"]), markup=False, highlight=False)
    console.print(f"Threshold: {edition.threshold.words}", highlight=False)
    for panel in panels:
        _show_panel(panel)


def _panel(known: Recorded, panel: Panel) -> dict[str, Any]:
    """What `show` tells of a panel, as JSON values; shares in 0..1, of the corrections unless they say otherwise."""
    members = set(panel.weights["members"])
    fared = standings(known, panel, known.facts.tasks)
    return {
        "question": panel.question.name,
        "labels": list(panel.question.label_names),
        "asked": known.config.question(panel.question.name) == panel.question,
        "weights": {name: panel.weights.get(name) for name in ("kind", "why", "gold", "calibrated")},
        "scores": panel.scores,
        "worth": panel.weights.get("worth"),
        "corrections": max((x.size for x, _ in fared), default=0),
        "tasks": len(known.facts.tasks),
        "programs": [
            _program(panel.question, entry, entry.source.id in members, *x)
            for entry, x in zip(panel.entries, fared, strict=True)
        ],
    }


def _program(question: Question, entry: Entry, counts: bool, fared: Reliability, coverage: float) -> dict[str, Any]:
    size = fared.size or 1
    measured = {
        "coverage": fared.coverage,
        "accuracy": fared.accuracy,
        "interval": list(fared.interval) if fared.votes else None,
        "overlap": fared.overlap / size,
        "conflict": fared.conflict / size,
        "votes": fared.votes,
        "right": fared.right,
        "faults": fared.faults,
        "by_label": {
            question.label_names[code]: {"votes": votes, "right": right}
            for code, (votes, right) in sorted(fared.by_label.items())
        },
    }
    told = {"name": entry.name, "writer": entry.writer, "source": entry.source.id, "counts": counts}
    return told | {"coverage_of_tasks": coverage, "on_corrections": measured if fared.size else None}


def _show_panel(panel: Mapping[str, Any]) -> None:
    console.print()
    console.print(printable(f"{panel['question']}: {', '.join(panel['labels'])}"), style="bold", markup=False)
    if not panel["asked"]:
        console.print("The label config does not ask this any more, or asks it otherwise.", style="yellow")
    console.print(f"Weights: {printable(panel['weights']['why'])}", markup=False, highlight=False)
    console.print(f"Scores: {panel['scores']}", highlight=False)
    if panel["worth"]:
        console.print(f"Verdict: {panel['worth']['verdict']}: {panel['worth']['reason']}", highlight=False)
    programs = panel["programs"]
    if not panel["corrections"]:
        table = Table(Column("program", overflow="fold"), "writer", "", "votes on")
        for x in programs:
            share = x["coverage_of_tasks"]
            table.add_row(_named(x), *cells(x["writer"]), Bar(1, 0, share, width=20), percent(share))
        console.print(table)
        console.print(f"of {panel['tasks']:,} tasks; people have answered none of them.", highlight=False)
        return
    table = Table(Column("program", overflow="fold"), "coverage", "accuracy", "0 to 100 %", "overlap", "conflict")
    for column in table.columns[1:]:
        column.no_wrap = True
    for x in programs:
        one = x["on_corrections"]
        interval = one["interval"] or (0, 0)
        shares = [percent(one[name]) for name in ("overlap", "conflict")]
        accuracy = percents(one["accuracy"], interval)
        table.add_row(_named(x), percent(one["coverage"]), accuracy, Bar(1, *interval, width=12), *shares)
    console.print(table)
    console.print(
        f"On the {panel['corrections']:,} tasks that people answered. Accuracy with its interval of 95 %, and its "
        "picture; overlap: others vote too; conflict: others vote otherwise."
    )
    _show_labels(programs)


def _show_labels(programs: list[dict[str, Any]]) -> None:
    table = Table(Column("program", overflow="fold"), "writer", "right of its votes, by the label that people gave")
    for x in programs:
        voted = [pair for pair in x["on_corrections"]["by_label"].items() if pair[1]["votes"]]
        by_label = sorted(voted, key=lambda pair: -pair[1]["votes"])
        said = [f"{name} {one['right']}/{one['votes']}" for name, one in by_label[:MOST_LABELS]]
        more = [f"and {len(by_label) - MOST_LABELS} labels more"] if len(by_label) > MOST_LABELS else []
        table.add_row(*cells(x["name"], x["writer"], ", ".join(said + more)))
    console.print(table)


def _named(program: Mapping[str, Any]) -> Text:
    """A program's name; one whose votes the weights do not count says so."""
    text = Text(printable(program["name"]))
    return text if program["counts"] else text.append(" does not count", "yellow")


def editions_rollback(number: int, named: str) -> None:
    """Choose an earlier edition again; a worker publishes it."""
    services, project = opened(number)
    edition = _publishable(found(services, project, named), project)
    if edition.name == project.serving and project.chosen in (None, edition.name):
        console.print(f"{edition.name} serves already", highlight=False)
        return
    if edition.name == project.chosen:
        raise BadInput(
            f"{edition.name} is chosen already, and does not serve yet",
            f"alchemist editions publish --project {number} publishes it again.",
        )
    roll_back(project, edition.name, services.store)
    console.print(f"{edition.name} is chosen.", highlight=False)
    _announce(edition, project)


def editions_publish(number: int) -> None:
    """Have the chosen edition published again."""
    services, project = opened(number)
    edition = _publishable(found(services, project, project.chosen or project.serving), project)
    services.store.enqueue(PUBLISH, project.key, urgent=True)
    console.print(f"{edition.name} is published again.", highlight=False)
    _announce(edition, project)


def _announce(edition: Edition, project: Project) -> None:
    console.print(
        "The worker (alchemist serve has one, alchemist worker is one) stores its predictions for the unlabelled tasks "
        "that have none of it yet, lets it serve, and makes it the project's model version in Label Studio.",
        highlight=False,
    )
    if edition.name != project.serving:
        console.print(f"Until then {project.serving or 'no edition'} serves.", highlight=False)


def _publishable(edition: Edition, project: Project) -> Edition:
    """The edition, if the label config still asks what it answers: Label Studio would refuse other labels."""
    if not fits(edition, read_config(project.label_config)):
        raise BadInput(
            f"{edition.name} answers what the label config does not ask any more, or asks otherwise",
            f"Choose a later one: alchemist editions list --project {project.id}.",
        )
    return edition


def found(services: Services, project: Project, named: str | None) -> Edition:
    """The edition of that number, name or beginning of a name. Raises `NotFound`, or `BadInput` for several."""
    kept = services.store.editions(project.key)
    if not named or not kept:
        raise NotFound(f"project {project.id} has no edition yet", _first_edition(project.id, "To get one, "))
    names = [x["name"] for x in kept if str(x["number"]) == named or x["name"].startswith(f"{named}-")]
    names = names or [x["name"] for x in kept if x["name"].startswith(named)]
    if len(names) > 1:
        raise BadInput(f"{named!r} is the beginning of {len(names)} editions", f"They are {', '.join(names)}.")
    edition = services.store.edition(project.key, names[0]) if names else None
    if edition is None:
        raise NotFound(
            f"project {project.id} has no edition {named!r}",
            f"alchemist editions list --project {project.id} shows them.",
        )
    return edition


def _first_edition(number: int, lead: str = "") -> str:
    return f"{lead}annotate about twenty tasks, of every label; alchemist doctor --project {number} tells what is wrong"


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at))
