"""Programs that ask a few yes-or-no questions in a row: small decision trees over facts, written as if / else."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from alchemist.writer.induce.evidence import Evidence, Found, Votes
from alchemist.writer.induce.facts import Fact
from alchemist.writer.induce.source import CELL, COUNT, NUMBER, WORD_CODE, WORDS, program, share
from alchemist.writer.induce.views import LONGEST

SUREST = 0.6
"""A leaf answers when its most frequent label has at least this share of its tasks, ..."""
LIFT = 0.25
"""... and is this part of the way from its share of all tasks to certainty: what is so everywhere is no evidence."""


def tree_of(facts: Sequence[Fact], evidence: Evidence, leaves: int, seed: int) -> tuple[Any, Votes] | None:
    """A tree of so many leaves fitted to the guesses, and its votes; None when it answers nothing."""
    from sklearn.tree import DecisionTreeClassifier

    if not facts:
        return None
    matrix = np.array([fact.holds for fact in facts]).T
    weights = evidence.weighted
    rows, labels = np.nonzero(weights > 0.01)
    smallest = max(3, len(matrix) // 50)
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, min_samples_leaf=smallest, random_state=seed)
    tree.fit(matrix[rows], labels, sample_weight=weights[rows, labels])
    answers = np.array([_answer(tree, node)[0] for node in range(tree.tree_.node_count)])
    votes = answers[tree.apply(matrix)]
    return (tree, votes) if (votes >= 0).any() else None


def tree_program(
    name: str,
    idea: str,
    facts: Sequence[Fact],
    evidence: Evidence,
    tree: Any,
    votes: Votes,
    fields: tuple[str, ...] = (),
) -> Found:
    """The tree written as a program; `fields` are the text fields that signs are counted in."""
    asked = [facts[place] for place in dict.fromkeys(tree.tree_.feature.tolist()) if place >= 0]
    body = _branch(tree, 0, facts, evidence.labels)
    rules = "; ".join(_leaves(tree, 0, facts, evidence.labels, ()))
    doc = f"{idea} {rules}. {evidence.told(votes)}"
    before, empty = preamble(asked, fields)
    return Found(program(name, doc, before, empty + body), votes, evidence.agreement(votes))


def preamble(asked: Sequence[Fact], fields: tuple[str, ...]) -> tuple[str, str]:
    """The module-level code that these facts need, and the first lines of the body."""
    codes = " ".join(fact.code for fact in asked)
    words = "words(" in codes
    columns = tuple(dict.fromkeys(fact.about for fact in asked))
    parts = [f"FIELDS = {fields!r}\n" if fields else f"COLUMNS = {columns!r}\n"]
    if words:
        parts.append(WORD_CODE)
    for helper, needed in (
        (COUNT, "count(" in codes),
        (NUMBER, "number(" in codes),
        (CELL, words or "cell(" in codes),
        (WORDS.format(longest=LONGEST), words),
    ):
        if needed:
            parts.append("\n\n" + helper)
    imports = "import re\n\n" if words or "count(" in codes else ""
    return imports + "".join(parts), _TEXT.format(longest=LONGEST) if fields else _CELLS


def _branch(tree: Any, node: int, facts: Sequence[Fact], labels: Sequence[str]) -> str:
    inner = tree.tree_
    if _settled(tree, node):
        place, part = _answer(tree, node)
        said = f"{share(part)} of such tasks"
        return f"return {labels[place]!r}  # {said}" if place >= 0 else f"return None  # at most {said} have one label"
    no = _branch(tree, inner.children_left[node], facts, labels)
    yes = _branch(tree, inner.children_right[node], facts, labels)
    return f"if {facts[inner.feature[node]].code}:\n{textwrap.indent(yes, '    ')}\n{no}"


def _settled(tree: Any, node: int) -> bool:
    """Whether all leaves below answer what the node itself would."""
    below = [tree.tree_.children_left[node], tree.tree_.children_right[node]]
    return below[0] < 0 or all(
        _settled(tree, child) and _answer(tree, child)[0] == _answer(tree, node)[0] for child in below
    )


def _answer(tree: Any, node: int) -> tuple[int, float]:
    """The label that a node answers, -1 for none, and its share there."""
    parts = tree.tree_.value[node][0] / tree.tree_.value[node][0].sum()
    everywhere = tree.tree_.value[0][0] / tree.tree_.value[0][0].sum()
    best = int(parts.argmax())
    sure = parts[best] >= max(SUREST, everywhere[best] + LIFT * (1 - everywhere[best]))
    return int(tree.classes_[best]) if sure else -1, float(parts[best])


def _leaves(tree: Any, node: int, facts: Sequence[Fact], labels: Sequence[str], path: tuple[str, ...]) -> list[str]:
    """Every leaf that answers, in words."""
    inner = tree.tree_
    if _settled(tree, node):
        place, part = _answer(tree, node)
        when = " and ".join(path) or "always"
        return [f"{labels[place]} when {when} ({share(part)})"] if place >= 0 else []
    says = facts[inner.feature[node]].says
    yes = _leaves(tree, inner.children_right[node], facts, labels, (*path, says))
    no = _leaves(tree, inner.children_left[node], facts, labels, (*path, f"not {says}"))
    return [*yes, *no]


_CELLS = """\
if all(task.get(name) is None or task.get(name) == "" for name in COLUMNS):
    return None
"""
_TEXT = """\
text = " ".join("" if task.get(field) is None else str(task.get(field)) for field in FIELDS)[:{longest}]
if not text.strip():
    return None
"""
