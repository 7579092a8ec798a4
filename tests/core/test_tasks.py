from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.questions import Field
from alchemist.core.tasks import Task, fields_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PATHS = st.text(alphabet="ab01.[]", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        ({"text": "hi", "label": "ham"}, "text", "hi"),
        ({"label": "ham"}, "text", None),
        ({"text": None}, "text", None),
        ({"text": ""}, "text", ""),
        ({"user": {"name": "Ada"}}, "user.name", "Ada"),
        ({"user": {}}, "user.name", None),
        ({"user": "Ada"}, "user.name", None),
        ({"user": None}, "user.name", None),
        ({"items": ["a", "b"]}, "items[1]", "b"),
        ({"items": ["a", "b"]}, "items[2]", None),
        ({"items": ["a", "b"]}, "items.1", "b"),
        ({"items": ["a"]}, "items.name", None),
        ({"items": [{"tags": [{"x": 3}]}]}, "items[0].tags[0].x", 3),
        ({"user.name": "flat", "user": {"name": "deep"}}, "user.name", "flat"),
        (None, "text", None),
        ("text", "text", None),
        (["text"], "text", None),
        (7, "text", None),
    ],
)
def test_a_field_is_found_by_its_path_or_is_none(data, path, expected):
    assert fields_of(data, [Field(path)]) == {path: expected}


def test_a_path_with_a_digit_that_is_no_number_leads_nowhere():
    assert fields_of({"items": ["a"]}, [Field("items.²")]) == {"items.²": None}


@pytest.mark.parametrize(
    ("data", "fields", "expected"),
    [
        (
            {"row": {"Age": 28, "Sex": "male"}},
            [Field("row", table=True)],
            {"row": {"Age": 28, "Sex": "male"}, "Age": 28, "Sex": "male"},
        ),
        (
            {"row": {"title": "Mr", "row": 9}, "title": "the header"},
            [Field("title"), Field("row", table=True)],
            {"title": "the header", "row": {"title": "Mr", "row": 9}},
        ),
        ({"row": {1: "one"}}, [Field("row", table=True)], {"row": {1: "one"}, "1": "one"}),
        ({"row": [1, 2]}, [Field("row", table=True)], {"row": [1, 2]}),
        ({}, [Field("row", table=True)], {"row": None}),
        ({"row": {"Age": 28}}, [Field("row")], {"row": {"Age": 28}}),
        ({"text": "hi"}, [], {}),
    ],
)
def test_the_columns_of_a_table_stand_beside_it(data, fields, expected):
    assert fields_of(data, fields) == expected


@given(JSON, st.lists(PATHS, max_size=4))
def test_whatever_the_data_a_program_gets_the_named_fields_and_no_others(data, paths):
    assert set(fields_of(data, [Field(path) for path in paths])) == set(paths)


@pytest.mark.parametrize(
    ("task", "key"),
    [
        (Task({"text": "hi"}, 7), "7"),
        (Task({"text": "hi"}, "row 7"), "row 7"),
        (Task({"text": "hi"}, 0), "0"),
        (Task({"text": "hi"}), "content:1af583c098473ec00cf39fee4e4216aff4a59baf0923d738fefbbfc04967d479"),
    ],
)
def test_a_task_is_recognised_by_its_id_or_else_its_content(task, key):
    assert task.key == key


@given(st.dictionaries(st.text(), JSON, max_size=4))
def test_a_content_key_does_not_depend_on_the_order_of_fields(fields):
    backwards = dict(reversed(list(fields.items())))
    assert Task(fields).key == Task(backwards).key
    assert Task(json.loads(json.dumps(fields))).key == Task(fields).key
