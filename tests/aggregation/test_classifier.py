from __future__ import annotations

import json
import sys
from array import array

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.aggregation.classifier import features, number_of, packed, terms_of, text_of, told, unpacked
from alchemist.aggregation.distill import classifier, fields_of, regression, table
from alchemist.aggregation.weights import posterior, probabilities
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows

TEXTS = [
    "Free prize! Call 0800 123 now, win £100",
    "see you at the cafe\u0301 at five, ok? ok!",
    "WIN a FREE holiday: text WIN to 80082",
    "Ich komme später nach Hause — Grüße",
    "你好,世界 你好",
    "free free free prize now now",
    "",
    None,
    "ok see you later at the prize giving",
    "🎉🎉 congratulations, you win",
    "call me when you are at the station",
    "today the train was late again, see you at five",
]
GOLD = np.array([1, 0, 1, 0, 2, 1, 0, 2, 0, 1, 0, 0])
UNSEEN = [
    *TEXTS,
    "free café 你 now",
    "nothing known at alll",
    " \n\t",
    "İSTANBUL ǅ ﬁ ß",
    ["free", {"text": "now"}],
    7,
    True,
]


def rows_of_tasks(tasks: list[Task], labels: int) -> Rows:
    return Rows(("a",), (array("h", [-1] * len(tasks)),), labels, len(tasks), tasks)


@pytest.mark.parametrize("labels", [2, 3])
def test_texts_are_read_as_scikit_learn_reads_them(labels):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    gold = GOLD % labels
    tasks, unseen = [Task({"text": x}) for x in TEXTS], [Task({"text": x}) for x in UNSEEN]
    fields = fields_of(tasks, labels)
    weights = classifier(fields, *regression(table(fields, tasks), gold, labels, 10.0), "")
    ours = probabilities(json.loads(json.dumps(weights)), rows_of_tasks(unseen, labels))
    theirs = TfidfVectorizer(analyzer=terms_of, min_df=2, sublinear_tf=True)
    fitted = LogisticRegression(C=10.0, max_iter=200, tol=1e-3).fit(theirs.fit_transform(TEXTS), gold)
    np.testing.assert_allclose(ours, fitted.predict_proba(theirs.transform(UNSEEN)), rtol=0, atol=1e-5)


def passengers(count: int = 8) -> list[Task]:
    """Every other one a woman; ages 10, 20, ...; the fourth's fare is missing; the table stands beside its columns."""
    rows = [
        {"age": 10 * n, "sex": ["male", "Female "][n % 2], "fare": None if n == 4 else f"{n}.5", "name": f"Mr {n} Doe"}
        for n in range(1, count + 1)
    ]
    return [Task({**row, "row": row}) for row in rows]


def test_a_table_is_read_by_its_columns():
    fields = fields_of(passengers(), 2)
    assert [(x["name"], x["as"]) for x in fields] == [
        ("age", "number"),
        ("fare", "number"),
        ("sex", "values"),
        ("name", "text"),
    ]
    assert (fields[0]["mean"], fields[0]["scale"]) == (45.0, pytest.approx(np.std(np.arange(10, 90, 10))))
    assert fields[2]["values"] == ["female", "male"]
    assert fields[3]["terms"].split("\n") == ["doe", "mr"]


def test_what_the_classifier_sees_of_a_table():
    fields = fields_of(passengers(), 2)
    seen = table(fields, [*passengers(4), Task({"age": "old", "sex": "MALE", "fare": 10**400, "name": None}), Task({})])
    half = 1 / np.sqrt(2)
    ages = (np.array([10, 20, 30, 40]) - 45) / fields[0]["scale"]
    fares = (np.array([1.5, 2.5, 3.5]) - fields[1]["mean"]) / fields[1]["scale"]
    np.testing.assert_allclose(
        seen.toarray(),
        [
            [ages[0], 0, fares[0], 0, 1, 0, half, half],
            [ages[1], 0, fares[1], 0, 0, 1, half, half],
            [ages[2], 0, fares[2], 0, 1, 0, half, half],
            [ages[3], 0, 0, 1, 0, 1, half, half],
            [0, 1, 0, 1, 0, 1, 0, 0],
            [0, 1, 0, 1, 0, 0, 0, 0],
        ],
        atol=1e-6,
    )


def test_numbers_of_few_values_are_read_both_ways():
    tasks = [Task({"class": n % 3 + 1, "same": 7}) for n in range(12)]
    assert [(x["name"], x["as"]) for x in fields_of(tasks, 2)] == [
        ("class", "number"),
        ("class", "values"),
        ("same", "number"),
        ("same", "values"),
    ]
    assert fields_of(tasks, 2)[2]["scale"] == 1.0


def test_a_number_far_away_is_cut_off():
    fields = fields_of(passengers(), 2)
    assert table(fields, [Task({"age": 10**9}), Task({"age": -(10**9)})]).toarray()[:, 0].tolist() == [5.0, -5.0]


