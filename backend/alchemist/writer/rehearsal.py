"""A rehearsal: what a run would ask a language model, without anything being sent."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import TypeVar

from alchemist.writer.endpoint import Endpoint, Messages, written

T = TypeVar("T")
DOCSTRING = 400
"""Characters of a made-up docstring: so much of it other prompts show, and recorded replies have about as many."""
MENDING = ("repair_", "ask_again")
"""How the purposes of calls begin that are made only where a reply cannot be used."""

_REPLY = '''```python
def label(task):
    """{says}"""
{rest}
    return None
```'''


class Rehearsal(Endpoint):
    """An endpoint that notes the length of every prompt, and makes up a program as long as those that came so far.

    What `recall` knows is answered by it, as in a real run. `prompts` and `mending` are lengths in characters; `known`
    counts what was recalled.
    """

    def __init__(self, model: str, recall: Callable[[str], str | None], reply_characters: int) -> None:
        self.model = model
        self.recall = recall
        self.reply_characters = reply_characters
        self.prompts: list[int] = []
        self.mending: list[int] = []
        self.known = 0
        self._numbers = count(1)
        self._lock = Lock()

    def ask(self, purpose: str, prompt: Messages, read: Callable[[str], T], about: str = "") -> T:
        """What `read` finds in a reply that is known, or made up."""
        text = written(prompt)
        known = self.recall(about or text)
        with self._lock:
            if known is not None:
                self.known += 1
                return read(known)
            (self.mending if purpose.startswith(MENDING) else self.prompts).append(len(text))
            return read(self._reply(next(self._numbers)))

    def _reply(self, number: int) -> str:
        says = f"Made up in place of reply {number} [no passage]. ".ljust(DOCSTRING, ".")
        lines = max(0, self.reply_characters - len(says)) // 60
        return _REPLY.format(says=says, rest="\n".join(["    # ".ljust(59, ".")] * lines))
