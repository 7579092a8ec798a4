"""The writer that asks a language model, over any OpenAI-compatible endpoint."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from alchemist.core.brief import Brief
from alchemist.core.errors import BadProgram, LanguageModelError
from alchemist.core.programs import Entry, Source
from alchemist.writer.endpoint import Endpoint
from alchemist.writer.ideas import IDEAS, focuses
from alchemist.writer.prompts import (
    IMPROVE,
    REPAIR,
    WRITE,
    Contract,
    improve_values,
    messages,
    repair_values,
    write_values,
)
from alchemist.writer.replies import program_in

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Request:
    """One program to ask for: its name, and the template with what fills it."""

    name: str
    template: str
    values: dict[str, Any]


class LlmWriter:
    """Asks for one program an idea, several at a time; for one a focus where programs fall short already.

    `tell` is called with the progress in words.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        contract: Contract,
        tell: Callable[[str], None] = lambda _: None,
        concurrency: int = 4,
        ideas: Sequence[tuple[str, str]] = IDEAS,
    ) -> None:
        self.name = f"llm {endpoint.model}"
        self.model = endpoint.model
        self.endpoint = endpoint
        self.contract = contract
        self.tell = tell
        self.concurrency = concurrency
        self.ideas = ideas

    def write(self, brief: Brief) -> list[Entry]:
        """One program for each idea, or for each focus of a shortfall; those that did not come are missing.

        Raises `LanguageModelError` with the endpoint's reason when none came.
        """
        requests = self._requests(brief)
        done = 0
        refusal: LanguageModelError | None = None

        def one(request: _Request) -> Entry | LanguageModelError | BadProgram:
            nonlocal done, refusal
            if refusal is not None:  # a wrong key stays wrong: the others need not be asked
                return refusal
            try:
                asked = messages(request.template, request.values)
                return Entry(request.name, self.endpoint.ask(request.template, asked, program_in), self.name)
            except (LanguageModelError, BadProgram) as error:
                log.warning("the program %r did not come: %s", request.name, error.message)
                if isinstance(error, LanguageModelError) and error.final:
                    refusal = error
                return error
            finally:
                done += 1
                self.tell(f"{self.model} has answered {done} of {len(requests)} requests for programs")

        self.tell(f"asking {self.model} for {len(requests)} programs")
        with ThreadPoolExecutor(self.concurrency) as threads:
            came = list(threads.map(one, requests))
        entries = [x for x in came if isinstance(x, Entry)]
        if not entries:
            errors = [x for x in came if isinstance(x, LanguageModelError)] or [
                LanguageModelError(f"{self.model} wrote no program in {len(came)} replies", "It is asked again later.")
            ]
            raise errors[0]
        return entries

    def _requests(self, brief: Brief) -> list[_Request]:
        if brief.shortfall is None:
            values = write_values(brief, self.contract, "")  # the exemplars are chosen once
            return [_Request(name, WRITE, values | {"idea": words}) for name, words in self.ideas]
        return [
            _Request(focus.name, IMPROVE, improve_values(brief, self.contract, focus))
            for focus in focuses(brief.shortfall, brief.exemplars)
        ]

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        """The program mended, by its name; None where the reply holds no program, or the one that was rejected.

        It is asked for once: such a reply is recalled too. Raises `LanguageModelError` where no reply came.
        """

        def mended(reply: str) -> Source | None:
            try:
                found = program_in(reply)
            except BadProgram:
                return None
            return None if found.id == entry.source.id else found

        self.tell(f"asking {self.model} to mend the program {entry.name!r}")
        asked = messages(REPAIR, repair_values(brief, self.contract, entry.source, reason))
        successor = self.endpoint.ask(REPAIR, asked, mended)
        return None if successor is None else Entry(entry.name, successor, self.name)
