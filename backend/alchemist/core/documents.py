"""Texts about a project that its admin gave, for programs to be written with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """A text by its name; `added_at` in seconds since 1970, 0 where it is not kept."""

    name: str
    content: str
    added_at: float = 0.0
