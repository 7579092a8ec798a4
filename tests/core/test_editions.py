from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.editions import MARK, NO_EDITION, Edition, Panel, Threshold, edition_from
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Label, Question

QUESTION = Question("label", "text", "choice", (Label("spam", "1", "s"), Label("ham")), "text")
WEIGHTS = {"kind": "majority", "v": 1, "members": [], "params": {"pseudo": 1.0}, "why": ""}
ENTRY = Entry("a", source("def label(task):\n    return None\n"), "folder")
PANEL = Panel(QUESTION, (ENTRY,), WEIGHTS)
EDITION = Edition(3, 0, (PANEL,))

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LABELS = st.builds(Label, TEXT, st.none() | TEXT, st.none() | TEXT)
QUESTIONS = st.builds(Question, TEXT, TEXT, st.just("choice"), st.lists(LABELS, max_size=3).map(tuple), TEXT)
ENTRIES = st.builds(Entry, TEXT, TEXT.map(source), TEXT)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
WEIGHINGS = st.fixed_dictionaries({"kind": TEXT, "members": st.lists(TEXT), "params": st.dictionaries(TEXT, NUMBERS)})
PANELS = st.builds(Panel, QUESTIONS, st.lists(ENTRIES, max_size=2).map(tuple), WEIGHINGS)
THRESHOLDS = st.builds(Threshold, st.floats(0, 1), st.sampled_from(["withhold", "mark"]))
EDITIONS = st.builds(Edition, st.integers(1), st.integers(0), st.lists(PANELS, max_size=2).map(tuple), THRESHOLDS)


def test_an_edition_is_named_by_its_number_and_content():
    assert EDITION.name == "alchemist-3-3ae681"
    assert EDITION.hash == "3ae6811daa9adac5e96f025a9ae3e88c20504896fe83ab3b49c7e9a10739167a"
    assert NO_EDITION == "alchemist-0"


def test_an_edition_is_written_as_json():
    assert EDITION.as_json() == {
        "v": 1,
        "number": 3,
        "seed": 0,
        "panels": [
            {
                "question": {
                    "name": "label",
                    "to_name": "text",
                    "kind": "choice",
                    "labels": [["spam", "1", "s"], ["ham", None, None]],
                    "field": "text",
                },
                "entries": [["a", "def label(task):\n    return None\n", "folder"]],
                "weights": {"kind": "majority", "v": 1, "members": [], "params": {"pseudo": 1.0}, "why": ""},
            }
        ],
    }


def test_another_threshold_is_another_edition():
    marked = replace(EDITION, threshold=Threshold(0.5, MARK))
    assert len({x.hash for x in (EDITION, marked, replace(EDITION, threshold=Threshold(0.5)))}) == 3
    assert marked.as_json()["threshold"] == {"score": 0.5, "below": "mark"}
    assert Threshold(0.5, MARK).words == "answers with a score below 0.5 are marked"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "not calibrated: too few corrections of tasks with a vote, or not the combiner auto"),
        ({"gold": 99, "calibrated": True}, "roughly calibrated on 99 corrections"),
        ({"gold": 100, "calibrated": True}, "calibrated on 100 corrections"),
    ],
)
def test_what_scores_can_be_trusted_for(more, said):
    assert replace(PANEL, weights={**WEIGHTS, **more}).scores == said


def test_the_number_is_no_content():
    assert replace(EDITION, number=4).hash == EDITION.hash
    assert replace(EDITION, number=4).name == "alchemist-4-3ae681"


@pytest.mark.parametrize(
    "other",
    [
        replace(EDITION, seed=1),
        replace(EDITION, panels=()),
        replace(EDITION, panels=(PANEL, PANEL)),
        replace(EDITION, panels=(replace(PANEL, weights={**WEIGHTS, "params": {"pseudo": 2.0}}),)),
        replace(EDITION, panels=(replace(PANEL, entries=()),)),
        replace(EDITION, panels=(replace(PANEL, entries=(replace(ENTRY, source=source("x = 1")),)),)),
        replace(EDITION, panels=(replace(PANEL, question=replace(QUESTION, name="other")),)),
        replace(EDITION, panels=(replace(PANEL, question=replace(QUESTION, labels=QUESTION.labels[::-1])),)),
        replace(EDITION, panels=(replace(PANEL, question=replace(QUESTION, labels=(Label("spam"), Label("ham")))),)),
    ],
)
def test_other_content_is_another_edition(other):
    assert other.hash != EDITION.hash
    assert other.name != EDITION.name


@given(EDITIONS)
def test_an_edition_reads_back_from_its_json(edition):
    again = edition_from(json.loads(json.dumps(edition.as_json())))
    assert again == edition
    assert again.name == edition.name
