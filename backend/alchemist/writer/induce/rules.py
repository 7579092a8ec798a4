"""Decision lists: rules in order, the first that holds answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alchemist.writer.induce.evidence import Evidence, Found, Matrix, Votes
from alchemist.writer.induce.facts import Fact
from alchemist.writer.induce.source import WORD_CODE, listed, program, share
from alchemist.writer.induce.trees import preamble
from alchemist.writer.induce.views import LONGEST, VIEWS, Items

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_RULES = 24
SUREST = 0.75
"""A rule's label has at least this share of the tasks that come to it, cautiously counted."""
CAUTION = 2.0
"""Tasks of average kind that are added to what a rule is held to."""
FEWEST = 3
LEFT = 0.03
"""The list ends when fewer than this share of the tasks is left."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` holds -> `label`, which `right` of the `tasks` that came to the rule have."""

    code: str
    says: str
    label: int
    tasks: int
    right: float


@dataclass(frozen=True)
class Conditions:
    """What rules may ask: codes, words for people, and a 0/1 matrix [tasks, conditions]."""

    codes: tuple[str, ...]
    says: tuple[str, ...]
    matrix: csr_matrix


def conditions_of(views: dict[str, Items], facts: Sequence[Fact]) -> Conditions:
    """Words, phrases and openings of texts, and facts, as conditions."""
    from scipy.sparse import csr_matrix, hstack

    codes: list[str] = []
    says: list[str] = []
    parts = []
    for name in ("words", "phrases", "openings"):
        if name in views:
            items = views[name]
            codes += [f"{item!r} in {name}" for item in items.names]
            says += [f"{item} at the beginning" if name == "openings" else item for item in items.names]
            parts.append(items.matrix)
    if facts:
        codes += [fact.code for fact in facts]
        says += [fact.says for fact in facts]
        parts.append(csr_matrix(np.array([fact.holds for fact in facts], dtype=float).T))
    matrix = hstack(parts).tocsc()
    often = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel() >= FEWEST)
    return Conditions(
        tuple(codes[place] for place in often), tuple(says[place] for place in often), matrix[:, often].tocsr()
    )


def rules_of(conditions: Conditions, evidence: Evidence) -> tuple[list[Rule], Votes]:
    """Rules chosen one by one: the surest on the tasks that no rule before it answers."""
    left = np.ones(len(evidence.guesses), dtype=bool)
    votes = np.full(len(left), -1, dtype=np.int64)
    rules: list[Rule] = []
    transposed = conditions.matrix.T.tocsr()
    prior = evidence.guesses.mean(axis=0)
    while len(rules) < MOST_RULES and left.mean() > LEFT:
        place, label = _surest(transposed, evidence.weighted * left[:, None], prior)
        if place < 0:
            break
        holds = left & (conditions.matrix[:, [place]].toarray().ravel() > 0)
        right = float(evidence.guesses[holds, label].mean())
        rules.append(Rule(conditions.codes[place], conditions.says[place], label, int(holds.sum()), right))
        votes[holds] = label
        left &= ~holds
    return rules, votes


def _surest(transposed: csr_matrix, weights: Matrix, prior: npt.NDArray[np.float64]) -> tuple[int, int]:
    """The condition and label to go on with; (-1, -1) when none is sure enough."""
    if not transposed.shape[0]:
        return -1, -1
    held = np.asarray(transposed @ weights)
    total = held.sum(axis=1, keepdims=True)
    sure = (held + CAUTION * prior) / (total + CAUTION)
    sure[(total < FEWEST).ravel()] = 0.0
    worth = np.where(sure >= SUREST, sure + 0.02 * np.log1p(total), 0.0)
    place, label = np.unravel_index(int(worth.argmax()), worth.shape)
    return (int(place), int(label)) if worth[place, label] > 0 else (-1, -1)


def rules_program(
    name: str,
    idea: str,
    rules: Sequence[Rule],
    facts: Sequence[Fact],
    evidence: Evidence,
    votes: Votes,
    fields: tuple[str, ...],
) -> Found:
    """The rules written as a program."""
    known = {fact.code: fact for fact in facts}
    asked = [known[rule.code] for rule in rules if rule.code in known]
    before, empty = preamble(asked, fields)
    if fields:
        seen = [view for view in VIEWS if any(rule.code.endswith(f" in {view.name}") for rule in rules)]
        if seen:
            before = f"import re\n\n{WORD_CODE}{before.removeprefix('import re').lstrip()}"
            empty += f"found = re.findall(WORD, text[:{LONGEST}].lower())\n"
        empty += "".join(f"{view.name} = {view.code.replace('words', 'found')}\n" for view in seen)
    body = "\n".join(
        f"if {rule.code}:\n    return {evidence.labels[rule.label]!r}  # {share(rule.right)} of {rule.tasks:,} tasks"
        for rule in rules
    )
    told = "; ".join(
        f"{label}: {listed([rule.says for rule in rules if rule.label == place])}"
        for place, label in enumerate(evidence.labels)
        if any(rule.label == place for rule in rules)
    )
    doc = f"{idea} {told}. {evidence.told(votes)}"
    return Found(program(name, doc, before, f"{empty}{body}\nreturn None"), votes, evidence.agreement(votes))
