"""What people said about tasks, and what counts of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 0.6
"""Share of corrections that a writer may see; programs are judged on the others."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What one annotator said about a task. `result` is as Label Studio stores it; `updated_at` orders them."""

    id: int
    task: int
    result: tuple[Any, ...] | list[Any]
    updated_at: str = ""
    skipped: bool = False
    ground_truth: bool = False


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
