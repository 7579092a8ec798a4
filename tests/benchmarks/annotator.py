"""A simulated annotator, his project, and its worker: the product's own functions on data sets with known answers."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from alchemist.aggregation.gold import cross_fitted, fit_gold, gold_only
from alchemist.aggregation.weights import posterior
from alchemist.core.brief import Brief, Writer
from alchemist.core.decisions import Decision
from alchemist.core.editions import Edition, Threshold
from alchemist.core.errors import NoPrograms
from alchemist.core.jobs import PREPARE, PUBLISH, REGENERATE, REVIEW, THIN
from alchemist.core.ports import Project
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task, fields_of
from alchemist.core.work import Work, remembering
from alchemist.improve import incumbent, prepare, publish, regenerate, review, thin
from alchemist.predict import predict
from alchemist.resources import shipped
from alchemist.sandbox.monty import vote
from alchemist.state import jobs
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore
from alchemist.writer.library import bind, read_folder
from alchemist.writer.offline import OfflineWriter
from tests.doubles.studio import ScriptedStudio

TASKS = 600
KEPT = 3
"""Editions whose predictions stay in Label Studio."""
HELD = 500
MEASURED = "0.0"
"""The project that the votes on the measured tasks are kept under."""


@dataclass(frozen=True)
class Drawn:
    """One draw of a set: tasks in the order of the annotator, and those to measure on, each with people's answers."""

    name: str
    seed: int
    task: str
    config: LabelConfig
    tasks: Sequence[Task]
    answers: Sequence[str]
    measured: Sequence[Task]
    gold: Sequence[str]

    @property
    def question(self) -> Question:
        return self.config.questions[0]


