"""Running programs in Monty: a Python interpreter in Rust, in processes of its own, granted nothing."""

from __future__ import annotations

import datetime
import time
from array import array
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import pydantic_monty as monty

from alchemist.core.errors import BadProgram, SandboxError
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Source
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.text import clean
from alchemist.core.votes import ABSTAIN, FAULT, Column, Fault, VoteBlock
from alchemist.sandbox.check import check, parse
from alchemist.sandbox.contract import Limits
from alchemist.sandbox.rewrite import Rewritten, rewrite

_DRIVER = """
def __run__(tasks, stateful, most):
    def size(value):
        if value is None or isinstance(value, (bool, float)):
            return 1
        if isinstance(value, int):
            return 1 if -(2**63) <= value < 2**63 else most + 1
        if isinstance(value, str):
            return 1 + len(value)
        if isinstance(value, (list, tuple)):
            total = 1
            for item in value:
                total = total + size(item)
                if total > most:
                    break
            return total
        raise TypeError("returned " + type(value).__name__)

    outcomes = []
    total = 0
    label = __program__()
    for task in tasks:
        try:
            if stateful:
                label = __program__()
            answer = label(task)
        except (TimeoutError, MemoryError):
            raise
        except BaseException as error:
            outcomes.append(("raised", (type(error).__name__ + ": " + str(error))[:300]))
            continue
        try:
            total = total + size(answer)
            if total > 100 * most:
                outcomes.append(("output", "returned too much in all"))
            elif size(answer) > most:
                outcomes.append(("output", "returned more than " + str(most) + " characters or items"))
            else:
                outcomes.append(("answer", answer))
        except Exception as error:
            outcomes.append(("answer!", str(error)[:300]))
    return outcomes
"""
_FEED_TASKS = 200
"""Few, since a feed that does not end costs all its time before it is halved."""
_FEED_CHARACTERS = 4_000_000

_PROBES = (
    ("yield", "def f():\n    yield 1\nlist(f())"),
    ("del", "x = {1: 2}\ndel x[1]"),
    ("str.translate and str.maketrans", "'a'.translate(str.maketrans('a', 'b'))"),
    ("re.VERBOSE", "import re\nre.compile('a', re.VERBOSE)"),
    ("collections.OrderedDict", "import collections\ncollections.OrderedDict()"),
    ("collections.Counter", "import collections\ncollections.Counter('a').most_common(1)"),
    ("methods taken from a type, as in map(str.lower, x)", "list(map(str.lower, ['A']))"),
    ("str.format with fields", "'{a:>4}'.format(a=1)"),
    ("re.escape", "import re\nre.escape('a.')"),
    ("itertools.groupby", "import itertools\nlist(itertools.groupby('aab'))"),
    ("functools.reduce", "import functools\nfunctools.reduce(max, [1, 2])"),
    ("math.comb", "import math\nmath.comb(4, 2)"),
    ("match statements", "match 1:\n    case 1:\n        x = 1"),
    ("unicodedata.category", "import unicodedata\nunicodedata.category('a')"),
)

_Outcome = tuple[str, Any]


def vote(
    question: Question,
    sources: Sequence[Source],
    tasks: Sequence[Task],
    limits: Limits = Limits(),  # noqa: B008 - frozen
    on_column: Callable[[], None] = lambda: None,
) -> VoteBlock:
    """The votes of every source on every task, in the order given.

    Each program runs in an interpreter of its own; none sees another, nor a task other than the one it is
    asked about. `on_column` is called as each program ends. Raises `SandboxError` when nothing can run.
    """
    records = [clean(task.fields) for task in tasks]
    book = KINDS[question.kind].book(question)
    codes = {answer: code for code, answer in enumerate(book)}

    def column(source: Source) -> Column:
        try:
            return _column(pool, question, source, records, codes, limits)
        finally:
            on_column()

    try:
        with monty.Monty(min_processes=1) as pool, ThreadPoolExecutor(max_workers=2) as threads:
            columns = tuple(threads.map(column, sources))
    except (OSError, FileNotFoundError) as error:
        raise SandboxError(f"the sandbox cannot start: {error}", "Reinstall pydantic-monty.") from error
    return VoteBlock(book, columns, len(tasks))


@lru_cache(maxsize=1)
def lacks() -> tuple[str, ...]:
    """Constructs that this sandbox does not have, found by trying them."""
    missing = []
    with monty.Monty(min_processes=1) as pool:
        for name, code in _PROBES:
            with pool.checkout() as session:
                try:
                    session.feed_run(code, print_callback=_nowhere)
                except monty.MontyError:
                    missing.append(name)
    return tuple(missing)


def _column(
    pool: monty.Monty,
    question: Question,
    source: Source,
    records: Sequence[Mapping[str, Any]],
    codes: Mapping[Any, int],
    limits: Limits,
) -> Column:
    began = time.perf_counter()
    try:
        check(source)
        outcomes = _Feeds(pool, rewrite(parse(source.text)), limits).run(records)
    except BadProgram as error:
        outcomes = [("broken", error.message)] * len(records)
    except (RecursionError, SystemError, ValueError):  # what CPython raises for trees and numbers that are too large
        outcomes = [("broken", "it is nested too deeply, or holds a number that is too large")] * len(records)
    column = array("h")
    fault: Fault | None = None
    for place, (kind, value) in enumerate(outcomes):
        reason = None if value is None or kind != "answer" else KINDS[question.kind].check(question, value)
        if kind == "answer" and reason is None:
            answer = None if value is None else KINDS[question.kind].canonical(question, value)
            column.append(ABSTAIN if answer is None else codes[answer])
            continue
        column.append(FAULT)
        fault = fault or Fault(kind.rstrip("!"), reason or str(value), place)
    suspended = any(kind == "suspended" for kind, _ in outcomes)
    return Column(source.id, column, fault, time.perf_counter() - began, suspended)


