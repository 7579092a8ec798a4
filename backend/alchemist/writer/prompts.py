"""Prompts: Jinja templates in `prompts/`, versioned by name, filled from a brief."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.tasks import Task
from alchemist.resources import shipped

WRITE = "write_program.v1"
TASK_CHARACTERS = 600
"""Characters of one task that a prompt shows, at most."""
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
        "description": _data(brief.description),
        "instructions": _data(brief.instructions),
        "question": brief.question.name,
        "labels": [{"name": x.name, "hint": _data(x.hint or "")} for x in brief.question.labels],
        "fields": [field_text(x.name, brief) for x in brief.config.fields],
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
    values = [x for x in task.fields.values() if x is not None]
    text = values[0] if len(values) == 1 and isinstance(values[0], str) else json.dumps(task.fields, ensure_ascii=False)
    return _data(text if len(text) <= TASK_CHARACTERS else text[:TASK_CHARACTERS] + " [cut]")


def field_text(name: str, brief: Brief) -> str:
    """A field's name and the types of its values in the tasks at hand."""
    tasks = [*(x.task for x in brief.exemplars), *brief.unlabelled]
    types = {type(x.fields.get(name)).__name__ for x in tasks[:200]}
    return f"{name} ({' or '.join(sorted(types)) if types else 'str'})"


def docstring(text: str) -> str:
    """What a program says of itself, in one line."""
    found = re.search(r'def label\b.*?"""(.*?)"""', text, re.S)
    return " ".join(found.group(1).split())[:400] if found else ""


def _data(text: str) -> str:
    """Text from outside, unable to end the <data> element that it stands in."""
    return re.sub(r"<(/?)data", r"<\1 data", text, flags=re.I)
