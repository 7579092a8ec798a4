"""`alchemist documents`: what an admin gives a project for its programs to be written with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from alchemist.cli.panels import printable
from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.core.errors import NotFound
from alchemist.state import documents
from alchemist.writer.documents import read_documents
from alchemist.writer.passages import passages_of


def documents_add(number: int, files: Sequence[Path]) -> None:
    """Read all files, then keep them: where one cannot be read none is kept."""
    services, project = opened(number)
    for document in read_documents(files, _say):
        replaced = documents.add(services.store.engine, project.key, document)
        size = f"characters: {len(document.content):,}, parts: {len(passages_of(document)):,}"
        _say(f"{document.name} is {'replaced' if replaced else 'added'} ({size})")
    if services.setting(project, "way") != "documents":
        _say(
            "Programs are written without documents so far. "
            f"To have them used: alchemist project set --project {number} way=documents"
        )


def documents_list(number: int) -> None:
    """A table of the project's documents."""
    services, project = opened(number)
    kept = documents.listed(services.store.engine, project.key)
    if not kept:
        _say(f"project {number} has no documents: alchemist documents add --project {number} FILE")
        return
    table = Table("document", "characters", "parts", "added")
    for x in kept:
        added = time.strftime("%Y-%m-%d %H:%M", time.localtime(x.added_at))
        table.add_row(*cells(x.name, f"{len(x.content):,}", f"{len(passages_of(x)):,}", added))
    console.print(table)


def documents_remove(number: int, name: str) -> None:
    """Delete one document; what was written with it stays."""
    services, project = opened(number)
    if not documents.remove(services.store.engine, project.key, name):
        raise NotFound(f"project {number} has no document {name!r}", f"alchemist documents list --project {number}")
    _say(f"{name} is removed; programs that were written with it stay")


def _say(words: str) -> None:
    console.print(printable(words), markup=False, highlight=False)
