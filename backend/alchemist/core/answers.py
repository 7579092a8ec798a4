"""The shapes of an answer and of a posterior."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Answer: TypeAlias = str | float | tuple["Answer", ...]
"""An answer in canonical form: hashable, and the same thing whoever wrote it."""

Posterior: TypeAlias = Sequence[float] | None
"""Probabilities over a label space for one row, summing to 1; None where nobody voted."""
