"""Decisions: what was promoted or rejected, by whom, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PROMOTED = "promoted"
REJECTED = "rejected"
ROLLED_BACK = "rolled back"


@dataclass(frozen=True)
class Decision:
    """One decision about a project's editions.

    `candidate` and `incumbent` are names, empty where there was none; `verdict` one of the three words above;
    `reason` in words; `numbers` what was measured, `corrections` among them. `at` in seconds since 1970.
    """

    candidate: str
    incumbent: str
    verdict: str
    actor: str
    reason: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    at: float = 0.0
