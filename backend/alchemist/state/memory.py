"""What was heard and written: tasks and events, programs and their verdicts, calls of the language model."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.programs import Entry, Source
from alchemist.core.questions import Question
from alchemist.state.database import reading
from alchemist.state.schema import entries, events, llm_calls, sources, tasks


def record_event(engine: Engine, project: str, action: str, body: Mapping[str, Any]) -> None:
    """Keep an event as it came, less what is secret."""
    row = {"project": project, "action": action, "body": json.dumps(body), "received_at": time.time()}
    with engine.begin() as connection:
        connection.execute(sa.insert(events).values(row))


def heard_events(engine: Engine, project: str) -> list[tuple[str, dict[str, Any]]]:
    """A project's events in the order in which they came: action and body."""
    wanted = sa.select(events.c.action, events.c.body).where(events.c.project == project).order_by(events.c.id)
    with reading(engine) as connection:
        return [(action, json.loads(body)) for action, body in connection.execute(wanted)]


def remember_tasks(engine: Engine, project: str, items: Sequence[tuple[int, Any]]) -> None:
    """Keep the data of tasks that Label Studio showed; the latest counts."""
    rows = {
        known: {"project": project, "id": known, "data": json.dumps(data), "seen_at": time.time()}
        for known, data in items
    }
    if not rows:
        return
    with contextlib.suppress(sa.exc.IntegrityError), engine.begin() as connection:  # another request was faster
        one = sa.and_(tasks.c.project == project, tasks.c.id == sa.bindparam("one"))
        connection.execute(sa.delete(tasks).where(one), [{"one": known} for known in rows])
        connection.execute(sa.insert(tasks), list(rows.values()))


def heard_tasks(engine: Engine, project: str) -> dict[int, Any]:
    """The data of the tasks that Label Studio showed, by id."""
    wanted = sa.select(tasks.c.id, tasks.c.data).where(tasks.c.project == project).order_by(tasks.c.id)
    with reading(engine) as connection:
        return {known: json.loads(data) for known, data in connection.execute(wanted)}


def judge(engine: Engine, project: str, question: Question, verdicts: Iterable[tuple[Entry, str]]) -> None:
    """Keep programs with the reason why each was left out; an empty reason means it was taken."""
    now = time.time()
    with engine.begin() as connection:
        for entry, reason in verdicts:
            known = sa.select(sources.c.id).where(sources.c.id == entry.source.id)
            if connection.execute(known).first() is None:
                row = {"id": entry.source.id, "text": entry.source.text, "created_at": now}
                connection.execute(sa.insert(sources).values(row))
            of_entry = sa.and_(
                entries.c.project == project,
                entries.c.question == question.name,
                entries.c.source == entry.source.id,
            )
            connection.execute(sa.delete(entries).where(of_entry))
            connection.execute(
                sa.insert(entries).values(
                    project=project,
                    question=question.name,
                    source=entry.source.id,
                    name=entry.name,
                    writer=entry.writer,
                    verdict="left out" if reason else "taken",
                    reason=reason,
                    created_at=now,
                )
            )


def judged(engine: Engine, project: str) -> list[dict[str, Any]]:
    """Every program of a project: question, name, writer, verdict, reason, source id and entry."""
    wanted = (
        sa.select(
            entries.c.question, entries.c.name, entries.c.writer, entries.c.verdict, entries.c.reason, sources.c.text
        )
        .join(sources, sources.c.id == entries.c.source)
        .where(entries.c.project == project)
        .order_by(entries.c.question, entries.c.created_at, entries.c.name)
    )
    with reading(engine) as connection:
        rows = [dict(row) for row in connection.execute(wanted).mappings()]
    return [row | {"entry": Entry(row["name"], Source(row["text"]), row["writer"])} for row in rows]


def keep_call(engine: Engine, project: str, call: Mapping[str, Any]) -> None:
    """Keep one call of the language model, whole."""
    row = {**call, "project": project, "prompt_hash": prompt_hash(call["prompt"]), "created_at": time.time()}
    with engine.begin() as connection:
        connection.execute(sa.insert(llm_calls).values(row))


def kept_reply(engine: Engine, project: str, model: str, prompt: str) -> str | None:
    """What the model answered to this very prompt before, so that a worker that died does not pay twice."""
    wanted = (
        sa.select(llm_calls.c.reply)
        .where(
            llm_calls.c.project == project,
            llm_calls.c.prompt_hash == prompt_hash(prompt),
            llm_calls.c.model == model,
            llm_calls.c.error == "",
            llm_calls.c.reply != "",
        )
        .order_by(llm_calls.c.id.desc())
    )
    with reading(engine) as connection:
        return connection.execute(wanted).scalars().first()


def prompt_hash(prompt: str) -> str:
    """SHA-256 of a prompt."""
    return hashlib.sha256(prompt.encode()).hexdigest()
