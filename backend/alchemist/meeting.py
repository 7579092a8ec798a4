"""A project introduces itself, and which edition predicts for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from alchemist.core.brief import Brief, Writer
from alchemist.core.decisions import PROMOTED, ROLLED_BACK, Decision
from alchemist.core.editions import NO_EDITION, Edition, Panel, Threshold
from alchemist.core.errors import NoPrograms, NotFound
from alchemist.core.jobs import PREPARE, PUBLISH, REVIEW, TRAIN
from alchemist.core.ports import Project, Store
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question

PAUSE = 5.0
"""Seconds that a job waits for what else annotators say."""
Unfitted: TypeAlias = Callable[[tuple[str, ...], str], dict[str, Any]]


def meet(
    project: Project, config: LabelConfig, store: Store, instant: Writer | None, unfitted: Unfitted, seed: int
) -> str:
    """A project introduced itself: keep what it said and see to it that it gets an edition; the version to answer.

    A writer that takes no time (a folder that a person gave) gives an edition at once, every vote counting the same,
    and again when its programs are others than those that vote.
    """
    with store.together():
        before = store.project(project.key)
        store.save_project(project)
        known = store.project(project.key) or project
        serving = current(known, config, store)
        written = _at_once(config, instant, seed) if instant else {}
        if any(entries and not _votes(serving, question, entries) for question, entries in written.items()):
            return adopt(project, written, store, unfitted, seed, serving).name
        changed = before is not None and before.label_config != known.label_config
        if serving is None and config.questions:
            chosen = store.edition(project.key, known.chosen) if known.chosen else None
            ready = chosen is not None and fits(chosen, config)
            store.enqueue(PUBLISH if ready else PREPARE, project.key, urgent=changed)
        elif unanswered(config, serving) and changed:
            store.enqueue(PREPARE, project.key, urgent=True)  # a job that runs knows nothing of the added question
        elif serving is not None and known.published not in (serving.name, ""):
            store.enqueue(PUBLISH if known.chosen else PREPARE, project.key)
        return serving.name if serving else NO_EDITION


def follow(project: Project, action: str, body: Mapping[str, Any], store: Store, eager: bool) -> None:
    """What an event leads to. `eager`: a first edition is tried for with each annotation (a writer that costs nothing).

    Where Label Studio sends Start Training with every annotation, it means no more than the annotation does.
    """
    edition = store.edition(project.key, project.serving) if project.serving else None
    pressed = action == "START_TRAINING" and not body.get("trains_by_itself")
    if edition is None:
        if pressed or action.startswith(("ANNOTATION", "START_TRAINING", "TASKS_CREATED")):
            store.enqueue(PREPARE, project.key, urgent=pressed or (eager and action != "TASKS_CREATED"))
    elif pressed:
        store.enqueue(TRAIN, project.key, urgent=True)
    elif action == "TASKS_CREATED":
        fitted = all("left_out" in x.weights for x in edition.panels)
        store.enqueue(PUBLISH if fitted else PREPARE, project.key, urgent=True, delay=PAUSE)
    elif action.startswith(("ANNOTATION", "START_TRAINING", "TASKS")):
        store.enqueue(REVIEW, project.key, urgent=True, delay=PAUSE)


def _at_once(config: LabelConfig, instant: Writer, seed: int) -> dict[Question, list[Entry]]:
    return {x: instant.write(Brief("", "", "", config, x, seed=seed)) for x in config.questions}


def _votes(edition: Edition | None, question: Question, entries: Sequence[Entry]) -> bool:
    """Whether these programs, and beside them only answers to single tasks, vote on the question in the edition."""
    panels = [x for x in edition.panels if x.question == question] if edition else []
    given = {x.source.id for x in entries}
    return any({x.source.id for x in panel.entries if not x.is_asked} == given for panel in panels)


def adopt(
    project: Project,
    written: Mapping[Question, Sequence[Entry]],
    store: Store,
    unfitted: Unfitted,
    seed: int,
    beside: Edition | None = None,
) -> Edition:
    """Let these programs predict at once, every vote counting the same; a job fits and publishes the next edition.

    The panels of `beside` go on for the other questions. Raises `NoPrograms` when there are no programs.
    """
    panels = tuple(
        Panel(question, tuple(entries), unfitted(tuple(x.source.id for x in entries), "no task was read yet"))
        for question, entries in written.items()
        if entries
    )
    if not panels:
        raise NoPrograms("none of these programs fits the project's labels", "They must return its label names.")
    others = tuple(x for x in (beside.panels if beside else ()) if not written.get(x.question))
    why = "programs that a person gave, before any task was read"
    with store.together():
        edition = store.keep(project.key, Edition(0, seed, others + panels), why)
        store.decide(project.key, Decision(edition.name, beside.name if beside else "", PROMOTED, "admin", why))
        store.mark(project.key, serving=edition.name, chosen=None)
        store.enqueue(PREPARE, project.key, urgent=True)
    return edition


def current(project: Project, config: LabelConfig, store: Store) -> Edition | None:
    """The edition that predicts, if the label config still asks what it answers."""
    serving = store.edition(project.key, project.serving) if project.serving else None
    return serving if serving is not None and fits(serving, config) else None


def unanswered(config: LabelConfig, edition: Edition | None) -> list[Question]:
    """The questions that no panel of the edition answers."""
    answered = {panel.question for panel in edition.panels} if edition else set()
    return [question for question in config.questions if question not in answered]


def fits(edition: Edition, config: LabelConfig) -> bool:
    """Whether the config still asks every question of the edition, with the same labels."""
    return all(config.question(panel.question.name) == panel.question for panel in edition.panels)


def limit(project: Project, threshold: Threshold, store: Store) -> Edition | None:
    """Let the answers of the edition that was promoted last go by another threshold: an edition that follows it.

    None where there is no edition, or its threshold is this one. An edition that an admin chose again stays chosen.
    """
    name = project.chosen or project.serving
    before = store.edition(project.key, name) if name else None
    if before is None or before.threshold == threshold:
        return None
    reason = f"an admin set the threshold: {threshold.words}"
    decisions = store.decisions(project.key)
    verdict = ROLLED_BACK if decisions and decisions[0].verdict == ROLLED_BACK else PROMOTED
    with store.together():
        edition = store.keep(project.key, replace(before, number=0, threshold=threshold), reason)
        store.decide(project.key, Decision(edition.name, before.name, verdict, "admin", reason))
        store.mark(project.key, chosen=edition.name)
        store.enqueue(PUBLISH, project.key, urgent=True)
    return edition


def roll_back(project: Project, name: str, store: Store) -> Edition:
    """Choose an earlier edition again. Raises `NotFound` when there is none of that name."""
    edition = store.edition(project.key, name)
    if edition is None:
        raise NotFound(f"project {project.id} has no edition {name!r}", "alchemist editions list shows them.")
    reason = "an admin chose this edition"
    with store.together():
        store.decide(project.key, Decision(edition.name, project.serving or "", ROLLED_BACK, "admin", reason))
        store.mark(project.key, chosen=edition.name)
        store.enqueue(PUBLISH, project.key, urgent=True)
    return edition
