"""Programs out of the replies of a language model."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection
from dataclasses import dataclass

from alchemist.core.errors import BadProgram
from alchemist.core.programs import Source, source

_FENCE = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w+-]*+)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_LABEL = re.compile(r"^def label\s*\(", re.M)


UNSOURCED = "[no passage]"
"""What a docstring ends with that uses none of the passages it could use."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A reply that is sent back, and what is wrong with it."""

    reply: str
    reason: str


def program_or_reason(reply: str, sources: Collection[str]) -> Source | Unusable:
    """The program of a reply, or why it cannot be used: it holds none, or one that names none of the `sources`."""
    try:
        program = program_in(reply)
    except BadProgram as error:
        return Unusable(reply, f"{error.message}. {error.hint}")
    if sources and not names_source(program, sources):
        return Unusable(
            reply, f"the docstring names none of the passages' sources ({', '.join(sources)}), nor {UNSOURCED}."
        )
    return program


def names_source(program: Source, sources: Collection[str]) -> bool:
    """Whether a program names one of these sources, however its lines are broken, or says that it uses none."""
    text = " ".join(program.text.split())
    return any(" ".join(x.split()) in text for x in (*sources, UNSOURCED))


def program_in(reply: str) -> Source:
    """The program of a reply: the last fenced block that defines `label`, or the bare text if it does.

    Raises `BadProgram` when the reply holds no program.
    """
    text = reply.replace("\r\n", "\n")
    bodies = [textwrap.dedent(body) for _, _, body in _FENCE.findall(text)]
    blocks = [body for body in bodies if _LABEL.search(body)]
    if blocks:
        return source(blocks[-1])
    if _LABEL.search(text):
        return source(text)
    raise BadProgram("the reply holds no program", "A reply must contain one fenced block with def label(task): ...")
