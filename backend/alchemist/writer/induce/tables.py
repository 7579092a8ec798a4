"""Programs for columns: one column at a time, two or three together, points for what cells say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alchemist.writer.induce.cards import MOST_POINTS, Card, card_of, points_of
from alchemist.writer.induce.evidence import Evidence, Found, Votes
from alchemist.writer.induce.facts import Fact
from alchemist.writer.induce.rules import conditions_of, rules_of, rules_program
from alchemist.writer.induce.source import listed, program
from alchemist.writer.induce.trees import preamble, tree_of, tree_program
from alchemist.writer.induce.views import Items

SINGLE = 3
"""Columns that get a program of their own, the most telling first."""
BEST_FACTS = 2


def table_programs(facts: Sequence[Fact], evidence: Evidence, seed: int) -> list[Found]:
    """Programs over cells, the widest view first."""
    columns = ranked(facts, evidence, seed)
    found = [
        _points(facts, evidence),
        _tree("tree of all columns", "A few questions about all columns:", facts, evidence, 6, seed),
        _rules(facts, evidence),
    ]
    for column in columns[:SINGLE]:
        about = [fact for fact in facts if fact.about == column]
        found.append(_tree(f"column {column}", f"The column {column} alone:", about, evidence, 4, seed))
    for column in columns[:1]:
        rest = [fact for fact in facts if fact.about != column]
        found.append(_tree(f"tree without {column}", f"All columns but {column}:", rest, evidence, 6, seed))
    return [x for x in found if x is not None]


def ranked(facts: Sequence[Fact], evidence: Evidence, seed: int) -> list[str]:
    """The columns, the one whose small tree agrees best with the guesses first."""
    worth = {}
    for column in dict.fromkeys(fact.about for fact in facts):
        grown = tree_of([fact for fact in facts if fact.about == column], evidence, 4, seed)
        if grown is not None:
            voted = grown[1] >= 0
            rows = np.flatnonzero(voted)
            worth[column] = float(evidence.guesses[rows, grown[1][rows]].sum()) / len(voted)
    return sorted(worth, key=lambda column: -worth[column])


def _tree(name: str, idea: str, facts: Sequence[Fact], evidence: Evidence, leaves: int, seed: int) -> Found | None:
    grown = tree_of(facts, evidence, leaves, seed)
    if grown is None or len(set(grown[1][grown[1] >= 0].tolist())) < 2:
        return None
    return tree_program(name, idea, facts, evidence, *grown)


def _rules(facts: Sequence[Fact], evidence: Evidence) -> Found | None:
    if not facts:
        return None
    rules, votes = rules_of(conditions_of({}, facts), evidence)
    idea = "Rules about columns in order, the first that holds answers:"
    return rules_program("decision list", idea, rules, facts, evidence, votes, ()) if rules else None


def _points(facts: Sequence[Fact], evidence: Evidence) -> Found | None:
    """The most telling facts of each column and label, with points."""
    from scipy.sparse import csr_matrix

    if not facts:
        return None
    matrix = csr_matrix(np.array([fact.holds for fact in facts], dtype=float).T)
    items = Items(tuple(fact.code for fact in facts), matrix)
    points = points_of(items, evidence, len(facts))
    for column in {fact.about for fact in facts}:
        for label in range(len(evidence.labels)):
            places = [n for n, fact in enumerate(facts) if fact.about == column and points[n, label] > 0]
            worth = [points[n, label] * np.sqrt(facts[n].holds.sum()) for n in places]
            for n in np.array(places, dtype=int)[np.argsort(worth)][:-BEST_FACTS]:
                points[n, label] = 0
    made = card_of(items, points, evidence)
    return None if made is None else _points_program(facts, evidence, *made)


def _points_program(facts: Sequence[Fact], evidence: Evidence, card: Card, votes: Votes) -> Found:
    lines, told, asked = [], [], []
    for place, label in enumerate(evidence.labels):
        speaking = [n for n in np.argsort(-card.points[:, place], kind="stable") if card.points[n, place] > 0]
        asked += [facts[n] for n in speaking]
        lines += [
            f"if {facts[n].code}:\n    scores[{label!r}] += {int(card.points[n, place])}\n    hits += 1"
            for n in speaking
        ]
        told.append(f"for {label}: {listed([facts[n].says for n in speaking])}")
    start = ", ".join(
        f"{label!r}: {points}" for label, points in zip(evidence.labels, card.start.tolist(), strict=True)
    )
    before, empty = preamble(asked, ())
    body = "\n".join(
        [
            f"{empty}scores = {{{start}}}",
            "hits = 0",
            *lines,
            "ranked = sorted(scores.items(), key=lambda pair: -pair[1])",
            f"if hits and ranked[0][1] - ranked[1][1] >= {card.margin}:",
            "    return ranked[0][0]",
            "return None",
        ]
    )
    doc = (
        f"Points for what the columns say: {'; '.join(told)}. Each fact gives 1 to {MOST_POINTS} points; a label must "
        f"lead by {card.margin}, else there is no answer. {evidence.told(votes)}"
    )
    return Found(program("points of the columns", doc, before, body), votes, evidence.agreement(votes))
