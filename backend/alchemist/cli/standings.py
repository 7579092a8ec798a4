"""Programs held against what people answered, for the commands that show how they fare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alchemist.cli.screen import aside
from alchemist.core.editions import Panel
from alchemist.core.ports import Facts, Project, Vote
from alchemist.core.programs import Source
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.reliability import Reliability, reliabilities
from alchemist.core.shortfall import gold_codes
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.heard import facts
from alchemist.sandbox.monty import vote
from alchemist.services import Services


@dataclass(frozen=True)
class Recorded:
    """What is recorded of a project: what is asked, its tasks with people's answers, and the votes on them."""

    config: LabelConfig
    facts: Facts
    vote: Vote


def recorded(services: Services, project: Project) -> Recorded:
    """The record of a project. Raises `BadLabelConfig` when its label config cannot be read."""
    config = read_config(project.label_config)
    stored = services.store.voting(project.key, config, vote)

    def voted(question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        """Stored votes are those on what is asked now: a question that was asked otherwise would delete them."""
        with aside.status(f"{len(sources)} programs vote on {len(tasks):,} tasks"):
            return (stored if config.question(question.name) == question else vote)(question, sources, tasks)

    return Recorded(config, facts(config, services.store.record(project.key), ""), voted)


def standings(known: Recorded, panel: Panel, tasks: Sequence[Task]) -> list[tuple[Reliability, float]]:
    """Each program of the panel, in order: how it fares where these tasks are corrected, and its coverage of all."""
    block = known.vote(panel.question, [x.source for x in panel.entries], tasks)
    gold = gold_codes(block, tasks, known.facts.corrections(panel.question))
    return list(zip(reliabilities(block, gold), (x.coverage for x in block.columns), strict=True))


def percents(accuracy: float | None, interval: Sequence[float]) -> str:
    """An accuracy with its interval of 95 %, in whole percent; a dash where there is none.

    >>> percents(0.8, (0.49, 0.943))
    '80 % (49-94)'
    """
    return "-" if accuracy is None else f"{percent(accuracy)} ({100 * interval[0]:.0f}-{100 * interval[1]:.0f})"


def percent(share: float) -> str:
    """A share of 0..1 in whole percent.

    >>> percent(0.256)
    '26 %'
    """
    return f"{100 * share:.0f} %"
