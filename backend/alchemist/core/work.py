"""One project at work: what path 2 is handed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from alchemist.core.answers import Posterior
from alchemist.core.brief import Writer
from alchemist.core.editions import Threshold
from alchemist.core.ports import Project, Store, Studio, Vote
from alchemist.core.questions import LabelConfig
from alchemist.core.votes import Rows

Gold: TypeAlias = Sequence[int | None]
"""The code of people's answer to each row; None where there is none."""
Evaluate: TypeAlias = Callable[[Mapping[str, Any], Rows], list[Posterior]]
Fit: TypeAlias = Callable[[Rows, Gold, Gold], dict[str, Any]]
CrossFit: TypeAlias = Callable[[Rows, Gold, Gold], list[Posterior]]


@dataclass(frozen=True)
class Work:
    """One project at work, and the parts that the path works with.

    `fit` gives weights for votes and corrections, and for those corrections that programs were computed from, which
    may not judge votes; `cross_fit` the posteriors of weights that have not seen the correction of the row that they
    speak of; `alone` those of a classifier that learns from the same corrections without any program. `target`
    programs vote on a question at most. `threshold` is what becomes of uncertain answers. `clock` gives seconds since
    1970.
    """

    project: Project
    config: LabelConfig
    store: Store
    studio: Studio
    writer: Writer
    vote: Vote
    fit: Fit
    cross_fit: CrossFit
    alone: CrossFit
    evaluate: Evaluate
    seed: int
    target: int
    threshold: Threshold
    clock: Callable[[], float]
    tell: Callable[[str], None] = lambda _: None

    @property
    def key(self) -> str:
        """The project's key."""
        return self.project.key


def remembering(cross_fit: CrossFit) -> CrossFit:
    """The same, but it remembers its last answer: a review asks the same thing several times, and it takes long."""
    last: list[tuple[Rows, Gold, Gold, list[Posterior]]] = []

    def remembered(rows: Rows, gold: Gold, taught: Gold) -> list[Posterior]:
        if not last or last[0][:3] != (rows, gold, taught):
            last[:] = [(rows, gold, taught, cross_fit(rows, gold, taught))]
        return last[0][3]

    return remembered
