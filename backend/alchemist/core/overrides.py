"""What can be set for one project alone; it wins over the service's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from alchemist.core.editions import MARK, WITHHOLD
from alchemist.core.errors import BadSetting
from alchemist.core.ledger import dollars, price_from

COMBINERS = ("auto", "snorkel", "majority")
MOST_FALLBACK = 0.5
"""Share of the tasks that a language model may be asked for, at most: beyond it one pays for the tasks twice."""


def share(written: str, most: float = 1.0) -> float:
    """A share or a score, 0 to `most`. Raises `BadSetting`.

    >>> share("0.1")
    0.1
    """
    try:
        found = float(written)
    except ValueError:
        found = -1.0
    if not 0 <= found <= most:
        raise BadSetting(f"{written!r} is out of range", f"Give a number from 0 to {most:g}.")
    return found


CHECKS: Mapping[str, Callable[[str], object]] = {
    "llm_price": price_from,
    "budget_usd": dollars,
    "fallback": partial(share, most=MOST_FALLBACK),
    "threshold": share,
}
"""Settings that are numbers: what reads each, and raises `BadSetting`."""
WAYS = ("direct", "knowledge", "documents")
ASK_FOR = range(1, 101)
"""Programs that may be asked for at a time."""
KEEP = range(1, 101)
"""Programs that may vote on a question."""
OVERRIDES: dict[str, tuple[str, tuple[str, ...] | range]] = {
    "writer": ("Who writes programs.", ("auto", "llm", "offline")),
    "llm": ("Language model that writes programs.", ()),
    "way": ("How a language model writes programs.", WAYS),
    "ask_for": ("How many programs a language model is asked for at first.", ASK_FOR),
    "llm_price": ("US dollars per million tokens of that language model, in/out.", ()),
    "budget_usd": ("US dollars that may be spent on language models for this project.", ()),
    "fallback": ("Share of tasks, the least certain, that the language model answers.", ()),
    "combiner": ("How votes are combined.", COMBINERS),
    "keep_programs": ("How many programs vote on a question at most.", KEEP),
    "threshold": ("Answers with a lower score (0 to 1) are withheld or marked.", ()),
    "below": ("What becomes of answers below the threshold.", (WITHHOLD, MARK)),
}
"""Name -> what it says, and the values that it may have; a range = a whole number in it, none listed = any text, or a
number that `CHECKS` reads."""


def checked(settings: Mapping[str, object]) -> dict[str, str]:
    """The settings, if each is known and has a value that it may have. Raises `BadSetting`."""
    for name, value in settings.items():
        if name not in OVERRIDES:
            raise BadSetting(f"a project has no setting {name!r}", f"It has: {', '.join(OVERRIDES)}.")
        allowed = OVERRIDES[name][1]
        if isinstance(allowed, range):
            if str(value) not in map(str, allowed):
                raise BadSetting(f"{name} is {value!r}", f"Choose a whole number, {allowed[0]} to {allowed[-1]}.")
        elif allowed and value not in allowed:
            raise BadSetting(f"{name} is {value!r}", f"Choose one of: {', '.join(allowed)}.")
        if name in CHECKS:
            _check(name, str(value))
    return {name: str(value) for name, value in settings.items()}


def _check(name: str, value: str) -> None:
    try:
        CHECKS[name](value)
    except BadSetting as error:
        raise BadSetting(f"{name}: {error.message}", error.hint) from error
