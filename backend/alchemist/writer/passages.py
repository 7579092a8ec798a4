"""Passages: documents in parts of about 200 words, and those that are most like what a program is about."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alchemist.core.documents import Document
from alchemist.writer.exemplars import TOKEN

SIZE = 270
"""Tokens of a passage, at most: about 200 English words."""
QUOTED = 1_000
"""Tokens of the passages that one prompt quotes, at most."""
BESIDE = 0.5
"""What the words of annotated tasks count, beside those that a program is about."""
AGAIN = 0.5
"""What a passage counts each time that it was quoted already: another idea had better see another one."""
HEADING = 80
"""Characters of a heading that stand above a passage, at most."""
STEM = 5
"""Letters by which the forms of a word are taken for one."""
_HEADING = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_SENTENCES = re.compile(r"(?<=[.!?;:])\s+|(?<=[。！？；])|\n+")
_WORDS = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document, numbered from 1, under its headings."""

    document: str
    number: int
    headings: str
    text: str

    @property
    def source(self) -> str:
        """What a program's docstring names it by.

        >>> Passage("handbook.pdf", 3, "", "Returns are free.").source
        '[handbook.pdf, part 3]'
        """
        return f"[{self.document}, part {self.number}]"

    def __str__(self) -> str:
        """The passage as a prompt quotes it."""
        return f"{self.source} {self.headings}\n{self.text}" if self.headings else f"{self.source} {self.text}"


def passages_of(document: Document) -> list[Passage]:
    """The document in paragraphs, short ones of one heading together, long ones cut after a sentence."""
    parts = [
        (headings, text) for headings, paragraphs in _sections(document.content) for text in _packed(paragraphs, "\n\n")
    ]
    return [Passage(document.name, n, headings, text) for n, (headings, text) in enumerate(parts, 1)]


def _sections(content: str) -> Iterator[tuple[str, list[str]]]:
    """The headings that stand above some paragraphs, outer ones first, and these paragraphs.

    A heading with nothing below it is a paragraph itself.
    """
    above: dict[int, str] = {}
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in [*content.split("\n"), "", "# end"]:
        heading = _HEADING.match(line)
        if line.strip() and not heading:
            lines.append(line.rstrip())
            continue
        paragraphs += ["\n".join(lines)] if lines else []
        lines = []
        if heading:
            level = len(heading[1])
            if not paragraphs and above and level <= max(above):
                paragraphs = [above.pop(max(above))]
            if paragraphs:
                yield " > ".join(above.values()), paragraphs
            paragraphs = []
            above = {x: words for x, words in above.items() if x < level} | {level: _title(heading[2])}


def _title(written: str) -> str:
    """A heading without the signs that close it, cut."""
    return written.rstrip("# \t")[:HEADING]


def _packed(pieces: Iterable[str], between: str) -> Iterator[str]:
    """The pieces, as many together as a passage holds; what is longer alone is cut."""
    held = ""
    for piece in pieces:
        joined = f"{held}{between}{piece}" if held else piece
        if _tokens(joined) <= SIZE:
            held = joined
            continue
        if held:
            yield held
        held = ""
        if _tokens(piece) <= SIZE:
            held = piece
        else:
            yield from _cut(piece)
    if held:
        yield held


def _cut(text: str) -> Iterator[str]:
    """A long text after its sentences, or within one that is too long itself."""
    starts = [0, *(x.end() for x in _SENTENCES.finditer(text)), len(text)]
    sentences = [text[a:b] for a, b in pairwise(starts) if text[a:b].strip()]
    if len(sentences) > 1:
        yield from (x.strip() for x in _packed(sentences, ""))
    else:
        widest = max(len(x.encode("utf-8", "replace")) for x in set(text))
        yield from textwrap.wrap(text, SIZE * TOKEN // widest)


def _tokens(text: str) -> int:
    return -(-len(text.encode("utf-8", "replace")) // TOKEN)


def most_alike(
    passages: Sequence[Passage], queries: Sequence[str], beside: str = "", budget: int = QUOTED
) -> list[list[Passage]]:
    """For each query the passages most like it, `budget` tokens at most, in the order of the documents.

    Alike is the cosine of TF-IDF vectors (Salton and Buckley 1988; logarithmic counts) of words and of their
    beginnings, or of pairs of signs where a language writes no spaces. The words of `beside` count for every query.
    What was quoted for a query before counts less for the next. What shares no word with it is left out, unless that
    is true of every passage.
    """
    if not passages or not queries:
        return [[] for _ in queries]
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(analyzer=_terms, sublinear_tf=True)
    known = vectorizer.fit_transform([f"{x.headings}\n{x.text}" for x in passages])
    wanted = vectorizer.transform(queries) + BESIDE * vectorizer.transform([beside] * len(queries))
    likeness = (wanted @ known.T).toarray()
    quoted = [0] * len(passages)
    found = []
    for row in likeness:
        order = sorted(range(len(passages)), key=lambda n: -row[n] * AGAIN ** quoted[n])
        taken = _within(budget, [n for n in order if row[n]] or order, passages)
        for n in taken:
            quoted[n] += 1
        found.append([passages[n] for n in sorted(taken)])
    return found


def _within(budget: int, order: Sequence[int], passages: Sequence[Passage]) -> list[int]:
    """The first of the order that fit into the budget together."""
    taken = []
    for n in order:
        budget -= _tokens(str(passages[n]))
        if budget < 0:
            break
        taken.append(n)
    return taken


def _terms(text: str) -> list[str]:
    """Words and their beginnings; every two signs in a row where words stand without spaces.

    >>> _terms("Free returns 退款政策")
    ['free', 'returns', 'retur', '退款', '款政', '政策']
    """
    lowered = text.lower()
    words = _WORDS.findall(_UNSPACED.sub(" ", lowered))
    pairs = [run[n : n + 2] for run in _UNSPACED.findall(lowered) for n in range(max(1, len(run) - 1))]
    return [*(term for word in words for term in _forms(word)), *pairs]


def _forms(word: str) -> list[str]:
    return [word, word[:STEM]] if len(word) > STEM else [word]
