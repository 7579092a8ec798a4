"""Where commands write: results to the standard output, progress and remarks beside it."""

from __future__ import annotations

from rich.console import Console

console = Console()
"""What a command was asked for: the standard output."""
aside = Console(stderr=True)
"""How it goes, and what it has to remark: the standard error."""