def drawn(data: Path, name: str, seed: int, tune: bool) -> Drawn:
    """The set, with the annotator's order by the seed."""
    folder = data / "data" / name
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    train = _read(folder / "train.jsonl")
    random.Random(seed).shuffle(train)
    held_size = min(HELD, len(train) // 3) if tune else 0
    held = train[:held_size] if tune else _read(folder / "test.jsonl")
    ours = train[held_size:][:TASKS]
    field = Field("row", table=True) if meta.get("kind") == "tabular" else Field("text")
    question = Question("label", field.name, "choice", tuple(Label(x) for x in meta["labels"]), field.name)
    config = LabelConfig((question,), (field,))
    return Drawn(
        name,
        seed,
        meta["task"],
        config,
        _tasks(ours, field),
        [x["label"] for x in ours],
        _tasks(held, field),
        [x["label"] for x in held],
    )


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def _tasks(records: Sequence[dict[str, Any]], field: Field) -> list[Task]:
    data = [{field.name: x["data" if field.table else "text"]} for x in records]
    return [Task(fields_of(x, [field]), number, number) for number, x in enumerate(data, start=1)]


class RecordedWriter:
    """Says again what a language model said: its first programs, and once they fall short its improvements."""

    name = "recorded"

    def __init__(self, first: Sequence[Entry], improved: Sequence[Entry]) -> None:
        self.first = first
        self.improved = improved

    def write(self, brief: Brief) -> list[Entry]:
        return list(self.improved if brief.shortfall else self.first)

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        """None was recorded."""
        return None


def writer_of(kind: str, data: Path, draw: Drawn) -> Writer:
    """The offline writer as the product makes it, or the recorded one of the set."""
    if kind == "offline":
        return OfflineWriter(read_folder(shipped("programs")))
    first, improved = (data / "completions" / draw.name / x / "replies" for x in ("first", "improve"))
    return RecordedWriter(_bound(first, draw), _bound(improved, draw) if improved.is_dir() else [])


def _bound(folder: Path, draw: Drawn) -> list[Entry]:
    entries = bind(read_folder(folder), draw.question, draw.config, choose=False)[0]
    return [Entry(f"{folder.parent.name} {x.name}", x.source, x.writer) for x in entries]


class Studio(ScriptedStudio):
    """One where nobody reads the predictions: they are not stored."""

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int | None:
        return len(predictions)


class Simulation:
    """A project, its annotator and its worker."""

    def __init__(self, draw: Drawn, writer: Writer, folder: Path) -> None:
        self.draw = draw
        self.writer = writer
        self.key = f"{draw.seed + 1}.1795174907"
        self.store = SqlStore(open_database(f"sqlite:///{folder / 'alchemist.sqlite3'}"))
        self.store.save_project(Project(self.key, "<View/>"))
        data = [Task({x.name: task.fields[x.name] for x in draw.config.fields}, task.id) for task in draw.tasks]
        self.studio = Studio(data, (), draw.name, draw.task, "")
        self.labels = 0

    def work(self) -> Work:
        """The project as it is known now, put together as parts.py does."""
        project, seed = self.store.project(self.key), self.draw.seed
        assert project is not None
        fits = (
            lambda rows, gold, taught: fit_gold(rows, gold, "auto", seed, taught=taught),
            remembering(lambda rows, gold, taught: cross_fitted(rows, gold, "auto", seed, taught=taught)),
            remembering(lambda rows, gold, taught: gold_only(rows, gold, seed, taught=taught)),
        )
        parts = (self.draw.config, self.store, self.studio, self.writer, vote, *fits, posterior)
        return Work(project, *parts, seed, 20, Threshold(), time.time)

    def annotate(self, labels: int) -> None:
        """The annotator goes on until there are so many labels."""
        for place in range(self.labels, labels):
            answer = {self.draw.question.name: self.draw.answers[place]}
            self.studio.annotate(int(str(self.draw.tasks[place].id)), answer)
        self.labels = labels

    def learn(self) -> None:
        """Do what the annotations lead to, one job after the other, as a worker does."""
        self.store.enqueue(REVIEW if incumbent(self.work()) else PREPARE, self.key)
        while job := jobs.claim(self.store.engine, "annotator", time.time()):
            try:
                self.do(job)
            except NoPrograms:
                assert incumbent(self.work()) is None
            jobs.finish(self.store.engine, job, time.time())

    def do(self, job: jobs.Job) -> None:
        work = self.work()
        if job.kind == PREPARE:
            prepare(work)
        elif job.kind == REVIEW:
            review(work, whole=True)
        elif job.kind == REGENERATE:
            regenerate(work, "alchemist", job.asked)
        elif job.kind == PUBLISH:
            publish(work)
        else:
            assert job.kind == THIN
            thin(work, KEPT)

    def score(self, name: str) -> float:
        """What the edition of this name says of the measured tasks, scored; 0 without an edition."""
        edition = self.store.edition(self.key, name) if name else None
        if edition is None:
            return 0.0
        voting = self.store.voting(MEASURED, self.draw.config, vote)
        predictions = predict(edition, self.draw.measured, voting, posterior)
        said = [str(x.said.get(self.draw.question.name, "")) for x in predictions]
        return scored(self.draw.name, said, self.draw.gold)

    def told(self, decision: Decision) -> dict[str, Any]:
        """A decision as JSON, with what it gained on the measured tasks if it changed the edition."""
        known = decision.incumbent and decision.candidate
        gain = self.score(decision.candidate) - self.score(decision.incumbent) if known else None
        parts = {"actor": decision.actor, "verdict": decision.verdict, "reason": decision.reason}
        return {"labels": self.labels, **parts, "numbers": dict(decision.numbers), "gain": gain}


def scored(name: str, said: Sequence[str], gold: Sequence[str]) -> float:
    """Accuracy, or for sms the F1 of spam; an empty answer is wrong.

    >>> scored("trec", ["human", ""], ["human", "number"])
    0.5
    >>> scored("sms", ["spam", "", "spam", "ham"], ["spam", "spam", "ham", "ham"])
    0.5
    """
    if name != "sms":
        return float(np.mean([x == y for x, y in zip(said, gold, strict=True)]))
    both = sum(x == y == "spam" for x, y in zip(said, gold, strict=True))
    wrong = sum((x == "spam") != (y == "spam") for x, y in zip(said, gold, strict=True))
    return 2 * both / (2 * both + wrong) if both else 0.0
