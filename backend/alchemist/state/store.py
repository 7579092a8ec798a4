"""Projects, editions and decisions, kept."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.corrections import Heard, News, Record
from alchemist.core.decisions import Decision
from alchemist.core.editions import Edition, edition_from
from alchemist.core.ports import Project, Vote
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Judged
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.state import jobs, memory, records
from alchemist.state.database import MANY, STRETCH, hold, pieces, reading, writing
from alchemist.state.schema import (
    annotation_rows,
    decisions,
    documents,
    editions,
    events,
    llm_calls,
    panels,
    projects,
    sources,
    tasks,
    vote_blocks,
)
from alchemist.state.schema import predictions as table
from alchemist.state.votes import VoteMemory

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

    def together(self) -> AbstractContextManager[object]:
        """What is done within it is kept whole, or not at all."""
        return writing(self.engine)

    def save_project(self, project: Project) -> None:
        """Create a project or change what is known of it; empty values change nothing."""
        given = {"label_config": project.label_config, "hostname": project.hostname}
        given |= {"access_token": project.access_token, "title": project.title}
        changes: dict[str, Any] = {name: value for name, value in given.items() if value}
        if project.hostname and not project.access_token:  # no token goes to an address that did not bring it
            stays = projects.c.hostname == project.hostname
            changes["access_token"] = sa.case((stays, projects.c.access_token), else_="")
        with writing(self.engine) as connection:
            changed = connection.execute(
                sa.update(projects).where(projects.c.key == project.key).values(seen_at=time.time(), **changes)
            )
            if changed.rowcount:
                return
            with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # another request was faster
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
            found = _edition(connection, content)
            committed = connection.get_execution_options().get("reading")
        return self._editions.setdefault((key, name), found) if committed else found

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
        with writing(self.engine) as connection:
            hold(connection, key)
            same = sa.select(editions.c.content).where(of_project, editions.c.hash == edition.hash)
            content = connection.execute(same).scalar_one_or_none()
            if content is not None:
                return _edition(connection, content)
            number = connection.execute(sa.select(sa.func.max(editions.c.number)).where(of_project)).scalar() or 0
            kept = replace(edition, number=number + 1)
            row = {"number": kept.number, "name": kept.name, "hash": kept.hash, "content": _written(connection, kept)}
            connection.execute(sa.insert(editions).values(project=key, why=why, created_at=time.time(), **row))
        return kept

    def decide(self, key: str, decision: Decision) -> None:
        """Keep a decision."""
        row = asdict(decision) | {"numbers": json.dumps(dict(decision.numbers)), "created_at": time.time()}
        row.pop("at")
        with writing(self.engine) as connection:
            connection.execute(sa.insert(decisions).values(project=key, **row))

    def decisions(self, key: str) -> list[Decision]:
        """The project's decisions, newest first."""
        wanted = sa.select(decisions).where(decisions.c.project == key).order_by(decisions.c.id.desc())
        with reading(self.engine) as connection:
            rows = connection.execute(wanted).all()
        return [
            Decision(x.candidate, x.incumbent, x.verdict, x.actor, x.reason, json.loads(x.numbers), x.created_at)
            for x in rows
        ]

    def predicted(self, key: str, edition: str, those: Sequence[Task], predictions: Sequence[Prediction]) -> None:
        """Keep what an edition predicts, in place of what was kept of it; tasks without an id of Label Studio's are
        not kept.

        Many are kept some at a time, so that nobody waits long to write; whoever is stopped in between begins again.
        """
        rows = [
            {"project": key, "edition": edition, "task": task.id, "answers": json.dumps(x.answers), "score": x.score}
            for task, x in zip(those, predictions, strict=True)
            if isinstance(task.id, int)
        ]
        of_edition = sa.and_(table.c.project == key, table.c.edition == edition)
        with reading(self.engine) as connection:
            before = set(connection.execute(sa.select(table.c.task).where(of_edition)).scalars())
        for some in pieces(rows, STRETCH):
            with writing(self.engine) as connection:
                for ids in pieces([row["task"] for row in some], MANY):
                    connection.execute(sa.delete(table).where(of_edition, table.c.task.in_(ids)))
                connection.execute(sa.insert(table), list(some))
        for ids in pieces(sorted(before - {row["task"] for row in rows}), MANY):
            with writing(self.engine) as connection:
                connection.execute(sa.delete(table).where(of_edition, table.c.task.in_(ids)))

    def predictions(self, key: str, edition: str) -> dict[int, dict[str, tuple[Any, float]]]:
        """What an edition was kept to predict: (answer, score) by question name, by task id."""
        wanted = sa.select(table.c.task, table.c.answers).where(table.c.project == key, table.c.edition == edition)
        with reading(self.engine) as connection:
            return {
                row.task: {name: tuple(given) for name, given in json.loads(row.answers).items()}
                for row in connection.execute(wanted)
            }

    def mark(self, key: str, **what: str | float | None) -> None:
        """Set a project's `chosen`, `serving`, `published`, `importing`, `note` or `swept_at`."""
        with writing(self.engine) as connection:
            connection.execute(sa.update(projects).where(projects.c.key == key).values(**what))

    def set_settings(self, key: str, settings: Mapping[str, Any]) -> None:
        """Replace what is set for this project alone."""
        with writing(self.engine) as connection:
            changed = sa.update(projects).where(projects.c.key == key).values(settings=json.dumps(dict(settings)))
            connection.execute(changed)

    def judge(self, key: str, question: Question, judged: Iterable[Judged]) -> None:
        """Keep programs with the reason why each was left out; an empty reason means it was taken."""
        memory.judge(self.engine, key, question, judged)

    def hear(self, key: str, action: str, body: Mapping[str, Any]) -> None:
        """Keep an event as it came, less what is secret."""
        records.hear(self.engine, key, action, body, time.time())

    def unlearned(self, key: str) -> list[Heard]:
        """The next events that nothing was learned from yet; empty when there are none."""
        return records.unlearned(self.engine, key)

    def learn(self, key: str, news: News, when: float, events: Sequence[int] = ()) -> None:
        """Add news to the record, which were true at `when`, and mark the events that told them."""
        records.learn(self.engine, key, news, when, events)

    def record(self, key: str) -> Record:
        """All that is known of the project."""
        return records.record(self.engine, key)

    def voting(self, key: str, config: LabelConfig, vote: Vote) -> Vote:
        """`vote`, asked only for votes that are not stored yet."""
        return VoteMemory(self.engine, key, config.fields, vote)

    def unswept(self, since: float) -> list[str]:
        """The keys of the projects with a serving edition that were not read whole since then."""
        old = sa.or_(projects.c.swept_at.is_(None), projects.c.swept_at <= since)
        wanted = sa.select(projects.c.key).where(projects.c.serving.is_not(None), old).order_by(projects.c.key)
        with reading(self.engine) as connection:
            return list(connection.execute(wanted).scalars())

    def forget(self, key: str) -> None:
        """Delete what was kept of a project's tasks, and its documents; editions, decisions and programs stay.

        Of calls of a language model what they cost stays, without their texts, which quote tasks; none is recalled.
        """
        with writing(self.engine) as connection:
            of_project = llm_calls.c.project == key
            connection.execute(sa.update(llm_calls).where(of_project).values(prompt="", reply="", prompt_hash=""))
            for one in (tasks, annotation_rows, events, vote_blocks, table, documents):
                connection.execute(sa.delete(one).where(one.c.project == key))

    def enqueue(self, kind: str, project: str, urgent: bool = False, delay: float = 0.0) -> None:
        """Queue a job, unless the same one is waiting; an urgent one waits for no pause after a failure.

        It is due in `delay` seconds.
        """
        jobs.enqueue(self.engine, kind, project, time.time(), urgent, delay)


