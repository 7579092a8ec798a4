"""What the next run would ask a writer for, before it is asked."""

from __future__ import annotations

from alchemist.core.brief import Brief
from alchemist.core.corrections import is_shown
from alchemist.core.ports import Facts
from alchemist.core.promotion import LEAST
from alchemist.core.work import Work
from alchemist.improve import incumbent
from alchemist.meeting import fits, unanswered
from alchemist.trials import REPAIRS, briefed

REASON = "it is right on only 0 of 10 annotated tasks"
"""What a program might be sent back with."""


def next_briefs(work: Work, facts: Facts) -> tuple[list[Brief], list[str]]:
    """The briefs of the next run, as Start Training begins it; and in words why there is none for a question."""
    serving = incumbent(work)
    if serving is None or not fits(serving, work.config) or unanswered(work.config, serving):
        panels = serving.panels if serving else ()
        wanted = [x for x in work.config.questions if all(panel.question != x for panel in panels)]
        return [briefed(work, facts, question) for question in wanted], []
    briefs, why_not = [], []
    for panel in serving.panels:
        held = sum(not is_shown(work.key, key) for key in facts.corrections(panel.question))
        if held < LEAST:
            name = panel.question.name
            why_not.append(f"{name}: nothing is asked for, only {held} corrections could judge it and {LEAST} must")
        else:
            briefs.append(briefed(work, facts, panel.question, panel))
    return briefs, why_not


def rehearse(work: Work, briefs: list[Brief]) -> None:
    """Ask the writer for programs, and to mend each as often as it may be; raises what the writer raises."""
    for brief in briefs:
        for entry in work.writer.write(brief):
            for _ in range(REPAIRS):
                work.writer.repair(brief, entry, REASON)
