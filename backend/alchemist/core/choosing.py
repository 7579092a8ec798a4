"""Choosing among programs that passed their trial: near copies and poor ones go, then those that add most stay.

More programs than are wanted are asked for, because the room is in the choice (AGGREGATION.md, "Choosing programs").
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alchemist.core.programs import LEARNERS, Entry, Judged
from alchemist.core.syntax import tree_of
from alchemist.core.validation import DOUBT, ENOUGH, at_most, needed
from alchemist.core.votes import Column, VoteBlock

SAME_VOTES = 0.95
"""Share of the tasks on which either votes that two programs may vote alike on, below it."""
SAME_SOURCE = 0.9
"""Share of the pieces of either source that two programs may have in common, below it."""
PIECE = 4
"""Words of a source in one piece."""
ENOUGH_KNOWN = 5
"""On fewer annotated tasks than this the other programs are asked how good a program is."""
PRIOR = (3.5, 1.5)
"""Beta prior of a program's accuracy: as if five votes were known, 70 % of them right."""
PEOPLE, OTHERS = "annotated tasks", "tasks"


@dataclass(frozen=True)
class _Candidate:
    """A program with what it voted, and the votes by which its accuracy is judged: `right` of `tried`."""

    entry: Entry
    column: Column
    right: int
    tried: int
    judge: str
    pieces: frozenset[tuple[str, ...]]

    @property
    def words(self) -> str:
        if not self.tried:
            return "nobody can judge it"
        verb = "right" if self.judge == PEOPLE else "agrees with the other programs"
        return f"{verb} on {self.right} of {self.tried} {self.judge}"

    @cached_property
    def places(self) -> list[int]:
        return [place for place, code in enumerate(self.column.codes) if code >= 0]

    def worth(self, labels: int) -> float:
        """How far its accuracy is above chance: 0..1."""
        accuracy = (self.right + PRIOR[0]) / (self.tried + sum(PRIOR))
        return max(0.0, (accuracy - 1 / labels) / (1 - 1 / labels)) if labels > 1 else accuracy


def choose(
    entries: Sequence[Entry], block: VoteBlock, known: Sequence[int | None], labels: int, target: int | None = None
) -> list[Judged]:
    """A word on every program, in order: taken, or left out, and why.

    `block` holds their votes on a sample, `known` the code of people's answer to each task of it, None where there is
    none. A program is judged by people where they annotated `ENOUGH_KNOWN` tasks that it votes on, unless it was
    computed from these very annotations, and by the majority of the other programs elsewhere. Not more than `target`
    are taken (None: any number): again and again the one that adds most, which is the worth of its votes, where a
    vote counts the less the clearer those who were taken before agree on the task.
    """
    candidates = [_candidate(entry, column, block, known) for entry, column in zip(entries, block.columns, strict=True)]
    reasons: dict[int, str] = {}
    alike: list[int] = []
    for place in sorted(range(len(candidates)), key=lambda x: (-candidates[x].worth(labels), x)):
        one = candidates[place]
        reason = _poor(one, labels) or _near_copy(one, [candidates[x] for x in alike])
        if reason:
            reasons[place] = reason
        else:
            alike.append(place)
    taken = _adding_most([candidates[x] for x in sorted(alike)], block.size, labels, target)
    words = [reasons.get(place) or taken.get(x.entry) or _too_many(x, target) for place, x in enumerate(candidates)]
    stays = [place not in reasons and x.entry in taken for place, x in enumerate(candidates)]
    return [Judged(*one) for one in zip(entries, stays, words, strict=True)]


def _candidate(entry: Entry, column: Column, block: VoteBlock, known: Sequence[int | None]) -> _Candidate:
    pieces = _pieces(entry.source.text)
    votes = [(code, answer) for code, answer in zip(column.codes, known, strict=True) if code >= 0]
    by_people = [code == answer for code, answer in votes if answer is not None]
    if len(by_people) >= ENOUGH_KNOWN and entry.writer not in LEARNERS:
        return _Candidate(entry, column, sum(by_people), len(by_people), PEOPLE, pieces)
    by_others = _by_others(column, block)
    return _Candidate(entry, column, sum(by_others), len(by_others), OTHERS, pieces)


def _by_others(column: Column, block: VoteBlock) -> list[bool]:
    """Whether each vote is that of the majority of the others, where they have one."""
    said = []
    for place, code in enumerate(column.codes):
        if code < 0:
            continue
        others = Counter(x.codes[place] for x in block.columns if x is not column and x.codes[place] >= 0)
        if _lead(others):
            said.append(others.most_common(1)[0][0] == code)
    return said


def _poor(one: _Candidate, labels: int) -> str:
    """Whether those who judge it show that it is not right often enough."""
    least = needed(labels)
    if one.judge == OTHERS and one.tried < ENOUGH:
        return ""
    return f"{one.words}, {least:.0%} are needed" if at_most(one.right, one.tried, least) <= DOUBT else ""


def _near_copy(one: _Candidate, others: Sequence[_Candidate]) -> str:
    for other in others:
        if one.pieces and len(one.pieces & other.pieces) >= SAME_SOURCE * len(one.pieces | other.pieces):
            return f"its source is nearly that of {other.entry.name!r}"
        pairs = [x for x in zip(one.column.codes, other.column.codes, strict=True) if max(x) >= 0]
        share = sum(a == b for a, b in pairs) / len(pairs) if len(pairs) >= ENOUGH else 0.0
        if share >= SAME_VOTES:
            return f"it votes as {other.entry.name!r} does on {share:.0%} of the tasks on which either votes"
    return ""


def _adding_most(candidates: Sequence[_Candidate], size: int, labels: int, target: int | None) -> dict[Entry, str]:
    """The candidates that are taken, in the order in which they add most, each with the reason."""
    left, taken = list(candidates), dict[Entry, str]()
    votes = [Counter[int]() for _ in range(size)]
    while left and (target is None or len(taken) < target):
        counts = [1 / (1 + _lead(x) ** 2) for x in votes]
        best = max(left, key=lambda x: x.worth(labels) * sum(counts[place] for place in x.places))
        left.remove(best)
        places = best.places
        alone = sum(not votes[place] for place in places)
        rank = f"choice {len(taken) + 1} of {len(candidates)}"
        taken[best.entry] = (
            f"{rank}: {best.words}; votes on {len(places)} of {size}, {alone} of them still without a vote"
        )
        for place in places:
            votes[place][best.column.codes[place]] += 1
    return taken


def _lead(votes: Counter[int]) -> int:
    """How many votes the first label is ahead of the second."""
    first, second, *_ = [*(count for _, count in votes.most_common(2)), 0, 0]
    return first - second


def _too_many(one: _Candidate, target: int | None) -> str:
    return f"{target} programs that add more were taken: {one.words}, votes on {one.column.coverage:.0%}"


def _pieces(text: str) -> frozenset[tuple[str, ...]]:
    """Every few words of a source in a row: without comments, docstrings, line ends and blanks.

    >>> _pieces("def label(task):\\n    # new\\n    return 1") == _pieces('def label(task):\\n    "old"\\n    return 1')
    True
    """
    try:
        tree = tree_of(text)
    except SyntaxError:
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.Module) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    words = ast.dump(tree).replace("(", " ( ").split()
    return frozenset(tuple(words[start : start + PIECE]) for start in range(len(words) - PIECE + 1))
