from __future__ import annotations

import json

import numpy as np
import pytest

from alchemist.aggregation.fit import fit
from alchemist.aggregation.gold import cross_fitted, fit_gold
from alchemist.aggregation.weights import posterior
from alchemist.core.errors import FitError
from alchemist.core.votes import Rows
from tests.aggregation.test_members import voting

COUNTED = ["the majority as it is", "the majority with fitted confidence"]


def pairs(votes: list[list[int]], gold: np.ndarray, known: int) -> tuple[list[list[int]], list[int | None]]:
    """Two programs' votes, which Snorkel cannot use, and the first `known` labels."""
    return [row[:2] for row in votes], [int(y) if place < known else None for place, y in enumerate(gold)]


def names(weights: dict) -> list[str]:
    return [part["weights"]["why"] for part in weights["params"]["parts"]]


def right(said, gold) -> float:
    return float(np.mean([row is not None and int(np.argmax(row)) == y for row, y in zip(said, gold, strict=True)]))


@pytest.mark.parametrize("combiner", ["snorkel", "majority"])
def test_only_auto_learns_from_corrections(rows_of, combiner):
    votes, gold = pairs(*voting(2, 0), known=60)
    rows = rows_of(votes)
    assert fit_gold(rows, gold, combiner, 1) == fit(rows, combiner, 1)
    assert cross_fitted(rows, gold, combiner, 1) == posterior(fit(rows, combiner, 1), rows)


def test_an_unknown_combiner_is_refused(rows_of):
    for asked in (fit_gold, cross_fitted):
        with pytest.raises(FitError):
            asked(rows_of([[0, 1]]), [0], "blend", 1)


@pytest.mark.parametrize("known", [[], [0, 1, 0]])
def test_corrections_of_other_rows_are_refused(rows_of, known):
    with pytest.raises(ValueError, match="zip"):
        fit_gold(rows_of([[0, 1], [1, 1]]), known, "auto", 1)


def test_without_any_correction_nothing_changes(rows_of):
    votes, gold = pairs(*voting(2, 0), known=0)
    assert fit_gold(rows_of(votes), gold, "auto", 1) == fit(rows_of(votes), "auto", 1)


def test_nine_corrections_are_too_few_and_it_is_said(rows_of):
    votes = [[0, 0]] * 9 + [[-1, -1]] * 5 + [[1, -1]] * 9
    gold = [0] * 9 + [0] * 5 + [None] * 9  # five of them on tasks that nobody votes on
    weights = fit_gold(rows_of(votes), gold, "auto", 1)
    assert (weights["kind"], weights["why"]) == (
        "majority",
        "majority instead of Snorkel: 2 programs vote, it needs 3; "
        "9 corrections of tasks with a vote are too few to learn from, it takes 10",
    )
    assert fit_gold(rows_of([*votes, [0, 1]]), [*gold, 1], "auto", 1)["kind"] == "blend"


def test_the_weights_are_plain_json_and_the_same_each_time(rows_of):
    votes, gold = pairs(*voting(3, 1), known=50)
    one, again = (fit_gold(rows_of(votes, 3), gold, "auto", 1) for _ in range(2))
    assert one == again == json.loads(json.dumps(one))
    assert (one["kind"], one["v"], one["members"]) == ("blend", 1, ["a", "b"])
    assert one["gold"] == sum(y is not None and max(row) >= 0 for row, y in zip(votes, gold, strict=True)) == 45
    assert sum(part["share"] for part in one["params"]["parts"]) == pytest.approx(1.0)
    assert min(part["share"] for part in one["params"]["parts"]) >= 0.01


def test_why_adds_up_the_shares_of_what_goes_by_the_same_the_largest_first(rows_of):
    votes, gold = pairs(*voting(2, 1), known=40)
    weights = fit_gold(rows_of(votes), gold, "auto", 1)
    counted = sum(x["share"] for x in weights["params"]["parts"] if x["weights"]["why"].startswith("the majority"))
    said, listed = weights["why"].split(": ")
    assert said == f"learned from {weights['gold']} corrections"
    assert listed.startswith(f"{counted:.0%} the majority, ")
    assert sum(int(x.split("%")[0]) for x in listed.split(", ")) in (99, 100, 101)
    assert set(COUNTED) <= set(names(weights))


def test_a_rare_label_keeps_the_regression_out_until_ten_corrections(rows_of):
    votes, gold = [[0, -1], [0, 0]] * 20 + [[1, 1]] * 9, [0] * 40 + [1] * 9
    weights = fit_gold(rows_of(votes), gold, "auto", 1)
    assert "a regression on the votes" not in names(weights)
    assert weights["why"].endswith("; no regression on the votes yet: the rarest label has 9 corrections, it takes 10")
    enough = fit_gold(rows_of([*votes, [1, 1]]), [*gold, 1], "auto", 1)
    assert "a regression on the votes" in names(enough)
    assert "no regression" not in enough["why"]


