from __future__ import annotations

import json
from array import array

import numpy as np
import pytest

from alchemist.aggregation.fit import fit
from alchemist.aggregation.weights import majority, posterior, weights_of
from alchemist.core.errors import FitError
from alchemist.core.votes import Rows

THREE = [[0, 0, 1], [1, 1, 1], [0, -1, 0]]


def planted(labels: int, accuracies: tuple[float, ...], n: int = 300) -> tuple[list[list[int]], list[int]]:
    """Votes of programs with known accuracies, and the labels behind them; each abstains on three of ten."""
    random = np.random.default_rng(7)
    gold = random.integers(0, labels, n)
    columns = []
    for accuracy in accuracies:
        wrong = (gold + random.integers(1, labels, n)) % labels
        column = np.where(random.random(n) < accuracy, gold, wrong)
        columns.append(np.where(random.random(n) < 0.3, -1, column))
    return np.stack(columns, axis=1).tolist(), gold.tolist()


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([[0, 1], [1, 1]] * 10, "majority instead of Snorkel: 2 programs vote, it needs 3"),
        ([[0, 1, -1], [1, 1, -2]] * 10, "majority instead of Snorkel: 2 programs vote, it needs 3"),
        ([[-1, -1, -1]] * 20, "majority instead of Snorkel: 0 programs vote, it needs 3"),
        (
            [[0, -1, -1], [-1, 1, -1], [-1, -1, 0]] * 10,
            "majority instead of Snorkel: two programs or more vote on only 0 tasks, it needs 10",
        ),
        (THREE, "majority instead of Snorkel: two programs or more vote on only 3 tasks, it needs 10"),
        ([[0, 0, 0], [0, -1, 0]] * 10, "majority instead of Snorkel: every vote is for the same label"),
    ],
)
def test_votes_that_snorkel_cannot_use_are_counted_and_it_is_said_why(rows_of, votes, why):
    weights = fit(rows_of(votes), "snorkel", seed=1)
    assert (weights["kind"], weights["why"]) == ("majority", why)


def test_programs_fitted_on_no_task_at_all_still_vote_on_the_next(rows_of):
    weights = fit(Rows(("a", "b", "c"), (array("h"),) * 3, 2, 0), "snorkel", seed=1)
    assert weights["members"] == ["a", "b", "c"]
    assert posterior(weights, rows_of([[0, 0, -1]])) == [pytest.approx([5 / 6, 1 / 6])]


def test_a_majority_that_was_asked_for_says_so_and_counts_who_is_silent_too(rows_of):
    weights = fit(rows_of([[0, -1, 1], [1, -2, 1]]), "majority", seed=1)
    assert weights == {
        "kind": "majority",
        "v": 1,
        "members": ["a", "b", "c"],
        "params": {"pseudo": 1.0},
        "why": "majority was asked for",
        "calibrated": False,
    }


@pytest.mark.parametrize("votes", [[[0, 1], [1, 1]] * 10, [[-1, -1, -1]] * 20])
def test_without_corrections_auto_falls_back_as_snorkel_does(rows_of, votes):
    auto = fit(rows_of(votes), "auto", seed=1)
    assert auto == fit(rows_of(votes), "snorkel", seed=1)
    assert auto["kind"] == "majority"


@pytest.mark.slow
def test_auto_hears_no_snorkel_where_programs_seldom_meet(rows_of):
    votes = [[0, 0, -1], [1, -1, 1], [-1, 0, -1], [-1, -1, 1]] * 10
    weights = fit(rows_of(votes), "auto", seed=1)
    why = "majority instead of Snorkel: 1.5 programs vote on a task, it is reliable from 2"
    assert (weights["kind"], weights["why"]) == ("majority", why)
    assert fit(rows_of(votes), "snorkel", seed=1)["kind"] == "labelmodel"


