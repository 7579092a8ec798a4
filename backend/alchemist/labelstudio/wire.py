"""The bodies that Label Studio 1.23.2 sends (FACTS.md A), and its task files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alchemist.core.errors import BadTasks
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task, fields_of


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")


class SetupRequest(_Body):
    """`POST /setup`; `extra_params` may be anything, and is not used."""

    project: str | int | None = None
    label_config: str | None = Field(default=None, alias="schema")
    hostname: str | None = None
    access_token: str | None = None


class PredictRequest(_Body):
    """`POST /predict`: tasks as Label Studio stores them."""

    tasks: list[Any]
    project: str | int | None = None
    label_config: str | None = None


ACTIONS = frozenset(
    {
        "ANNOTATION_CREATED",
        "ANNOTATION_UPDATED",
        "ANNOTATIONS_CREATED",
        "ANNOTATIONS_DELETED",
        "TASKS_CREATED",
        "TASKS_DELETED",
        "PROJECT_CREATED",
        "PROJECT_UPDATED",
        "PROJECT_DELETED",
        "START_TRAINING",
    }
)
"""What happens in Label Studio that a backend is told of."""


class ProjectPart(_Body):
    """What is read of the project in an event; its secrets are not."""

    id: int
    created_at: datetime | None = None

    @property
    def created(self) -> float | None:
        """Seconds since 1970."""
        return self.created_at.timestamp() if self.created_at else None


def project_key(project: str | int | None) -> str:
    """What a project is known by: Label Studio's `"<id>.<created>"`; empty for what names no project.

    >>> project_key("4.1795174907"), project_key(4), project_key(None), project_key("../etc")
    ('4.1795174907', '4', '', '')
    """
    written = "" if project is None else str(project)
    return written if re.fullmatch(r"\d{1,18}(\.\d{1,18})?", written) else ""


def event_project(project: object) -> tuple[int, float | None] | None:
    """The id of an event's project, and its time of creation where it is told; None for what names no project.

    >>> event_project("4.1795174907"), event_project({"id": 4}), event_project({"id": "four"})
    ((4, 1795174907.0), (4, None), None)
    """
    if isinstance(project, Mapping):
        try:
            part = ProjectPart.model_validate(project)
        except ValidationError:
            return None
        return part.id, part.created
    number, _, created = project_key(project if isinstance(project, str | int) else None).partition(".")
    return (int(number), float(created) if created else None) if number else None


def tasks_from(items: Iterable[Any], config: LabelConfig) -> list[Task]:
    """Label Studio's tasks as programs may see them: the named fields only. A broken one has no fields."""
    tasks = []
    for item in items:
        data = item.get("data") if isinstance(item, Mapping) else None
        known = item.get("id") if isinstance(item, Mapping) else None
        tasks.append(Task(fields_of(data, config.fields), known if isinstance(known, int | str) else None))
    return tasks


def read_records(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON or JSONL file: Label Studio tasks or plain objects.

    Raises `BadTasks`, with the line, for what cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadTasks(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadTasks(f"{path} is not UTF-8 text", "Save it as UTF-8.") from error
    if text.lstrip().startswith("["):
        numbered = list(enumerate(_json(path, text, 1), 1))
    else:
        lines = text.split("\n")
        numbered = [(n, _json(path, line, n)) for n, line in enumerate(lines, 1) if line.strip()]
    for n, record in numbered:
        if not isinstance(record, dict):
            raise BadTasks(f"{path}, item {n}: expected an object, found {type(record).__name__}")
    return [record for _, record in numbered]


def _json(path: Path, text: str, line: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f"line {line + error.lineno - 1}" if isinstance(error, json.JSONDecodeError) else f"line {line}"
        raise BadTasks(
            f"{path}, {where}: not valid JSON ({error})",
            "A file holds one JSON array, or one JSON object a line.",
        ) from error


def tasks_of(records: Sequence[Mapping[str, Any]], config: LabelConfig, hidden: str | None = None) -> list[Task]:
    """Records of a file as tasks; the field `hidden` is taken away before anything sees it.

    A plain record is its own data. Where the config shows a table field that a record does not have, the whole
    record is that table's row.
    """
    tasks = []
    for record in records:
        data = record.get("data")
        data = dict(data) if isinstance(data, Mapping) else {k: v for k, v in record.items() if k != "id"}
        if hidden is not None:
            data.pop(hidden, None)
        for field in config.fields:
            if field.table and field.name not in data:
                data[field.name] = {k: v for k, v in data.items() if k != field.name}
        known = record.get("id")
        tasks.append(Task(fields_of(data, config.fields), known if isinstance(known, int | str) else None))
    return tasks


def plain(html: str) -> str:
    """The text of a piece of HTML."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.parts).split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.parts.append(" ")
