"""Writing programs down. What comes from tasks and labels gets into a source through `repr` alone."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence

from alchemist.core.programs import Entry, source
from alchemist.writer.induce.views import WORD

WIDTH = 110
LONGEST_NAME = 60
WRITER = "induced"

CELL = """def cell(task, name):
    value = task.get(name)
    return "" if value is None else str(value)
"""
NUMBER = """def number(task, name):
    value = task.get(name)
    if value is None or isinstance(value, bool):
        return float("nan")
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")
"""
WORD_CODE = f'WORD = r"{WORD}"\n'
WORDS = """def words(task, name):
    return re.findall(WORD, cell(task, name)[:{longest}].lower())
"""
COUNT = """def count(pattern, text):
    return len(re.findall(pattern, text))
"""


def program(name: str, docstring: str, before: str, body: str) -> Entry:
    """An entry from its parts: module-level code, and the body of `label`, not yet indented."""
    plain = " ".join(re.findall(r"\w+", name))[:LONGEST_NAME]
    text = f"{before.rstrip()}\n\n\ndef label(task):\n{_docstring(docstring)}\n{textwrap.indent(body, '    ')}\n"
    return Entry(plain, source(text), WRITER)


def _docstring(text: str) -> str:
    """The text between triple quotes, cleaned of all that could end them or hide in them."""
    shown = "".join(x if x.isprintable() else " " for x in text).replace("\\", "/").replace('"', "'")
    lines = textwrap.wrap(shown, WIDTH - 4, break_long_words=True) or [""]
    return '    """' + "\n    ".join(lines) + '\n    """'


def constant(name: str, rows: Iterable[str]) -> str:
    """A tuple constant, a row a line; the rows are Python already."""
    return f"{name} = (\n" + "".join(f"    {row},\n" for row in rows) + ")"


def frozen(items: Iterable[str]) -> str:
    """A frozenset of strings as Python, broken into lines."""
    written = ", ".join(repr(item) for item in sorted(items))
    return "frozenset({" + written + "})"


def listed(items: Sequence[str], most: int = 8) -> str:
    """The first items in words, each in quotes where it is more than one word."""
    shown = [_short(item) for item in items[:most]]
    return ", ".join(shown) + (f" and {len(items) - most} more" if len(items) > most else "")


def _short(item: str) -> str:
    item = item if len(item) <= 40 else item[:37] + "..."
    return f"'{item}'" if " " in item else item


def share(part: float) -> str:
    """A share in percent, as people write it."""
    return f"{100 * part:.0f} %"
