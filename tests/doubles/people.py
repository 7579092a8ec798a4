"""People who work on the truth, several at once, and what a record should know of it then."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from alchemist.core.corrections import Record
from tests.doubles.truth import Truth, choice

THREADS = 8
UNTOLD = ("data", "words")
"""What events do not tell, or not in order: changed data, and the project's words when two people change them."""


def act(truth: Truth, chance: random.Random, annotator: int) -> None:
    """One thing that a person does, half of the time to what somebody has just made."""
    latest = chance.choice([0, -8])
    with truth.lock:
        task = chance.choice(list(truth.tasks)[latest:])
        said = chance.choice(list(truth.annotations)[latest:] or [0])
    label = chance.choice(["spam", "ham"])
    words = f"{chance.choice(['check out my channel', 'love this song'])} {chance.randrange(10_000)}"
    actions: dict[Callable[[], object], int] = {
        lambda: truth.annotate(task, label, annotator): 40,
        lambda: truth.annotate(task, "", annotator, skipped=True): 8,
        lambda: truth.annotate(task, label, annotator, ground=True): 3,
        lambda: truth.adopt([task], annotator): 3,
        lambda: truth.change(said, result=choice(label)): 16,
        lambda: truth.change(said, was_cancelled=chance.random() < 0.5): 4,
        lambda: truth.change(said, ground_truth=chance.random() < 0.5): 4,
        lambda: truth.delete(said): 10,
        lambda: truth.import_tasks([words] * chance.randint(1, 3)): 8,
        lambda: truth.delete_tasks([task]): 8,
        lambda: truth.rewrite(task, words): 2,
        lambda: truth.describe(words): 1,
    }
    (chosen,) = chance.choices(list(actions), list(actions.values()))
    chosen()


class People:
    """Eight people, who do as many things as they may; `pace` are the seconds between two of each, on average."""

    def __init__(self, truth: Truth, pace: float) -> None:
        self.truth = truth
        self.pace = pace
        self.may = threading.Semaphore(0)
        self.done = 0
        self.faults: list[BaseException] = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(x + 1,)) for x in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def until_done(self, number: int) -> None:
        ends = time.monotonic() + 60
        while self.done < number:
            assert not self.faults, self.faults
            assert time.monotonic() < ends, f"not within 60 s: {number} things are done"
            time.sleep(0.01)

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(20)

    def _work(self, annotator: int) -> None:
        chance = random.Random(annotator)
        while not self.ended.wait(chance.uniform(0, 2 * self.pace)):
            if self.may.acquire(timeout=0.1):
                try:
                    act(self.truth, chance, annotator)
                except BaseException as error:
                    self.faults.append(error)
                    raise
                with self.truth.lock:
                    self.done += 1


def told(truth: Truth) -> dict[str, Any]:
    """Label Studio's tasks and annotations, as a record should know them."""
    tasks = {f"data {number}": row["data"] for number, row in truth.tasks.items()}
    tasks |= {"words": truth.project["description"]} | {f"task {number}": "is there" for number in truth.tasks}
    names = ("task", "result", "was_cancelled", "ground_truth", "completed_by")
    return tasks | {f"annotation {x['id']}": tuple(x[name] for name in names) for x in truth.annotations.values()}


def known(record: Record) -> dict[str, Any]:
    """The same of a record."""
    assert len({x.id for x in record.annotations}) == len(record.annotations)
    tasks: dict[str, Any] = {f"data {number}": data for number, (_, data) in record.data.items()}
    tasks |= {"words": record.words[1]} | {f"task {number}": "is there" for number in record.data}
    said = {x.id: (x.task, x.result, x.skipped, x.ground_truth, x.annotator) for x in record.annotations}
    return tasks | {f"annotation {number}": what for number, what in said.items()}


def difference(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What is not as it should be: found and expected, None for nothing."""
    every = sorted({*found, *expected})
    return {x: (found.get(x), expected.get(x)) for x in every if found.get(x) != expected.get(x)}
