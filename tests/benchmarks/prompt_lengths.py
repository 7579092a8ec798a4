"""How long are the prompts of each way of writing?

    python -m tests.benchmarks.prompt_lengths [--data ../shared] [--sets youtube,sms] [--exemplars 40]

For each set a language model is asked for twenty first programs, each way; the recorded replies of the set answer, so
that each prompt is told what came before it. Knowledge is stood in for by a text as long as is asked for, documents by
programs/README.md. "v1" is the prompt of before, which knew none of this. A token is taken for four bytes: no
tokenizer is at hand. "same" is the share of a prompt that the prompt before it began with too: an endpoint that keeps
prompts charges less for it.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.table import Table

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.documents import Document
from alchemist.core.overrides import WAYS
from alchemist.resources import shipped
from alchemist.sandbox.contract import MODULES
from alchemist.sandbox.monty import lacks
from alchemist.writer.exemplars import TOKEN
from alchemist.writer.llm import LlmWriter
from alchemist.writer.prompts import (
    GATHER,
    KNOWLEDGE_WORDS,
    WRITE,
    Contract,
    Prompt,
    beside_values,
    messages,
    write_values,
)
from alchemist.writer.replies import UNSOURCED
from tests.benchmarks.annotator import Drawn, drawn

SETS = ("youtube", "sms", "agnews", "trec", "titanic")
UNLABELLED = 200
KNOWLEDGE = "seven words stand here for the knowledge " * (KNOWLEDGE_WORDS // 7)
CONTRACT = Contract(sorted(MODULES - {"__future__"}), lacks())


class Replays:
    """An endpoint where a recorded reply answers, always the same one to a prompt; `prompts` is all that was asked."""

    model = "recorded"

    def __init__(self, replies: Sequence[str]) -> None:
        self.replies = replies
        self.prompts: list[tuple[str, str]] = []

    def ask(self, purpose: str, prompt: Prompt, read: Callable[[str], Any]) -> Any:
        """What `read` finds in the reply."""
        text = text_of(prompt)
        self.prompts.append((purpose, text))
        return read(KNOWLEDGE if purpose == GATHER else self.replies[zlib.crc32(text.encode()) % len(self.replies)])


def main() -> None:
    """Measure and show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared"))
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--exemplars", type=int, default=40)
    given = parser.parse_args()
    table = Table("set", "way", "first", "mean", "longest", "all", "same", title="Tokens of prompts for 20 programs")
    for name in given.sets.split(","):
        brief, replies = recorded(drawn(given.data, name, 0, tune=True), given.data, given.exemplars)
        values = write_values(brief, CONTRACT, "") | beside_values((), (), ())
        table.add_row(name, "v1", f"{tokens(text_of(messages('write_program.v1', values))):,.0f}")
        for way in WAYS:
            table.add_row(name, way, *measured(brief, replies, way))
    Console().print(table)


def recorded(draw: Drawn, data: Path, exemplars: int) -> tuple[Brief, list[str]]:
    """What the writer is told of a set, and the replies for it; each says that it uses no passage."""
    files = sorted((data / "completions" / draw.name).glob("[fs]*/replies/*.md"))
    replies = [path.read_text(encoding="utf-8") for path in files]
    shown = [Exemplar(*x) for x in zip(draw.tasks[:exemplars], draw.answers[:exemplars], strict=True)]
    rest = draw.tasks[exemplars : exemplars + UNLABELLED]
    brief = Brief(draw.name, draw.task, "", draw.config, draw.question, shown, rest)
    return brief, [x.replace("def label", f"# {UNSOURCED}\ndef label") for x in replies]


def measured(brief: Brief, replies: Sequence[str], way: str) -> list[str]:
    """The figures of one way, as cells."""
    endpoint = Replays(replies)
    document = Document("README.md", (shipped("programs") / "README.md").read_text(encoding="utf-8"))
    LlmWriter(endpoint, CONTRACT, way=way, documents=[document]).write(brief)
    prompts = [text for purpose, text in endpoint.prompts if purpose == WRITE]
    sizes = [tokens(x) for x in prompts]
    every = sum(tokens(text) for _, text in endpoint.prompts)
    same = mean(common(a, b) / len(b) for a, b in pairwise(prompts))
    return [*(f"{x:,.0f}" for x in (sizes[0], mean(sizes), max(sizes), every)), f"{100 * same:.0f} %"]


def text_of(prompt: Prompt) -> str:
    """All messages, one after the other."""
    return "\n\n".join(x["content"] for x in prompt)


def tokens(text: str) -> float:
    """Tokens of a text, about."""
    return len(text.encode()) / TOKEN


def common(one: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


if __name__ == "__main__":
    main()
