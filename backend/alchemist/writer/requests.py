"""What a language model is asked for: one program an idea, or one a focus where programs fall short already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from alchemist.core.brief import Brief, Shortfall
from alchemist.core.documents import Document
from alchemist.writer.focuses import Focus, focuses
from alchemist.writer.passages import Passage, most_alike, passages_of
from alchemist.writer.prompts import IMPROVE, WRITE, Contract, improve_values, write_values
from alchemist.writer.quoted import shown


@dataclass(frozen=True)
class Request:
    """One program to ask for: its name, what it is about, and the template with what fills it.

    `query` is what passages of documents are looked for with; `passages` those that it may use.
    """

    name: str
    about: str
    template: str
    values: dict[str, Any]
    query: str
    passages: Sequence[Passage] = ()

    @property
    def sources(self) -> list[str]:
        """What the docstring of the program may name."""
        return [x.source for x in self.passages]


def requests_of(
    brief: Brief,
    contract: Contract,
    ideas: Sequence[tuple[str, str]],
    knowledge: str = "",
    documents: Sequence[Document] = (),
) -> list[Request]:
    """A request for each idea, or for each focus of the brief's shortfall, with the passages most like it."""
    if brief.shortfall is None:
        requests = _first(brief, contract, ideas, knowledge)
    else:
        requests = _mending(brief, brief.shortfall, contract, knowledge)
    passages = [passage for document in documents for passage in passages_of(document)]
    asked_of = _words(brief)
    queries = [f"{asked_of}\n{x.query}" for x in requests]
    found = most_alike(passages, queries, "\n".join(x["task"] for x in requests[0].values["exemplars"]))
    return [replace(request, passages=some) for request, some in zip(requests, found, strict=True)]


def _first(brief: Brief, contract: Contract, ideas: Sequence[tuple[str, str]], knowledge: str) -> list[Request]:
    values = write_values(brief, contract, "", knowledge)  # the exemplars are chosen once
    return [Request(name, words, WRITE, values | {"idea": words}, words) for name, words in ideas]


def _mending(brief: Brief, shortfall: Shortfall, contract: Contract, knowledge: str) -> list[Request]:
    def request(focus: Focus) -> Request:
        query = "\n".join([focus.words, *(shown(x.task) for x in focus.mistakes)])
        return Request(focus.name, focus.words, IMPROVE, improve_values(brief, contract, focus, knowledge), query)

    return [request(focus) for focus in focuses(shortfall, brief.exemplars)]


def _words(brief: Brief) -> str:
    """What the project says of itself and of its labels."""
    labels = [word for label in brief.question.labels for word in (label.name, label.hint or "")]
    return "\n".join([brief.title, brief.description, brief.instructions, *labels])
