"""Programs for running text: weighted cues, words, phrases, first words, stems, signs on the surface, rules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from alchemist.writer.induce.cards import card_of, card_program, points_of
from alchemist.writer.induce.cues import cues_program
from alchemist.writer.induce.evidence import Evidence, Found
from alchemist.writer.induce.facts import Fact
from alchemist.writer.induce.rules import conditions_of, rules_of, rules_program
from alchemist.writer.induce.trees import tree_of, tree_program
from alchemist.writer.induce.views import CUES, VIEWS, Items, View

OFTEN = 0.03
"""A word that this share of the texts hold is a common one."""
_VIEW = {view.name: view for view in (*VIEWS, CUES)}
CARDS = (
    ("word list", "words", 80, None, "Words that annotated tasks and tasks like them use:"),
    ("telling words", "words", 12, None, "The few most telling words:"),
    ("phrases", "phrases", 60, None, "Two words in a row:"),
    ("first words", "openings", 40, None, "The first one, two or three words of a text:"),
    ("beginnings of words", "beginnings", 60, None, "The first four letters of longer words:"),
    ("common words", "words", 40, True, "Common words, how often they are used here and there:"),
    ("rarer words", "words", 80, False, "Words that few texts use, but then mostly those of one label:"),
    ("endings of words", "endings", 40, None, "The last three letters of longer words:"),
)
WEIGHED = (
    ("many weak cues", "cues", "Many weak cues, each with a weight: words, beginnings of words, first words:"),
    ("weighted words", "words", "Words alone, each with a weight:"),
    ("weighted phrases", "phrases", "Two words in a row, each with a weight:"),
)


def text_programs(
    views: dict[str, Items], signs: Sequence[Fact], evidence: Evidence, fields: tuple[str, ...], seed: int
) -> list[Found]:
    """Programs over the text fields, each with an idea of its own."""
    found = [
        _card(name, _VIEW[view], views.get(view), most, common, idea, evidence, fields)
        for name, view, most, common, idea in CARDS
    ]
    found.insert(2, _rules(views, signs, evidence, fields))
    weighed = [
        cues_program(name, idea, _VIEW[view], views[view], evidence, fields)
        for name, view, idea in WEIGHED
        if view in views
    ]
    grown = tree_of(signs, evidence, 6, seed)
    if grown is not None:
        found.append(tree_program("surface", "What a text looks like:", signs, evidence, *grown, fields))
    return [x for x in [*weighed, *found] if x is not None]


def _card(
    name: str,
    view: View,
    items: Items | None,
    most: int,
    common: bool | None,
    idea: str,
    evidence: Evidence,
    fields: tuple[str, ...],
) -> Found | None:
    if items is None:
        return None
    often = np.asarray(items.matrix.mean(axis=0)).ravel() >= OFTEN
    allowed = None if common is None else often if common else ~often
    points = points_of(items, evidence, most, allowed)
    made = card_of(items, points, evidence)
    return None if made is None else card_program(name, idea, view, items, evidence, *made, fields)


def _rules(views: dict[str, Items], signs: Sequence[Fact], evidence: Evidence, fields: tuple[str, ...]) -> Found | None:
    if not views and not signs:
        return None
    rules, votes = rules_of(conditions_of(views, signs), evidence)
    if not rules:
        return None
    idea = "Rules in order, the first that holds answers:"
    return rules_program("decision list", idea, rules, signs, evidence, votes, fields)
