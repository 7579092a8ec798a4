"""Program sources and their identity."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from alchemist.core.text import clean_text


@dataclass(frozen=True)
class Source:
    """The text of a program in canonical form; equal texts are one source."""

    text: str

    @cached_property
    def id(self) -> str:
        """`p1:` and the SHA-256 of the canonical text."""
        return "p1:" + hashlib.sha256(self.text.encode()).hexdigest()


def source(text: str) -> Source:
    """The source that a text stands for: LF line ends, no trailing blanks, one final newline.

    >>> source("a = 1  \\r\\n\\n").text
    'a = 1\\n'
    """
    whole = clean_text(text.removeprefix("\ufeff"))
    lines = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Source("\n".join(line.rstrip() for line in lines).strip("\n") + "\n")


LEARNERS = ("induced",)
"""Writers whose programs are computed from the shown corrections, and so are right there more often than elsewhere."""

ASKED = "asked "
"""How the name of a writer begins whose programs are answers to single tasks; the language model's name follows."""


@dataclass(frozen=True)
class Entry:
    """A source in a panel: what it is called, and what wrote it."""

    name: str
    source: Source
    writer: str

    @property
    def is_asked(self) -> bool:
        """Whether it holds answers to single tasks that a language model was asked for, and so votes on these alone."""
        return self.writer.startswith(ASKED)


@dataclass(frozen=True, slots=True)
class Judged:
    """A word on a program: whether it is taken, and why or why not; `mendable` if its writer may remove the reason."""

    entry: Entry
    taken: bool
    reason: str
    mendable: bool = False
