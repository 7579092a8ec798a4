"""The writer that needs no key: the starter library bound to the project, and programs induced from exemplars."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from alchemist.core.brief import Brief
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
        """The library's programs that fit the labels, then those that the exemplars gave."""
        entries: list[Entry] = []
        if "library" in self.parts:
            entries += bind(self.files, brief.question, brief.config)[0]
        if "induced" in self.parts and brief.exemplars:
            self.tell(f"inducing programs from {len(brief.exemplars)} annotated tasks")
            entries += induce(brief)
        return entries
