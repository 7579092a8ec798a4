"""What is known of a project that refuses its API: put together from what Label Studio sent by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.corrections import Annotation
from alchemist.core.editions import Edition
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.heard import HeardProject, annotation, answered, event_body

WIRE = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham" alias="H"/></Choices></View>'
)
CONFIG = read_config(XML)
TASKS = {751: {"text": "check out my channel 0"}, 752: {"text": "check out my channel 1"}, 753: {"text": "great song"}}
REFUSAL = "the token is refused. Turn legacy tokens on."


def body(name: str) -> dict[str, Any]:
    return json.loads((WIRE / f"single_choice-{name}.json").read_text())["body"]


CREATED, UPDATED, SKIPPED = (
    body("08-webhook-annotation_created"),
    body("09-webhook-annotation_updated"),
    body("10-webhook-annotation_created"),
)
DELETED, TASK_DELETED, RENAMED = (
    body("15-webhook-annotations_deleted"),
    body("16-webhook-tasks_deleted"),
    body("14-webhook-project_updated"),
)


def heard(*bodies: dict[str, Any], tasks: dict[int, Any] = TASKS) -> HeardProject:
    """A project of which these events were kept, as the webhook keeps them."""
    events = [(str(x.get("action")), json.loads(json.dumps(event_body(x)))) for x in bodies]
    return HeardProject("Project 4", lambda: tasks, lambda: events, REFUSAL)


def answers(*bodies: dict[str, Any], tasks: dict[int, Any] = TASKS) -> dict[object, dict[str, Any]]:
    facts = heard(*bodies, tasks=tasks).read(CONFIG)
    return {task.id: dict(given) for task, given in facts.answered}


def given_to(task: int, known: int, label: str, when: str, **more: Any) -> dict[str, Any]:
    """An event with one annotation, in the shape of a recorded one."""
    result = [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
    changed = {"id": known, "task": task, "result": result, "updated_at": when, "was_cancelled": False} | more
    data = TASKS.get(task, {"text": "new"})
    return CREATED | {
        "annotation": CREATED["annotation"] | changed,
        "task": CREATED["task"] | {"id": task, "data": data},
    }


def test_before_anything_was_said_there_are_the_tasks_that_were_shown():
    facts = heard().read(CONFIG)
    assert list(facts.unlabelled) == [Task(data, known) for known, data in TASKS.items()]
    assert list(facts.answered) == []
    assert (facts.title, facts.description, facts.instructions) == ("Project 4", "", "")
    assert facts.told_by == f"{REFUSAL}; known from what it sent: 3 unlabelled and 0 annotated tasks"


def test_the_recorded_events_one_after_the_other():
    assert answers(CREATED) == {751: {"label": "ham"}}
    assert answers(CREATED, UPDATED) == {751: {"label": "spam"}}
    assert answers(CREATED, UPDATED, SKIPPED) == {751: {"label": "spam"}}
    assert answers(CREATED, UPDATED, SKIPPED, DELETED) == {}
    facts = heard(CREATED, UPDATED, SKIPPED, DELETED, TASK_DELETED).read(CONFIG)
    assert [task.id for task in facts.unlabelled] == [751, 752]
    assert list(facts.answered) == []


def test_a_task_that_was_skipped_is_unlabelled():
    facts = heard(SKIPPED).read(CONFIG)
    assert [task.id for task in facts.unlabelled] == [751, 752, 753]
    assert facts.told_by.endswith("3 unlabelled and 0 annotated tasks")


def test_the_projects_words_are_the_latest_and_have_no_markup():
    assert heard(CREATED).read(CONFIG).description == "single_choice description"
    facts = heard(CREATED, RENAMED).read(CONFIG)
    assert (facts.title, facts.description, facts.instructions) == ("single_choice", "changed", "How to label.")


def test_a_task_is_known_from_an_event_alone():
    facts = heard(CREATED, tasks={}).read(CONFIG)
    assert list(facts.answered) == [(Task({"text": "check out my channel 0"}, 751), {"label": "ham"})]
    assert list(facts.unlabelled) == []


def test_tasks_that_were_created_are_known_and_those_that_were_deleted_are_not():
    made = {
        "action": "TASKS_CREATED",
        "tasks": [{"id": 754, "data": {"text": "a"}}, {"id": 755, "data": {"text": "b"}}],
    }
    gone = {"action": "TASKS_DELETED", "tasks": [{"id": 755}, {"id": 751}, {"id": 9999}]}
    facts = heard(made, CREATED, gone).read(CONFIG)
    assert [task.id for task in facts.unlabelled] == [752, 753, 754]
    assert list(facts.answered) == []


def test_annotations_made_from_predictions_come_as_lists():
    one, other = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z"), given_to(753, 8, "H", "2026-11-20T12:00:00.2Z")
    both = {
        "action": "ANNOTATIONS_CREATED",
        "annotation": [one["annotation"], other["annotation"]],
        "task": [one["task"], other["task"]],
    }
    assert answers(both) == {751: {"label": "spam"}, 753: {"label": "ham"}}


def test_an_event_that_comes_twice_counts_once():
    assert answers(CREATED, CREATED, UPDATED, UPDATED, DELETED, DELETED) == {}
    assert answers(CREATED, UPDATED, UPDATED) == {751: {"label": "spam"}}


def test_an_older_event_that_comes_late_changes_nothing():
    assert answers(UPDATED, CREATED) == {751: {"label": "spam"}}


def test_what_was_deleted_does_not_come_back_with_a_late_event():
    assert answers(DELETED, CREATED) == {}
    assert answers(CREATED, DELETED, UPDATED) == {}
    late = {"action": "TASKS_CREATED", "tasks": [{"id": 753, "data": {"text": "great song"}}]}
    assert [x.id for x in heard(TASK_DELETED, late).read(CONFIG).unlabelled] == [751, 752]


def test_of_several_annotations_ground_truth_counts_then_the_latest():
    first = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z")
    later = given_to(751, 8, "H", "2026-11-20T12:00:01.1Z")
    assert answers(first, later) == {751: {"label": "ham"}}
    assert answers(later, first) == {751: {"label": "ham"}}
    truth = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z", ground_truth=True)
    assert answers(truth, later) == {751: {"label": "spam"}}


def test_an_annotation_without_an_answer_is_an_answered_task_without_one():
    assert answers(given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z", result=[])) == {751: {}}


def test_nothing_is_stored_in_a_project_that_refuses():
    project = heard()
    assert project.publish(Edition(1, 0, ()), [], [], interrupted=False) is None
    said = project.point_at(Edition(1, 0, ()))
    assert said == f"predictions are given when Label Studio asks, none are stored: {REFUSAL}"


def test_an_annotation_as_label_studio_writes_it():
    assert annotation(SKIPPED["annotation"], 752) == Annotation(3, 752, [], "2026-11-20T11:42:18.913974Z", True, False)
    assert annotation({"id": "3"}, 7) == Annotation(3, 7, [], "", False, False)


def test_answered_tasks_of_the_api():
    items = [
        {"id": 1, "data": {"text": "a"}, "annotations": [CREATED["annotation"], UPDATED["annotation"]]},
        {"id": 2, "data": {"text": "b"}, "annotations": [SKIPPED["annotation"]]},
        {"id": 3, "data": {"text": "c"}, "annotations": []},
        {"id": 4, "data": {"text": "d"}},
    ]
    assert answered(items, CONFIG) == [(Task({"text": "a"}, 1), {"label": "spam"})]
    assert answered(iter(items), CONFIG) == answered(items, CONFIG)


@pytest.mark.parametrize("path", sorted(WIRE.glob("*-webhook-*.json")), ids=lambda path: path.stem)
def test_no_secret_of_a_recorded_event_is_kept(path):
    event = json.loads(path.read_text())["body"]
    secrets = {"token": "SECRET-T", "task_data_login": "SECRET-L", "task_data_password": "SECRET-P"}
    event["project"] |= secrets
    event["task"] = event.get("task") or {"id": 1, "data": {"text": "a"}}
    event["task"] |= secrets
    kept = event_body(event)
    assert "SECRET" not in json.dumps(kept)
    assert "redacted" not in json.dumps(kept)
    assert set(kept) <= {"annotation", "annotations", "task", "tasks", "project"}
    assert set(kept["project"]) == {"title", "description", "instructions"}


def test_what_is_kept_of_an_annotation_and_a_task():
    assert event_body(CREATED) == {
        "annotation": {
            "id": 2,
            "task": 751,
            "result": [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["ham"]}}],
            "updated_at": "2026-11-20T11:42:18.346582Z",
            "was_cancelled": False,
            "ground_truth": False,
            "completed_by": 1,
            "parent_prediction": 251,
            "prediction": {},
        },
        "task": {"id": 751, "data": {"text": "check out my channel 0"}},
        "project": {
            "title": "single_choice",
            "description": "single_choice description",
            "instructions": "<p>How to label.</p>",
        },
    }


BROKEN = [
    {"task": {"id": "x", "data": {"text": "a"}}},
    {"task": {"data": {"text": "a"}}},
    {"task": {"id": None, "data": {"text": "a"}}},
    {"task": {"id": 5, "data": "text"}},
    {"task": "a", "annotation": "b", "project": "c"},
    {"tasks": {"id": 5}},
    {"tasks": {"id": 5, "data": {"text": "a"}}},
    {"tasks": [{"id": "x"}]},
    {"tasks": [{}]},
    {"tasks": [None, 3, "a"]},
    {"annotations": {"id": 5}},
    {"annotations": [{"id": "x"}]},
    {"annotations": [{}]},
    {"annotation": {"id": "x", "task": 751}},
    {"annotation": {"task": 751}},
    {"annotation": {"id": 5, "task": None}},
    {"annotation": {"id": 5, "task": 751, "result": "x"}},
    {"annotation": {"id": 5, "task": 751, "result": {"a": 1}}},
    {"annotation": {"id": 5, "task": 751, "result": [None, 3, {"from_name": "label", "value": 3}]}},
    {"project": {"title": ["x"], "description": {"a": 1}, "expert_instruction": 3}},
]


@pytest.mark.parametrize("event", BROKEN, ids=json.dumps)
def test_an_event_that_makes_no_sense_costs_nothing_but_itself(event):
    """Anybody who reaches the port may send one, and it is kept for ever."""
    assert answers(event, CREATED)[751] == {"label": "ham"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "data", "task", "result", "updated_at", "value"]), inner, max_size=4)
    ),
    max_leaves=6,
)


@pytest.mark.slow
@given(st.dictionaries(st.sampled_from(["task", "tasks", "annotation", "annotations", "project"]), JSON))
def test_no_event_at_all_stands_in_the_way_of_a_good_one(event):
    assert answers(event, given_to(751, 7777, "H", "9999"))[751] == {"label": "ham"}


def test_the_projects_words_are_text_whatever_was_sent():
    kept = event_body({"project": {"title": ["x"], "description": {"a": 1}, "expert_instruction": 3}})["project"]
    assert kept == {"title": "['x']", "description": "{'a': 1}", "instructions": "3"}
    assert event_body({"project": {"title": None}})["project"] == {"title": "", "description": "", "instructions": ""}
