"""Votes as rows."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence

import pytest

from alchemist.core.votes import Rows


@pytest.fixture
def rows_of() -> Callable[..., Rows]:
    """Rows from a vote matrix, one line a task; the programs are called a, b, c, ..."""

    def rows(votes: Sequence[Sequence[int]], labels: int = 2) -> Rows:
        columns = tuple(array("h", column) for column in zip(*votes, strict=True))
        return Rows(tuple("abcdefghij"[: len(columns)]), columns, labels, len(votes))

    return rows
