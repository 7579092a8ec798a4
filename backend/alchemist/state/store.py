"""Projects and editions, kept."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.editions import Edition, edition_from
from alchemist.core.ports import Project
from alchemist.core.programs import Entry
from alchemist.core.questions import Question
from alchemist.state import jobs, memory
from alchemist.state.database import reading
from alchemist.state.schema import editions, projects

_KNOWN = tuple(x.name for x in fields(Project))


class SqlStore:
    """The store of a database. Safe from several threads and processes."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._editions: dict[tuple[str, str], Edition] = {}

    def project(self, key: str) -> Project | None:
        """A project by its key."""
        rows = self._projects(projects.c.key == key)
        return rows[0] if rows else None

    def projects(self) -> list[Project]:
        """Every project, by key."""
        return self._projects(sa.true())

    def _projects(self, where: sa.ColumnElement[bool]) -> list[Project]:
        wanted = sa.select(*(projects.c[name] for name in _KNOWN)).where(where).order_by(projects.c.key)
        with reading(self.engine) as connection:
            rows = [dict(row) for row in connection.execute(wanted).mappings()]
        return [Project(**row | {"settings": json.loads(row["settings"])}) for row in rows]

    def save_project(self, project: Project) -> None:
        """Create a project or change what is known of it; empty values change nothing."""
        given = {"label_config": project.label_config, "hostname": project.hostname}
        given |= {"access_token": project.access_token, "title": project.title}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value}
        if project.hostname and not project.access_token:  # no token goes to an address that did not bring it
            stays = projects.c.hostname == project.hostname
            changes["access_token"] = sa.case((stays, projects.c.access_token), else_="")
        with self.engine.begin() as connection:
            changed = connection.execute(
                sa.update(projects).where(projects.c.key == project.key).values(seen_at=time.time(), **changes)
            )
            if changed.rowcount:
                return
        with contextlib.suppress(sa.exc.IntegrityError), self.engine.begin() as connection:
            connection.execute(sa.insert(projects).values(key=project.key, seen_at=time.time(), **given))

    def edition(self, key: str, name: str) -> Edition | None:
        """An edition of a project by its name."""
        if (key, name) in self._editions:
            return self._editions[key, name]
        wanted = sa.select(editions.c.content).where(editions.c.project == key, editions.c.name == name)
        with reading(self.engine) as connection:
            content = connection.execute(wanted).scalar_one_or_none()
        if content is None:
            return None
        return self._editions.setdefault((key, name), edition_from(json.loads(content)))

    def editions(self, key: str) -> list[dict[str, Any]]:
        """Number, name and reason of a project's editions, newest first."""
        wanted = (
            sa.select(editions.c.number, editions.c.name, editions.c.why, editions.c.created_at)
            .where(editions.c.project == key)
            .order_by(editions.c.number.desc())
        )
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(wanted).mappings()]

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        """Keep an edition under the project's next number; one of equal content is returned as it is kept."""
        of_project = editions.c.project == key
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":  # SQLite holds its write lock already
                connection.execute(sa.select(projects.c.key).where(projects.c.key == key).with_for_update())
            same = sa.select(editions.c.content).where(of_project, editions.c.hash == edition.hash)
            content = connection.execute(same).scalar_one_or_none()
            if content is not None:
                return edition_from(json.loads(content))
            number = connection.execute(sa.select(sa.func.max(editions.c.number)).where(of_project)).scalar() or 0
            kept = replace(edition, number=number + 1)
            row = {"number": kept.number, "name": kept.name, "hash": kept.hash, "content": json.dumps(kept.as_json())}
            connection.execute(sa.insert(editions).values(project=key, why=why, created_at=time.time(), **row))
        return kept

    def mark(self, key: str, **what: str | None) -> None:
        """Set a project's `serving`, `published`, `importing` or `note`."""
        with self.engine.begin() as connection:
            connection.execute(sa.update(projects).where(projects.c.key == key).values(**what))

    def set_settings(self, key: str, settings: Mapping[str, Any]) -> None:
        """Replace what is set for this project alone."""
        with self.engine.begin() as connection:
            changed = sa.update(projects).where(projects.c.key == key).values(settings=json.dumps(dict(settings)))
            connection.execute(changed)

    def judge(self, key: str, question: Question, verdicts: Iterable[tuple[Entry, str]]) -> None:
        """Keep programs with the reason why each was left out; an empty reason means it was taken."""
        memory.judge(self.engine, key, question, verdicts)

    def enqueue(self, kind: str, project: str, urgent: bool = False) -> None:
        """Queue a job, unless the same one is waiting; an urgent one waits for no pause after a failure."""
        jobs.enqueue(self.engine, kind, project, time.time(), urgent)
