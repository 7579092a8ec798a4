from __future__ import annotations

import math
from dataclasses import replace
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface

from alchemist.core.editions import MARK, Edition, Panel, Threshold
from alchemist.core.predictions import Prediction
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.convert import answer_in, refusals, region, results

XML = (
    '<View><Text name="text" value="$text"/>'
    '<Choices name="label" toName="text"><Choice value="spam" alias="1"/><Choice value="ham"/></Choices>'
    '<Choices name="tone" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>'
)
CONFIG = read_config(XML)
LABEL, TONE = CONFIG.questions
EDITION = Edition(2, 0, (Panel(LABEL, (), {}), Panel(TONE, (), {})))
SPAM = {"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["1"]}}

NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=6).map(str.strip).filter(bool)


def item(**changed: object) -> dict:
    return {
        "result": [{"id": "a", "score": 0.9, **SPAM}],
        "score": 0.9,
        "model_version": "alchemist-1-abc123",
    } | changed


def one(**changed: object) -> dict:
    return item(result=[{"id": "a", "score": 0.9, **SPAM, **changed}])


def test_predictions_become_items_as_label_studio_stores_them():
    tasks = [Task({"text": "a"}, 1), Task({"text": "b"}, 2), Task({"text": "c"}, 3)]
    predictions = [
        Prediction({"label": ("spam", 0.5), "tone": ("bad", 0.5)}),
        Prediction({"label": ("ham", 0.75)}),
        Prediction({}),
    ]
    name = EDITION.name
    assert results(XML, EDITION, tasks, predictions) == [
        {
            "result": [
                {"id": "4a97de0207", "score": 0.5, **SPAM},
                {
                    "id": "82f04587e9",
                    "from_name": "tone",
                    "to_name": "text",
                    "score": 0.5,
                    "type": "choices",
                    "value": {"choices": ["bad"]},
                },
            ],
            "score": 0.25,
            "model_version": name,
        },
        {
            "result": [{"id": "564d370f01", "score": 0.75, **SPAM, "value": {"choices": ["ham"]}}],
            "score": 0.75,
            "model_version": name,
        },
        {"result": [], "score": 0.0, "model_version": name},
    ]


def test_results_pass_label_studios_own_validator():
    predictions = [Prediction({"label": (label, 0.5), "tone": ("good", 1.0)}) for label in ("spam", "ham")]
    for made in results(XML, EDITION, [Task({}, 1), Task({}, 2)], predictions):
        assert LabelInterface(XML).validate_prediction(made, return_errors=True) == []


def test_an_uncertain_answer_is_marked_in_a_way_that_label_studio_takes():
    edition = replace(EDITION, threshold=Threshold(0.8, MARK))
    predictions = [Prediction({"label": ("spam", score)}) for score in (0.625, 0.8)]
    low, high = results(XML, edition, [Task({}, 1), Task({}, 2)], predictions)
    assert low["result"][0]["meta"] == {"text": ["uncertain: 0.62, below 0.8"]}
    assert LabelInterface(XML).validate_prediction(low, return_errors=True) == []
    assert "meta" not in high["result"][0]


def test_a_task_whose_answer_is_withheld_keeps_its_score():
    withheld = results(XML, EDITION, [Task({}, 1)], [Prediction({}, {"label": ("spam", 0.625)})])
    assert withheld == [{"result": [], "score": 0.625, "model_version": EDITION.name}]


def test_a_bad_item_becomes_an_empty_list_and_costs_no_other():
    tasks = [Task({}, n) for n in range(4)]
    predictions = [
        Prediction({"label": ("eggs", 0.5)}),
        Prediction({"label": ("spam", math.nan)}),
        Prediction({"label": ("spam", 1.5)}),
        Prediction({"label": ("ham", 0.5)}),
    ]
    assert [bool(x) for x in results(XML, EDITION, tasks, predictions)] == [False, False, False, True]


def test_an_edition_for_an_older_config_is_withheld():
    newer = XML.replace('value="ham"', 'value="legitimate"').replace('name="tone"', 'name="mood"')
    tasks = [Task({}, 1), Task({}, 2), Task({}, 3)]
    predictions = [Prediction({"label": (x, 0.5)}) for x in ("spam", "ham")] + [Prediction({"tone": ("good", 0.5)})]
    assert [bool(x) for x in results(newer, EDITION, tasks, predictions)] == [True, False, False]


def test_ids_are_the_same_for_the_same_task_and_question_and_no_others():
    def made(question: Question, task: Task, answer: str = "spam") -> str:
        return region(question, task, answer, 0.5)["id"]

    assert made(LABEL, Task({"text": "a"}, 1)) == made(LABEL, Task({"text": "b"}, 1), "ham")
    assert made(LABEL, Task({"text": "a"})) == made(LABEL, Task({"text": "a"}))
    ids = [made(question, Task({}, task)) for question in (LABEL, TONE) for task in range(50)]
    assert len(set(ids)) == 100


