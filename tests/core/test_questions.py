from __future__ import annotations

import pytest

from alchemist.core.questions import Field, Label, LabelConfig, Question

SPAM = Label("spam", "1")
HAM = Label("ham")
QUESTION = Question("label", "text", "choice", (SPAM, HAM), "text")


@pytest.mark.parametrize(
    ("written", "label"),
    [("spam", SPAM), ("1", SPAM), ("ham", HAM), ("Ham", None), (1, None), (None, None), ([], None)],
)
def test_a_label_is_known_by_its_name_and_its_alias(written, label):
    assert QUESTION.label_of(written) == label


def test_label_studio_stores_the_alias_where_there_is_one():
    assert [label.stored for label in QUESTION.labels] == ["1", "ham"]
    assert QUESTION.label_names == ("spam", "ham")


def test_a_question_is_found_by_its_name():
    config = LabelConfig((QUESTION,), (Field("text"),))
    assert config.question("label") == QUESTION
    assert config.question("other") is None