@pytest.mark.slow
def test_auto_is_a_majority_in_which_snorkel_has_a_third(rows_of):
    votes, _ = planted(3, (0.9, 0.8, 0.7, 0.6))
    rows = rows_of(votes, 3)
    weights = fit(rows, "auto", seed=3)
    one, other = weights["params"]["parts"]
    assert (one["share"], other["share"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert {**one["weights"], "why": ""} == majority(rows.source_ids)
    assert {**other["weights"]["params"]["inner"], "calibrated": False} == fit(rows, "snorkel", seed=3)
    assert weights["why"] == (
        "67% the majority, 33% Snorkel's label model, made no more certain than the majority "
        "and fitted on the votes of 300 tasks"
    )


@pytest.mark.slow
def test_the_more_snorkel_contradicts_the_majority_the_less_certain_it_is_made(rows_of):
    def temperature(accuracies):
        votes, _ = planted(2, accuracies, n=600)
        return fit(rows_of(votes), "auto", seed=0)["params"]["parts"][1]["weights"]["params"]["temperature"]

    assert temperature((0.95, 0.55, 0.55, 0.9, 0.5)) > temperature((0.9, 0.9, 0.9, 0.9, 0.9)) + 1


@pytest.mark.slow
def test_labels_that_snorkel_turned_round_have_no_share(rows_of, monkeypatch):
    turned = {"mu": [[0.1, 0.9], [0.9, 0.1]] * 3, "balance": [0.5, 0.5]}
    monkeypatch.setattr("alchemist.aggregation.fit._labelmodel", lambda *_: weights_of("labelmodel", "abc", turned))
    weights = fit(rows_of([[0, 0, 0], [1, 1, 1], [0, 0, 1]] * 10), "auto", seed=1)
    assert weights["kind"] == "majority"
    assert weights["why"] == "majority instead of Snorkel: it contradicts the programs where they all agree"


@pytest.mark.parametrize("combiner", ["", "Snorkel", "dawid-skene"])
def test_an_unknown_combiner_is_refused(rows_of, combiner):
    with pytest.raises(FitError) as caught:
        fit(rows_of(THREE), combiner, seed=1)
    assert caught.value.message == f"no combiner named {combiner!r}"
    assert caught.value.hint == "Choose one of: auto, snorkel, majority."


@pytest.mark.slow
def test_the_same_seed_gives_the_same_weights(rows_of):
    votes, _ = planted(3, (0.9, 0.8, 0.7, 0.6))
    one, again = (fit(rows_of(votes, 3), "snorkel", seed=3) for _ in range(2))
    assert one["kind"] == "labelmodel"
    assert one == again
    assert json.loads(json.dumps(one)) == one
    assert fit(rows_of(votes, 3), "snorkel", seed=4) != one


@pytest.mark.slow
def test_fitted_weights_say_what_they_are_and_who_votes(rows_of):
    votes, _ = planted(2, (0.9, 0.8, 0.7))
    weights = fit(rows_of([[*row, -1] for row in votes]), "snorkel", seed=0)
    assert weights["members"] == ["a", "b", "c"]
    assert weights["why"] == "Snorkel's label model, fitted on the votes of 300 tasks"
    assert weights["params"]["balance"] == [0.5, 0.5]
    assert np.shape(weights["params"]["mu"]) == (6, 2)


@pytest.mark.slow
@pytest.mark.parametrize("labels", [2, 4])
def test_a_good_program_outweighs_two_poor_ones(rows_of, labels):
    votes, gold = planted(labels, (0.95, 0.55, 0.55, 0.9, 0.5), n=600)
    rows = rows_of(votes, labels)

    def accuracy(combiner: str) -> float:
        said = posterior(fit(rows, combiner, seed=0), rows)
        return float(np.mean([row is not None and int(np.argmax(row)) == y for row, y in zip(said, gold, strict=True)]))

    assert accuracy("snorkel") > accuracy("majority") + 0.03


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_weights_are_snorkels_own(rows_of):
    import torch
    from snorkel.labeling.model import LabelModel

    votes, _ = planted(3, (0.9, 0.8, 0.7, 0.6))
    rows = rows_of(votes, 3)
    ours = posterior(fit(rows, "snorkel", seed=5), rows)
    torch.set_num_threads(1)
    model = LabelModel(cardinality=3, verbose=False)
    model.fit(np.array(votes), n_epochs=500, seed=5, progress_bar=False)
    voted = [place for place, row in enumerate(ours) if row is not None]
    np.testing.assert_allclose(
        [ours[place] for place in voted], model.predict_proba(np.array(votes))[voted], rtol=0, atol=1e-12
    )
