"""The kinds of question, one object each: how answers are checked, spread over rows and put together."""

from __future__ import annotations

from alchemist.core.kinds.choice import Choice
from alchemist.core.kinds.kind import Kind

KINDS: dict[str, Kind] = {"choice": Choice()}

__all__ = ["KINDS", "Kind"]
