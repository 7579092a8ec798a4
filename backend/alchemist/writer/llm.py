"""The writer that asks a language model, over any OpenAI-compatible endpoint."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from alchemist.core.brief import Brief
from alchemist.core.documents import Document
from alchemist.core.errors import AlchemistError, BadProgram, LanguageModelError
from alchemist.core.programs import Entry, Source
from alchemist.writer.endpoint import Endpoint, written
from alchemist.writer.ideas import ideas_for
from alchemist.writer.prompts import (
    AGAIN,
    GATHER,
    REPAIR,
    Contract,
    asked_again,
    beside_values,
    gather_values,
    messages,
    repair_values,
)
from alchemist.writer.replies import Unusable, names_source, program_in, program_or_reason
from alchemist.writer.requests import Request, requests_of

log = logging.getLogger(__name__)

WAVE = 4
"""Programs that are asked for at a time: the next ones are told what came of these."""


class LlmWriter:
    """Asks for one program an idea, several at a time; for one a focus where programs fall short already.

    `way` is what the model gets to know first: `direct`, nothing more; `knowledge`, what it tells itself of the
    labels; `documents`, passages of these documents. `tell` is called with the progress in words.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        contract: Contract,
        tell: Callable[[str], None] = lambda _: None,
        way: str = "direct",
        documents: Sequence[Document] = (),
        ask_for: int = 20,
        ideas: Sequence[tuple[str, str]] | None = None,
    ) -> None:
        self.name = f"llm {endpoint.model}"
        self.model = endpoint.model
        self.endpoint = endpoint
        self.contract = contract
        self.tell = tell
        self.way = way
        self.documents = documents
        self.ask_for = ask_for
        self.ideas = ideas

    def write(self, brief: Brief) -> list[Entry]:
        """One program for each idea, or for each focus of a shortfall; those that did not come are missing.

        They are asked for in waves, so that each is told what the programs before it do. A wave of which nothing
        came is the last, and so is one that met with a refusal.

        Raises `LanguageModelError` with the endpoint's reason when no program came.
        """
        requests = self._requests(brief)
        self.tell(f"asking {self.model} for {len(requests)} programs")
        came: list[Entry | AlchemistError] = []
        with ThreadPoolExecutor(WAVE) as threads:
            while len(came) < len(requests):
                wave = requests[len(came) : len(came) + WAVE]
                taken = [x.source for x in came if isinstance(x, Entry)]
                found = list(threads.map(partial(self._program, wave, taken), wave))
                came += found
                self.tell(f"{self.model} has answered {len(came)} of {len(requests)} requests for programs")
                if _is_vain(found) and len(came) < len(requests):
                    self._warn(f"{len(requests) - len(came)} more programs are not asked for after these failures")
                    break
        entries = [x for x in came if isinstance(x, Entry)]
        if not entries:
            nothing = f"{self.model} wrote no program for {len(came)} requests"
            errors = [x for x in came if isinstance(x, LanguageModelError)]
            raise next(iter(errors), LanguageModelError(nothing, "It is asked again later."))
        return entries

    def _program(self, wave: Sequence[Request], taken: Sequence[Source], request: Request) -> Entry | AlchemistError:
        """What comes of a request; a reply that cannot be used is sent back once.

        A reply is recalled by the prompt without the programs that came before: these may be others after a failure.
        """
        others = [x.about for x in wave if x is not request]
        asked, alone = (
            messages(request.template, request.values | beside_values(request.passages, told, others))
            for told in (taken, ())
        )
        read = partial(program_or_reason, sources=request.sources)
        try:
            found = self.endpoint.ask(request.template, asked, read, written(alone))
            if isinstance(found, Unusable):
                again, alone = (asked_again(x, found.reply, found.reason) for x in (asked, alone))
                found = self.endpoint.ask(AGAIN, again, program_in, written(alone))
                if request.sources and not names_source(found, request.sources):
                    log.warning("the program %r names no source, though it was asked twice", request.name)
            return Entry(request.name, found, self.name)
        except (LanguageModelError, BadProgram) as error:
            log.warning("the program %r did not come: %s", request.name, error.message)
            return error

    def _requests(self, brief: Brief) -> list[Request]:
        ideas = self.ideas or ideas_for(brief, self.ask_for)
        knowledge = self._knowledge(brief) if self.way == "knowledge" else ""
        documents = self.documents if self.way == "documents" else ()
        if self.way == "documents" and not documents:
            self._warn("the project has no documents, so programs are written without (alchemist documents add)")
        return requests_of(brief, self.contract, ideas, knowledge, documents)

    def _knowledge(self, brief: Brief) -> str:
        self.tell(f"asking {self.model} what it knows about the labels")
        return self.endpoint.ask(GATHER, messages(GATHER, gather_values(brief, self.contract)), str.strip)

    def _warn(self, words: str) -> None:
        log.warning(words)
        self.tell(words)

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


def _is_vain(came: Sequence[Entry | AlchemistError]) -> bool:
    """Whether to ask for more would be in vain: nothing came, or the endpoint refuses for good."""
    refused = any(isinstance(x, LanguageModelError) and x.final for x in came)
    return refused or not any(isinstance(x, Entry) for x in came)
