"""The figures that quality.py reports."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.compared import METRICS, report
from tests.benchmarks.scored import accuracy, calibration, columns_of, f1, resampled

GOLD = np.array([0, 1, 1, 0, 1])
SAID = [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.4, 0.6], None]
VOTED = np.array([True, True, True, True, False])


def columns(said) -> dict[str, np.ndarray]:
    """One draw."""
    return {x: y[None, :] for x, y in columns_of(said, GOLD, 2, list("abcde"), VOTED).items()}


def test_the_first_of_the_resamples_is_the_sample_itself():
    sample = resampled(1, len(GOLD), 0)
    assert accuracy(columns(SAID), sample)[0] == pytest.approx(40.0)
    assert accuracy(columns(SAID), sample, "voted")[0] == pytest.approx(50.0)
    assert f1(columns(SAID), sample)[0] == pytest.approx(100 * 2 / (2 + 3))
    assert sample.mean(columns(SAID)["brier"])[0] == pytest.approx((0.02 + 0.08 + 0.98 + 0.72 + 0.5) / 5)
    assert sample.mean(columns(SAID)["log_loss"])[0] == pytest.approx(-np.log([0.9, 0.8, 0.3, 0.4, 0.5]).mean())


def test_every_resample_takes_as_many_rows_as_there_are():
    sample = resampled(3, 40, 1)
    assert sample.rows.sum(axis=1) == pytest.approx(1.0)
    assert sample.draws.sum(axis=1) == pytest.approx(1.0)
    assert len({tuple(x) for x in sample.rows.tolist()}) == len(sample.rows)


def test_honest_scores_are_at_the_floor_and_bold_ones_above_it():
    random = np.random.default_rng(0)
    scores = random.uniform(0.5, 1.0, 4_000)
    right = random.random(4_000) < scores
    error, floor = calibration(scores, right, 0)
    assert 0 < floor < 0.03
    assert error == pytest.approx(floor, abs=0.01)
    assert calibration(np.minimum(1.0, scores + 0.2), right, 0)[0] > floor + 0.1


def test_regret_is_the_best_rivals_lead_set_by_set_and_on_the_mean():
    sure = [[1.0 - y, float(y)] for y in GOLD]
    ways = {"majority": columns(SAID), "snorkel": columns(sure), "auto": columns(SAID)}
    other = {"majority": columns(SAID), "snorkel": columns(SAID), "auto": columns(sure)}
    found = report({"sms, ten": {0: ways}, "trec, ten": {0: other}}, "train")["regret"]["ten"]["0"][METRICS[0]]
    assert {name: (x["rival"], x["regret"][0]) for name, x in found["sets"].items()} == {
        "sms, ten": ("snorkel", 60.0),
        "trec, ten": ("majority", -60.0),
    }
    assert (found["mean"][0], found["worst"]) == (0.0, 60.0)
    assert found["lead_of_mean"]["majority"][0] == 30.0
