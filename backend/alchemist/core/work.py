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
Fit: TypeAlias = Callable[[Rows, Gold], dict[str, Any]]
CrossFit: TypeAlias = Callable[[Rows, Gold], list[Posterior]]


@dataclass(frozen=True)
class Work:
    """One project at work, and the parts that the path works with.

    `fit` gives weights for votes and corrections; `cross_fit` the posteriors of weights that have not seen the
    correction of the row that they speak of. `target` programs vote on a question at most. `threshold` is what
    becomes of uncertain answers. `clock` gives seconds since 1970.
    """

    project: Project
    config: LabelConfig
    store: Store
    studio: Studio
    writer: Writer
    vote: Vote
    fit: Fit
    cross_fit: CrossFit
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
