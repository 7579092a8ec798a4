"""The record of a project: events as they came, and the tasks and annotations that they and the API told of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.corrections import Annotation, Heard, News, Record
from alchemist.core.text import clean_text
from alchemist.state.database import MANY, STRETCH, hold, pieces, reading, writing
from alchemist.state.schema import annotation_rows, events, projects, tasks


def hear(engine: Engine, project: str, action: str, body: Mapping[str, Any], now: float) -> None:
    """Keep an event as it came, less what is secret."""
    row = {"project": project, "action": action, "body": json.dumps(body), "received_at": now}
    with writing(engine) as connection:
        connection.execute(sa.insert(events).values(row))


def unlearned(engine: Engine, project: str) -> list[Heard]:
    """The first events that nothing was learned from yet."""
    wanted = (
        sa.select(events.c.id, events.c.action, events.c.body, events.c.received_at)
        .where(events.c.project == project, ~events.c.learned)
        .order_by(events.c.id)
        .limit(MANY)
    )
    with reading(engine) as connection:
        return [Heard(row.id, row.action, json.loads(row.body), row.received_at) for row in connection.execute(wanted)]


def learn(engine: Engine, project: str, news: News, now: float, learned: Sequence[int] = ()) -> None:
    """Add news to the record, in whatever order and however often they come. `now` is when they were true.

    `learned` are the events that told them. A whole reading and long news are added a stretch at a time, so that
    nobody waits long to write, what is gone last; whoever is stopped in between begins again.
    """
    parts = list(_stretches(news))
    at_once = len(parts) == 1 and not news.whole
    with writing(engine) if at_once else nullcontext():
        for part in parts:
            with writing(engine) as connection:
                hold(connection, project)
                _words(connection, project, part, now)
                _tasks(connection, project, part, now)
                _annotations(connection, project, part, now)
        if news.whole:
            _miss(engine, project, tasks, tasks.c.seen_at, set(news.data), now)
            _miss(engine, project, annotation_rows, annotation_rows.c.heard_at, {x.id for x in news.annotations}, now)
        with writing(engine) as connection:
            for some in pieces(learned, MANY):
                connection.execute(sa.update(events).where(events.c.id.in_(some)).values(learned=True))


def record(engine: Engine, project: str) -> Record:
    """All that is known of a project now, tasks and annotations by id."""
    words = sa.select(projects.c.title, projects.c.description, projects.c.instructions)
    there = sa.select(tasks.c.id, tasks.c.ordinal, tasks.c.data).where(tasks.c.project == project, ~tasks.c.gone)
    said = sa.select(annotation_rows).where(annotation_rows.c.project == project, ~annotation_rows.c.gone)
    with reading(engine) as connection:
        told = connection.execute(words.where(projects.c.key == project)).one_or_none() or ("", "", "")
        data = {row.id: (row.ordinal, json.loads(row.data)) for row in connection.execute(there.order_by(tasks.c.id))}
        given = [_annotation(row) for row in connection.execute(said.order_by(annotation_rows.c.id)).mappings()]
    return Record((told[0], told[1], told[2]), data, [x for x in given if x.task in data])


def _annotation(row: sa.RowMapping) -> Annotation:
    return Annotation(
        row["id"],
        row["task"],
        json.loads(row["result"]),
        row["updated_at"],
        row["skipped"],
        row["ground_truth"],
        row["annotator"],
        json.loads(row["shown"]),
    )


def _stretches(news: News) -> Iterator[News]:
    """The news in parts that one transaction holds, the latest version of each annotation alone."""
    data, said = list(news.data.items()), list(_latest(news.annotations).values())
    gone_tasks, gone_annotations = sorted(news.gone_tasks), sorted(news.gone_annotations)
    longest = max(len(data), len(said), len(gone_tasks), len(gone_annotations), 1)
    for start in range(0, longest, STRETCH):
        part = slice(start, start + STRETCH)
        gone = frozenset(gone_tasks[part]), frozenset(gone_annotations[part])
        yield News(news.words, dict(data[part]), said[part], *gone, news.whole)


def _latest(annotations: Iterable[Annotation]) -> dict[int, Annotation]:
    """The latest version of each, by id, with what its annotator began with as far as any version tells it."""
    latest: dict[int, Annotation] = {}
    for one in annotations:
        other = latest.get(one.id, one)
        older, newer = (other, one) if one.updated_at >= other.updated_at else (one, other)
        latest[one.id] = newer if newer.shown else replace(newer, shown=older.shown)
    return latest


def _words(connection: sa.Connection, project: str, news: News, now: float) -> None:
    if news.words is not None:
        title, description, instructions = (clean_text(x).replace("\0", "") for x in news.words)  # PostgreSQL: no NUL
        said = {"description": description, "instructions": instructions} | ({"title": title} if title else {})
        older = sa.or_(projects.c.words_at.is_(None), projects.c.words_at <= now)
        connection.execute(sa.update(projects).where(projects.c.key == project, older).values(**said, words_at=now))


def _tasks(connection: sa.Connection, project: str, news: News, now: float) -> None:
    """A task whose data changed gets another ordinal: votes on what it was are votes on another thing."""
    of_project = tasks.c.project == project
    wanted = sa.select(tasks.c.id, tasks.c.hash, tasks.c.gone, tasks.c.seen_at).where(of_project)
    known = _known(connection, wanted, tasks.c.id, {*news.data, *news.gone_tasks})
    last = connection.execute(sa.select(sa.func.max(tasks.c.ordinal)).where(of_project)).scalar()
    free = count(0 if last is None else int(last) + 1)
    new, changed, seen = [], [], []
    for number, data in news.data.items():
        written = json.dumps(data)
        row = {"data": written, "hash": hashlib.sha256(written.encode()).hexdigest(), "seen_at": now}
        before = known.get(number)
        if before is None:
            new.append(row | {"project": project, "id": number, "ordinal": next(free), "gone": False})
        elif before.seen_at <= now and before.hash != row["hash"]:
            changed.append(row | {"one": number, "ordinal": next(free)})
        elif before.seen_at < now and not before.gone:
            seen.append(number)
    unknown = [x for x in sorted(news.gone_tasks) if x not in known and x not in news.data]
    gone_row = {"project": project, "data": "null", "hash": "", "seen_at": now, "ordinal": -1, "gone": True}
    new += [gone_row | {"id": x} for x in unknown]  # a late TASKS_CREATED must not bring it back
    if new:
        connection.execute(sa.insert(tasks), new)
    if changed:
        one = sa.update(tasks).where(of_project, tasks.c.id == sa.bindparam("one"))
        connection.execute(one.values({x: sa.bindparam(x) for x in ("data", "hash", "seen_at", "ordinal")}), changed)
    _set(connection, tasks, project, seen, seen_at=now)
    _set(connection, tasks, project, sorted(news.gone_tasks), seen_at=now, gone=True)
    _set(connection, tasks, project, _back(news, known, news.data, now), seen_at=now, gone=False)


def _annotations(connection: sa.Connection, project: str, news: News, now: float) -> None:
    """The latest version of each stays; one that arrives late or twice may still tell what its annotator began with."""
    of_project = annotation_rows.c.project == project
    wanted = sa.select(
        annotation_rows.c.id,
        annotation_rows.c.updated_at,
        annotation_rows.c.shown,
        annotation_rows.c.heard_at.label("seen_at"),
        annotation_rows.c.gone,
    ).where(of_project)
    told = {one.id: one for one in news.annotations}
    known = _known(connection, wanted, annotation_rows.c.id, {*told, *news.gone_annotations})
    back = _back(news, known, told, now)
    rows, late = [], []
    for one in told.values():
        before = known.get(one.id)
        if before is None:
            rows.append(_row(project, one, now))
        elif one.updated_at >= before.updated_at:
            gone = before.gone and one.id not in back
            shown = {} if one.shown else {"shown": before.shown}
            rows.append(_row(project, one, max(now, before.seen_at), gone) | shown)
        elif one.shown and before.shown == "{}":
            late.append({"one": one.id, "began": json.dumps(dict(one.shown))})
    unknown = [x for x in sorted(news.gone_annotations) if x not in known and x not in told]
    rows += [_row(project, Annotation(x, 0, ()), now, True) for x in unknown]
    for some in pieces([row["id"] for row in rows], MANY):
        connection.execute(sa.delete(annotation_rows).where(of_project, annotation_rows.c.id.in_(some)))
    if rows:
        connection.execute(sa.insert(annotation_rows), rows)
    if late:
        one_row = sa.update(annotation_rows).where(of_project, annotation_rows.c.id == sa.bindparam("one"))
        connection.execute(one_row.values(shown=sa.bindparam("began")), late)
    _set(connection, annotation_rows, project, sorted(news.gone_annotations), heard_at=now, gone=True)
    _set(connection, annotation_rows, project, back, heard_at=now, gone=False)


def _known(
    connection: sa.Connection, wanted: sa.Select[Any], column: sa.Column[Any], ids: Iterable[int]
) -> dict[int, Any]:
    """The rows with these ids, by id."""
    asked = (wanted.where(column.in_(some)) for some in pieces(sorted(ids), MANY))
    return {row.id: row for one in asked for row in connection.execute(one)}


def _back(news: News, known: Mapping[int, Any], told: Iterable[int], now: float) -> list[int]:
    """What a whole reading brings back: a page may have slipped when another was read. What was heard since the
    reading began stays as it was heard."""
    return [x for x in told if news.whole and x in known and known[x].gone and known[x].seen_at < now]


def _miss(
    engine: Engine, project: str, table: sa.Table, seen_at: sa.Column[Any], told: Container[int], now: float
) -> None:
    """What a whole reading did not tell is gone, unless it was heard of since the reading began."""
    there = sa.and_(table.c.project == project, ~table.c.gone, seen_at < now)
    with reading(engine) as connection:
        known = connection.execute(sa.select(table.c.id).where(there)).scalars().all()
    for some in pieces(sorted(x for x in known if x not in told), MANY):
        with writing(engine) as connection:
            missing = sa.update(table).where(there, table.c.id.in_(some))
            connection.execute(missing.values({seen_at.name: now, "gone": True}))


def _set(connection: sa.Connection, table: sa.Table, project: str, ids: Sequence[int], **values: object) -> None:
    for some in pieces(ids, MANY):
        rows = sa.and_(table.c.project == project, table.c.id.in_(some))
        connection.execute(sa.update(table).where(rows).values(**values))


def _row(project: str, one: Annotation, now: float, gone: bool = False) -> dict[str, Any]:
    """What anybody may send as an event must not stop the others from being learned: a column holds so much."""
    known = type(one.annotator) is int and abs(one.annotator) < 2**63
    return {
        "project": project,
        "id": one.id,
        "task": one.task,
        "annotator": one.annotator if known else None,
        "result": json.dumps(list(one.result)),
        "updated_at": one.updated_at.replace("\0", "")[:40],
        "skipped": one.skipped,
        "ground_truth": one.ground_truth,
        "shown": json.dumps(dict(one.shown)),
        "heard_at": now,
        "gone": gone,
    }
