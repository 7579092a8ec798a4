"""What each of the first programs is to be about: surface, structure, meaning, and ways to decide."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice, zip_longest
from typing import NamedTuple, TypeVar

from alchemist.core.brief import Brief
from alchemist.core.tasks import Task
from alchemist.writer.induce.columns import columns_of
from alchemist.writer.quoted import own_fields

_Item = TypeVar("_Item")

LOOKED_AT = 200
"""Tasks that are looked at to tell texts from columns."""
MANY = 10
"""Labels that one special program speaks of, at most; where there are more, special programs come early."""
NAME = 30
"""Characters of a label that stand in the name of a program."""


class Idea(NamedTuple):
    """What a program is about: its name, and what the language model is told."""

    name: str
    words: str


Family = Mapping[str, Sequence[Idea]]

TEXTS: Family = {
    "surface": (
        Idea("keywords", "Surface: single words and short phrases that give a label away, a list for each label."),
        Idea(
            "weighted words",
            "Surface: many weak cues, each with a weight for or against a label; abstain near ties.",
        ),
        Idea(
            "surface",
            "Surface without any list of words: length, signs, digits, links, repetition, layout, and capitals where "
            "the language has them.",
        ),
        Idea("proportions", "Surface, as proportions: the share of some kinds of words and signs, with thresholds."),
    ),
    "structure": (
        Idea(
            "structure",
            "Structure: how an item begins and ends, the order of its parts, questions, commands, lists, set phrases, "
            "by regular expressions.",
        ),
        Idea(
            "context",
            "Structure: what stands before or after a cue and turns it around, such as negation, doubt, a condition, a "
            "quotation.",
        ),
        Idea("neighbours", "Structure: cues that tell something only near each other, or only in one order."),
        Idea("place", "Structure: the same cue counts differently at the beginning, in the middle and at the end."),
    ),
    "meaning": (
        Idea("meaning", "Meaning: what an item is for and who speaks to whom, each told by several independent signs."),
        Idea(
            "domain",
            "Meaning, from knowledge of the field: names, terms, kinds of things and situations that an expert looks "
            "for.",
        ),
        Idea("tone", "Meaning, by its tone: feeling, judgement, politeness, urgency, certainty."),
    ),
}
COLUMNS: Family = {
    "surface": (
        Idea("thresholds", "Surface: the values and thresholds of single columns that give a label away."),
        Idea("points", "Surface: points for the values of many columns, added up for each label; abstain near a tie."),
        Idea("inside strings", "Surface: what stands inside names and codes: titles, first letters, numbers, units."),
        Idea("unusual values", "Surface: what is missing, empty, zero, extreme or rare, and what that says."),
    ),
    "structure": (
        Idea("questions", "Structure: a few questions in a row about the columns, the most telling one first."),
        Idea("pairs of columns", "Structure: values of two or three columns that tell something only together."),
        Idea("computed", "Structure: what several columns give when computed: sums, differences, ratios, group sizes."),
    ),
    "meaning": (
        Idea(
            "meaning of columns",
            "Meaning: what the columns stand for, and why that leads to a label.",
        ),
        Idea(
            "typical items",
            "Meaning: a typical item of each label in numbers; the nearest one wins, unless two are about as near.",
        ),
    ),
}
COMPARED = Idea("fields compared", "Structure: how the fields relate: what they share, and where they differ.")
DECISIONS = (
    Idea("precise rules", "A few very precise rules that are almost never wrong, abstaining everywhere else."),
    Idea("decision list", "An ordered list of rules, the surest first; the first that applies decides."),
    Idea("negative evidence", "Negative evidence: what rules each label out; decide by what remains."),
    Idea("rare labels", "The labels that are rare or hard to tell apart: look only for these, abstain on the others."),
    Idea("combination", "Combinations: two or three weak cues of different kinds that only together tell something."),
    Idea("rule of thumb", "A rule of thumb that decides for nearly every item; abstain only where nothing applies."),
)
SPECIAL = {
    "surface": "Surface: words, signs, values and forms",
    "structure": "Structure: patterns, order and combinations",
    "meaning": "Meaning: purpose, topic and situation",
}


def ideas_for(brief: Brief, wanted: int) -> list[Idea]:
    """So many ideas, for texts or columns as the tasks hold them; any beginning of them is a mixture.

    After the general ideas come special ones, which look for one label, or for a few where there are many. When these
    are used up all begin again, each for one more program.
    """
    general, special = _general(brief), _special(brief.question.label_names)
    many = len(brief.question.labels) > MANY
    once = list(_in_turn(general, special)) if many else [*general, *special]
    endless = (_again(idea, number) for number in count(1) for idea in once)
    names: set[str] = set()
    found = []
    for idea in islice(endless, wanted):
        found.append(Idea(unused(idea.name, names), idea.words))
        names.add(found[-1].name)
    return found


def _general(brief: Brief) -> list[Idea]:
    """Surface, structure, meaning and a way to decide in turn; each for texts, for columns, or for both."""
    tasks = [*(x.task for x in brief.exemplars), *brief.unlabelled][:LOOKED_AT]
    found = columns_of([Task(own_fields(x)) for x in tasks], brief.question.field)
    columns = bool(found.numbers or found.categories or (found.shorts and not found.texts))
    columns = columns if tasks else any(field.table for field in brief.config.fields)
    families = []
    for name in SPECIAL:
        several = (COMPARED,) if len(found.texts) > 1 and name == "structure" else ()
        of_texts, of_columns = TEXTS[name] if found.texts or not columns else (), COLUMNS[name] if columns else ()
        families.append(list(_in_turn(of_texts, of_columns, several)))
    return list(_in_turn(*families, DECISIONS))


def _special(labels: Sequence[str]) -> list[Idea]:
    """Ideas that look for one label, or for an even share of many: of each its surface, structure and meaning."""
    groups = -(-len(labels) // MANY) if len(labels) > MANY else len(labels)
    found = []
    for turn in range(len(SPECIAL)):
        for place in range(groups):
            group = labels[place * len(labels) // groups : (place + 1) * len(labels) // groups]
            family = list(SPECIAL)[(turn + place) % len(SPECIAL)]
            said = short(group[0]) if len(group) == 1 else f"{short(group[0])} to {short(group[-1])}"
            listed = ", ".join(json.dumps(x, ensure_ascii=False) for x in group)
            found.append(
                Idea(f"{family} of {said}", f"{SPECIAL[family]}. Look only for {listed}, and abstain on all else.")
            )
    return found


def _again(idea: Idea, number: int) -> Idea:
    if number == 1:
        return idea
    more = f"This is the program number {number} of this idea: use other evidence than those before it."
    return Idea(idea.name, f"{idea.words} {more}")


def _in_turn(*lists: Sequence[_Item]) -> Iterator[_Item]:
    """The first of each list, then the second of each, and so on; short lists end earlier."""
    return (x for some in zip_longest(*lists) for x in some if x is not None)


def unused(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def short(text: str) -> str:
    """The beginning of a text, in one line."""
    return " ".join(text.split())[:NAME]
