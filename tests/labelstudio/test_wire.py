from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.errors import BadTasks
from alchemist.core.questions import Field, LabelConfig
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.wire import (
    PredictRequest,
    ProjectPart,
    SetupRequest,
    project_key,
    read_records,
    tasks_from,
    tasks_of,
)

WIRE = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
TEXT = LabelConfig((), (Field("text"),))
ROW = LabelConfig((), (Field("row", table=True),))
TITLED = LabelConfig((), (Field("label"), Field("text")))


def bodies(pattern: str) -> list[dict]:
    return [json.loads(path.read_text())["body"] for path in sorted(WIRE.glob(pattern))]


@pytest.mark.parametrize(
    ("project", "key"),
    [
        ("4.1795174907", "4.1795174907"),
        ("4", "4"),
        (4, "4"),
        (None, ""),
        ("", ""),
        ("12.1.2", ""),
        ("../etc", ""),
        ("4.", ""),
        ("-4", ""),
        ("4\n", ""),
        ("4" * 19, ""),
    ],
)
def test_a_project_is_known_by_its_id_and_when_it_was_made(project, key):
    assert project_key(project) == key


def test_every_recorded_setup_is_read():
    requests = [SetupRequest.model_validate(body) for body in bodies("*-setup.json")]
    assert len(requests) == 10
    assert all(x.project and x.label_config and x.access_token and x.hostname for x in requests)


def test_every_recorded_predict_is_read():
    for body in bodies("*-predict.json"):
        request = PredictRequest.model_validate(body)
        tasks = tasks_from(request.tasks, read_config(request.label_config))
        assert [task.id for task in tasks] == [task["id"] for task in body["tasks"]]
        assert all(set(task.fields) == set(raw["data"]) for task, raw in zip(tasks, body["tasks"], strict=True))


def test_the_project_of_every_recorded_event_is_read_without_its_secrets():
    keys = {body["project"] for body in bodies("*-setup.json")}
    for body in bodies("*-webhook-*.json"):
        project = ProjectPart.model_validate(body["project"])
        assert f"{project.id}.{int(project.created)}" in keys
        assert "redacted" not in project.model_dump_json()


@pytest.mark.parametrize("extra", [None, "", "{}", {"a": 1}, [1], 3])
def test_extra_params_may_be_anything(extra):
    assert SetupRequest.model_validate({"project": "4.1", "schema": "", "extra_params": extra}).project == "4.1"


@pytest.mark.parametrize(
    ("item", "task"),
    [
        ({"id": 7, "data": {"text": "hi", "secret": 1}}, Task({"text": "hi"}, 7)),
        ({"id": "x7", "data": {"text": "hi"}}, Task({"text": "hi"}, "x7")),
        ({"data": {"text": "hi"}}, Task({"text": "hi"}, None)),
        ({"id": 7}, Task({"text": None}, 7)),
        ({"id": 7, "data": None}, Task({"text": None}, 7)),
        ({"id": 7, "data": "hi"}, Task({"text": None}, 7)),
        ({"id": [7], "data": {}}, Task({"text": None}, None)),
        (None, Task({"text": None}, None)),
        ("hi", Task({"text": None}, None)),
        ([], Task({"text": None}, None)),
    ],
)
def test_an_odd_task_has_no_fields_but_keeps_its_place(item, task):
    good = {"id": 1, "data": {"text": "good"}}
    assert tasks_from([good, item, good], TEXT) == [Task({"text": "good"}, 1), task, Task({"text": "good"}, 1)]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\r\n\r\n  \n{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('\ufeff{"a": 1}\n', [{"a": 1}]),
        ('[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('\ufeff\n [\n {"a": 1}\n]\n', [{"a": 1}]),
        ('{"a": "one\u2028two\u0085three"}\n', [{"a": "one\u2028two\u0085three"}]),
        ("", []),
        ("[]", []),
    ],
)
def test_json_and_json_lines_are_read(tmp_path, text, records):
    path = tmp_path / "tasks.json"
    path.write_text(text, encoding="utf-8", newline="")
    assert read_records(path) == records


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n{"a": \n', "line 2: not valid JSON"),
        ('{"a": 1}\n\nnonsense\n', "line 3: not valid JSON"),
        ('[{"a": 1},\n {"a" 2}]', "line 2: not valid JSON"),
        ('[{"a": 1}', "line 1: not valid JSON"),
        ('{"a": 1}\n[2]\n', "item 2: expected an object, found list"),
        ('[{"a": 1}, "b"]', "item 2: expected an object, found str"),
        ('"a"\n', "item 1: expected an object, found str"),
        ("[" * 100_000, "line 1: not valid JSON"),
        ('{"a": ' + "9" * 5000 + "}", "line 1: not valid JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, message):
    path = tmp_path / "tasks.jsonl"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTasks) as caught:
        read_records(path)
    assert caught.value.message.startswith(f"{path}, {message}")


def test_a_file_that_is_missing_a_folder_or_not_utf_8_is_refused(tmp_path):
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"a": "é"}'.encode("latin-1"))
    for path, message in (
        (tmp_path / "none.json", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (latin, "is not UTF-8 text"),
    ):
        with pytest.raises(BadTasks) as caught:
            read_records(path)
        assert caught.value.message == f"{path} {message}"


@given(st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=4))
def test_records_read_back_in_both_forms(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("records") / "records"
    path.write_text(json.dumps(records), encoding="utf-8")
    assert read_records(path) == records
    path.write_text("".join(json.dumps(x) + "\n" for x in records), encoding="utf-8")
    assert read_records(path) == records


@pytest.mark.parametrize(
    ("record", "config", "fields"),
    [
        ({"id": 1, "text": "hi", "label": "ham"}, TEXT, {"text": "hi"}),
        ({"id": 1, "text": "hi", "label": "ham"}, TITLED, {"label": None, "text": "hi"}),
        ({"id": 1, "data": {"text": "hi", "label": "ham"}}, TITLED, {"label": None, "text": "hi"}),
        ({"id": 1, "data": {"text": "hi"}, "label": "ham"}, TITLED, {"label": None, "text": "hi"}),
        ({"id": 1, "Age": 3, "label": "died"}, ROW, {"row": {"Age": 3}, "Age": 3}),
        ({"id": 1, "data": {"Age": 3}, "label": "died"}, ROW, {"row": {"Age": 3}, "Age": 3}),
        ({"id": 1, "data": {"Age": 3, "label": "died"}}, ROW, {"row": {"Age": 3}, "Age": 3}),
        ({"id": 1, "data": {"row": {"Age": 3}}}, ROW, {"row": {"Age": 3}, "Age": 3}),
    ],
)
def test_the_label_field_is_taken_away_before_a_program_sees_the_task(record, config, fields):
    before = json.dumps(record)
    assert tasks_of([record], config, hidden="label") == [Task(fields, 1)]
    assert json.dumps(record) == before


def test_without_a_hidden_field_every_named_field_is_there():
    assert tasks_of([{"id": 1, "text": "hi", "label": "ham"}], TITLED) == [Task({"label": "ham", "text": "hi"}, 1)]


def test_a_record_without_an_id_is_the_same_task_in_any_company():
    one, other = {"text": "one"}, {"text": "other"}
    assert tasks_of([other, one], TEXT)[1].key == tasks_of([one], TEXT)[0].key
    assert tasks_of([other], TEXT)[0].key != tasks_of([one], TEXT)[0].key
