"""The ledger: what calls of a language model cost, and what asking it for every task would cost instead."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alchemist.core.errors import BadSetting

ANSWER = "answer_task.v1"
"""The purpose of a call that asks for the answer to one task."""
BROKEN_OFF = "the call was broken off"
"""The error of a call that has begun, until it ends."""
CHARACTERS = 4.0
"""Characters of a token where nothing was measured: about so many letters of English."""
LARGEST_IN = 2
"""UTF-8 bytes of a token in the largest likely count of a prompt's tokens: text that tokenizers know badly."""
LARGEST_OUT = 4_000
"""Tokens of the largest likely reply as long as there is none to compare with, thoughts included."""
MARGIN = 2
"""How many times longer than the longest reply so far the next one is likely to be, at most."""


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens: of a prompt, of what the endpoint knew of it already, of a reply.

    `source` says where the price comes from, and of which day it is.
    """

    usd_in: float
    usd_cached: float
    usd_out: float
    source: str

    def usd(self, tokens_in: float, tokens_out: float, cached: float = 0) -> float:
        """Dollars for a call; `cached` tokens are among `tokens_in`.

        >>> Price(0.25, 0.025, 2.0, "").usd(1_000_000, 500_000, 200_000)
        1.205
        """
        fresh = max(0, tokens_in - cached)
        return (fresh * self.usd_in + cached * self.usd_cached + tokens_out * self.usd_out) / 1_000_000

    def __str__(self) -> str:
        return f"${self.usd_in:g} in, ${self.usd_cached:g} in from cache, ${self.usd_out:g} out per million tokens"


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a language model, kept whole.

    `tokens_in` holds `tokens_cached`, `tokens_out` holds `tokens_reasoning`; None where the endpoint does not tell.
    `usd` is None where the price is not known, and `priced` says where it comes from. A call that is not `settled`
    was begun and its bill is not known: `usd` is the most that it is likely to cost. `source` is the id of the
    program that came of it. `about` is what the reply is recalled by, the prompt where it is empty. `row` is the
    number under which it is kept.
    """

    purpose: str
    model: str
    prompt: str
    reply: str
    error: str
    seconds: float
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None
    tokens_cached: int | None = None
    usd: float | None = None
    priced: str = ""
    source: str = ""
    settled: bool = True
    about: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls added up. `usd` holds `usd_open`, the most that calls may have cost whose bill is not known; `unknown`
    counts the calls whose price is not known, which are not in it.
    """

    calls: int = 0
    failed: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    tokens_reasoning: int = 0
    usd: float = 0.0
    open: int = 0
    usd_open: float = 0.0
    unknown: int = 0

    @property
    def words(self) -> str:
        """The sum in words.

        >>> Spent(calls=2, tokens_in=900, tokens_out=70, tokens_reasoning=50, usd=0.0123).words
        '2 calls, 900 tokens in (0 from cache), 70 out (50 of them thoughts), $0.0123'
        """
        tokens_in = f"{self.tokens_in:,} tokens in ({self.tokens_cached:,} from cache)"
        tokens_out = f"{self.tokens_out:,} out ({self.tokens_reasoning:,} of them thoughts)"
        unknown = f", without {self.unknown:,} whose price is not known" if self.unknown else ""
        return f"{self.calls:,} calls, {tokens_in}, {tokens_out}, ${self.usd:.4f}{unknown}"


def spent(calls: Iterable[Call]) -> Spent:
    """The calls, added up."""
    those = list(calls)
    unsettled = [x for x in those if not x.settled]
    return Spent(
        len(those),
        sum(bool(x.error) for x in those),
        sum(x.tokens_in or 0 for x in those),
        sum(x.tokens_cached or 0 for x in those),
        sum(x.tokens_out or 0 for x in those),
        sum(x.tokens_reasoning or 0 for x in those),
        math.fsum(x.usd or 0.0 for x in those),
        len(unsettled),
        math.fsum(x.usd or 0.0 for x in unsettled),
        sum(x.usd is None for x in those),
    )


def dollars(written: str) -> float | None:
    """A budget in US dollars; None for "", which sets no limit. Raises `BadSetting`.

    >>> dollars("2.50")
    2.5
    """
    return _number(written, "a sum of US dollars") if written else None


def price_from(written: str) -> Price | None:
    """A price as an admin gives it, US dollars per million tokens: "in/out", or "in/cached/out"; None for "".

    Raises `BadSetting`.

    >>> price_from("0.25/2.00").usd(4_000_000, 1_000_000)
    3.0
    """
    if not written:
        return None
    parts = [_number(x, 'US dollars per million tokens as "in/out" or "in/cached/out"') for x in written.split("/")]
    if len(parts) not in (2, 3):
        raise BadSetting(f"{written!r} is no price", 'Give US dollars per million tokens as "in/out": "0.25/2.00".')
    return Price(parts[0], parts[-2], parts[-1], "set by an admin")


def _number(written: str, expected: str) -> float:
    try:
        number = float(written)
    except ValueError as error:
        raise BadSetting(f"{written!r} is no number", f"Expected {expected}.") from error
    if not 0 <= number < math.inf:
        raise BadSetting(f"{written!r} is not possible", f"Expected {expected}, 0 or more.")
    return number


def largest(price: Price, prompt: str, longest: int | None) -> float:
    """The most that a call is likely to cost, in US dollars; `longest` are the tokens of the longest reply so far.

    >>> largest(Price(1.0, 0.1, 10.0, ""), "x" * 2_000, longest=500)
    0.011
    """
    tokens_in = len(prompt.encode("utf-8", "replace")) / LARGEST_IN
    return price.usd(tokens_in, LARGEST_OUT if longest is None else MARGIN * longest)


@dataclass(frozen=True, slots=True)
class PerTask:
    """What asking a language model for the answer to every task would cost, one prompt a task.

    Tokens of all tasks together; `usd` is None where the price is not known.
    """

    model: str
    price: Price | None
    tasks: int
    tokens_in: float
    tokens_out: float

    @property
    def usd(self) -> float | None:
        """US dollars for all tasks; cached tokens are not reckoned with."""
        return None if self.price is None else self.price.usd(self.tokens_in, self.tokens_out)


def per_task(
    model: str, price: Price | None, prompts: Sequence[int], characters_per_token: float, tokens_out: float
) -> PerTask:
    """The cost of these prompts, given in characters, each answered with so many tokens.

    >>> per_task("any", Price(1.0, 1.0, 10.0, ""), [4_000, 8_000], 4.0, 5.0).usd
    0.0031
    """
    return PerTask(model, price, len(prompts), sum(prompts) / characters_per_token, len(prompts) * tokens_out)


def saving(each: PerTask, paid: float) -> float | None:
    """How many times dearer asking for every task would be than what was paid for programs, repairs and answers.

    The paper's "500x" is this quotient for one language model at its prices of 2024, summed over eight data sets
    ($26.32 / $0.039); it differs from one project to the next, so it is computed for each. None where a price is not
    known, or nothing was paid.
    """
    return None if each.usd is None or paid <= 0 else each.usd / paid


def break_even(each: PerTask, paid: float) -> int | None:
    """From how many tasks on the programs are the cheaper way; None where a price is not known, or is nothing.

    >>> break_even(PerTask("any", Price(1.0, 1.0, 10.0, ""), 2, 3_000, 10), 0.01)
    7
    """
    return math.ceil(paid * each.tasks / each.usd) if each.usd else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run would send: calls and US dollars from `least` to `most`, None where the price is not known."""

    calls: int
    repairs: int
    known: int
    tokens_in: float
    least: float | None
    most: float | None


def forecast(
    price: Price | None,
    prompts: Sequence[int],
    repairs: Sequence[int],
    known: int,
    characters_per_token: float,
    replies: tuple[float, float],
) -> Forecast:
    """The cost of asking these prompts, and at most these to mend what fails, all given in characters.

    `replies` are the tokens of a usual and of the largest likely reply; `known` prompts have been paid for already.

    >>> forecast(Price(1.0, 1.0, 10.0, ""), [4_000], [8_000], 0, 4.0, (100, 400)).most
    0.011
    """
    tokens_in, mending = sum(prompts) / characters_per_token, sum(repairs) / characters_per_token
    usual, longest = replies
    if price is None:
        return Forecast(len(prompts), len(repairs), known, tokens_in, None, None)
    least = price.usd(tokens_in, len(prompts) * usual)
    most = price.usd(tokens_in + mending, (len(prompts) + len(repairs)) * longest)
    return Forecast(len(prompts), len(repairs), known, tokens_in, least, most)
