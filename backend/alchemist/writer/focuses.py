"""What each mending program is to look at: a confusion, a weak label, what nobody answers, what is in dispute."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from alchemist.core.answers import Answer
from alchemist.core.brief import Exemplar, Mistake, Shortfall
from alchemist.core.reliability import wilson
from alchemist.core.tasks import Task
from alchemist.writer.ideas import short, unused

GENERAL = (
    ("mend exceptions", "Exceptions: what tells the mistakes from the items that look like them and are right today."),
    ("mend by new evidence", "Evidence of a kind that no program above uses yet, for any of the mistakes."),
    ("mend by precise rules", "A few very precise rules for what the mistakes have in common, never wrong elsewhere."),
    ("mend by combination", "Combinations: two or three weak cues that only together set the mistakes right."),
)
"""Where the shortfall says too little to give each program something of its own."""

PAIRS = 3
"""Confusions that get a program each, the commonest first."""
FEWEST = 4
"""Programs that mend, at least."""
MISTAKES = 12
"""Mistakes, conflicting or uncovered tasks that a prompt shows where they are its focus, at most."""
BESIDE = 3
"""Conflicting or uncovered tasks that it shows where they are not."""


@dataclass(frozen=True)
class Focus:
    """What one mending program is to look at, and its share of the tasks that show it."""

    name: str
    words: str
    mistakes: Sequence[Mistake] = ()
    conflicting: Sequence[Task] = ()
    uncovered: Sequence[Task] = ()


@dataclass(frozen=True)
class _Aim:
    """A focus before anything is dealt out: the mistakes that it is about, and the unlabelled tasks, by name."""

    name: str
    words: str
    about: Callable[[Mistake], bool] = lambda _: False
    tasks: str = ""


def focuses(shortfall: Shortfall, exemplars: Sequence[Exemplar]) -> list[Focus]:
    """Four to six of them: top confusions, the weakest label, what nobody answers, what is in dispute.

    Each mistake is shown to one of them as long as they last. A name that a standing program has gets a number.
    """
    aims = [*_pairs(shortfall), *_weakest(shortfall, exemplars), *_unanswered(shortfall)]
    aims += [_Aim(name, words) for name, words in GENERAL[: max(0, FEWEST - len(aims))]]
    left = list(shortfall.mistakes)
    taken = {x.entry.name for x in shortfall.standings}
    found = []
    for place, aim in enumerate(aims):
        mistakes = _share(aim, shortfall.mistakes, left)
        left = [x for x in left if x not in mistakes]
        name = unused(aim.name, taken)
        taken.add(name)
        conflicting, uncovered = (
            tasks[:MISTAKES] if aim.tasks == kind else tasks[place :: len(aims)][:BESIDE]
            for kind, tasks in (("conflicting", shortfall.conflicting), ("uncovered", shortfall.uncovered))
        )
        found.append(Focus(name, aim.words, mistakes, conflicting, uncovered))
    return found


def _share(aim: _Aim, mistakes: Sequence[Mistake], left: Sequence[Mistake]) -> list[Mistake]:
    """The aim's own mistakes that no other was shown, then others of these, then its own that another was shown."""
    wanted = [x for x in left if aim.about(x)] + [x for x in left if not aim.about(x)][: MISTAKES // 2]
    wanted += [x for x in mistakes if aim.about(x) and x not in wanted]
    return wanted[:MISTAKES]


def _pairs(shortfall: Shortfall) -> list[_Aim]:
    voted = [(people, said) for people, said, _ in shortfall.confusions if said is not None][:PAIRS]
    return [
        _Aim(
            f"mend {_short(people)}->{_short(said)}",
            f"Items to which people answer {_json(people)} and the programs together {_json(said)}: what tells them "
            f"from items that are {_json(said)}. Look for nothing else.",
            partial(_confused, people, said),
        )
        for people, said in voted
    ]


def _confused(people: Answer, said: Answer, mistake: Mistake) -> bool:
    return (mistake.answer, mistake.predicted) == (people, said)


def _weakest(shortfall: Shortfall, exemplars: Sequence[Exemplar]) -> list[_Aim]:
    """The answer that the programs miss most, by the lower end of the interval of its share of mistakes."""
    missed = Counter(x.answer for x in shortfall.mistakes)
    given = Counter(x.answer for x in exemplars)
    if len(set(given) | set(missed)) < 2 or not missed:
        return []

    def least(answer: Answer) -> float:
        return wilson(missed[answer], max(missed[answer], given[answer]))[0]

    answer = max(missed, key=least)
    return [
        _Aim(
            f"mend {_short(answer)}",
            f"The answer that the programs miss most, {_json(answer)}: find all its forms, those that are rare too.",
            lambda x: x.answer == answer,
        )
    ]


def _unanswered(shortfall: Shortfall) -> list[_Aim]:
    aims = []
    if shortfall.uncovered or any(said is None for _, said, _ in shortfall.confusions):
        words = "Items on which no program votes: find evidence in items of these kinds."
        aims.append(_Aim("mend uncovered", words, lambda x: x.predicted is None, "uncovered"))
    if shortfall.conflicting:
        words = "Items on which the programs contradict each other: decide which side is right, and when."
        aims.append(_Aim("mend conflicts", words, tasks="conflicting"))
    return aims


def _short(answer: Answer) -> str:
    written = answer if isinstance(answer, str) else _json(answer)
    return short(written)


def _json(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False)