class _Feeds:
    """One program fed with tasks in batches; a batch that does not end is halved until the guilty task is found."""

    def __init__(self, pool: monty.Monty, program: Rewritten, limits: Limits) -> None:
        self.pool = pool
        self.program = program
        self.limits = limits
        self.timeouts = 0

    def run(self, records: Sequence[Mapping[str, Any]]) -> list[_Outcome]:
        """One outcome a record, in order."""
        outcomes: list[_Outcome] = []
        self.deadline = time.monotonic() + self.limits.program_seconds * max(1, -(-len(records) // 1000))
        for start, stop in _batches(records):
            outcomes += self._batch(records[start:stop])
        return outcomes

    def _batch(self, records: Sequence[Mapping[str, Any]]) -> list[_Outcome]:
        if self.timeouts >= self.limits.timeouts:
            why = f"suspended after {self.timeouts} tasks that it did not finish in time"
            return [("suspended", why)] * len(records)
        if time.monotonic() > self.deadline:
            return [("suspended", "suspended: it used up its time for this batch")] * len(records)
        try:
            return self._feed(records)
        except _Stopped as stopped:
            if len(records) > 1:
                half = len(records) // 2
                return self._batch(records[:half]) + self._batch(records[half:])
            if stopped.kind == "timeout":
                return self._once_more(records)
            self.timeouts += 1
            return [(stopped.kind, str(stopped))]

    def _once_more(self, records: Sequence[Mapping[str, Any]]) -> list[_Outcome]:
        """Sandbox time is wall-clock time: a busy machine must not cost a program its vote."""
        try:
            return self._feed(records, patience=4)
        except _Stopped as stopped:
            self.timeouts += 1
            return [(stopped.kind, str(stopped))]

    def _feed(self, records: Sequence[Mapping[str, Any]], patience: float = 1) -> list[_Outcome]:
        seconds = patience * (self.limits.feed_seconds + len(records) * self.limits.task_seconds)
        granted: monty.ResourceLimits = {
            "max_feed_duration_secs": seconds,
            "max_memory": self.limits.memory,
            "max_recursion_depth": self.limits.recursion,
            "max_suspensions": 10,
        }
        still: monty.OSPolicy = {
            "datetime": datetime.datetime(2000, 1, 1),
            "sleep": "zero",
            "random_start": {"seed": 0},
        }
        try:
            with self.pool.checkout(limits=granted, os_policy=still) as session:
                self._load(session, seconds)
                outcomes = session.feed_run(
                    "__run__(__tasks__, __stateful__, __most__)",
                    inputs={
                        "__tasks__": list(records),
                        "__stateful__": self.program.stateful,
                        "__most__": self.limits.output,
                    },
                    print_callback=_nowhere,
                )
        except monty.MontyCrashedError as error:
            kind = "timeout" if error.timed_out else "memory"
            raise _Stopped(kind, "it did not end in time" if error.timed_out else "it crashed the sandbox") from error
        except monty.MontyError as error:
            raise self._stopped(error) from error
        return [tuple(outcome) for outcome in outcomes]

    def _load(self, session: monty.MontySession, seconds: float) -> None:
        began = time.monotonic()
        try:
            session.feed_run(self.program.code + _DRIVER + "__program__()\n", print_callback=_nowhere)
        except monty.MontyCrashedError:
            raise
        except monty.MontyError as error:
            stopped = self._stopped(error)
            if stopped.kind == "memory" or (stopped.kind == "timeout" and time.monotonic() - began > seconds / 2):
                raise stopped from error
            lines = self.program.lines
            frames = error.traceback() if isinstance(error, monty.MontyRuntimeError | monty.MontySyntaxError) else []
            line = next((lines[x.line] for x in reversed(frames) if x.line in lines), 0)
            raise BadProgram(f"the sandbox cannot run it: {str(error)[:300]}", line=line) from error

    def _stopped(self, error: monty.MontyError) -> _Stopped:
        inner = error.exception()
        if isinstance(inner, TimeoutError):
            return _Stopped("timeout", "it did not end in time")
        if isinstance(inner, MemoryError):
            return _Stopped("memory", f"it used more than {self.limits.memory >> 20} MB")
        return _Stopped("raised", str(error)[:300])


class _Stopped(Exception):
    """A feed ended before its time: at a bound, or in a way that no program can catch."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def _nowhere(stream: str, text: str) -> None:
    """Programs may not print; what one prints all the same goes nowhere."""


def _batches(records: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Cut the records where a batch would hold too many tasks or too much text."""
    cuts, start, characters = [], 0, 0
    for place, record in enumerate(records):
        more = sum(len(x) for x in record.values() if isinstance(x, str))
        if place > start and (characters + more > _FEED_CHARACTERS or place - start >= _FEED_TASKS):
            cuts.append((start, place))
            start, characters = place, 0
        characters += more
    if records:
        cuts.append((start, len(records)))
    return cuts
