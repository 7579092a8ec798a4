"""What people said about tasks, and what counts of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SHOWN = 0.6
"""Share of corrections that a writer may see; programs are judged on the others."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator said about a task. `result` is as Label Studio stores it; `updated_at` orders them.

    `shown` is the prediction that the annotator began with, as far as it is known: its `model_version` and `result`.
    """

    id: int
    task: int
    result: tuple[Any, ...] | list[Any]
    updated_at: str = ""
    skipped: bool = False
    ground_truth: bool = False
    annotator: int | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heard:
    """An event as it came: `body` without secrets, `at` in seconds since 1970."""

    id: int
    action: str
    body: Mapping[str, Any]
    at: float


@dataclass(frozen=True)
class News:
    """What was heard of a project: tasks and annotations that are new or changed, and what is gone.

    `words` are title, description and instructions, None where nothing was said of them; `data` the data of tasks
    by id. Ids are never given again, so what is gone stays gone. `whole`: there are no other tasks and annotations.
    """

    words: tuple[str, str, str] | None = None
    data: Mapping[int, Any] = field(default_factory=dict)
    annotations: Sequence[Annotation] = ()
    gone_tasks: frozenset[int] = frozenset()
    gone_annotations: frozenset[int] = frozenset()
    whole: bool = False


@dataclass(frozen=True)
class Record:
    """All that is known of a project: its words, the tasks that there are, and what annotators said of them.

    `data` holds (ordinal, data) by task id: the ordinal stands for this task with this very content.
    """

    words: tuple[str, str, str]
    data: Mapping[int, tuple[int, Any]]
    annotations: Sequence[Annotation]


def deciding(annotations: Iterable[Annotation]) -> Annotation | None:
    """The annotation that a task's correction is read from: ground truth first, then the latest; never a skip.

    >>> deciding([Annotation(1, 7, [], "a"), Annotation(2, 7, [], "b"), Annotation(3, 7, [], "c", skipped=True)]).id
    2
    """
    given = [x for x in annotations if not x.skipped]
    return max(given, key=lambda x: (x.ground_truth, x.updated_at, x.id), default=None)


def is_shown(project: str, task: int | str) -> bool:
    """Whether the writer may see this task's correction: decided once, by a hash of project and task.

    >>> 0.55 < sum(is_shown("1", n) for n in range(1000)) / 1000 < 0.65
    True
    """
    digest = hashlib.sha256(f"{project}:{task}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < SHOWN
