"""What was written: programs and their verdicts."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.programs import Entry, Judged, Source
from alchemist.core.questions import Question
from alchemist.state.database import reading, writing
from alchemist.state.schema import entries, sources


def judge(engine: Engine, project: str, question: Question, judged: Iterable[Judged]) -> None:
    """Keep programs with the word on each."""
    now = time.time()
    with writing(engine) as connection:
        for one in sorted(judged, key=lambda x: x.entry.source.id):  # as every writer of sources goes
            entry = one.entry
            keep_source(connection, entry.source, now)
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
                    verdict="taken" if one.taken else "left out",
                    reason=one.reason,
                    created_at=now,
                )
            )


def keep_source(connection: sa.Connection, source: Source, now: float) -> None:
    """Keep a text once, whoever wrote it."""
    known = sa.select(sources.c.id).where(sources.c.id == source.id)
    if connection.execute(known).first() is None:
        with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # another process was faster
            connection.execute(sa.insert(sources).values(id=source.id, text=source.text, created_at=now))


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
