"""What people said: news in events and in tasks read through the API, and the facts that a record of them gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from alchemist.core.answers import Answer
from alchemist.core.corrections import Annotation, News, Record, deciding
from alchemist.core.editions import Edition
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Facts
from alchemist.core.predictions import Prediction
from alchemist.core.questions import LabelConfig
from alchemist.core.tasks import Task, fields_of
from alchemist.labelstudio.convert import answer_in
from alchemist.labelstudio.wire import plain


def annotation(
    written: Mapping[str, Any], task: int, shown: Mapping[int, Mapping[str, Any]] | None = None
) -> Annotation:
    """An annotation as Label Studio writes it. `shown` are the task's predictions by id, where they are known."""
    who = written.get("completed_by")
    who = who.get("id") if isinstance(who, Mapping) else who
    return Annotation(
        int(written["id"]),
        task,
        written.get("result") or [],
        _ordered(str(written.get("updated_at") or "")),
        bool(written.get("was_cancelled")),
        bool(written.get("ground_truth")),
        who if isinstance(who, int) else None,
        _began_with(written, shown or {}),
    )


def _ordered(time: str) -> str:
    """A time of Label Studio's that sorts as text: at a full second it writes no fraction.

    >>> _ordered("2026-11-20T12:00:00Z") < "2026-11-20T12:00:00.000001Z"
    True
    """
    return f"{time[:-1]}.000000Z" if time.endswith("Z") and "." not in time else time


def _began_with(written: Mapping[str, Any], shown: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """The prediction that the annotator began with: the one of `parent_prediction`, else Label Studio's snapshot.

    The snapshot is the row of the version that was current when the annotator submitted, so one with another id than
    the parent's is not what was shown (LIVE.md 3).
    """
    parent, snapshot = written.get("parent_prediction"), written.get("prediction")
    found = shown.get(parent) if isinstance(parent, int) else None
    if found is None and isinstance(snapshot, Mapping) and snapshot.get("id", parent) == (parent or snapshot.get("id")):
        found = snapshot
    if not found or not found.get("model_version"):
        return {}
    return {"model_version": str(found["model_version"]), "result": found.get("result") or []}


def facts(config: LabelConfig, record: Record, told_by: str) -> Facts:
    """A record as the paths know it: tasks as programs see them, corrections as answers."""
    said: dict[int, list[Annotation]] = {}
    for one in record.annotations:
        said.setdefault(one.task, []).append(one)
    unlabelled: list[Task] = []
    answered: list[tuple[Task, Mapping[str, Answer]]] = []
    stood: dict[str, tuple[int, int]] = {}
    said_at: dict[str, str] = {}
    for number, (ordinal, data) in record.data.items():
        task = Task(fields_of(data, config.fields), number, ordinal)
        decided = deciding(said.get(number, ()))
        if decided is None:
            unlabelled.append(task)
            continue
        answers = _answers(config, decided.result)
        answered.append((task, answers))
        said_at[task.key] = decided.updated_at
        _count(stood, decided, answers, config)
    counts = f"{len(unlabelled):,} unlabelled and {len(answered):,} annotated tasks"
    title, description, instructions = record.words
    return Facts(title, description, instructions, unlabelled, answered, f"{told_by} {counts}", stood, said_at)


def _answers(config: LabelConfig, result: object) -> dict[str, Answer]:
    found = {question.name: answer_in(question, result) for question in config.questions}
    return {name: answer for name, answer in found.items() if answer is not None}


def _count(
    stood: dict[str, tuple[int, int]], decided: Annotation, answers: Mapping[str, Answer], config: LabelConfig
) -> None:
    """Whether the answers that the annotator began with were kept: values are compared, never `origin`."""
    for name, shown in _answers(config, decided.shown.get("result")).items():
        question = config.question(name)
        assert question is not None
        kept, seen = stood.get(decided.shown["model_version"], (0, 0))
        right = name in answers and KINDS[question.kind].agree(shown, answers[name])
        stood[decided.shown["model_version"]] = (kept + right, seen + 1)


def understand(events: Sequence[tuple[str, Mapping[str, Any]]]) -> News:
    """What events tell, in the order in which they came. They may come late and twice; one that makes no sense tells
    nothing."""
    words: tuple[str, str, str] | None = None
    data: dict[int, Any] = {}
    annotations: list[Annotation] = []
    gone: set[tuple[str, int]] = set()
    for _, body in events:
        project = body.get("project")
        if isinstance(project, Mapping):
            title, *others = (str(project.get(name) or "") for name in ("title", "description", "instructions"))
            words = (title, plain(others[0]), plain(others[1]))
        data |= {x["id"]: x["data"] for x in [*_those(body.get("task")), *_those(body.get("tasks"))] if "data" in x}
        annotations += [annotation(x, x["task"]) for x in _those(body.get("annotation"), "id", "task")]
        gone |= {("task", x["id"]) for x in _those(body.get("tasks")) if "data" not in x}
        gone |= {("annotation", x["id"]) for x in _those(body.get("annotations"))}
    tasks = frozenset(number for what, number in gone if what == "task")
    return News(words, data, annotations, tasks, frozenset(number for what, number in gone if what == "annotation"))


class HeardProject:
    """A project that refuses its API: known by what `/predict` and the events carried.

    `refusal` says why; it stands in what the admin reads.
    """

    def __init__(self, refusal: str) -> None:
        self.refusal = refusal

    understand = staticmethod(understand)

    def read(self) -> News:
        """Nothing: it refuses."""
        return News()

    def facts(self, config: LabelConfig, record: Record) -> Facts:
        """The record as the paths know it."""
        return facts(config, record, f"{self.refusal}; known from what it sent:")

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> None:
        """Nothing can be stored."""

    def point_at(self, edition: Edition) -> str:
        """Nothing can be set."""
        return f"predictions are given when Label Studio asks, none are stored: {self.refusal}"

    def thin(self, keep: Sequence[str], most: int) -> int:
        """Nothing can be deleted."""
        return 0


def _those(told: object, *ids: str) -> list[Mapping[str, Any]]:
    """One part of an event or a list of them, less what has no ids: anybody may send an event."""
    parts = told if isinstance(told, list) else [told]
    return [x for x in parts if isinstance(x, Mapping) and all(_is_id(x.get(name)) for name in ids or ("id",))]


def _is_id(value: object) -> bool:
    return type(value) is int and abs(value) < 2**63


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
        if project.get("min_annotations_to_start_training") or project.get("start_training_on_annotation_update"):
            kept["trains_by_itself"] = True
    return kept