@pytest.mark.parametrize(
    "good", [item(), item(result=[]), item(score=0), item(score=1), one(value={"choices": ["ham"]})]
)
def test_a_good_item_is_not_refused(good):
    assert refusals(XML, good) == []


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (item(model_version=None), "model_version is not a string"),
        (item(model_version=3), "model_version is not a string"),
        (item(score="high"), "score 'high' is not in 0..1"),
        (item(score=None), "score None is not in 0..1"),
        (item(score=1.5), "score 1.5 is not in 0..1"),
        (item(score=-0.1), "score -0.1 is not in 0..1"),
        (item(score=math.nan), "score nan is not in 0..1"),
        (item(score=math.inf), "score inf is not in 0..1"),
        (one(value={"choices": ["eggs"]}), "Region 0: Invalid value for control 'label'."),
        (one(value={"choices": ["spam"]}), "Region 0: Invalid value for control 'label'."),
        (one(value={"choices": "1"}), "Region 0: Invalid value for control 'label'."),
        (one(value={"choices": [["1"]]}), "Region 0: Error validating value for control 'label'"),
        (one(from_name="zzz"), "Region 0: 'from_name' 'zzz' not found in configuration"),
        (one(to_name="zzz"), "Region 0: 'to_name' 'zzz' not found in configuration"),
        (one(type="labels"), "Region 0: Type 'labels' does not match expected type 'choices' for control 'label'"),
        (one(value={"choices": ["1", "ham"]}), "a single choice needs exactly one label"),
        (one(value={"choices": []}), "a single choice needs exactly one label"),
        (item(result=[SPAM, SPAM]), "two results for one control"),
        (item(result={}), "'result' must be a list"),
    ],
)
def test_what_label_studio_or_its_editor_would_not_take_is_refused(bad, reason):
    assert any(x.startswith(reason) for x in refusals(XML, bad))


@pytest.mark.parametrize(
    "bad",
    [
        item(result=None),
        item(result="spam"),
        {"score": 0.9, "model_version": "v"},
        item(result=[None]),
        item(result=["spam"]),
        one(value=None),
        one(value={}),
        one(value={"choices": None}),
    ],
)
def test_a_shape_that_is_no_prediction_is_refused_not_raised(bad):
    assert refusals(XML, bad) != []


@pytest.mark.parametrize(
    ("result", "answer"),
    [
        ([SPAM], "spam"),
        ([{**SPAM, "value": {"choices": ["spam"]}}], "spam"),
        ([{**SPAM, "value": {"choices": ["ham"]}}], "ham"),
        ([{**SPAM, "to_name": "other", "type": "labels"}], "spam"),
        ([{**SPAM, "from_name": "tone"}], None),
        ([{**SPAM, "from_name": "tone"}, SPAM], "spam"),
        ([{**SPAM, "value": {"choices": ["eggs"]}}], None),
        ([{**SPAM, "value": {"choices": ["1", "ham"]}}], None),
        ([{**SPAM, "value": {"choices": []}}], None),
        ([{**SPAM, "value": {"choices": "1"}}], None),
        ([{**SPAM, "value": {"choices": [{"a": 1}]}}], None),
        ([{**SPAM, "value": None}], None),
        ([{**SPAM, "value": {"rating": 1}}], None),
        ([{"from_name": "label"}], None),
        ([None, "x", 3, SPAM], "spam"),
        ([], None),
        (None, None),
        ({}, None),
        ("spam", None),
    ],
)
def test_an_annotation_answers_by_name_or_alias_or_not_at_all(result, answer):
    assert answer_in(LABEL, result) == answer


@given(
    st.lists(NAMES, min_size=4, max_size=8, unique=True),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.floats(0, 1),
)
def test_every_answer_reads_back_and_passes_the_validator(names, aliased, score):
    half = len(names) // 2
    labels = [(name, alias if x else None) for name, alias, x in zip(names, names[half:], aliased, strict=False)][:half]
    inner = "".join(
        f"<Choice value={quoteattr(name)}" + (f" alias={quoteattr(alias)}" if alias else "") + "/>"
        for name, alias in labels
    )
    xml = f'<View><Text name="t" value="$t"/><Choices name="label" toName="t">{inner}</Choices></View>'
    (question,) = read_config(xml).questions
    assert question.labels == tuple(Label(*x) for x in labels)
    edition = Edition(1, 0, (Panel(question, (), {}),))
    for name, alias in labels:
        (made,) = results(xml, edition, [Task({}, 1)], [Prediction({"label": (name, score)})])
        assert made["result"][0]["value"] == {"choices": [alias or name]}
        assert answer_in(question, made["result"]) == name
        assert LabelInterface(xml).validate_prediction(made, return_errors=True) == []


def test_an_alias_that_is_another_labels_name_stays_its_own():
    question = Question("label", "text", "choice", (Label("A", "B"), Label("B", "A")))
    assert region(question, Task({}, 1), "B", 0.5)["value"] == {"choices": ["A"]}
    assert answer_in(question, [region(question, Task({}, 1), "B", 0.5)]) == "B"
