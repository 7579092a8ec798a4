from __future__ import annotations

import pytest

from alchemist.core.errors import BadSetting
from alchemist.core.overrides import OVERRIDES, checked
from alchemist.settings import Settings

ALL = "It has: writer, llm, way, ask_for, llm_price, budget_usd, fallback, combiner, keep_programs, threshold, below."
SUM = "Expected a sum of US dollars"


def test_what_can_be_set_for_one_project():
    assert f"It has: {', '.join(OVERRIDES)}." == ALL
    assert all(says.endswith(".") for says, _ in OVERRIDES.values())


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"writer": "auto"},
        {"writer": "llm", "llm": "gpt-5-mini"},
        {"writer": "offline", "combiner": "majority"},
        {"keep_programs": "8", "threshold": "0.8", "below": "mark"},
        {"combiner": "snorkel", "llm": "any/name:at-all"},
        {"budget_usd": "0", "fallback": "0.5", "llm_price": "0/0"},
        {"budget_usd": "12.50", "fallback": "0", "llm_price": "0.25/0.025/2"},
        {"way": "knowledge", "ask_for": "1"},
        {"way": "documents", "ask_for": "100"},
    ],
)
def test_what_is_known_and_allowed_stays_as_it_is(settings):
    assert checked(settings) == settings


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"seed": 1}, "a project has no setting 'seed'", ALL),
        ({"": "x"}, "a project has no setting ''", ALL),
        ({"openai_api_key": "x"}, "a project has no setting 'openai_api_key'", ALL),
        ({"writer": "gpt"}, "writer is 'gpt'", "Choose one of: auto, llm, offline."),
        ({"writer": ""}, "writer is ''", "Choose one of: auto, llm, offline."),
        ({"writer": None}, "writer is None", "Choose one of: auto, llm, offline."),
        ({"way": "rag"}, "way is 'rag'", "Choose one of: direct, knowledge, documents."),
        ({"ask_for": "0"}, "ask_for is '0'", "Choose a whole number, 1 to 100."),
        ({"ask_for": "101"}, "ask_for is '101'", "Choose a whole number, 1 to 100."),
        ({"ask_for": "many"}, "ask_for is 'many'", "Choose a whole number, 1 to 100."),
        ({"ask_for": True}, "ask_for is True", "Choose a whole number, 1 to 100."),
        ({"combiner": "Snorkel"}, "combiner is 'Snorkel'", "Choose one of: auto, snorkel, majority."),
        ({"budget_usd": "$5"}, "budget_usd: '$5' is no number", f"{SUM}."),
        ({"budget_usd": "-5"}, "budget_usd: '-5' is not possible", f"{SUM}, 0 or more."),
        ({"budget_usd": "inf"}, "budget_usd: 'inf' is not possible", f"{SUM}, 0 or more."),
        ({"budget_usd": "nan"}, "budget_usd: 'nan' is not possible", f"{SUM}, 0 or more."),
        (
            {"llm_price": "1/2/3/4"},
            "llm_price: '1/2/3/4' is no price",
            'Give US dollars per million tokens as "in/out": "0.25/2.00".',
        ),
        ({"threshold": "1.5"}, "threshold: '1.5' is out of range", "Give a number from 0 to 1."),
        ({"keep_programs": "0"}, "keep_programs is '0'", "Choose a whole number, 1 to 100."),
        ({"fallback": "0.51"}, "fallback: '0.51' is out of range", "Give a number from 0 to 0.5."),
        ({"fallback": "10 %"}, "fallback: '10 %' is out of range", "Give a number from 0 to 0.5."),
        ({"combiner": ["snorkel"]}, "combiner is ['snorkel']", "Choose one of: auto, snorkel, majority."),
    ],
)
def test_what_is_unknown_or_not_allowed_is_refused_with_what_would_be(settings, message, hint):
    with pytest.raises(BadSetting) as caught:
        checked(settings)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_one_bad_setting_refuses_all():
    with pytest.raises(BadSetting):
        checked({"writer": "llm", "combiner": "mean"})


def test_every_override_is_a_setting_of_the_service_with_an_allowed_default():
    for name, (_, allowed) in OVERRIDES.items():
        default = getattr(Settings(), name)
        assert not allowed or default in allowed
