"""Syntax trees, one at a time."""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def tree_of(text: str) -> ast.Module:
    """`ast.parse` for threads: CPython 3.11 counts the depth of all threads as one, and then refuses good code."""
    with _ONE_AT_A_TIME:
        return ast.parse(text)
