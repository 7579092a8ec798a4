"""The writer that needs no key: the starter library bound to the project, and programs induced from exemplars."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from alchemist.core.brief import Brief, Shortfall
from alchemist.core.programs import Entry
from alchemist.writer.induce import induce
from alchemist.writer.library import ProgramFile, bind

PARTS = ("library", "induced")


class OfflineWriter:
    """Binds `files` and induces; `parts` may leave one of the two out."""

    name = "offline"

    def __init__(
        self,
        files: Sequence[ProgramFile],
        parts: Sequence[str] = PARTS,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.files = files
        self.parts = parts
        self.tell = tell

    def write(self, brief: Brief) -> list[Entry]:
        """The library's programs that fit the labels, then those that the exemplars gave.

        With a shortfall it induces twice: from all exemplars, and with those that the programs of today get wrong
        counting more ("mend ..."). What votes already is left out.
        """
        entries: list[Entry] = []
        if "library" in self.parts:
            entries += bind(self.files, brief.question, brief.config)[0]
        if "induced" in self.parts and brief.exemplars:
            self.tell(f"inducing programs from {len(brief.exemplars)} annotated tasks")
            entries += induce(brief)
            if brief.shortfall and brief.shortfall.mistakes:
                entries += _mending(brief, brief.shortfall)
        known = {x.entry.source.id for x in brief.shortfall.standings} if brief.shortfall else set()
        return _unlike(entries, known)

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        """None: these programs are made by rule, so the same brief gives the same program again."""
        return None


def _mending(brief: Brief, shortfall: Shortfall) -> list[Entry]:
    difficult = {x.task.key for x in shortfall.mistakes}
    near = {x.key: x for x in (*shortfall.conflicting, *shortfall.uncovered, *brief.unlabelled)}
    asked = replace(brief, unlabelled=list(near.values()))
    return [replace(x, name=f"mend {x.name}") for x in induce(asked, difficult)]


def _unlike(entries: Sequence[Entry], known: Collection[str]) -> list[Entry]:
    """The entries in order, each source once, without those that are known."""
    first = {x.source.id: x for x in reversed(entries) if x.source.id not in known}
    return [x for x in entries if first.get(x.source.id) is x]
