"""The inducer's steps, from a brief to programs."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.programs import Entry
from alchemist.core.tasks import Task
from alchemist.writer.induce.alone import programs_for_one
from alchemist.writer.induce.columns import Columns, columns_of, text_of
from alchemist.writer.induce.evidence import HARDER, Evidence, Found
from alchemist.writer.induce.facts import cell_facts, sign_facts
from alchemist.writer.induce.tables import table_programs
from alchemist.writer.induce.teach import Matrix, guess_cells, guess_texts, named_words, shares
from alchemist.writer.induce.texts import text_programs
from alchemist.writer.induce.views import CUES, VIEWS, Items, look, words_of

MOST_TASKS = 3_000
"""Unlabelled tasks that are looked at; of more, a sample drawn with the seed."""
MOST_PROGRAMS = 14
TWINS = 0.995
"""Two programs that vote alike on this share of the tasks count as one."""


def programs_of(brief: Brief, difficult: Collection[str]) -> list[Entry]:
    """Programs for a single-choice question, the best idea first; none without exemplars.

    Exemplars whose task keys are among the `difficult` ones count more. The same brief gives the same programs.
    """
    known = set(brief.question.label_names)
    exemplars = [x for x in brief.exemplars if isinstance(x.answer, str) and x.answer in known]
    if brief.question.kind != "choice" or not exemplars:
        return []
    tasks = [*(x.task for x in exemplars), *_sample(brief)]
    columns = columns_of(tasks, brief.question.field)
    if len({x.answer for x in exemplars}) == 1:
        return programs_for_one(str(exemplars[0].answer), tasks, len(exemplars), columns)
    with threadpool_limits(1):  # where processors are busy, threads that wait for each other cost ten times the time
        found = _found(brief, exemplars, tasks, columns, difficult)
    return [x.entry for x in _different(found)[:MOST_PROGRAMS]]


def _sample(brief: Brief) -> list[Task]:
    answered = {x.task.key for x in brief.exemplars}
    others = [task for task in brief.unlabelled if task.key not in answered]
    return others if len(others) <= MOST_TASKS else random.Random(brief.seed).sample(others, MOST_TASKS)


def _found(
    brief: Brief, exemplars: Sequence[Exemplar], tasks: Sequence[Task], columns: Columns, difficult: Collection[str]
) -> list[Found]:
    labels = tuple(name for name in brief.question.label_names if any(x.answer == name for x in exemplars))
    given = np.eye(len(labels))[[labels.index(str(x.answer)) for x in exemplars]]
    prior = shares(given.sum(axis=0))
    hard = tuple(row for row, x in enumerate(exemplars) if x.task.key in difficult)
    counts = np.ones(len(given))
    counts[list(hard)] = HARDER
    texts = [text_of(task.fields, columns.texts) for task in tasks] if columns.texts else []
    views = _views(texts)
    signs = sign_facts(texts) if texts else []
    cells = cell_facts(tasks, columns)
    guesses: list[Matrix] = []
    if views:
        words = views["words"].names if "words" in views else ()
        guesses.append(guess_texts(given, counts, views, signs, named_words(brief, labels, words), prior))
    if cells:
        guesses.append(guess_cells(given, counts, cells, prior))
    if not guesses:
        return []
    product = np.prod(guesses, axis=0) + 1e-12
    evidence = Evidence(labels, product / product.sum(axis=1, keepdims=True), len(exemplars), hard)
    found = text_programs(views, signs, evidence, columns.texts, brief.seed) if views else []
    return found + (table_programs(cells, evidence, brief.seed) if cells else [])


def _views(texts: Sequence[str]) -> dict[str, Items]:
    words = [words_of(text) for text in texts]
    looked = {view.name: look(view, words) for view in (*VIEWS, CUES)} if texts else {}
    return {name: items for name, items in looked.items() if items is not None}


def _different(found: Sequence[Found]) -> list[Found]:
    """The programs in order, without those that vote as one before them does."""
    kept: list[Found] = []
    for one in found:
        if all((one.votes == other.votes).mean() < TWINS for other in kept):
            kept.append(one)
    return kept
