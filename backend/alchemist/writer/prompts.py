"""Prompts: Jinja templates in `prompts/`, versioned by name, filled from a brief."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.tasks import Task
from alchemist.resources import shipped

WRITE = "write_program.v1"
TASK_CHARACTERS = 600
"""Characters of one task, of the title or of a hint that a prompt shows, at most."""
WORDS_CHARACTERS = 4_000
"""Characters of the description or the instructions that a prompt shows, at most."""
NAME_CHARACTERS = 100
"""Characters of a field's name: in a table the tasks bring them."""
EXEMPLARS = 24
SAMPLES = 6


@dataclass(frozen=True, slots=True)
class Contract:
    """What a prompt tells of the contract; `lacks` is what a probe of the sandbox found missing."""

    returns: str
    modules: Sequence[str]
    lacks: Sequence[str] = ()


def messages(template: str, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """A filled template as chat messages: its `# System` and `# User` parts.

    Raises `jinja2.UndefinedError` when a variable is missing.
    """
    environment = Environment(
        loader=FileSystemLoader(shipped("prompts")), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["json"] = partial(json.dumps, ensure_ascii=False)  # Jinja's own writes é as \u00e9
    text = environment.get_template(f"{template}.md.jinja").render(values)
    system, user = text.split("# User\n", 1)
    return [
        {"role": "system", "content": system.removeprefix("# System\n").strip()},
        {"role": "user", "content": re.sub(r"\n{3,}", "\n\n", user).strip()},
    ]


def brief_values(brief: Brief, contract: Contract, idea: str) -> dict[str, Any]:
    """What `write_program` is filled with."""
    return {
        "title": _data(brief.title),
        "description": _data(brief.description, WORDS_CHARACTERS),
        "instructions": _data(brief.instructions, WORDS_CHARACTERS),
        "question": brief.question.name,
        "labels": [{"name": x.name, "hint": _data(x.hint or "")} for x in brief.question.labels],
        "fields": field_texts(brief),
        "exemplars": [{"task": shown(x.task), "answer": x.answer} for x in chosen(brief.exemplars)],
        "samples": [shown(x) for x in brief.unlabelled[:SAMPLES]],
        "idea": idea,
        "taken": [_data(docstring(x.source.text)) for x in brief.existing],
        "contract": contract,
    }


def chosen(exemplars: Sequence[Exemplar]) -> list[Exemplar]:
    """Up to `EXEMPLARS` of them, taking turns among the answers so that rare ones are seen."""
    by_answer: dict[object, list[Exemplar]] = {}
    for exemplar in exemplars:
        by_answer.setdefault(exemplar.answer, []).append(exemplar)
    turns = max((len(x) for x in by_answer.values()), default=0)
    return [x[turn] for turn in range(turns) for x in by_answer.values() if turn < len(x)][:EXEMPLARS]


def shown(task: Task) -> str:
    """A task in a prompt: its text, or its fields as JSON; long ones are cut and say so."""
    fields = own_fields(task)
    values = [x for x in fields.values() if x is not None]
    one = len(values) == 1 and isinstance(values[0], str)
    return _data(values[0] if one else json.dumps(fields, ensure_ascii=False))


def own_fields(task: Task) -> dict[str, Any]:
    """The fields of a task, without a table's row whose columns stand beside it."""

    def repeats(value: object) -> bool:
        return isinstance(value, Mapping) and bool(value) and value.items() <= task.fields.items()

    return {name: value for name, value in task.fields.items() if not repeats(value)}


def field_texts(brief: Brief) -> list[str]:
    """The name of every field with the types of its values in the tasks at hand."""
    tasks = [own_fields(x) for x in [*(x.task for x in brief.exemplars), *brief.unlabelled][:200]]
    names = dict.fromkeys([*(x.name for x in brief.config.fields), *(name for task in tasks for name in task)])
    texts = []
    for name in names:
        types = {type(x[name]).__name__ for x in tasks if x.get(name) is not None}
        if types or not tasks or not any(x.table for x in brief.config.fields if x.name == name):
            texts.append(f"{_data(' '.join(name.split()), NAME_CHARACTERS)} ({' or '.join(sorted(types)) or 'str'})")
    return texts


def docstring(text: str) -> str:
    """What a program says of itself, in one line."""
    found = re.search(r'def label\b.*?"""(.*?)"""', text, re.S)
    return " ".join(found.group(1).split())[:400] if found else ""


def _data(text: str, most: int = TASK_CHARACTERS) -> str:
    """Text from outside: cut, without what is no text, and unable to end the <data> element that it stands in."""
    whole = text if len(text) <= most else text[:most] + " [cut]"
    sent = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", whole.encode("utf-8", "replace").decode())
    return re.sub(r"<(/?)data", r"<\1 data", sent, flags=re.I)
