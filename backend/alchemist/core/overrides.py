"""What can be set for one project alone; it wins over the service's settings."""

from __future__ import annotations

from collections.abc import Mapping

from alchemist.core.errors import BadSetting

COMBINERS = ("auto", "snorkel", "majority")
OVERRIDES: dict[str, tuple[str, tuple[str, ...]]] = {
    "writer": ("Who writes programs.", ("auto", "llm", "offline")),
    "llm": ("Language model that writes programs.", ()),
    "combiner": ("How votes are combined.", COMBINERS),
}
"""Name -> what it says, and the values that it may have; none listed = any text."""


def checked(settings: Mapping[str, object]) -> dict[str, str]:
    """The settings, if each is known and has a value that it may have. Raises `BadSetting`."""
    for name, value in settings.items():
        if name not in OVERRIDES:
            raise BadSetting(f"a project has no setting {name!r}", f"It has: {', '.join(OVERRIDES)}.")
        allowed = OVERRIDES[name][1]
        if allowed and value not in allowed:
            raise BadSetting(f"{name} is {value!r}", f"Choose one of: {', '.join(allowed)}.")
    return {name: str(value) for name, value in settings.items()}
