"""What a program may see of a Label Studio task."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from alchemist.core.questions import Field

_STEP = re.compile(r"[^.\[\]]+")
_INDEX = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Task:
    """One task: its fields flat, by name, and the id that Label Studio knows it by (None: it has none).

    `ordinal` is its place among the tasks of its project that are kept here; None for one that is not.
    """

    fields: Mapping[str, Any]
    id: int | str | None = None
    ordinal: int | None = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """What the task is recognised by: its id, or else its content."""
        if self.id is not None:
            return str(self.id)
        written = json.dumps(self.fields, sort_keys=True, ensure_ascii=True, default=str)
        return "content:" + hashlib.sha256(written.encode()).hexdigest()


def fields_of(data: object, fields: Iterable[Field]) -> dict[str, Any]:
    """The named fields of a task's `data`, flat; a missing one is None.

    The columns of a table field stand beside it by their own names, unless another field has the name.

    >>> fields_of({"text": "hi", "label": "ham"}, [Field("text")])
    {'text': 'hi'}
    >>> fields_of({"row": {"Age": 3}}, [Field("row", table=True)])
    {'Age': 3, 'row': {'Age': 3}}
    """
    named: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    for one in fields:
        value = named[one.name] = _at(data, one.name)
        if one.table and isinstance(value, Mapping):
            columns |= {str(name): cell for name, cell in value.items()}
    return columns | named


def _at(data: object, path: str) -> Any:
    """Follow a Label Studio path (`user.name`, `items[0]`) into task data; None where it leads nowhere."""
    if isinstance(data, Mapping) and path in data:
        return data[path]
    for step in _STEP.findall(path):
        if isinstance(data, Mapping):
            data = data.get(step)
        elif isinstance(data, list) and _INDEX.fullmatch(step) and int(step) < len(data):
            data = data[int(step)]
        else:
            return None
    return data
