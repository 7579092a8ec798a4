"""A project at work: a real store, a scripted studio and writer, programs that look for one word."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.answers import Posterior
from alchemist.core.brief import Brief, Writer
from alchemist.core.decisions import Decision
from alchemist.core.editions import Edition, Threshold
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column, Fault, Rows, VoteBlock
from alchemist.core.work import Gold, Work
from alchemist.state.jobs import open_jobs
from alchemist.state.memory import judged
from alchemist.state.schema import jobs
from alchemist.state.store import SqlStore
from tests.doubles.studio import ScriptedStudio

KEY = "4.1795174907"
QUESTION = Question("label", "text", "choice", (Label("spam"), Label("ham")), "text")
TONE = Question("tone", "text", "choice", (Label("good"), Label("bad")), "text")
CONFIG = LabelConfig((QUESTION,), (Field("text"),))
BOTH = LabelConfig((QUESTION, TONE), (Field("text"),))
PROJECT = Project(KEY, "<View/>", "http://localhost:8080", "token")


def program(word: str, label: str, writer: str = "folder") -> Entry:
    """A program that gives the label to what holds the word."""
    text = f"def label(task):\n    return {label!r} if {word!r} in task['text'] else None\n"
    return Entry(f"{word} {label}", source(text), writer)


def vote(question: Question, sources: Sequence[Any], tasks: Sequence[Task]) -> VoteBlock:
    """What `program`s say, without a sandbox; the word "crash" makes one fail wherever it votes."""
    codes = {name: code for code, name in enumerate(question.label_names)}
    columns = []
    for one in sources:
        found = re.search(r"return '(.*)' if '(.*)' in", one.text)
        assert found is not None
        label, word = found.groups()
        said = codes.get(label, -2) if word != "crash" else -2
        votes = array("h", (said if word in task.fields["text"] or word == "crash" else -1 for task in tasks))
        fault = Fault("raised", "ValueError: boom", votes.index(-2)) if -2 in votes else None
        columns.append(Column(one.id, votes, fault))
    return VoteBlock(question.label_names, tuple(columns), len(tasks))


def fit(rows: Rows, gold: Gold, taught: Gold = ()) -> dict[str, Any]:
    """A majority of the programs that are right on most of the corrections that they vote on."""
    known = sum(x is not None for x in gold)
    good = tuple(name for name, codes in zip(rows.source_ids, rows.codes, strict=True) if _right(codes, gold) >= 0)
    return majority(good, f"fitted on {rows.size} tasks and {known} corrections") | ({"gold": known} if known else {})


def _right(codes: Sequence[int], gold: Gold) -> int:
    pairs = [(x, y) for x, y in zip(codes, gold, strict=True) if x >= 0 and y is not None]
    return sum(1 if x == y else -1 for x, y in pairs)


def cross_fit(rows: Rows, gold: Gold, taught: Gold = ()) -> list[Posterior]:
    return posterior(fit(rows, gold), rows)


def alone(rows: Rows, gold: Gold, taught: Gold = ()) -> list[Posterior]:
    """A classifier that gives the commonest label, whatever the text."""
    counts = Counter(x for x in (*gold, *taught) if x is not None)
    best = counts.most_common(1)[0][0]
    return [[float(label == best) for label in range(rows.labels)] for _ in range(rows.size)]


class Crash(BaseException):
    """The process ends here."""


class Calls:
    """What was called, in order; `crash_at` ends the process before the call with that number."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.crash_at: int | None = None

    def note(self, call: str) -> None:
        if self.crash_at == len(self.made):
            self.crash_at = None
            raise Crash(call)
        self.made.append(call)


class NotedStore(SqlStore):
    """A store on a database, which tells what it is asked to change."""

    def __init__(self, engine: Engine, calls: Calls) -> None:
        super().__init__(engine)
        self.calls = calls

    def mark(self, key: str, **what: str | float | None) -> None:
        self.calls.note("mark " + " ".join(sorted(what)))
        super().mark(key, **what)

    def learn(self, *given: Any, **more: Any) -> None:
        self.calls.note("learn")
        super().learn(*given, **more)

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        self.calls.note("keep")
        return super().keep(key, edition, why)

    def decide(self, key: str, decision: Decision) -> None:
        self.calls.note("decide")
        super().decide(key, decision)

    def judge(self, *given: Any, **more: Any) -> None:
        self.calls.note("judge")
        super().judge(*given, **more)

    def predicted(self, *given: Any, **more: Any) -> None:
        self.calls.note("predicted")
        super().predicted(*given, **more)

    def enqueue(self, *given: Any, **more: Any) -> None:
        self.calls.note(f"enqueue {given[0]}")
        super().enqueue(*given, **more)

    @property
    def known(self) -> Project:
        known = self.project(KEY)
        assert known is not None
        return known

    @property
    def kept(self) -> list[Edition]:
        """The project's editions, oldest first."""
        found = [self.edition(KEY, x["name"]) for x in reversed(self.editions(KEY))]
        return [x for x in found if x is not None]

    @property
    def waiting(self) -> list[str]:
        """The kinds of the open jobs."""
        return sorted(str(x["kind"]) for x in open_jobs(self.engine))

    @property
    def verdicts(self) -> dict[str, str]:
        """Why each program was left out, by name; empty for those that were taken."""
        return {x["name"]: "" if x["verdict"] == "taken" else x["reason"] for x in judged(self.engine, KEY)}

    def no_jobs(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.delete(jobs))


class GivenWriter:
    """Gives programs to the questions that it was made for: a list for each time that it is asked.

    `repaired` are the programs that it gives back for others, by name.
    """

    name = "given"

    def __init__(
        self,
        *given: Sequence[Entry],
        questions: Sequence[Question] = (QUESTION,),
        repaired: Mapping[str, Entry] | None = None,
    ) -> None:
        self.given = list(given)
        self.questions = questions
        self.repaired = dict(repaired or {})
        self.briefs: list[Brief] = []
        self.complaints: list[tuple[str, str]] = []

    def write(self, brief: Brief) -> list[Entry]:
        self.briefs.append(brief)
        if brief.question not in self.questions:
            return []
        return list(self.given.pop(0) if len(self.given) > 1 else self.given[0])

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        self.complaints.append((entry.name, reason))
        return self.repaired.get(entry.name)


def at_work(
    store: NotedStore, studio: ScriptedStudio, writer: Writer, config: LabelConfig = CONFIG, now: float = 1_000.0
) -> Work:
    """The project as it is known now, at work."""
    parts = (store, studio, writer, vote, fit, cross_fit, alone, posterior)
    return Work(store.known, config, *parts, 0, 20, Threshold(), lambda: now)
