"""Documents of projects, kept by name."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.documents import Document
from alchemist.state.database import reading, writing
from alchemist.state.schema import documents


def add(engine: Engine, project: str, document: Document) -> bool:
    """Keep a document; whether it took the place of one of the same name."""
    with writing(engine) as connection:
        replaced = connection.execute(sa.delete(documents).where(_is(project, document.name))).rowcount > 0
        row = {"project": project, "name": document.name, "content": document.content, "added_at": time.time()}
        connection.execute(sa.insert(documents).values(row))
    return replaced


def listed(engine: Engine, project: str) -> list[Document]:
    """The documents of a project, by name."""
    columns = (documents.c.name, documents.c.content, documents.c.added_at)
    wanted = sa.select(*columns).where(documents.c.project == project)
    with reading(engine) as connection:
        found = [Document(*row) for row in connection.execute(wanted)]
    return sorted(found, key=lambda x: x.name)  # databases sort text each in its own way


def remove(engine: Engine, project: str, name: str) -> bool:
    """Delete a document; whether there was one of that name."""
    with writing(engine) as connection:
        return connection.execute(sa.delete(documents).where(_is(project, name))).rowcount > 0


def _is(project: str, name: str) -> sa.ColumnElement[bool]:
    return sa.and_(documents.c.project == project, documents.c.name == name)
