from __future__ import annotations

import pytest

from alchemist.core.errors import BadSetting
from alchemist.core.overrides import OVERRIDES, checked
from alchemist.settings import Settings


def test_what_can_be_set_for_one_project():
    assert list(OVERRIDES) == ["writer", "llm", "combiner"]
    assert all(says.endswith(".") for says, _ in OVERRIDES.values())


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"writer": "auto"},
        {"writer": "llm", "llm": "gpt-5-mini"},
        {"writer": "offline", "combiner": "majority"},
        {"combiner": "snorkel", "llm": "any/name:at-all"},
    ],
)
def test_what_is_known_and_allowed_stays_as_it_is(settings):
    assert checked(settings) == settings


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"seed": 1}, "a project has no setting 'seed'", "It has: writer, llm, combiner."),
        ({"": "x"}, "a project has no setting ''", "It has: writer, llm, combiner."),
        ({"openai_api_key": "x"}, "a project has no setting 'openai_api_key'", "It has: writer, llm, combiner."),
        ({"writer": "gpt"}, "writer is 'gpt'", "Choose one of: auto, llm, offline."),
        ({"writer": ""}, "writer is ''", "Choose one of: auto, llm, offline."),
        ({"writer": None}, "writer is None", "Choose one of: auto, llm, offline."),
        ({"combiner": "Snorkel"}, "combiner is 'Snorkel'", "Choose one of: auto, snorkel, majority."),
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
