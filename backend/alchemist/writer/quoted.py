"""Text from outside as it stands in a prompt: cut, and unable to end the <data> element around it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from alchemist.core.tasks import Task

TASK_CHARACTERS = 600
"""Characters of one task, of the title or of a hint that a prompt shows, at most."""


def quoted(text: str, most: int = TASK_CHARACTERS) -> str:
    """Text from outside: cut, without what is no text, and unable to end the <data> element that it stands in."""
    whole = text if len(text) <= most else text[:most] + " [cut]"
    sent = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", whole.encode("utf-8", "replace").decode())
    return re.sub(r"<(/?)data", r"<\1 data", sent, flags=re.I)


def shown(task: Task, most: int = TASK_CHARACTERS) -> str:
    """A task in a prompt: its text, or its fields as JSON; long ones are cut and say so."""
    fields = own_fields(task)
    values = [x for x in fields.values() if x is not None]
    one = len(values) == 1 and isinstance(values[0], str)
    return quoted(values[0] if one else json.dumps(fields, ensure_ascii=False), most)


def own_fields(task: Task) -> dict[str, Any]:
    """The fields of a task, without a table's row whose columns stand beside it."""

    def repeats(value: object) -> bool:
        return isinstance(value, Mapping) and bool(value) and value.items() <= task.fields.items()

    return {name: value for name, value in task.fields.items() if not repeats(value)}
