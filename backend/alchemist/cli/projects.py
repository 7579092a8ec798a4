"""`alchemist programs` and `alchemist project`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Column, Table
from rich.text import Text

from alchemist.aggregation.weights import majority
from alchemist.cli.panels import printable
from alchemist.cli.screen import console
from alchemist.cli.standings import Recorded, percent, percents, recorded, standings
from alchemist.cli.write import save
from alchemist.core.editions import NO_EDITION, Edition, Panel
from alchemist.core.errors import BadInput, NotFound
from alchemist.core.overrides import OVERRIDES, checked
from alchemist.core.ports import Project
from alchemist.core.programs import Entry
from alchemist.labelstudio.config import read_config
from alchemist.meeting import adopt, current, limit
from alchemist.services import Services
from alchemist.settings import read_settings
from alchemist.state import documents
from alchemist.state.memory import judged
from alchemist.writer.library import bind, read_folder


def programs_list(number: int) -> None:
    """The project's programs and the word on each; where people answered tasks, what they are worth there."""
    services, project = opened(number)
    panels = _edition(services, project).panels if project.serving else ()
    voting = {entry.source.id for panel in panels for entry in panel.entries}
    worth = _worth(recorded(services, project), panels) if panels else {}
    rows = [
        (x["question"], x["entry"], "votes" if x["entry"].source.id in voting else x["verdict"], x["reason"])
        for x in judged(services.store.engine, project.key)
    ]
    known = {entry.source.id for _, entry, _, _ in rows}
    given = [(x.question.name, entry) for x in panels for entry in x.entries if entry.source.id not in known]
    rows += [(name, entry, "votes", "") for name, entry in given]
    if not rows:
        console.print(f"project {number} has no programs yet: annotate about twenty tasks, of every label")
        return
    _show_programs(rows, worth)
    if worth:
        console.print("Accuracy (with its interval of 95 %) and coverage on the tasks that people answered.")


def _show_programs(
    rows: Sequence[tuple[str, Entry, str, str]], worth: Mapping[tuple[str, str], tuple[str, str]]
) -> None:
    """A table for each question, so that a narrow terminal has room for why a program votes or does not."""
    shown = [Column(name, no_wrap=True) for name in (("accuracy", "coverage") if worth else ())]
    for question in dict.fromkeys(name for name, *_ in rows):
        table = Table(Column("program", overflow="fold"), "", *shown, Column("why", ratio=1), title=escape(question))
        for _, entry, mark, why in (row for row in rows if row[0] == question):
            name = Text("\n").join([Text(printable(entry.name)), Text(printable(entry.writer), "dim")])
            figures = worth.get((question, entry.source.id), ("", "")) if worth else ()
            table.add_row(name, *cells(mark, *figures, why))
        console.print(table)


def _worth(known: Recorded, panels: Sequence[Panel]) -> dict[tuple[str, str], tuple[str, str]]:
    """Accuracy and coverage in words, by question and source id; empty when people have answered nothing."""
    tasks = [task for task, _ in known.facts.answered]
    return {
        (panel.question.name, entry.source.id): (percents(fared.accuracy, fared.interval), percent(fared.coverage))
        for panel in panels
        if known.facts.corrections(panel.question)
        for entry, (fared, _) in zip(panel.entries, standings(known, panel, tasks), strict=True)
    }


def programs_show(number: int, name: str) -> None:
    """The source of one program."""
    services, project = opened(number)
    entries = [*_voting(services, project), *(row["entry"] for row in judged(services.store.engine, project.key))]
    found = next((x for x in entries if x.name == name or x.source.id.startswith(name)), None)
    if found is None:
        raise NotFound(f"project {number} has no program {name!r}", f"alchemist programs list --project {number}")
    console.print(f"{found.name}, written by {found.writer}, {found.source.id}", markup=False, highlight=False)
    console.print(Syntax(found.source.text, "python", word_wrap=True))


def programs_export(number: int, out: Path) -> None:
    """The voting programs as files."""
    services, project = opened(number)
    entries = _voting(services, project)
    if not entries:
        raise NotFound(f"nothing votes in project {number} yet")
    console.print(f"{len(save(entries, out))} programs written to {out}", markup=False)


def programs_import(number: int, folder: Path) -> None:
    """An edition of a folder's programs; the worker fits and publishes it."""
    services, project = opened(number)
    config, files = read_config(project.label_config), read_folder(folder)
    bound = {question: bind(files, question, config) for question in config.questions}
    for question, (_, left_out) in bound.items():
        for line in left_out:
            console.print(f"left out for {question.name}: {line}", markup=False)
    entries = {question: found for question, (found, _) in bound.items() if found}
    beside = current(project, config, services.store)
    edition = adopt(project, entries, services.store, majority, services.settings.seed, beside)
    count = sum(len(found) for found in entries.values())
    console.print(f"{edition.name} has {count} programs of the folder; the worker fits and publishes it", markup=False)


def project_list() -> None:
    """A table of the projects."""
    services = Services(read_settings())
    if not services.store.projects():
        console.print("no project has introduced itself yet: connect it in Label Studio, or alchemist connect")
        return
    table = Table("project", "title", "edition", "published", "last")
    for project in services.store.projects():
        editions = (project.serving or NO_EDITION, project.published or "-")
        table.add_row(*cells(str(project.id), project.title, *editions, project.note[:80]))
    console.print(table)


def project_show(number: int) -> None:
    """Everything about one project, but its token."""
    services, project = opened(number)
    console.print_json(
        json.dumps(
            {
                "key": project.key,
                "title": project.title,
                "label_studio": project.hostname,
                "edition": project.serving,
                "published": project.published,
                "note": project.note,
                "settings": dict(project.settings),
                "editions": services.store.editions(project.key),
            }
        )
    )


def project_set(number: int, written: Sequence[str]) -> None:
    """Change the project's own settings."""
    services, project = opened(number)
    settings = dict(project.settings)
    for pair in written:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"{pair!r} is not name=value", f"The names are {', '.join(OVERRIDES)}.")
        if value:
            settings[name] = value
        else:
            settings.pop(name, None)
    services.store.set_settings(project.key, checked(settings))
    console.print_json(json.dumps(checked(settings)))
    if settings.get("way") == "documents" and not documents.listed(services.store.engine, project.key):
        console.print(f"The project has no documents yet: alchemist documents add --project {number} FILE")
    if edition := limit(project, services.threshold(settings), services.store):
        console.print(f"{edition.name}: {edition.threshold.words}; the worker publishes it", highlight=False)


def cells(*texts: str) -> list[Text]:
    """Cells that show what programs and projects say, and obey none of it."""
    return [Text(printable(text)) for text in texts]


def opened(number: int) -> tuple[Services, Project]:
    """The services and the project of that number. Raises `NotFound` when it has not introduced itself."""
    services = Services(read_settings())
    found = [x for x in services.store.projects() if x.id == number]
    if not found:
        raise NotFound(
            f"project {number} has not introduced itself", f"Connect it: alchemist connect --project {number}."
        )
    return services, found[-1]


def _edition(services: Services, project: Project) -> Edition:
    found = services.store.edition(project.key, project.serving or "")
    if found is None:
        raise NotFound(f"project {project.id} has no edition yet")
    return found


def _voting(services: Services, project: Project) -> list[Entry]:
    panels = _edition(services, project).panels if project.serving else ()
    return [entry for panel in panels for entry in panel.entries]
