"""Programs where only one label has been annotated yet: words that set its tasks off from all others."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from alchemist.core.programs import Entry
from alchemist.core.tasks import Task
from alchemist.writer.induce.columns import Columns, text_of
from alchemist.writer.induce.source import WORD_CODE, constant, listed, program
from alchemist.writer.induce.views import LONGEST, VIEWS, View, look, words_of

FEWEST = 2
PART = 4
"""At least FEWEST annotated tasks must hold an item, and one in PART of them."""
ODDS = 3.0
"""How many times more frequent it must be there than elsewhere."""
MOST = 25


def programs_for_one(label: str, tasks: Sequence[Task], annotated: int, columns: Columns) -> list[Entry]:
    """Keyword programs for the only label seen; the first `annotated` tasks have it."""
    if annotated < FEWEST or not columns.texts or len(tasks) < 3 * annotated:
        return []
    texts = [words_of(text_of(task.fields, columns.texts)) for task in tasks]
    found = [_program(label, view, texts, annotated, columns.texts) for view in VIEWS[:2]]
    return [entry for entry in found if entry is not None]


def _program(
    label: str, view: View, texts: Sequence[list[str]], annotated: int, fields: tuple[str, ...]
) -> Entry | None:
    items = look(view, texts)
    if items is None:
        return None
    here = np.asarray(items.matrix[:annotated].sum(axis=0)).ravel()
    elsewhere = np.asarray(items.matrix[annotated:].sum(axis=0)).ravel()
    ratio = (here / annotated) / ((elsewhere + 0.5) / (len(texts) - annotated + 1))
    fewest = max(FEWEST, math.ceil(annotated / PART))
    telling = np.flatnonzero((here >= fewest) & (ratio >= ODDS))
    names = [items.names[n] for n in telling[np.argsort(-ratio[telling] * np.sqrt(here[telling]), kind="stable")]][
        :MOST
    ]
    if not names:
        return None
    doc = (
        f"Answers {label} where {view.says} occur that at least {fewest} tasks annotated so hold, and {ODDS:.0f} times "
        f"more often than other tasks do: {listed(names)}. Learned from {annotated:,} annotated tasks, all of this one "
        f"label, and {len(texts) - annotated:,} unlabelled ones; it can say nothing about other labels."
    )
    before = "\n".join(
        ["import re", "", f"FIELDS = {fields!r}", WORD_CODE.rstrip(), constant("ITEMS", [repr(x) for x in names])]
    )
    return program(
        f"{view.name} of {label}", doc, before, _BODY.format(longest=LONGEST, seen=view.code, label=repr(label))
    )


_BODY = """\
text = " ".join("" if task.get(field) is None else str(task.get(field)) for field in FIELDS)
words = re.findall(WORD, text[:{longest}].lower())
seen = {seen}
if any(item in seen for item in ITEMS):
    return {label}
return None"""
