"""The ways to look at a text: each gives a set of items, in Python here and in the same Python in a program."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WORD = r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+(?:['’][^\W\d_]+)*"
"""A word: letters, with apostrophes inside; each sign of Chinese and Japanese by itself."""
_WORD = re.compile(WORD)
LONGEST = 4_000
"""Characters of a text that are looked at, so that one long document cannot cost a second."""


@dataclass(frozen=True)
class View:
    """One way to look at a text: `items` here is `code` in a program; `says` names the items to people."""

    name: str
    says: str
    items: Callable[[list[str]], set[str]]
    code: str


def _openings(words: list[str]) -> set[str]:
    return {" ".join(words[:size]) for size in (1, 2, 3) if len(words) >= size}


VIEWS = (
    View("words", "words", set, "set(words)"),
    View(
        "phrases",
        "two words in a row",
        lambda words: {f"{one} {two}" for one, two in itertools.pairwise(words)},
        '{one + " " + two for one, two in zip(words, words[1:])}',
    ),
    View("openings", "first words", _openings, '{" ".join(words[:size]) for size in (1, 2, 3) if len(words) >= size}'),
    View(
        "beginnings",
        "beginnings of words",
        lambda words: {word[:4] for word in words if len(word) > 4},
        "{word[:4] for word in words if len(word) > 4}",
    ),
    View(
        "endings",
        "endings of words",
        lambda words: {word[-3:] for word in words if len(word) > 4},
        "{word[-3:] for word in words if len(word) > 4}",
    ),
)

CUES = View(
    "cues",
    "words, beginnings of words (loca*) and first words of the text (^ what is)",
    lambda words: (
        set(words)
        | {"^ " + " ".join(words[:size]) for size in (1, 2, 3) if len(words) >= size}
        | {word[:4] + "*" for word in words if len(word) > 4}
    ),
    'set(words) | {"^ " + " ".join(words[:size]) for size in (1, 2, 3) if len(words) >= size}'
    ' | {word[:4] + "*" for word in words if len(word) > 4}',
)


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign on the surface of a text: how often a pattern is found in it."""

    name: str
    pattern: str


SIGNS = (
    Sign("words", r"\S+"),
    Sign("digits", r"\d"),
    Sign("numbers of four digits or more", r"\d{4,}"),
    Sign("links", r"(?i)https?:|www\.|\.(?:com|net|org|ly)\b"),
    Sign("exclamation marks", r"!"),
    Sign("question marks", r"\?"),
    Sign("words in capitals", r"\b[A-Z]{2,}\b"),
    Sign("capitalised words", r"\b[A-Z][a-z]+"),
    Sign("signs of money and shares", r"[$£€¥%]"),
    Sign("quotation marks", r"[\"“”«»]"),
    Sign("commas", r","),
    Sign("letters and signs beyond ASCII", r"[^\x00-\x7f]"),
    Sign("short words", r"\b\w{1,2}\b"),
    Sign("long words", r"\w{9,}"),
)


def words_of(text: str) -> list[str]:
    """The words of a text in lower case, in order."""
    return _WORD.findall(text[:LONGEST].lower())


@dataclass(frozen=True)
class Items:
    """Which tasks hold which items: a 0/1 matrix, a row a task, a column an item."""

    names: tuple[str, ...]
    matrix: csr_matrix


def look(view: View, texts: Sequence[list[str]], fewest: int = 2) -> Items | None:
    """The items that at least `fewest` texts hold; None where there is none."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=view.items, binary=True, min_df=fewest, dtype=float)
    try:
        matrix = counter.fit_transform(texts)
    except ValueError:
        return None
    return Items(tuple(counter.get_feature_names_out().tolist()), matrix.tocsr())