@pytest.mark.parametrize("labels", [2, 3])
def test_a_tables_probabilities_are_scikit_learns(labels):
    from sklearn.linear_model import LogisticRegression

    tasks, gold = passengers(30), np.arange(30) % labels
    fields = fields_of(tasks, labels)
    ours = probabilities(
        json.loads(json.dumps(classifier(fields, *regression(table(fields, tasks), gold, labels, 1.0), ""))),
        rows_of_tasks([*tasks, Task({}), Task({"age": float("nan"), "fare": True})], labels),
    )
    theirs = LogisticRegression(C=1.0, max_iter=200, tol=1e-3).fit(table(fields, tasks), gold)
    np.testing.assert_allclose(ours[:30], theirs.predict_proba(table(fields, tasks)), rtol=0, atol=1e-5)
    assert np.isfinite(ours).all()


def test_a_field_that_is_always_empty_is_not_read():
    assert fields_of([Task({"text": None, "other": ""})] * 5, 2) == []
    assert fields_of([], 2) == []


def test_a_text_that_shares_no_term_with_another_is_not_read():
    tasks = [Task({"name": f"name{n}", "text": TEXTS[n]}) for n in range(5)]
    assert [x["name"] for x in fields_of(tasks, 2)] == ["text"]
    assert fields_of([Task({"name": f"name{n}"}) for n in range(40)], 2) == []


def test_nearly_as_many_labels_as_corrections_raise_no_warning():
    tasks = [Task({"text": x}) for x in TEXTS]
    slopes, _ = regression(table(fields_of(tasks, 12), tasks), np.arange(12), 12, 1.0)
    assert np.isfinite(slopes).all()


def test_a_label_that_no_task_has_is_the_least_probable():
    tasks = [Task({"text": x}) for x in TEXTS]
    fields = fields_of(tasks, 4)
    said = probabilities(
        classifier(fields, *regression(table(fields, tasks), GOLD % 2, 4, 1.0), ""), rows_of_tasks(tasks, 4)
    )
    assert (said[:, 2:].max(axis=1) < said[:, :2].min(axis=1)).all()
    assert (said > 0).all()
    alone = regression(table(fields, tasks), np.zeros(len(TEXTS), dtype=np.int64), 4, 1.0)
    sure = probabilities(classifier(fields, *alone, ""), rows_of_tasks(tasks, 4))
    np.testing.assert_allclose(sure[:, 0], 13 / 16)


def test_no_classifier_has_more_terms_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("alchemist.aggregation.distill.MOST_NUMBERS", 12)
    (field,) = fields_of([Task({"text": x}) for x in TEXTS], 3)
    assert field["terms"].split("\n")[:1] == [","]
    assert len(unpacked(field["idf"])) == 4


def test_only_tasks_with_something_to_read_are_answered():
    tasks = [Task({"text": x}) for x in TEXTS]
    fields = fields_of(tasks, 2)
    weights = classifier(fields, *regression(table(fields, tasks), GOLD % 2, 2, 1.0), "")
    asked = [Task({"text": x}) for x in ("free", "", None, "  ", 0)] + [Task({}), Task({"other": "free"})]
    assert told(weights["params"], asked).tolist() == [True, False, False, False, True, False, False]
    said = posterior(weights, rows_of_tasks(asked, 2))
    assert [row is not None for row in said] == [True, False, False, False, True, False, False]
    nobody = Rows(("a",), (array("h", [0, -1]),), 2, 2)
    assert posterior(weights, nobody) == [None, None]
    assert probabilities(weights, nobody).tolist() == [[0.5, 0.5]] * 2
    assert posterior(weights, Rows(("a",), (array("h"),), 2, 0, [])) == []


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_value_can_be_read(value):
    tasks = [Task({"text": x}) for x in TEXTS] + [Task({"text": value})]
    fields = [
        {"name": "text", "as": "number", "mean": 0.0, "scale": 1.0},
        {"name": "text", "as": "values", "values": ["a"]},
        {"name": "text", "as": "text", "terms": "free\nnow", "idf": packed([1.0, 2.0])},
    ]
    rows, places, values = features(fields, tasks)
    assert np.isfinite(values).all()
    assert rows.max(initial=0) < len(tasks)
    assert places.max(initial=0) < 5


def test_terms_are_words_signs_and_pairs():
    assert terms_of("Don't  STOP 24/7") == [
        *("don", "'", "t", "stop", "24", "/", "7"),
        *("don '", "' t", "t stop", "stop 24", "24 /", "/ 7"),
    ]
    assert terms_of("我爱NLP") == ["我", "爱", "nlp", "我 爱", "爱 nlp"]
    assert len(terms_of("a" + " b" * 50_000)) < 20_000


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_a_value_of_any_shape_is_one_text():
    assert text_of({"a": ["x", {"b": 1}], "c": None}) == "x 1 "
    assert len(text_of(nested(5_000))) == 1
    assert number_of("1e5") is None
    assert number_of(-1e300) is None
    assert number_of("9" * 400) is None
    assert number_of(-3) == -3.0


def test_packed_numbers_come_back_as_float32():
    numbers = [0.1, -2.5, 1e-20, 3e38]
    assert unpacked(packed(numbers)).tolist() == np.array(numbers, dtype=np.float32).astype(float).tolist()
    assert unpacked("").tolist() == []


def test_the_evaluator_loads_neither_scikit_learn_nor_scipy():
    import subprocess

    code = "import sys, alchemist.aggregation.weights; print(sorted({'sklearn', 'scipy', 'torch'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
