"""What is known of a project that refuses its API: put together from what Label Studio sent by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemist.core.corrections import Annotation, News, Record
from alchemist.core.editions import Edition
from alchemist.core.ports import Facts, Project
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.heard import HeardProject, annotation, event_body, facts, understand
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore

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


NUMBERS = count(1)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('heard') / 'alchemist.sqlite3'}")
    yield SqlStore(engine)
    engine.dispose()


@pytest.fixture
def heard(store: SqlStore) -> Callable[..., Facts]:
    """What is known of a new project of which these events were kept, as the webhook keeps them, one by one."""

    def tell(*bodies: dict[str, Any], tasks: dict[int, Any] = TASKS) -> Facts:
        key = f"{next(NUMBERS)}.1"
        store.save_project(Project(key, XML, title="Project 4"))
        store.learn(key, News(data=tasks), 0.0)
        project = HeardProject(REFUSAL)
        for at, one in enumerate(bodies, 1):
            store.learn(
                key, project.understand([(str(one.get("action")), json.loads(json.dumps(event_body(one))))]), at
            )
        return project.facts(CONFIG, store.record(key))

    return tell


@pytest.fixture
def answers(heard: Callable[..., Facts]) -> Callable[..., dict[object, dict[str, Any]]]:
    """The corrections by task id, after these events."""

    def tell(*bodies: dict[str, Any], tasks: dict[int, Any] = TASKS) -> dict[object, dict[str, Any]]:
        return {task.id: dict(given) for task, given in heard(*bodies, tasks=tasks).answered}

    return tell


def given_to(task: int, known: int, label: str, when: str, **more: Any) -> dict[str, Any]:
    """An event with one annotation, in the shape of a recorded one."""
    result = [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
    changed = {"id": known, "task": task, "result": result, "updated_at": when, "was_cancelled": False} | more
    data = TASKS.get(task, {"text": "new"})
    return CREATED | {
        "annotation": CREATED["annotation"] | changed,
        "task": CREATED["task"] | {"id": task, "data": data},
    }


def test_before_anything_was_said_there_are_the_tasks_that_were_shown(heard):
    facts = heard()
    assert list(facts.unlabelled) == [Task(data, known) for known, data in TASKS.items()]
    assert list(facts.answered) == []
    assert (facts.title, facts.description, facts.instructions) == ("Project 4", "", "")
    assert facts.told_by == f"{REFUSAL}; known from what it sent: 3 unlabelled and 0 annotated tasks"


def test_the_recorded_events_one_after_the_other(answers, heard):
    assert answers(CREATED) == {751: {"label": "ham"}}
    assert answers(CREATED, UPDATED) == {751: {"label": "spam"}}
    assert answers(CREATED, UPDATED, SKIPPED) == {751: {"label": "spam"}}
    assert answers(CREATED, UPDATED, SKIPPED, DELETED) == {}
    facts = heard(CREATED, UPDATED, SKIPPED, DELETED, TASK_DELETED)
    assert [task.id for task in facts.unlabelled] == [751, 752]
    assert list(facts.answered) == []


def test_a_task_that_was_skipped_is_unlabelled(heard):
    facts = heard(SKIPPED)
    assert [task.id for task in facts.unlabelled] == [751, 752, 753]
    assert facts.told_by.endswith("3 unlabelled and 0 annotated tasks")


def test_the_projects_words_are_the_latest_and_have_no_markup(heard):
    assert heard(CREATED).description == "single_choice description"
    facts = heard(CREATED, RENAMED)
    assert (facts.title, facts.description, facts.instructions) == ("single_choice", "changed", "How to label.")


def test_a_task_is_known_from_an_event_alone(heard):
    facts = heard(CREATED, tasks={})
    assert list(facts.answered) == [(Task({"text": "check out my channel 0"}, 751), {"label": "ham"})]
    assert list(facts.unlabelled) == []


def test_tasks_that_were_created_are_known_and_those_that_were_deleted_are_not(heard):
    made = {
        "action": "TASKS_CREATED",
        "tasks": [{"id": 754, "data": {"text": "a"}}, {"id": 755, "data": {"text": "b"}}],
    }
    gone = {"action": "TASKS_DELETED", "tasks": [{"id": 755}, {"id": 751}, {"id": 9999}]}
    facts = heard(made, CREATED, gone)
    assert [task.id for task in facts.unlabelled] == [752, 753, 754]
    assert list(facts.answered) == []


def test_annotations_made_from_predictions_come_as_lists(answers):
    one, other = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z"), given_to(753, 8, "H", "2026-11-20T12:00:00.2Z")
    both = {
        "action": "ANNOTATIONS_CREATED",
        "annotation": [one["annotation"], other["annotation"]],
        "task": [one["task"], other["task"]],
    }
    assert answers(both) == {751: {"label": "spam"}, 753: {"label": "ham"}}


def test_an_event_that_comes_twice_counts_once(answers):
    assert answers(CREATED, CREATED, UPDATED, UPDATED, DELETED, DELETED) == {}
    assert answers(CREATED, UPDATED, UPDATED) == {751: {"label": "spam"}}


def test_an_older_event_that_comes_late_changes_nothing(answers):
    assert answers(UPDATED, CREATED) == {751: {"label": "spam"}}


def test_what_was_deleted_does_not_come_back_with_a_late_event(answers, heard):
    assert answers(DELETED, CREATED) == {}
    assert answers(CREATED, DELETED, UPDATED) == {}
    late = {"action": "TASKS_CREATED", "tasks": [{"id": 753, "data": {"text": "great song"}}]}
    assert [x.id for x in heard(TASK_DELETED, late).unlabelled] == [751, 752]


def test_of_several_annotations_ground_truth_counts_then_the_latest(answers):
    first = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z")
    later = given_to(751, 8, "H", "2026-11-20T12:00:01.1Z")
    assert answers(first, later) == {751: {"label": "ham"}}
    assert answers(later, first) == {751: {"label": "ham"}}
    truth = given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z", ground_truth=True)
    assert answers(truth, later) == {751: {"label": "spam"}}


def test_an_annotation_without_an_answer_is_an_answered_task_without_one(answers):
    assert answers(given_to(751, 7, "spam", "2026-11-20T12:00:00.1Z", result=[])) == {751: {}}


def test_nothing_is_stored_in_a_project_that_refuses(heard):
    project = HeardProject(REFUSAL)
    assert project.publish(Edition(1, 0, ()), [], [], interrupted=False) is None
    said = project.point_at(Edition(1, 0, ()))
    assert said == f"predictions are given when Label Studio asks, none are stored: {REFUSAL}"


def test_an_annotation_as_label_studio_writes_it():
    assert annotation(SKIPPED["annotation"], 752) == Annotation(
        3, 752, [], "2026-11-20T11:42:18.913974Z", True, False, 1
    )
    assert annotation({"id": "3"}, 7) == Annotation(3, 7, [], "", False, False)


SPAM = [{"from_name": "label", "value": {"choices": ["spam"]}}]
HAM = [{"from_name": "label", "value": {"choices": ["H"]}}]


def test_the_facts_of_a_record():
    said = [Annotation(1, 1, SPAM, "a"), Annotation(2, 1, HAM, "b"), Annotation(3, 2, SPAM, "a", skipped=True)]
    record = Record(("t", "d", "i"), {1: (5, {"text": "a"}), 2: (6, {"text": "b"}), 3: (7, {"text": "c"})}, said)
    known = facts(CONFIG, record, "read")
    assert known.answered == [(Task({"text": "a"}, 1), {"label": "ham"})]
    assert [(x.id, x.ordinal) for x in known.unlabelled] == [(2, 6), (3, 7)]
    assert (known.title, known.description, known.instructions) == ("t", "d", "i")
    assert known.told_by == "read 2 unlabelled and 1 annotated tasks"
    assert known.corrections(CONFIG.questions[0]) == {"1": "ham"}


SHOWN = {"id": 7, "model_version": "alchemist-1-abc", "result": SPAM}


@pytest.mark.parametrize(
    ("told", "known", "shown"),
    [
        ({"parent_prediction": 7, "prediction": SHOWN}, {}, "alchemist-1-abc"),
        ({"parent_prediction": 7, "prediction": {}}, {7: SHOWN}, "alchemist-1-abc"),
        ({"parent_prediction": 7, "prediction": SHOWN | {"id": 8}}, {}, None),  # the version current at submit
        ({"parent_prediction": 7, "prediction": SHOWN | {"id": 8}}, {7: SHOWN}, "alchemist-1-abc"),
        ({"parent_prediction": None, "prediction": SHOWN}, {}, "alchemist-1-abc"),  # a draft lost the parent
        ({"parent_prediction": None, "prediction": {}}, {7: SHOWN}, None),
        ({}, {}, None),
        ({"parent_prediction": "x", "prediction": "y"}, {}, None),
    ],
)
def test_what_the_annotator_began_with(told: dict[str, Any], known: dict[int, Any], shown: str | None):
    one = annotation({"id": 1, "result": HAM} | told, 5, known)
    assert one.shown == ({"model_version": shown, "result": SPAM} if shown else {})


def test_pre_annotations_that_stood_are_told_by_their_values():
    kept = [x | {"origin": "prediction-changed"} for x in SPAM]
    shown = {"model_version": "alchemist-1-abc", "result": SPAM}
    said = [
        Annotation(1, 1, kept, "a", shown=shown),
        Annotation(2, 2, [x | {"origin": "prediction"} for x in HAM], "a", shown=shown),
        Annotation(3, 3, [], "a", shown=shown),  # emptied: an answer, and another one
        Annotation(4, 4, SPAM, "a", skipped=True, shown=shown),
        Annotation(5, 5, SPAM, "a"),
    ]
    record = Record(("", "", ""), {n: (n, {"text": "a"}) for n in range(1, 6)}, said)
    assert facts(CONFIG, record, "read").stood == {"alchemist-1-abc": (1, 3)}


def test_events_together_tell_what_they_tell_one_by_one(answers):
    together = understand([("", event_body(x)) for x in (CREATED, UPDATED, SKIPPED)])
    assert [x.id for x in together.annotations] == [2, 2, 3]
    assert answers(CREATED, UPDATED, SKIPPED) == {751: {"label": "spam"}}


def test_start_training_that_comes_with_every_annotation_is_marked():
    plain = {"action": "START_TRAINING", "project": {"id": 4, "title": "t"}}
    assert "trains_by_itself" not in event_body(plain)
    for name, value in (("min_annotations_to_start_training", 1), ("start_training_on_annotation_update", True)):
        assert event_body({**plain, "project": {**plain["project"], name: value}})["trains_by_itself"] is True


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
def test_an_event_that_makes_no_sense_costs_nothing_but_itself(event, answers):
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
@given(event=st.dictionaries(st.sampled_from(["task", "tasks", "annotation", "annotations", "project"]), JSON))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each call makes a project of its own
def test_no_event_at_all_stands_in_the_way_of_a_good_one(answers, event):
    assert answers(event, given_to(751, 7777, "H", "9999"))[751] == {"label": "ham"}


def test_the_projects_words_are_text_whatever_was_sent():
    kept = event_body({"project": {"title": ["x"], "description": {"a": 1}, "expert_instruction": 3}})["project"]
    assert kept == {"title": "['x']", "description": "{'a': 1}", "instructions": "3"}
    assert event_body({"project": {"title": None}})["project"] == {"title": "", "description": "", "instructions": ""}
