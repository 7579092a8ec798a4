from __future__ import annotations

import json
from array import array
from dataclasses import replace

import numpy as np
import pytest

from alchemist.aggregation.classifier import packed
from alchemist.aggregation.weights import majority, matrix, posterior
from alchemist.core.tasks import Task
from alchemist.core.votes import Rows


def labelmodel(mu: list[list[float]], balance: list[float], members: str = "ab") -> dict:
    return {"kind": "labelmodel", "v": 1, "members": list(members), "params": {"mu": mu, "balance": balance}, "why": ""}


def test_majority_weights_are_plain_json():
    assert majority(("a", "b"), "it was asked for") == {
        "kind": "majority",
        "v": 1,
        "members": ["a", "b"],
        "params": {"pseudo": 1.0},
        "why": "it was asked for",
    }


@pytest.mark.parametrize(
    ("votes", "labels", "expected"),
    [
        ([0, 0, 0], 2, [0.875, 0.125]),
        ([0, 1, -1], 2, [0.5, 0.5]),
        ([1, -1, -1], 2, [0.25, 0.75]),
        ([1, -2, -1], 2, [0.25, 0.75]),
        ([2, 2, 0], 4, [0.3125, 0.0625, 0.5625, 0.0625]),
        ([-1, -1, -1], 2, None),
        ([-2, -1, -2], 3, None),
    ],
)
def test_a_majority_counts_votes_from_one_vote_spread_evenly(rows_of, votes, labels, expected):
    assert posterior(majority(("a", "b", "c")), rows_of([votes], labels)) == [expected]


def test_only_members_vote_whatever_their_order_and_an_absent_one_abstains(rows_of):
    rows = rows_of([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]])
    assert posterior(majority(("c", "a", "gone")), rows) == [[0.5, 0.5], [0.25, 0.75], [0.75, 0.25]]
    assert posterior(majority(("a",)), rows) == [[0.75, 0.25], None, None]
    assert posterior(majority(()), rows) == [None, None, None]


def test_no_rows_have_no_posteriors():
    assert posterior(majority(("a",)), Rows(("a",), (array("h"),), 2, 0)) == []
    assert posterior(majority(("a",)), Rows((), (), 2, 0)) == []


def test_the_matrix_is_snorkels_with_faults_as_abstentions(rows_of):
    votes = matrix(rows_of([[0, -2, 1], [-1, 300, 0]], 301), ("b", "gone", "a"))
    assert votes.tolist() == [[-1, -1, 0], [300, -1, -1]]
    assert votes.dtype == np.int16


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([0, 0], [0.9, 0.1]),
        ([1, 1], [1 / 7, 6 / 7]),
        ([0, 1], [0.6, 0.4]),
        ([0, -1], [0.75, 0.25]),
        ([-1, 1], [1 / 3, 2 / 3]),
        ([-1, -2], None),
    ],
)
def test_a_label_model_weighs_votes_by_their_probabilities(rows_of, votes, expected):
    weights = labelmodel([[0.75, 0.25], [0.25, 0.75], [0.75, 0.25], [0.25, 0.5]], [0.5, 0.5])
    (row,) = posterior(weights, rows_of([votes]))
    assert row == (None if expected is None else pytest.approx(expected, abs=1e-7))


def test_a_label_model_starts_from_the_balance_of_the_labels(rows_of):
    weights = labelmodel([[0.5, 0.5], [0.5, 0.5]], [0.9, 0.1], "a")
    assert posterior(weights, rows_of([[0], [1]])) == [pytest.approx([0.9, 0.1]), pytest.approx([0.9, 0.1])]


def test_many_programs_overflow_nothing(rows_of):
    mu = [[0.99, 0.01], [0.01, 0.99]]
    programs = 400
    rows = Rows(
        tuple(str(n) for n in range(programs)), tuple(array("h", [0]) for _ in range(programs)), labels=2, size=1
    )
    weights = {
        "kind": "labelmodel",
        "members": list(rows.source_ids),
        "params": {"mu": mu * programs, "balance": [0.5, 0.5]},
    }
    assert posterior(weights, rows) == [[1.0, 0.0]]


def weights(kind: str, params: dict, members: str = "ab") -> dict:
    return {"kind": kind, "v": 1, "members": list(members), "params": params, "why": ""}


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([0, -1], [0.8, 0.2]),
        ([0, 1], [4 / 7, 3 / 7]),
        ([-1, 1], [0.25, 0.75]),
        ([1, 1], [1 / 13, 12 / 13]),
        ([-1, -2], None),
    ],
)
def test_an_accuracy_vote_is_the_product_of_the_accuracies(rows_of, votes, expected):
    evenly = weights("accuracy", {"accuracies": [0.8, 0.75], "balance": [0.5, 0.5]})
    (row,) = posterior(evenly, rows_of([votes]))
    assert row == (None if expected is None else pytest.approx(expected))


