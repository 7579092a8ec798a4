"""Redis and PostgreSQL as child processes that a test may stop and start, and what /proc knows."""

from __future__ import annotations

import contextlib
from pathlib import Path


def children(process: int) -> list[int]:
    """The ids of the processes that a process started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            found += [int(folder.name)] if parent == process else []
    return sorted(found)
