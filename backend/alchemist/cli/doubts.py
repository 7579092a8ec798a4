"""`alchemist doubts`: human labels that are worth a second look."""

from __future__ import annotations

import json
from typing import Any

from rich.table import Column, Table

from alchemist.cli.cost import on_record
from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.core.editions import Panel
from alchemist.core.errors import NotFound
from alchemist.core.ports import Facts, Project
from alchemist.core.work import Work
from alchemist.core.worth import LEAST
from alchemist.meeting import current
from alchemist.trials import doubted, unseen


def run(number: int, as_json: bool) -> None:
    """The doubted labels of the edition that serves, as a table or as JSON."""
    services, project = opened(number)
    work = on_record(services, project)
    edition = current(project, work.config, services.store)
    if edition is None:
        raise NotFound(
            f"project {number} has no edition that answers what its label config asks",
            "Annotate about twenty tasks and press Start Training.",
        )
    facts = work.studio.facts(work.config, services.store.record(project.key))
    with console.status("comparing people's labels with what was learned from the others"):
        questions = [_told(work, facts, panel, project) for panel in edition.panels]
    if as_json:
        print(json.dumps({"project": number, "edition": edition.name, "questions": questions}, indent=1))
        return
    for told in questions:
        _show(told)


def _told(work: Work, facts: Facts, panel: Panel, project: Project) -> dict[str, Any]:
    names = panel.question.label_names
    found = doubted(work, facts, panel)
    voting = work.store.voting(work.key, work.config, work.vote)
    entries = [x for x in panel.entries if x.source.id in panel.weights["members"]]
    block = voting(panel.question, [x.source for x in entries], [task for task, _ in found])
    return {
        "question": panel.question.name,
        "judged": len(unseen(work, facts, panel)),
        "doubts": [
            {
                "task": task.id,
                "link": f"{project.hostname.rstrip('/')}/projects/{project.id}/data?task={task.id}",
                "given": names[doubt.given],
                "instead": names[doubt.instead],
                "margin": doubt.margin,
                "programs": [
                    entry.name
                    for entry, column in zip(entries, block.columns, strict=True)
                    if column.codes[place] == doubt.instead
                ],
            }
            for place, (task, doubt) in enumerate(found)
        ],
    }


def _show(told: dict[str, Any]) -> None:
    if told["judged"] < LEAST:
        console.print(
            f"{told['question']}: {told['judged']} labels can be compared, {LEAST} are needed",
            markup=False,
            highlight=False,
        )
        return
    count = len(told["doubts"])
    verb = "is" if count == 1 else "are"
    console.print(
        f"{told['question']}: {count} of {told['judged']} labels that people gave {verb} worth a second look",
        markup=False,
        highlight=False,
    )
    if not count:
        return
    table = Table(
        Column("task", justify="right"),
        "people say",
        "learned from the others",
        "margin",
        Column("by", overflow="fold"),
    )
    for one in told["doubts"]:
        by = ", ".join(one["programs"]) or "the classifier alone"
        table.add_row(*cells(str(one["task"]), one["given"], one["instead"], f"{one['margin']:.2f}", by))
    console.print(table)
    console.print("The margin is the probability of what people say less that of the other label, the gravest first.")
    address = told["doubts"][0]["link"].rpartition("=")[0]
    console.print(f"A task opens at {address}=NUMBER", markup=False, highlight=False, soft_wrap=True)