def test_an_accuracy_vote_starts_from_the_balance_and_spreads_its_error_over_the_other_labels(rows_of):
    uneven = weights("accuracy", {"accuracies": [0.8], "balance": [0.5, 0.25, 0.25]}, "a")
    (row,) = posterior(uneven, rows_of([[1]], 3))
    assert row == pytest.approx([0.5 * 0.1 / 0.275, 0.25 * 0.8 / 0.275, 0.25 * 0.1 / 0.275])


def test_a_stack_adds_up_a_line_for_each_vote_and_none_for_silence(rows_of):
    log = float(np.log(2))
    params = {
        "votes": [[[2 * log, 0.0], [0.0, log]], [[0.0, 0.0], [0.0, 3 * log]]],
        "log_majority": [[0.0, 0.0], [0.0, 0.0]],
        "intercept": [0.0, log],
        "pseudo": 1.0,
    }
    said = posterior(weights("stack", params), rows_of([[0, -1], [1, 1], [0, 1], [-1, -1]]))
    assert said[:3] == [pytest.approx([2 / 3, 1 / 3]), pytest.approx([1 / 33, 32 / 33]), pytest.approx([0.2, 0.8])]
    assert said[3] is None


def test_a_stack_hears_the_majority(rows_of):
    params = {
        "votes": [[[0.0, 0.0], [0.0, 0.0]]] * 2,
        "log_majority": [[1.0, 0.0], [0.0, 2.0]],
        "intercept": [0.0, 0.0],
        "pseudo": 1.0,
    }
    (row,) = posterior(weights("stack", params), rows_of([[0, -1]]))
    assert row == pytest.approx([0.75 / (0.75 + 0.25**2), 0.25**2 / (0.75 + 0.25**2)])


def scaled(inner: dict, temperature: float, biases: list[float], floor: float = 1e-4) -> dict:
    params = {"inner": inner, "temperature": temperature, "biases": biases, "floor": floor}
    return {**weights("scaled", params), "members": inner["members"]}


def test_scaling_takes_powers_and_factors(rows_of):
    rows = rows_of([[0, -1], [-1, -1]])
    assert posterior(scaled(majority("ab"), 1.0, [0.0, 0.0]), rows) == [pytest.approx([0.75, 0.25]), None]
    assert posterior(scaled(majority("ab"), 0.5, [0.0, 0.0]), rows)[0] == pytest.approx([0.9, 0.1])
    assert posterior(scaled(majority("ab"), 1.0, [0.0, float(np.log(3))]), rows)[0] == pytest.approx([0.5, 0.5])


def test_scaling_sees_no_probability_below_the_floor(rows_of):
    sure = labelmodel([[1.0, 1e-30], [1e-30, 1.0]], [0.5, 0.5], "a")
    (row,) = posterior(scaled(sure, 2.0, [0.0, 0.0], 0.01), rows_of([[0]]))
    assert row == pytest.approx([10 / 11, 1 / 11])


def test_a_blend_is_the_average_of_the_parts_that_heard_a_vote(rows_of):
    parts = [{"share": 0.6, "weights": majority("a")}, {"share": 0.4, "weights": majority("ab")}]
    said = posterior(weights("blend", {"parts": parts}), rows_of([[0, -1], [0, 1], [-1, 1], [-1, -2]]))
    assert said[:2] == [pytest.approx([0.75, 0.25]), pytest.approx([0.6 * 0.75 + 0.4 * 0.5, 0.6 * 0.25 + 0.4 * 0.5])]
    assert said[2:] == [pytest.approx([0.25, 0.75]), None]


def test_a_blend_of_nothing_that_voted_is_no_error(rows_of):
    parts = [{"share": 1.0, "weights": scaled(majority("b"), 2.0, [0.0, 0.0])}]
    assert posterior({**weights("blend", {"parts": parts}), "members": ["b"]}, rows_of([[0, -1]])) == [None]


def test_a_blend_can_be_tempered(rows_of):
    params = {"parts": [{"share": 1.0, "weights": majority("ab")}], "temperature": 0.5, "floor": 1e-4}
    assert posterior(weights("blend", params), rows_of([[0, -1], [-1, -1]])) == [pytest.approx([0.9, 0.1]), None]


