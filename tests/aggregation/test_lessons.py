"""Corrections, weak labels and what is taught, on texts that tell the label."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from alchemist.aggregation.fit import fit
from alchemist.aggregation.gold import cross_fitted, fit_gold, gold_only
from alchemist.aggregation.lessons import gather
from alchemist.aggregation.weights import posterior
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows
from tests.aggregation.test_gold import right

WORDS = (["sun", "rain", "wind"], ["goal", "team", "ball"], ["bank", "loan", "coin"])


def told(rows_of, size: int, seed: int = 0, labels: int = 2, accuracy: float = 0.8, clear: float = 0.9):
    """Rows whose text has a word of the label `clear` of the time and whose two programs, which are silent on
    half of the tasks each, are right `accuracy` of the time; and the labels."""
    random = np.random.default_rng(seed)
    gold = random.integers(0, labels, size)
    votes = np.where(random.random((size, 2)) < accuracy, gold[:, None], random.integers(0, labels, (size, 2)))
    votes = np.where(random.random((size, 2)) < 0.5, -1, votes)
    said = np.where(random.random(size) < clear, gold, random.integers(0, labels, size))
    texts = [f"{random.choice(WORDS[y])} of the {random.choice(['day', 'week', 'year'])}" for y in said]
    rows = rows_of(votes.tolist(), labels)
    return replace(rows, tasks=[Task({"text": x}, n) for n, x in enumerate(texts)]), gold


def first(gold: Sequence[int], known: int) -> list[int | None]:
    return [int(y) if place < known else None for place, y in enumerate(gold)]


def silent(rows: Rows) -> np.ndarray:
    return np.all(np.array([list(x) for x in rows.codes]) < 0, axis=0)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [2, 3])
def test_tasks_without_votes_are_answered_once_corrections_prove_the_classifier(rows_of, labels):
    rows, gold = told(rows_of, 400, labels=labels)
    weights = fit_gold(rows, first(gold, 60), "auto", 1)
    said = posterior(json.loads(json.dumps(weights)), rows)
    apart = silent(rows)[60:]
    assert 50 < apart.sum() < 150
    assert right(np.array(said[60:], dtype=object)[apart], gold[60:][apart]) > 0.8
    assert "; tasks without a vote are answered by the classifier, right on " in weights["why"]
    assert (weights["kind"], weights["gold"], weights["calibrated"]) == ("joint", 60, True)
    assert posterior(weights, replace(rows, tasks=()))[60:].count(None) == apart.sum()


@pytest.mark.slow
def test_tasks_without_votes_stay_without_an_answer_where_the_text_says_nothing(rows_of):
    rows, gold = told(rows_of, 400, clear=0.0)
    weights = fit_gold(rows, first(gold, 60), "auto", 1)
    assert [row is None for row in posterior(weights, rows)] == silent(rows).tolist()
    assert "; tasks without a vote stay without an answer: the classifier is no proven help, right" in weights["why"]


@pytest.mark.slow
def test_a_classifier_outweighs_programs_that_guess(rows_of):
    rows, gold = told(rows_of, 400, accuracy=0.0, clear=1.0)
    said = posterior(fit_gold(rows, first(gold, 80), "auto", 1), rows)
    assert right(said[80:], gold[80:]) > 0.95


@pytest.mark.slow
def test_texts_that_say_nothing_do_no_harm(rows_of):
    rows, gold = told(rows_of, 600, accuracy=0.9, clear=0.0)
    some = ~silent(rows)[100:]
    learned, unread = (
        np.array(posterior(fit_gold(x, first(gold, 100), "auto", 1), x)[100:], dtype=object)[some]
        for x in (rows, replace(rows, tasks=()))
    )
    assert right(learned, gold[100:][some]) >= right(unread, gold[100:][some]) - 0.01


@pytest.mark.slow
def test_the_weights_are_the_same_each_time(rows_of):
    rows, gold = told(rows_of, 200)
    one, again = (fit_gold(rows, first(gold, 40), "auto", 1) for _ in range(2))
    assert one == again


def test_where_too_few_votes_can_be_judged_the_classifier_still_answers_the_rest(rows_of):
    rows, gold = told(rows_of, 120, clear=1.0)
    known = [int(y) if quiet else None for y, quiet in zip(gold, silent(rows), strict=True)]
    assert sum(x is not None for x in known) > 20
    weights = fit_gold(rows, known, "auto", 1)
    assert weights["params"]["shares"] == [1.0, 0.0, 0.0]
    assert weights["calibrated"] is False
    assert weights["gold"] == sum(x is not None for x in known)
    assert None not in posterior(weights, rows)


def test_no_classifier_is_served_without_corrections_that_judge(rows_of):
    rows, gold = told(rows_of, 120)
    unfitted = fit(rows, "auto", 1)
    assert fit_gold(rows, first(gold, 0), "auto", 1) == unfitted
    assert fit_gold(rows, first(gold, 0), "auto", 1, taught=first(gold, 100)) == unfitted
    assert fit_gold(rows, first(gold, 60), "majority", 1)["kind"] == "majority"


def test_what_is_taught_trains_and_judges_nobody(rows_of):
    rows, gold = told(rows_of, 300, clear=1.0)
    known, taught = first(gold, 20), [None if n < 20 else int(y) for n, y in enumerate(gold[:150])] + [None] * 150
    without, with_more = (fit_gold(rows, known, "auto", 1, taught=x) for x in ((), taught))
    assert with_more["gold"] == without["gold"] == 20
    assert with_more["params"]["classifier"] != without["params"]["classifier"]
    parts = [[x["weights"] for x in w["params"]["votes"]["params"]["parts"]] for w in (without, with_more)]
    same = [x for x in parts[0] if x in parts[1]]
    assert same  # what is fitted on votes alone has not heard of it


def test_a_row_that_is_corrected_has_no_weak_label(rows_of):
    rows, gold = told(rows_of, 100)
    known, taught = first(gold, 20), [None] * 20 + [int(y) for y in gold[20:30]] + [None] * 70
    lessons = gather(fit(rows, "auto", 1), rows, known, taught, 1)
    assert lessons is not None
    assert lessons.line[:20].tolist() == list(range(20))
    assert lessons.taught[0].tolist() == list(range(20, 30))
    assert lessons.taught[1].tolist() == gold[20:30].tolist()
    assert lessons.weak[0].tolist() == list(range(30, lessons.table.shape[0]))
    assert len(lessons.weak[0]) == (~silent(rows)[30:]).sum()


@pytest.mark.parametrize("taught", [[0], [None] * 99 + [1, 1]])
def test_what_is_taught_of_other_rows_is_refused(rows_of, taught):
    rows, gold = told(rows_of, 100)
    with pytest.raises(ValueError, match="zip"):
        fit_gold(rows, first(gold, 20), "auto", 1, taught=taught)


def test_gold_alone_has_not_seen_the_correction_that_it_answers(rows_of):
    """Two texts name each task, so who saw the correction of one would know it; the labels are drawn by lot."""
    gold = np.random.default_rng(5).integers(0, 2, 80)
    tasks = [Task({"text": f"n{n % 80} n{n % 80} x"}, n) for n in range(160)]
    said = gold_only(replace(rows_of([[-1, -1]] * 160), tasks=tasks), first([*gold, *gold], 80), 1)
    assert 0.3 < right(said[:80], gold) < 0.65
    assert right(said[80:], gold) == 1.0


@pytest.mark.slow
def test_cross_fitted_rows_have_not_seen_their_own_correction(rows_of):
    rows, gold = told(rows_of, 60, clear=1.0)
    place = int(np.flatnonzero(silent(rows)[:24])[0])
    known = first(gold, 24)
    known[place] = 1 - known[place]  # it is contradicted by every other text
    unseen = posterior(fit_gold(rows, [*known[:place], None, *known[place + 1 :]], "auto", 1), rows)[place]
    seen = posterior(fit_gold(rows, known, "auto", 1), rows)[place]
    said = cross_fitted(rows, known, "auto", 1, folds=24)[place]
    assert said == pytest.approx(unseen, abs=0.01)
    assert abs(seen[0] - unseen[0]) > 0.05


@pytest.mark.slow
def test_cross_fitted_rows_without_gold_are_answered_as_the_weights_do(rows_of):
    rows, gold = told(rows_of, 200)
    taught = [None] * 50 + [int(y) for y in gold[50:70]] + [None] * 130
    said = cross_fitted(rows, first(gold, 50), "auto", 1, taught=taught)
    assert said[50:] == posterior(fit_gold(rows, first(gold, 50), "auto", 1, taught=taught), rows)[50:]
    assert right(said[:50], gold[:50]) > 0.7


@pytest.mark.parametrize("labels", [1, 3])
@pytest.mark.parametrize("text", [None, "same", "\ud800 \x00"])
def test_tasks_that_say_nothing_are_no_error(rows_of, labels, text):
    rows = replace(rows_of([[0, -1], [0, 0], [-1, -1]] * 10, labels), tasks=[Task({"text": text})] * 30)
    known = [0, 0, None] * 5 + [labels - 1, None, 0] * 5
    weights = json.loads(json.dumps(fit_gold(rows, known, "auto", 1)))
    for said in (posterior(weights, rows), cross_fitted(rows, known, "auto", 1)):
        assert all(row is None or sum(row) == pytest.approx(1.0) for row in said)
        assert None not in [row for place, row in enumerate(said) if place % 3 < 2]


def test_gold_alone_needs_ten_corrections_and_tasks(rows_of):
    rows, gold = told(rows_of, 60)
    assert gold_only(rows, first(gold, 9), 1) == [None] * 60
    assert gold_only(replace(rows, tasks=()), first(gold, 30), 1) == [None] * 60
    assert None not in gold_only(rows, first(gold, 10), 1)


@pytest.mark.slow
def test_gold_alone_hears_no_program_and_learns_from_what_is_taught(rows_of):
    rows, gold = told(rows_of, 300, clear=1.0)
    said = gold_only(rows, first(gold, 100), 1)
    assert right(said, gold) == 1.0
    deaf = replace(rows, source_ids=(), codes=())
    assert gold_only(deaf, first(gold, 100), 1) == said
    few = gold_only(rows, first(gold, 10), 1)
    more = gold_only(rows, first(gold, 10), 1, taught=[None] * 10 + [int(y) for y in gold[10:100]] + [None] * 200)
    assert right(more[100:], gold[100:]) > right(few[100:], gold[100:])


@pytest.mark.slow
def test_nearly_as_many_labels_as_corrections_are_no_error(rows_of):
    rows = rows_of([[n % 30] if n % 2 else [-1] for n in range(60)], 30)
    rows = replace(rows, tasks=[Task({"text": f"kind{n % 30} number {n}"}, n) for n in range(60)])
    known = [n % 30 if n < 24 else None for n in range(60)]
    for said in (gold_only(rows, known, 1), cross_fitted(rows, known, "auto", 1)):
        assert len(said) == 60


def test_corrections_of_one_label_let_no_classifier_answer(rows_of):
    rows, _ = told(rows_of, 90)
    weights = fit_gold(rows, [0] * 30 + [None] * 60, "auto", 1)
    assert [row is None for row in posterior(weights, rows)] == silent(rows).tolist()
    assert "; tasks without a vote stay without an answer: all " in weights["why"]