def _written(connection: sa.Connection, edition: Edition) -> str:
    """The edition with its panels by hash; panels and sources are kept once."""
    now = time.time()
    texts = {entry.source.id: entry.source for panel in edition.panels for entry in panel.entries}
    for _, source in sorted(texts.items()):  # in one order: two that keep the same do not wait for each other
        memory.keep_source(connection, source, now)
    for panel in sorted(edition.panels, key=lambda x: x.hash):
        if connection.execute(sa.select(panels.c.hash).where(panels.c.hash == panel.hash)).first() is None:
            written = panel.as_json() | {"entries": [[x.name, x.source.id, x.writer] for x in panel.entries]}
            with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # another process was faster
                connection.execute(sa.insert(panels).values(hash=panel.hash, content=json.dumps(written)))
    return json.dumps(edition.as_json() | {"v": 2, "panels": [panel.hash for panel in edition.panels]})


def _edition(connection: sa.Connection, content: str) -> Edition:
    """An edition as `_written`, or as the first schema had it: with its panels whole."""
    written = json.loads(content)
    return edition_from(written if written["v"] == 1 else written | {"panels": _panels(connection, written["panels"])})


def _panels(connection: sa.Connection, hashes: Sequence[str]) -> list[dict[str, Any]]:
    wanted = sa.select(panels.c.hash, panels.c.content).where(panels.c.hash.in_(hashes))
    found = {row.hash: json.loads(row.content) for row in connection.execute(wanted)}
    ids = {entry[1] for panel in found.values() for entry in panel["entries"]}
    texts = sa.select(sources.c.id, sources.c.text).where(sources.c.id.in_(sorted(ids)))
    text_of = {row.id: row.text for row in connection.execute(texts)}
    for panel in found.values():
        panel["entries"] = [[name, text_of[source], writer] for name, source, writer in panel["entries"]]
    return [found[x] for x in hashes]