def spam_or_ham() -> dict:
    """Reads one word: of the length-1 text "spam", log 9 for label 1; of any other word nothing."""
    fields = [{"name": "text", "as": "text", "terms": "spam", "idf": packed([1.0])}]
    params = {"fields": fields, "slopes": packed([[0.0, np.log(9)]]), "intercept": [0.0, 0.0]}
    return weights("classifier", params, "")


def read(rows, *texts: str | None) -> Rows:
    return replace(rows, tasks=[Task({"text": x}) for x in texts])


AS_IT_IS = {"powers": [1.0], "biases": [0.0, 0.0], "floor": 1e-4}


def joint(shares: list[float], alone: dict | None, **more: object) -> dict:
    params = {"votes": majority("ab"), "classifier": spam_or_ham(), "shares": shares, "alone": alone}
    return weights("joint", params | {"both": None} | more)


def test_a_classifier_reads_the_task(rows_of):
    rows = read(rows_of([[-1, -1], [0, 0], [0, 0]]), "Spam", "other", None)
    assert posterior(spam_or_ham(), rows) == [pytest.approx([0.1, 0.9]), pytest.approx([0.5, 0.5]), None]


def test_votes_and_a_classifier_have_their_shares_and_who_cannot_read_has_none(rows_of):
    rows = read(rows_of([[0, -1], [0, -1], [-1, -1]]), "spam", None, "spam")
    said = posterior(joint([0.6, 0.4, 0.0], None), rows)
    assert said == [pytest.approx([0.6 * 0.75 + 0.4 * 0.1, 0.6 * 0.25 + 0.4 * 0.9]), pytest.approx([0.75, 0.25]), None]
    assert posterior(joint([0.6, 0.4, 0.0], None), rows_of([[0, -1]])) == [pytest.approx([0.75, 0.25])]


def test_tasks_without_votes_are_the_classifiers_where_it_may_answer_alone(rows_of):
    rows = read(rows_of([[-1, -1], [-1, -1], [0, -1]]), "spam", None, "spam")
    said = posterior(joint([1.0, 0.0, 0.0], AS_IT_IS), rows)
    assert said == [pytest.approx([0.1, 0.9]), None, pytest.approx([0.75, 0.25])]


def test_where_nobody_votes_a_classifier_can_be_adapted(rows_of):
    alone = {"powers": [0.5], "biases": [float(np.log(3)), 0.0], "floor": 1e-4}
    (row,) = posterior(joint([1.0, 0.0, 0.0], alone), read(rows_of([[-1, -1]]), "spam"))
    assert row == pytest.approx([0.5, 0.5])  # the root of 1 to 9, times 3 to 1


def test_votes_and_a_classifier_are_multiplied(rows_of):
    both = {"votes": majority("ab"), "powers": [1.0, 0.5], "biases": [0.0, 0.0], "floor": 1e-4}
    (row,) = posterior(joint([0.0, 0.0, 1.0], None, both=both), read(rows_of([[0, -1]]), "spam"))
    assert row == pytest.approx([0.5, 0.5])  # 3 to 1, times the root of 1 to 9


def test_what_votes_and_a_classifier_say_can_be_tempered(rows_of):
    cold = joint([1.0, 0.0, 0.0], AS_IT_IS, temperature=0.5, floor=1e-4)
    said = posterior(cold, read(rows_of([[0, -1], [-1, -1]]), "spam", "spam"))
    assert said == [pytest.approx([0.9, 0.1]), pytest.approx([0.1, 0.9])]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("labels", [2, 3, 4, 5])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_evaluator_equals_snorkels_own(rows_of, labels, seed):
    import torch
    from snorkel.labeling.model import LabelModel

    torch.set_num_threads(1)
    votes = np.random.default_rng(seed).integers(-1, labels, size=(60, 6))
    votes[0] = -1
    model = LabelModel(cardinality=labels, verbose=False)
    model.fit(
        votes,
        n_epochs=50,
        seed=seed,
        progress_bar=False,
        class_balance=list(np.arange(1, labels + 1) / sum(range(labels + 1))),
    )
    params = {"mu": model.mu.detach().numpy().astype(float).tolist(), "balance": model.p.astype(float).tolist()}
    weights = json.loads(json.dumps({"kind": "labelmodel", "members": list("abcdef"), "params": params}))
    ours = posterior(weights, rows_of(votes.tolist(), labels))
    theirs = model.predict_proba(votes)
    voted = [place for place, row in enumerate(ours) if row is not None]
    assert voted == np.flatnonzero((votes >= 0).any(axis=1)).tolist()
    np.testing.assert_allclose([ours[place] for place in voted], theirs[voted], rtol=0, atol=1e-12)
