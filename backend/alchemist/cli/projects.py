"""`alchemist programs` and `alchemist project`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from alchemist.aggregation.weights import majority
from alchemist.cli.panels import printable
from alchemist.cli.write import save
from alchemist.core.editions import NO_EDITION, Edition
from alchemist.core.errors import BadInput, NotFound
from alchemist.core.overrides import checked
from alchemist.core.ports import Project
from alchemist.core.programs import Entry
from alchemist.improve import adopt, current
from alchemist.labelstudio.config import read_config
from alchemist.services import Services
from alchemist.settings import read_settings
from alchemist.state.memory import judged
from alchemist.writer.library import bind, read_folder

console = Console()


def programs_list(number: int) -> None:
    """A table of the project's programs."""
    services, project = _open(number)
    voting = {entry.source.id for entry in _voting(services, project)}
    table = Table("question", "program", "writer", "", "why not")
    for row in judged(services.store.engine, project.key):
        mark = "votes" if row["entry"].source.id in voting else row["verdict"]
        table.add_row(*_cells(row["question"], row["name"], row["writer"], mark, row["reason"][:100]))
    known = {row["entry"].source.id for row in judged(services.store.engine, project.key)}
    for panel in _edition(services, project).panels if project.serving else ():
        for entry in panel.entries:
            if entry.source.id not in known:
                table.add_row(*_cells(panel.question.name, entry.name, entry.writer, "votes", ""))
    console.print(table)


def programs_show(number: int, name: str) -> None:
    """The source of one program."""
    services, project = _open(number)
    entries = [*_voting(services, project), *(row["entry"] for row in judged(services.store.engine, project.key))]
    found = next((x for x in entries if x.name == name or x.source.id.startswith(name)), None)
    if found is None:
        raise NotFound(f"project {number} has no program {name!r}", f"alchemist programs list --project {number}")
    console.print(f"{found.name}, written by {found.writer}, {found.source.id}", markup=False, highlight=False)
    console.print(Syntax(found.source.text, "python", word_wrap=True))


def programs_export(number: int, out: Path) -> None:
    """The voting programs as files."""
    services, project = _open(number)
    entries = _voting(services, project)
    if not entries:
        raise NotFound(f"nothing votes in project {number} yet")
    console.print(f"{len(save(entries, out))} programs written to {out}", markup=False)


def programs_import(number: int, folder: Path) -> None:
    """An edition of a folder's programs; the worker fits and publishes it."""
    services, project = _open(number)
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
    table = Table("project", "title", "edition", "published", "last")
    for project in services.store.projects():
        editions = (project.serving or NO_EDITION, project.published or "-")
        table.add_row(*_cells(str(project.id), project.title, *editions, project.note[:80]))
    console.print(table)


def project_show(number: int) -> None:
    """Everything about one project, but its token."""
    services, project = _open(number)
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
    services, project = _open(number)
    settings = dict(project.settings)
    for pair in written:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"{pair!r} is not name=value")
        if value:
            settings[name] = value
        else:
            settings.pop(name, None)
    services.store.set_settings(project.key, checked(settings))
    console.print_json(json.dumps(checked(settings)))


def _cells(*texts: str) -> list[Text]:
    """Cells that show what programs and projects say, and obey none of it."""
    return [Text(printable(text)) for text in texts]


def _open(number: int) -> tuple[Services, Project]:
    services = Services(read_settings())
    found = [x for x in services.store.projects() if x.id == number]
    if not found:
        raise NotFound(f"project {number} has not introduced itself", "Connect it: alchemist connect --project N.")
    return services, found[-1]


def _edition(services: Services, project: Project) -> Edition:
    found = services.store.edition(project.key, project.serving or "")
    if found is None:
        raise NotFound(f"project {project.id} has no edition yet")
    return found


def _voting(services: Services, project: Project) -> list[Entry]:
    panels = _edition(services, project).panels if project.serving else ()
    return [entry for panel in panels for entry in panel.entries]
