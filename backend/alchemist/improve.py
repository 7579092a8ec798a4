"""Path 2: record, review, regenerate, validate, promote, publish.

What stands so far: a project is met, programs are written for it and checked, their weights fitted, the edition kept
and published.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from alchemist.core.brief import Brief, Exemplar, Writer
from alchemist.core.corrections import is_shown
from alchemist.core.editions import NO_EDITION, Edition, Panel
from alchemist.core.errors import LanguageModelError, NoPrograms
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Facts, Project, Store, Studio
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.validation import verdicts
from alchemist.core.votes import Rows, VoteBlock
from alchemist.predict import Evaluate, Vote, predict

Fit: TypeAlias = Callable[[Rows], dict[str, Any]]
Unfitted: TypeAlias = Callable[[tuple[str, ...], str], dict[str, Any]]
Tell: TypeAlias = Callable[[str], None]

PREPARE = "prepare"
"""The job that reads, writes, fits and publishes."""
SAMPLE = 1_000
"""Tasks that programs are tried on before they may vote."""


@dataclass(frozen=True)
class Parts:
    """The parts that the path works with: running, fitting and evaluating."""

    vote: Vote
    fit: Fit
    evaluate: Evaluate
    seed: int


def meet(
    project: Project, config: LabelConfig, store: Store, instant: Writer | None, unfitted: Unfitted, seed: int
) -> str:
    """A project introduced itself: keep what it said and see to it that it gets an edition; the version to answer.

    A writer that takes no time (a folder that a person gave) gives an edition at once, every vote counting the same,
    and again when its programs are others than those that vote.
    """
    before = store.project(project.key)
    store.save_project(project)
    known = store.project(project.key) or project
    serving = current(known, config, store)
    asked = unanswered(config, serving)
    written = _at_once(config, instant, seed) if instant else {}
    if any(entries and not _votes(serving, question, entries) for question, entries in written.items()):
        return adopt(project, written, store, unfitted, seed, serving).name
    if serving is None:
        if config.questions:
            store.enqueue(PREPARE, project.key)
        return NO_EDITION
    if asked and before is not None and before.label_config != known.label_config:
        store.enqueue(PREPARE, project.key, urgent=True)  # a question was added: a job that runs knows nothing of it
    elif known.published not in (serving.name, ""):
        store.enqueue(PREPARE, project.key)
    return serving.name


def _at_once(config: LabelConfig, instant: Writer, seed: int) -> dict[Question, list[Entry]]:
    return {x: instant.write(Brief("", "", "", config, x, seed=seed)) for x in config.questions}


def _votes(edition: Edition | None, question: Question, entries: Sequence[Entry]) -> bool:
    """Whether these programs, and no others, answer the question in the edition."""
    panels = [x for x in edition.panels if x.question == question] if edition else []
    return any({x.source.id for x in panel.entries} == {x.source.id for x in entries} for panel in panels)


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
    edition = store.keep(project.key, Edition(0, seed, others + panels), why)
    store.mark(project.key, serving=edition.name)
    store.enqueue(PREPARE, project.key, urgent=True)
    return edition


def current(project: Project, config: LabelConfig, store: Store) -> Edition | None:
    """The edition that predicts, if the label config still asks what it answers."""
    serving = store.edition(project.key, project.serving) if project.serving else None
    return serving if serving is not None and fits(serving, config) else None


def prepare(
    project: Project, config: LabelConfig, store: Store, studio: Studio, writer: Writer, parts: Parts, tell: Tell
) -> str:
    """The project's edition, fitted on its tasks and published; says in words what was done.

    May be stopped anywhere and run again: an edition of equal content is recognised, and only predictions that
    are missing are stored. Raises `NoPrograms` when nothing can vote, and `LanguageModelError` when a question
    could not be written for, after what there is was published.
    """
    if not config.questions:
        return "nothing to predict: the label config asks nothing that programs can answer"
    facts = studio.read(config)
    tasks = [*facts.unlabelled, *(task for task, _ in facts.answered)]
    sample = [*(task for task, _ in facts.answered), *facts.unlabelled][:SAMPLE]
    edition, trouble = with_programs(project, config, facts, sample, store, writer, parts, tell)
    tell(f"voting on {len(tasks):,} tasks")
    blocks = {x.question.name: parts.vote(x.question, [y.source for y in x.entries], tasks) for x in edition.panels}
    edition = refitted(edition, blocks, parts.fit)
    why = "; ".join(f"{x.question.name}: {x.weights['why']}" for x in edition.panels)
    edition = store.keep(project.key, edition, f"{why} ({facts.told_by})")
    predictions = predict(edition, tasks, lambda question, *_: blocks[question.name], parts.evaluate)
    count = len(facts.unlabelled)
    done = publish(project, edition, tasks[:count], predictions[:count], store, studio)
    if trouble is not None:
        raise trouble
    return done


def with_programs(
    project: Project,
    config: LabelConfig,
    facts: Facts,
    sample: Sequence[Task],
    store: Store,
    writer: Writer,
    parts: Parts,
    tell: Tell,
) -> tuple[Edition, LanguageModelError | None]:
    """The project's edition with programs for every question that has none yet; weights come later.

    With it comes what kept the writer from writing for a question, if anything did.
    """
    serving = current(project, config, store)
    panels = list(serving.panels) if serving else []
    trouble: LanguageModelError | None = None
    for question in unanswered(config, serving):
        shown = [(task, given[question.name]) for task, given in facts.answered if question.name in given]
        shown = [(task, answer) for task, answer in shown if is_shown(project.key, task.key)]
        brief = Brief(
            facts.title,
            facts.description,
            facts.instructions,
            config,
            question,
            tuple(Exemplar(task, answer) for task, answer in shown),
            tuple(facts.unlabelled),
            seed=parts.seed,
        )
        try:
            entries = writer.write(brief)
        except LanguageModelError as error:
            trouble = trouble or error
            continue
        tell(f"trying {len(entries)} programs for {question.name}")
        judged = validate(question, entries, sample, {task.key: answer for task, answer in shown}, parts.vote)
        store.judge(project.key, question, judged)
        taken = tuple(entry for entry, reason in judged if not reason)
        if taken:
            panels.append(Panel(question, taken, {}))
    if trouble is not None and not panels:
        raise trouble
    if not panels:
        annotated = f"{len(facts.answered)} tasks are annotated so far"
        raise NoPrograms(
            f"no program can vote here yet ({writer.name} writer; {annotated})",
            "Annotate about twenty tasks, of every label, and press Start Training; or set OPENAI_API_KEY.",
        )
    return Edition(0, parts.seed, tuple(panels)), trouble


def validate(
    question: Question, entries: Sequence[Entry], sample: Sequence[Task], known: Mapping[str, object], vote: Vote
) -> list[tuple[Entry, str]]:
    """Every program with the reason to leave it out, empty for those that may vote. `known`: answer by task key."""
    sources = [entry.source for entry in entries]
    forwards = vote(question, sources, sample)
    backwards = vote(question, sources, sample[::-1])
    codes = {answer: code for code, answer in enumerate(forwards.book)}
    answers = [codes.get(known[task.key]) if task.key in known else None for task in sample]  # type: ignore[call-overload]
    return verdicts(entries, forwards, backwards, answers, len(question.labels))


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
    interrupted = project.importing == edition.name
    store.mark(project.key, importing=edition.name)
    stored = studio.publish(edition, tasks, predictions, interrupted)
    published = "" if stored is None else edition.name
    store.mark(project.key, importing=None, serving=edition.name, published=published)
    how = studio.point_at(edition)
    answered = sum(bool(prediction.answers) for prediction in predictions)
    now = "" if stored is None else f", {stored:,} stored now"
    return f"{edition.name} answers {answered:,} of {len(tasks):,} unlabelled tasks{now}; {how}"


def unanswered(config: LabelConfig, edition: Edition | None) -> list[Question]:
    """The questions that no panel of the edition answers."""
    answered = {panel.question for panel in edition.panels} if edition else set()
    return [question for question in config.questions if question not in answered]


def fits(edition: Edition, config: LabelConfig) -> bool:
    """Whether the config still asks every question of the edition, with the same labels."""
    return all(config.question(panel.question.name) == panel.question for panel in edition.panels)
