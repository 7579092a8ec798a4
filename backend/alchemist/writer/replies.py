"""Programs out of the replies of a language model."""

from __future__ import annotations

import re
import textwrap

from alchemist.core.errors import BadProgram
from alchemist.core.programs import Source, source

_FENCE = re.compile(r"^[ \t]*+(`{3,}+|~{3,}+)[ \t]*+([\w+-]*+)[^\n]*\n(.*?)(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.M | re.S)
_LABEL = re.compile(r"^def label\s*\(", re.M)


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
