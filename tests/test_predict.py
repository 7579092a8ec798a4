"""Path 1 without a sandbox: what becomes of answers by their score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.editions import MARK, Edition, Panel, Threshold
from alchemist.core.tasks import Task
from alchemist.predict import predict
from tests.doubles.work import QUESTION, TONE, program, vote

SPAM = [program(word, "spam") for word in ("free", "click", "win")]
HAM = [program("love", "ham")]
GOOD = [program("love", "good")]
TASKS = [Task({"text": text}, n) for n, text in enumerate(("free click win", "free love", "", "free"))]


def panel(question: Any, entries: Any) -> Panel:
    return Panel(question, tuple(entries), majority([x.source.id for x in entries]))


EDITION = Edition(1, 0, (panel(QUESTION, SPAM + HAM), panel(TONE, GOOD)))


def said(threshold: Threshold) -> list[Mapping[str, Any]]:
    found = predict(replace(EDITION, threshold=threshold), TASKS, vote, posterior)
    assert [x.score for x in found] == [x.score for x in predict(EDITION, TASKS, vote, posterior)]
    return [x.said for x in found]


def test_every_answer_is_given_where_there_is_no_threshold() -> None:
    given = said(Threshold())
    assert given[0] == {"label": "spam"}
    assert given[1].keys() == {"label", "tone"}
    assert given[2:] == [{}, {"label": "spam"}]


def test_what_is_below_the_threshold_is_withheld_answer_by_answer() -> None:
    """Three of three votes: 0.875; one of two: 0.5; one of one: 0.75."""
    assert said(Threshold(0.7)) == [{"label": "spam"}, {"tone": "good"}, {}, {"label": "spam"}]
    assert said(Threshold(0.75)) == [{"label": "spam"}, {"tone": "good"}, {}, {"label": "spam"}]
    assert said(Threshold(0.8)) == [{"label": "spam"}, {}, {}, {}]


def test_what_is_to_be_marked_is_given() -> None:
    assert said(Threshold(0.8, MARK)) == said(Threshold())
