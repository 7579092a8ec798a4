"""What people answered: from tasks read through the API, or from what Label Studio sends by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from alchemist.core.answers import Answer
from alchemist.core.corrections import Annotation, deciding
from alchemist.core.editions import Edition
from alchemist.core.ports import Facts
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task
from alchemist.labelstudio.convert import answer_in
from alchemist.labelstudio.wire import plain, tasks_from

Answered = list[tuple[Task, Mapping[str, Answer]]]


def annotation(written: Mapping[str, Any], task: int) -> Annotation:
    """An annotation as Label Studio writes it."""
    return Annotation(
        int(written["id"]),
        task,
        written.get("result") or [],
        str(written.get("updated_at") or ""),
        bool(written.get("was_cancelled")),
        bool(written.get("ground_truth")),
    )


def answered(items: Iterable[Mapping[str, Any]], config: LabelConfig) -> Answered:
    """Tasks with annotations -> tasks with answers; a task that was only skipped has none."""
    kept: Answered = []
    for item, task in zip(items := list(items), tasks_from(items, config), strict=True):
        given = [annotation(_plain(x), int(item["id"])) for x in item.get("annotations") or []]
        decided = deciding(given)
        if decided is not None:
            found = {question.name: answer_in(question, decided.result) for question in config.questions}
            kept.append((task, {name: answer for name, answer in found.items() if answer is not None}))
    return kept


class HeardProject:
    """A project that refuses its API: known by what `/predict` and the events carried.

    `refusal` says why; it stands in what the admin reads.
    """

    def __init__(
        self,
        title: str,
        tasks: Callable[[], Mapping[int, Any]],
        events: Callable[[], Sequence[tuple[str, Mapping[str, Any]]]],
        refusal: str,
    ) -> None:
        self.title = title
        self.tasks = tasks
        self.events = events
        self.refusal = refusal

    def read(self, config: LabelConfig) -> Facts:
        """What was heard, put together."""
        items: dict[int, dict[str, Any]] = {k: {"id": k, "data": data} for k, data in self.tasks().items()}
        annotations: dict[int, dict[int, Mapping[str, Any]]] = {}
        gone: set[tuple[str, int]] = set()
        project: Mapping[str, Any] = {}
        for _, body in self.events():
            project = body.get("project") or project
            _hear(body, items, annotations, gone)
        items = {k: item for k, item in items.items() if ("task", k) not in gone}
        annotations = {
            k: {n: x for n, x in given.items() if ("annotation", n) not in gone} for k, given in annotations.items()
        }
        items = {k: item | {"annotations": list(annotations.get(k, {}).values())} for k, item in items.items()}
        labelled = answered([x for x in items.values() if x["annotations"]], config)
        done = {task.id for task, _ in labelled}
        unlabelled = tasks_from([x for x in items.values() if x["id"] not in done], config)
        counts = f"{len(unlabelled):,} unlabelled and {len(labelled):,} annotated tasks"
        said = f"{self.refusal}; known from what it sent: {counts}"
        words = (str(project.get(name) or "") for name in ("title", "description", "instructions"))
        title, description, instructions = words
        return Facts(title or self.title, plain(description), plain(instructions), unlabelled, labelled, said)

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> None:
        """Nothing can be stored."""

    def point_at(self, edition: Edition) -> str:
        """Nothing can be set."""
        return f"predictions are given when Label Studio asks, none are stored: {self.refusal}"


def _hear(
    body: Mapping[str, Any],
    items: dict[int, dict[str, Any]],
    annotations: dict[int, dict[int, Mapping[str, Any]]],
    gone: set[tuple[str, int]],
) -> None:
    """One event's tasks and annotations. Events may come late and twice: the latest version of an annotation stays,
    and what was deleted once (ids are never given again) is gone."""
    for item in [*_those(body.get("task"), "id"), *_those(body.get("tasks"), "id")]:
        if "data" in item:
            items[item["id"]] = {"id": item["id"], "data": item["data"]}
    for one in _those(body.get("annotation"), "id", "task"):
        of_task = annotations.setdefault(one["task"], {})
        if str(one.get("updated_at") or "") >= str(of_task.get(one["id"], {}).get("updated_at") or ""):
            of_task[one["id"]] = one
    gone |= {("task", x["id"]) for x in _those(body.get("tasks"), "id") if "data" not in x}
    gone |= {("annotation", x["id"]) for x in _those(body.get("annotations"), "id")}


def _those(told: object, *ids: str) -> list[Mapping[str, Any]]:
    """One part of an event or a list of them, less what has no ids: anybody may send an event."""
    parts = told if isinstance(told, list) else [told]
    return [x for x in parts if isinstance(x, Mapping) and all(type(x.get(name)) is int for name in ids)]


def _plain(written: Any) -> Mapping[str, Any]:
    return written if isinstance(written, Mapping) else dict(written)


_EVENT_PARTS = {
    "annotation": (
        "id",
        "task",
        "result",
        "updated_at",
        "was_cancelled",
        "ground_truth",
        "completed_by",
        "parent_prediction",
        "prediction",
    ),
    "task": ("id", "data"),
}


def event_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of an event: annotations, tasks and the project's words; never its tokens and passwords."""
    kept: dict[str, Any] = {}
    for name in ("annotation", "annotations", "task", "tasks"):
        given = body.get(name)
        parts = _EVENT_PARTS[name.rstrip("s")]
        if isinstance(given, list):
            kept[name] = [{k: x[k] for k in parts if k in x} for x in given if isinstance(x, Mapping)]
        elif isinstance(given, Mapping):
            kept[name] = {k: given[k] for k in parts if k in given}
    project = body.get("project")
    if isinstance(project, Mapping):
        kept["project"] = {
            "title": str(project.get("title") or ""),
            "description": str(project.get("description") or ""),
            "instructions": str(project.get("expert_instruction") or ""),
        }
    return kept
