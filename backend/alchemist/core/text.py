"""Text that can be stored, sent and fed to programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEPEST = 200
"""Nesting of task data that is kept; what lies deeper becomes None."""


def clean(value: Any, depth: int = 0) -> Any:
    """The same JSON value without lone surrogates (they are no text, no database takes them) and not too deep.

    >>> clean({"a": ["x\\ud800", 1]})
    {'a': ['x?', 1]}
    """
    if isinstance(value, str):
        return value if value.isascii() else clean_text(value)
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        return {clean_text(str(name)): clean(item, depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item, depth + 1) for item in value]
    return value


def clean_text(text: str) -> str:
    """The text with every lone surrogate replaced by a question mark."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
