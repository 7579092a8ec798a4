"""What the fields of tasks hold: running text, numbers, or categories. Only these are evidence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alchemist.core.tasks import Task

MOST_CATEGORIES = 12
"""A column with more different values than this is no list of categories."""
FEWEST_WORDS = 5
"""Words a value has on average in a column of running text."""
NUMBERS = 7
"""A column of numbers with fewer different values than this is read as categories too coarse for thresholds."""
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|data:|/data/)\S+\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Field names by what they hold. `texts` are read as one text; `shorts` are names, codes and the like."""

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    shorts: tuple[str, ...] = ()


def columns_of(tasks: Sequence[Task], main: str) -> Columns:
    """Sort the fields of these tasks by what they hold; `main` is the field that the question is about."""
    names = list(dict.fromkeys(name for task in tasks for name in task.fields))
    kinds = {name: _kind([task.fields.get(name) for task in tasks]) for name in names}
    strings = [name for name, kind in kinds.items() if kind in ("text", "short")]
    if main in strings or (len(strings) == 1 and not any(x in ("number", "category") for x in kinds.values())):
        kinds[main if main in strings else strings[0]] = "text"
    texts = sorted((name for name, kind in kinds.items() if kind == "text"), key=lambda name: name != main)
    return Columns(
        tuple(texts),
        *(tuple(name for name in names if kinds[name] == kind) for kind in ("number", "category", "short")),
    )


def _kind(values: Sequence[object]) -> str:
    """text, short, number, category, or nothing that can be read."""
    present = [value for value in values if isinstance(value, str | int | float) and value != ""]
    distinct = {str(value) for value in present}
    if len(distinct) < 2 or len(present) < 0.01 * len(values):
        return ""
    if len(distinct) >= NUMBERS and not any(math.isnan(number(value)) for value in present):
        return "number"
    if len(distinct) <= MOST_CATEGORIES and len(present) >= 3 * len(distinct):
        return "category"
    written = [value for value in present if isinstance(value, str)]
    if sum(bool(_ADDRESS.match(value)) for value in written) > 0.8 * len(present):
        return ""
    words = sum(len(value.split()) for value in written) / max(1, len(written))
    return "text" if words >= FEWEST_WORDS else "short"


def number(value: object) -> float:
    """The number that a cell holds; not-a-number where it holds none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return math.nan
    try:
        return float(value)
    except ValueError:
        return math.nan


def cell(fields: Mapping[str, Any], name: str) -> str:
    """A cell as programs compare it: what is written in it, empty where nothing is."""
    value = fields.get(name)
    return "" if value is None else str(value)


def text_of(fields: Mapping[str, Any], names: Sequence[str]) -> str:
    """The running text of a task: its text fields, one after the other."""
    return " ".join(cell(fields, name) for name in names)
