"""Which annotated tasks stand in a prompt: of every answer, unlike each other, some difficult, within a budget."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alchemist.core.brief import Exemplar, Mistake
from alchemist.writer.quoted import shown

TOKEN = 4
"""UTF-8 bytes of a token, about: four letters of English, one sign or so of Chinese."""
AROUND = 5
"""Tokens of what stands around an exemplar in a prompt: its element, its arrow, its answer's quotes."""
POOL = 300
"""Easy and difficult exemplars of one answer that are looked at, the first of each: choosing takes time."""


@dataclass(frozen=True)
class _Seen:
    """An exemplar with its words and what it costs, in tokens."""

    exemplar: Exemplar
    words: frozenset[str]
    tokens: int


def chosen(exemplars: Sequence[Exemplar], mistakes: Sequence[Mistake], budget: int) -> list[Exemplar]:
    """Exemplars for a prompt, of `budget` tokens together at most (`TOKEN` bytes each).

    Answers take turns, so that rare ones are seen. Within an answer each is the one whose words are least like those
    taken before (farthest-first traversal, Gonzalez 1985, on the Jaccard distance of word sets), and every second one
    is difficult: one of `mistakes`. What does not fit into what is left of the budget is passed over; a turn in which
    nothing fits is the last.
    """
    difficult = {mistake.task.key for mistake in mistakes}
    by_answer: dict[object, list[Exemplar]] = {}
    for exemplar in exemplars:
        by_answer.setdefault(exemplar.answer, []).append(exemplar)
    turns = [_in_order(group, difficult) for group in by_answer.values()]
    taken: list[Exemplar] = []
    while turns:
        these = [seen for seen in (next(turn, None) for turn in turns) if seen is not None]
        fitting = 0
        for seen in these:
            if seen.tokens <= budget:
                taken.append(seen.exemplar)
                budget -= seen.tokens
                fitting += 1
        turns = turns if fitting else []
    return taken


def _in_order(exemplars: Sequence[Exemplar], difficult: set[str]) -> Iterator[_Seen]:
    """All of one answer: the one farthest from those before it, easy and difficult ones in turn while both last."""
    hard = [x for x in exemplars if x.task.key in difficult][:POOL]
    easy = [x for x in exemplars if x.task.key not in difficult][:POOL]
    pools = [[_seen(x) for x in easy], [_seen(x) for x in hard]]
    nearest = [[1.0] * len(pool) for pool in pools]  # the distance of each to the nearest one taken
    turn = 0
    while any(pools):
        turn = turn if pools[turn] else 1 - turn
        place = max(range(len(pools[turn])), key=lambda place: nearest[turn][place])
        one = pools[turn].pop(place)
        nearest[turn].pop(place)
        for pool, least in zip(pools, nearest, strict=True):
            least[:] = [min(known, _apart(one, other)) for known, other in zip(least, pool, strict=True)]
        yield one
        turn = 1 - turn


def _seen(exemplar: Exemplar) -> _Seen:
    text = shown(exemplar.task)
    size = len(f"{text}{exemplar.answer}".encode("utf-8", "replace"))
    return _Seen(exemplar, frozenset(re.findall(r"\w+", text.lower())), -(-size // TOKEN) + AROUND)


def _apart(one: _Seen, other: _Seen) -> float:
    """The Jaccard distance of two sets of words: 0 for equal ones, 1 for those that share none."""
    either = len(one.words | other.words)
    return 1 - len(one.words & other.words) / either if either else 0.0
