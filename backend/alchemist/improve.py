"""Path 2: record, review, regenerate, validate, promote, publish.

What stands so far: a project is met, its first editions are made from a folder of programs, the weights are
fitted on unlabelled tasks, the edition is published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from alchemist.core.editions import NO_EDITION, Edition, Panel
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Project, Store, Studio
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows, VoteBlock
from alchemist.predict import Evaluate, Vote, predict

Bind: TypeAlias = Callable[[Question, LabelConfig], list[Entry]]
Fit: TypeAlias = Callable[[Rows], dict[str, Any]]
Unfitted: TypeAlias = Callable[[tuple[str, ...], str], dict[str, Any]]

PREPARE = "prepare"
"""The job that reads, fits and publishes."""


def meet(project: Project, config: LabelConfig, store: Store, bind: Bind, unfitted: Unfitted, seed: int) -> str:
    """A project introduced itself: keep what it said, give it an edition if programs fit; the version to answer.

    The first edition counts every vote the same, since no task was read yet; a job fits and publishes the next.
    """
    store.save_project(project)
    known = store.project(project.key) or project
    serving = store.edition(project.key, known.serving) if known.serving else None
    if serving is not None and fits(serving, config):
        if known.published != serving.name:
            store.enqueue(PREPARE, project.key)
        return serving.name
    panels = tuple(
        Panel(question, tuple(entries), unfitted(tuple(x.source.id for x in entries), "no task was read yet"))
        for question in config.questions
        if (entries := bind(question, config))
    )
    if not panels:
        return NO_EDITION
    why = "the programs of the folder, before any task was read"
    edition = store.keep(project.key, Edition(0, seed, panels), why)
    store.serve(project.key, edition.name)
    store.enqueue(PREPARE, project.key)
    return edition.name


def prepare(
    project: Project,
    config: LabelConfig,
    store: Store,
    studio: Studio,
    vote: Vote,
    fit: Fit,
    evaluate: Evaluate,
    tell: Callable[[str], None],
) -> str:
    """Fit the serving edition's weights on the unlabelled tasks and publish it; says in words what was done.

    May be stopped anywhere and run again: an edition of equal content is recognised, and only predictions that
    are missing are stored.
    """
    serving = store.edition(project.key, project.serving) if project.serving else None
    if serving is None or not fits(serving, config):
        return "nothing to publish: no program fits this label config"
    tasks = studio.unlabelled(config)
    if not tasks:
        return "nothing to publish: every task is annotated"
    tell(f"voting on {len(tasks):,} tasks")
    blocks = {x.question.name: vote(x.question, [y.source for y in x.entries], tasks) for x in serving.panels}
    edition = refitted(serving, blocks, fit)
    why = "; ".join(f"{x.question.name}: {x.weights['why']}" for x in edition.panels)
    edition = store.keep(project.key, edition, why)
    predictions = predict(edition, tasks, lambda question, *_: blocks[question.name], evaluate)
    return publish(project, edition, tasks, predictions, store, studio)


def refitted(edition: Edition, blocks: Mapping[str, VoteBlock], fit: Fit) -> Edition:
    """The same panels with weights fitted on these votes, by question name."""
    panels = []
    for panel in edition.panels:
        rows = KINDS[panel.question.kind].explode(panel.question, blocks[panel.question.name])
        panels.append(replace(panel, weights=fit(rows[0])))
    return replace(edition, panels=tuple(panels))


def publish(
    project: Project,
    edition: Edition,
    tasks: Sequence[Task],
    predictions: Sequence[Prediction],
    store: Store,
    studio: Studio,
) -> str:
    """Store the edition's predictions in Label Studio, then let it serve and point the project at it.

    In this order no task is ever predicted twice by one edition: Label Studio asks for what is missing only.
    """
    stored = studio.publish(edition, tasks, predictions)
    store.serve(project.key, edition.name)
    store.set_published(project.key, edition.name)
    how = studio.point_at(edition)
    answered = sum(bool(prediction.answers) for prediction in predictions)
    return f"{edition.name} answers {answered:,} of {len(tasks):,} unlabelled tasks, {stored:,} stored now; {how}"


def fits(edition: Edition, config: LabelConfig) -> bool:
    """Whether the config still asks every question of the edition, with the same labels."""
    asked: Mapping[str, Question] = {question.name: question for question in config.questions}
    return all(asked.get(panel.question.name) == panel.question for panel in edition.panels)
