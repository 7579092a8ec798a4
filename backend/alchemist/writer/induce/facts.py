"""Facts: what is so or not so about a task, each with the Python that says it in a program."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alchemist.core.tasks import Task
from alchemist.writer.induce.columns import Columns, cell, number
from alchemist.writer.induce.views import LONGEST, SIGNS, words_of

THRESHOLDS = 9
"""Thresholds tried in a column of numbers, at equal shares of the tasks."""


@dataclass(frozen=True)
class Fact:
    """`code` is a Python expression over `task` or `text`; `says` the same in words; `about` its column or sign."""

    code: str
    says: str
    about: str
    holds: npt.NDArray[np.bool_]


def sign_facts(texts: Sequence[str]) -> list[Fact]:
    """At least so many links, digits, capitals, ... in the text."""
    facts = []
    for sign in SIGNS:
        pattern = re.compile(sign.pattern)
        counts = np.array([len(pattern.findall(text[:LONGEST])) for text in texts])
        steps = np.unique(np.quantile(counts, (0.1, 0.25, 0.5, 0.75, 0.9, 0.97), method="higher"))
        for least in sorted({1, *(int(x) for x in steps)}):
            if least:
                code = f"count({sign.pattern!r}, text) >= {least}"
                facts.append(Fact(code, f"{least} or more {sign.name}", sign.name, counts >= least))
    return _telling(facts)


def cell_facts(tasks: Sequence[Task], columns: Columns) -> list[Fact]:
    """Above or below a threshold, equal to a category, missing, or holding a word."""
    facts: list[Fact] = []
    for name in columns.numbers:
        facts += _number_facts(name, np.array([number(task.fields.get(name)) for task in tasks]))
    for name in columns.categories:
        facts += _category_facts(name, np.array([cell(task.fields, name) for task in tasks], dtype=object))
    for name in columns.shorts:
        facts += _word_facts(name, [cell(task.fields, name) for task in tasks])
    return _telling(facts)


def _number_facts(name: str, values: npt.NDArray[np.float64]) -> list[Fact]:
    present = values[~np.isnan(values)]
    cuts = np.quantile(present, np.linspace(0, 1, THRESHOLDS + 2)[1:-1], method="lower")
    facts = []
    for cut in sorted({float(f"{x:.4g}") for x in cuts}):
        written = repr(int(cut)) if cut.is_integer() and abs(cut) < 1e15 else repr(cut)
        facts.append(Fact(f"number(task, {name!r}) <= {written}", f"{name} <= {written}", name, values <= cut))
        facts.append(Fact(f"number(task, {name!r}) > {written}", f"{name} > {written}", name, values > cut))
    facts.append(Fact(f"number(task, {name!r}) != number(task, {name!r})", f"{name} missing", name, np.isnan(values)))
    return facts


def _category_facts(name: str, values: npt.NDArray[np.object_]) -> list[Fact]:
    return [
        Fact(
            f"cell(task, {name!r}) == {value!r}",
            f"{name} = {value}" if value else f"{name} missing",
            name,
            np.array(values == value, dtype=bool),
        )
        for value in sorted(set(values))
    ]


def _word_facts(name: str, values: Sequence[str]) -> list[Fact]:
    held = [set(words_of(value)) for value in values]
    counts = Counter(word for words in held for word in words)
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    often = [word for word in ranked if len(word) > 1 and counts[word] >= max(3, 0.02 * len(values))][:40]
    facts = [
        Fact(
            f"{word!r} in words(task, {name!r})",
            f"{name} holds {word}",
            name,
            np.array([word in words for words in held]),
        )
        for word in sorted(often)
    ]
    empty = np.array([not value for value in values])
    return [
        *facts,
        Fact(f"cell(task, {name!r}) == ''", f"{name} missing", name, empty),
        Fact(f"cell(task, {name!r}) != ''", f"{name} given", name, ~empty),
    ]


def _telling(facts: Sequence[Fact]) -> list[Fact]:
    """Facts that are so for some tasks and not for others; of several that always coincide, the first."""
    kept: dict[bytes, Fact] = {}
    for fact in facts:
        if 2 <= fact.holds.sum() <= len(fact.holds) - 2:
            kept.setdefault(np.packbits(fact.holds).tobytes(), fact)
    return list(kept.values())