def test_corrections_of_one_label_only_are_no_error(rows_of):
    votes, gold = [[0, 0], [1, 0], [1, 1]] * 10, [0, 0, None] * 10
    said = posterior(fit_gold(rows_of(votes, 3), gold, "auto", 1), rows_of(votes, 3))
    assert said[2][1] == max(said[2])  # a label without a correction can still be the answer


def test_corrections_show_whom_to_believe(rows_of):
    random = np.random.default_rng(3)
    gold = random.integers(0, 2, 400)
    noise = np.stack([random.integers(0, 2, 400)] * 3, axis=1)  # three that vote alike, at random
    rows = rows_of(np.concatenate([gold[:, None], noise], axis=1).tolist())
    known = [int(y) if place < 60 else None for place, y in enumerate(gold)]
    unfitted = posterior(fit(rows, "majority", 1), rows)
    assert right(unfitted[60:], gold[60:]) < 0.6
    assert right(posterior(fit_gold(rows, known, "auto", 1), rows)[60:], gold[60:]) == 1.0


def test_rows_that_nobody_votes_on_have_no_answer(rows_of):
    votes, gold = pairs(*voting(2, 2), known=120)
    silent = [place for place, row in enumerate(votes) if max(row) < 0]
    for said in (
        posterior(fit_gold(rows_of(votes), gold, "auto", 1), rows_of(votes)),
        cross_fitted(rows_of(votes), gold, "auto", 1),
    ):
        assert len(silent) == 8
        assert [place for place, row in enumerate(said) if row is None] == silent


def test_cross_fitted_rows_without_gold_are_answered_by_the_weights_of_all(rows_of):
    votes, gold = pairs(*voting(2, 3), known=60)
    said = cross_fitted(rows_of(votes), gold, "auto", 1)
    assert said[60:] == posterior(fit_gold(rows_of(votes), gold, "auto", 1), rows_of(votes))[60:]


def test_cross_fitted_rows_have_not_seen_their_own_gold(rows_of):
    votes, gold = pairs(*voting(2, 3), known=24)
    rows = rows_of(votes)
    place = next(n for n, row in enumerate(votes[:24]) if max(row) >= 0)
    other = [*gold[:place], None, *gold[place + 1 :]]
    unseen = posterior(fit_gold(rows, other, "auto", 1), rows)[place]
    seen = posterior(fit_gold(rows, gold, "auto", 1), rows)[place]
    said = cross_fitted(rows, gold, "auto", 1, folds=24)[place]
    assert said == pytest.approx(unseen)
    assert seen != pytest.approx(unseen)


def copied(seed: int) -> tuple[list[list[int]], np.ndarray]:
    """Six programs that copy one, which is right seven times in ten: a majority of them is far too certain."""
    random = np.random.default_rng(seed)
    gold = random.integers(0, 2, 1000)
    leader = np.where(random.random(1000) < 0.7, gold, 1 - gold)
    copies = np.where(random.random((1000, 6)) < 0.9, leader[:, None], random.integers(0, 2, (1000, 6)))
    return copies.tolist(), gold


def certain(weights: dict, rows: Rows, gold: np.ndarray) -> float:
    """By how much the mean score is above the share of right answers."""
    said = np.array(posterior(weights, rows))
    return float(said.max(axis=1).mean() - (said.argmax(axis=1) == gold).mean())


@pytest.mark.slow
def test_scores_learned_from_corrections_are_probabilities(rows_of):
    learned, unlearned = [], []
    for seed in range(5):
        votes, gold = copied(seed)
        rows, asked = rows_of(votes), rows_of(votes[200:])
        known = [int(y) if place < 200 else None for place, y in enumerate(gold)]
        weights = fit_gold(rows, known, "auto", 1), fit(rows, "auto", 1)
        assert [x["calibrated"] for x in weights] == [True, False]
        learned.append(certain(weights[0], asked, gold[200:]))
        unlearned.append(certain(weights[1], asked, gold[200:]))
    assert min(unlearned) > 0.1
    assert abs(np.mean(learned)) < 0.04


@pytest.mark.slow
@pytest.mark.parametrize("labels", [2, 4])
@pytest.mark.parametrize("known", [20, 60])
def test_few_corrections_make_nothing_clearly_worse(rows_of, labels, known):
    leads = []
    for seed in range(6):
        votes, gold = voting(labels, seed, size=600, programs=6)
        rows = rows_of(votes, labels)
        corrected = [int(y) if place < known else None for place, y in enumerate(gold)]
        learned = right(posterior(fit_gold(rows, corrected, "auto", 1), rows)[known:], gold[known:])
        leads.append(learned - right(posterior(fit(rows, "auto", 1), rows)[known:], gold[known:]))
    assert np.mean(leads) > -0.005
    assert min(leads) > -0.02
