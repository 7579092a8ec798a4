from __future__ import annotations

import math

import numpy as np
import pytest

from alchemist.aggregation.measure import Measured, calibration_error, measure


def test_a_perfect_score():
    rows = [[1.0, 0.0], [0.0, 1.0]]
    assert measure([(0, 1.0), (1, 1.0)], rows, [0, 1], 2) == Measured(2, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0)


def test_no_answer_is_wrong_and_uniform():
    got = measure([(0, 0.8), None, (1, 0.6), (0, 0.75)], [[0.8, 0.2], None, [0.4, 0.6], [0.75, 0.25]], [0, 0, 1, 1], 2)
    assert (got.n, got.accuracy, got.coverage) == (4, 0.5, 0.75)
    assert got.macro_f1 == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert got.ece == pytest.approx((0.4 + 0.75 + 0.2) / 3)
    assert got.log_loss == pytest.approx(-(math.log(0.8) + math.log(0.5) + math.log(0.6) + math.log(0.25)) / 4)


def test_nothing_answered_has_no_calibration():
    got = measure([None, None], [None, None], [0, 2], 3)
    assert (got.accuracy, got.macro_f1, got.coverage, got.ece) == (0.0, 0.0, 0.0, None)
    assert got.log_loss == pytest.approx(math.log(3))


def test_nothing_to_measure_is_no_error():
    assert measure([], [], [], 2) == Measured(0, 0.0, 0.0, 0.0, None, 0.0, 0.0)


def test_a_label_that_neither_occurs_nor_is_given_does_not_lower_macro_f1():
    assert measure([(0, 1.0), (2, 1.0)], [[1.0, 0, 0, 0], [0, 0, 1.0, 0]], [0, 2], 4).macro_f1 == 1.0
    assert measure([(0, 1.0), (3, 1.0)], [[1.0, 0, 0, 0], [0, 0, 0, 1.0]], [0, 0], 4).macro_f1 == pytest.approx(1 / 3)


def test_certainty_that_is_wrong_costs_a_bounded_log_loss():
    assert measure([(0, 1.0)], [[1.0, 0.0]], [1], 2).log_loss == pytest.approx(-math.log(1e-6))


def test_the_figures_are_sklearns_where_every_row_is_answered():
    from sklearn.metrics import accuracy_score, f1_score, log_loss

    random = np.random.default_rng(0)
    rows = random.dirichlet([1, 1, 1], 200)
    gold = random.integers(0, 3, 200).tolist()
    given = rows.argmax(axis=1).tolist()
    answers = list(zip(given, rows.max(axis=1).tolist(), strict=True))
    got = measure(answers, rows.tolist(), gold, 3)
    assert got.accuracy == pytest.approx(accuracy_score(gold, given))
    assert got.macro_f1 == pytest.approx(f1_score(gold, given, average="macro"))
    assert got.log_loss == pytest.approx(log_loss(gold, rows, labels=[0, 1, 2]))


@pytest.mark.parametrize(
    ("scores", "right", "expected"),
    [
        ([1.0], [True], 0.0),
        ([1.0], [False], 1.0),
        ([0.7], [True], 0.3),
        ([0.5, 0.9], [False, True], 0.3),
        ([0.1 * n for n in range(1, 11)] * 2, [False] * 20, 0.55),
    ],
)
def test_calibration_error(scores, right, expected):
    assert calibration_error(np.array(scores), np.array(right)) == pytest.approx(expected)


def test_calibration_error_does_not_depend_on_the_order_of_the_rows():
    scores = np.full(20, 0.5)
    right = np.array([True, False] * 10)
    assert calibration_error(scores, right) == pytest.approx(calibration_error(scores, np.sort(right)))


def test_half_right_at_a_half_is_calibrated():
    assert calibration_error(np.full(20, 0.5), np.array([False] * 10 + [True] * 10)) == 0.0
