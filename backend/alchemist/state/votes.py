"""Votes, stored once per program and task content, by column: a block holds 4,096 tasks by ordinal."""

from __future__ import annotations

import json
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.answers import Answer
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Vote
from alchemist.core.programs import Source
from alchemist.core.questions import Field, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import FAULT, Column, Fault, VoteBlock
from alchemist.state.database import hold, reading, writing
from alchemist.state.schema import questions, vote_blocks

BLOCK = 4_096
"""Tasks in a block."""
UNKNOWN = -3
"""No vote was asked for yet; beside the codes of `core/votes.py`."""


class VoteMemory:
    """Asks `vote` for what is not stored yet, and stores it: a vote is asked for once in a project's life.

    When a question or the fields that programs see change, its votes are forgotten. Columns of programs that were
    suspended are not stored, nor votes on tasks without an ordinal. What was asked for while another worker made the
    book grow is not stored either: it is asked for again.
    """

    def __init__(self, engine: Engine, project: str, fields: Sequence[Field], vote: Vote) -> None:
        self.engine = engine
        self.project = project
        self.fields = fields
        self.ask = vote

    def __call__(self, question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        """The votes of these programs on these tasks, stored or asked for."""
        self._book(question)
        with reading(self.engine) as connection:
            stored = [_stored(connection, self._of(question, source)) for source in sources]
        before = self._book(question)  # after the votes: another worker may have made both grow
        book = {_answer(x): code for code, x in enumerate(json.loads(before))}
        memories = [_Memory(x, *found, tasks) for x, found in zip(sources, stored, strict=True)]
        missing: dict[tuple[int, ...], list[_Memory]] = {}
        for one in memories:
            missing.setdefault(one.missing, []).append(one)
        for places, some in missing.items():
            if places:
                asked = self.ask(question, [x.source for x in some], [tasks[place] for place in places])
                codes = {code: book.setdefault(answer, len(book)) for code, answer in enumerate(asked.book)}
                for one, column in zip(some, asked.columns, strict=True):
                    one.add(column, codes)
        self._store(question, before, list(book), [x for x in memories if x.missing and not x.column.suspended])
        return VoteBlock(tuple(book), tuple(x.column for x in memories), len(tasks))

    def _of(self, question: Question, source: Source) -> sa.ColumnElement[bool]:
        key = {"project": self.project, "question": question.name, "source": source.id}
        return sa.and_(*(vote_blocks.c[name] == value for name, value in key.items()))

    def _content(self, question: Question) -> str:
        """What votes depend on beside program and task."""
        return json.dumps([question.as_json(), [[x.name, x.table] for x in self.fields]])

    def _book(self, question: Question) -> str:
        """What the codes of this question stand for, in this project, as JSON; it only ever grows."""
        content = self._content(question)
        of_question = sa.and_(questions.c.project == self.project, questions.c.name == question.name)
        wanted = sa.select(questions.c.book).where(of_question, questions.c.content == content)
        with reading(self.engine) as connection:
            book: str | None = connection.execute(wanted).scalar_one_or_none()
        if book is not None:
            return book
        with writing(self.engine) as connection:
            hold(connection, self.project)
            found: str | None = connection.execute(wanted).scalar_one_or_none()
            if found is not None:  # another worker was faster
                return found
            blocks = sa.and_(vote_blocks.c.project == self.project, vote_blocks.c.question == question.name)
            connection.execute(sa.delete(vote_blocks).where(blocks))
            connection.execute(sa.delete(questions).where(of_question))
            new = {"content": content, "book": json.dumps(KINDS[question.kind].book(question))}
            connection.execute(sa.insert(questions).values(project=self.project, name=question.name, **new))
        return new["book"]

    def _store(self, question: Question, before: str, book: Sequence[Answer], memories: Sequence[_Memory]) -> None:
        """Add these votes to the blocks, unless the codes of `before` stand for something else by now."""
        votes = [(one, blocks) for one in memories if (blocks := one.asked())]
        if not votes:
            return
        of_question = sa.and_(questions.c.project == self.project, questions.c.name == question.name)
        unchanged = sa.and_(of_question, questions.c.content == self._content(question), questions.c.book == before)
        with writing(self.engine) as connection:
            hold(connection, self.project)
            if not connection.execute(sa.update(questions).where(unchanged).values(book=json.dumps(book))).rowcount:
                return
            for one, blocks in votes:
                those = sa.and_(self._of(question, one.source), vote_blocks.c.block.in_(sorted(blocks)))
                stored, fault = _stored(connection, those)
                connection.execute(sa.delete(vote_blocks).where(those))
                fault = one.column.fault or fault
                key = {"project": self.project, "question": question.name, "source": one.source.id}
                key["fault"] = json.dumps([fault.kind, fault.message, fault.task]) if fault else ""
                rows = [
                    key | {"block": number, "codes": _with(stored.get(number), codes).tobytes()}
                    for number, codes in blocks.items()
                ]
                connection.execute(sa.insert(vote_blocks), rows)


class _Memory:
    """One program's votes on these tasks: `missing` are the places of those that are not stored."""

    def __init__(
        self, source: Source, stored: Mapping[int, array[int]], fault: Fault | None, tasks: Sequence[Task]
    ) -> None:
        codes = array("h", (_at(stored, task.ordinal) for task in tasks))
        self.source = source
        self.tasks = tasks
        self.example = fault
        self.missing = tuple(place for place, code in enumerate(codes) if code == UNKNOWN)
        self.column = Column(source.id, codes, _first(fault, codes))

    def add(self, asked: Column, codes: Mapping[int, int]) -> None:
        """What the program said of the tasks that were missing."""
        for place, code in zip(self.missing, asked.codes, strict=True):
            self.column.codes[place] = codes.get(code, code)
        fault = _first(self.example or asked.fault, self.column.codes)
        self.column = replace(self.column, fault=fault, seconds=asked.seconds, suspended=asked.suspended)

    def asked(self) -> dict[int, dict[int, int]]:
        """The codes of the tasks that were missing and have an ordinal: by place in the block, by block."""
        blocks: dict[int, dict[int, int]] = {}
        for place in self.missing:
            ordinal = self.tasks[place].ordinal
            if ordinal is not None and ordinal >= 0:
                blocks.setdefault(ordinal // BLOCK, {})[ordinal % BLOCK] = self.column.codes[place]
        return blocks


def _stored(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[dict[int, array[int]], Fault | None]:
    """A program's blocks by number, and an example of its faults."""
    wanted = sa.select(vote_blocks.c.block, vote_blocks.c.codes, vote_blocks.c.fault).where(where)
    blocks, fault = {}, None
    for row in connection.execute(wanted.order_by(vote_blocks.c.block)):
        blocks[row.block] = array("h", bytes(row.codes))
        fault = fault or (Fault(*json.loads(row.fault)) if row.fault else None)
    return blocks, fault


def _with(block: array[int] | None, codes: Mapping[int, int]) -> array[int]:
    block = block or array("h", [UNKNOWN]) * BLOCK
    for place, code in codes.items():
        block[place] = code
    return block


def _at(stored: Mapping[int, array[int]], ordinal: int | None) -> int:
    if ordinal is None or ordinal // BLOCK not in stored:
        return UNKNOWN
    return stored[ordinal // BLOCK][ordinal % BLOCK]


def _first(example: Fault | None, codes: array[int]) -> Fault | None:
    """The example, told of the first of these tasks that the program failed on; None when it failed on none."""
    return replace(example, task=codes.index(FAULT)) if example and FAULT in codes else None


def _answer(written: Any) -> Answer:
    return tuple(map(_answer, written)) if isinstance(written, list) else written
