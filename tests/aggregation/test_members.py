from __future__ import annotations

import numpy as np
import pytest

from alchemist.aggregation.members import accuracy_vote, features, powers_of, scaled, scaling_of, stack
from alchemist.aggregation.weights import joined, majority, posterior, probabilities


def voting(labels: int, seed: int, size: int = 120, programs: int = 4) -> tuple[list[list[int]], np.ndarray]:
    """Votes, right seven times in ten and silent three times in ten, and the labels behind them."""
    random = np.random.default_rng(seed)
    gold = random.integers(0, labels, size)
    votes = np.where(random.random((size, programs)) < 0.7, gold[:, None], random.integers(0, labels, (size, programs)))
    return np.where(random.random((size, programs)) < 0.3, -1, votes).tolist(), gold


@pytest.mark.parametrize("labels", [2, 3, 5])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_stack_is_sklearns_regression(rows_of, labels, seed):
    from sklearn.linear_model import LogisticRegression

    votes, gold = voting(labels, seed)
    unseen, _ = voting(labels, seed + 10)
    theirs = LogisticRegression(C=1.0, max_iter=5000).fit(features(rows_of(votes, labels)), gold)
    ours = probabilities(stack(rows_of(votes, labels), gold), rows_of(unseen, labels))
    np.testing.assert_allclose(ours, theirs.predict_proba(features(rows_of(unseen, labels))), rtol=0, atol=1e-12)


def test_what_the_stack_sees(rows_of):
    np.testing.assert_allclose(
        features(rows_of([[0, -1], [1, 1]])),
        [[1, 0, 0, 0, np.log(0.75), np.log(0.25)], [0, 1, 0, 1, np.log(1 / 6), np.log(5 / 6)]],
    )


def test_accuracies_are_counted_from_five_votes_of_which_seventy_percent_are_right(rows_of):
    rows = rows_of([[0, 1, -1], [0, -1, -1], [1, 1, -2], [0, 0, -1]], 3)
    found = accuracy_vote(rows, np.array([0, 0, 1, 2]))
    assert found["params"]["accuracies"] == pytest.approx([(3 + 3.5) / 9, (1 + 3.5) / 8, 0.7])
    assert found["params"]["balance"] == pytest.approx([3 / 7, 2 / 7, 2 / 7])
    assert (found["kind"], found["members"]) == ("accuracy", ["a", "b", "c"])


def loss(rows, gold, temperature: float, biases: list[float]) -> float:
    """What scaling a majority pays: log-loss, and half the squares of the log-temperature and of the biases."""
    logits = np.log(probabilities(majority(rows.source_ids), rows)) / temperature + biases
    logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    penalty = (np.log(temperature) ** 2 + np.sum(np.square(biases))) / 2
    return float(-logs[np.arange(len(gold)), gold].sum() + penalty)


@pytest.mark.parametrize("biased", [True, False])
def test_no_other_scaling_is_cheaper(rows_of, biased):
    votes, gold = voting(3, 4)
    rows, random = rows_of(votes, 3), np.random.default_rng(0)
    params = scaled(majority(rows.source_ids), rows, gold, biased)["params"]
    best = loss(rows, gold, params["temperature"], params["biases"])
    assert best < loss(rows, gold, 1.0, [0.0] * 3) - 1
    for _ in range(50):
        near = np.array(params["biases"]) + biased * random.normal(0, 0.05, 3)
        assert best < loss(rows, gold, params["temperature"] * np.exp(random.normal(0, 0.05)), near.tolist())


def test_without_biases_no_answer_changes(rows_of):
    votes, gold = voting(3, 5)
    rows = rows_of(votes, 3)
    tempered = scaled(majority(rows.source_ids), rows, gold, biased=False)
    assert tempered["params"]["biases"] == [0.0, 0.0, 0.0]
    before, after = probabilities(majority(rows.source_ids), rows), probabilities(tempered, rows)
    assert before.argmax(axis=1).tolist() == after.argmax(axis=1).tolist()
    assert np.abs(before - after).max() > 0.02


def test_votes_that_are_always_wrong_do_not_turn_round(rows_of):
    rows = rows_of([[0, 0], [1, 1]] * 20)
    tempered = scaled(majority("ab"), rows, np.array([1, 0] * 20), biased=False)
    assert 10 < tempered["params"]["temperature"] < np.exp(3)
    assert posterior(tempered, rows)[0][0] > 0.5


def test_one_correction_moves_little(rows_of):
    rows = rows_of([[0, 0]])
    params = scaled(majority("ab"), rows, np.array([1]))["params"]
    assert 1.0 < params["temperature"] < 2.5
    assert max(map(abs, params["biases"])) < 0.7


def product_loss(said, gold, powers, biases) -> float:
    """What a product pays: log-loss, and half the squares of how far it is from the first one alone."""
    found = joined(said, powers, biases, 1e-4)
    away = np.concatenate([np.array(powers) - [1.0, 0.0], biases])
    return float(-np.log(found[np.arange(len(gold)), gold]).sum() + (away @ away) / 2)


def test_no_other_powers_are_cheaper(rows_of):
    votes, gold = voting(3, 6)
    other, random = voting(3, 7), np.random.default_rng(0)
    said = [probabilities(majority("abcd"), rows_of(x, 3)) for x in (votes, other[0])]
    powers, biases = powers_of(said, gold, (1.0, 0.0))
    best = product_loss(said, gold, powers, biases)
    assert best < product_loss(said, gold, [1.0, 0.0], [0.0] * 3) - 1
    assert powers[0] > 1.0
    for _ in range(50):
        near = np.maximum(np.array(powers) + random.normal(0, 0.05, 2), 0.0).tolist()
        assert best < product_loss(said, gold, near, (np.array(biases) + random.normal(0, 0.05, 3)).tolist())


def test_who_is_always_wrong_has_no_power():
    wrong, right = np.array([[0.1, 0.9], [0.9, 0.1]] * 20), np.array([[0.8, 0.2], [0.2, 0.8]] * 20)
    powers, _ = powers_of([wrong, right], np.array([0, 1] * 20), (1.0, 0.0))
    assert powers[0] == 0.0
    assert powers[1] > 1.0


def test_a_dearer_temperature_stays_nearer_to_one():
    sure = np.array([[0.99, 0.01]] * 20)
    truth = np.eye(2)[[0, 1] * 10]
    cheap, dear = (scaling_of(sure, truth, biased=False, penalty=x)[0] for x in (0.1, 10.0))
    assert cheap > dear > 1.2
