from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.corrections import Annotation, deciding, is_shown

FIRST, SECOND, THIRD = "2026-11-20T11:42:18.346582Z", "2026-11-20T11:42:18.674155Z", "2026-11-20T11:43:00.000001Z"


def said(known: int, when: str = FIRST, skipped: bool = False, ground_truth: bool = False) -> Annotation:
    return Annotation(known, 7, [], when, skipped, ground_truth)


def test_nothing_said_decides_nothing():
    assert deciding([]) is None


def test_the_latest_decides():
    assert deciding([said(1, SECOND), said(2, FIRST)]).id == 1
    assert deciding([said(1, FIRST), said(2, THIRD), said(3, SECOND)]).id == 2


def test_of_two_said_at_the_same_time_the_newer_decides():
    assert deciding([said(2), said(1)]).id == 2
    assert deciding([said(2, ""), said(9, "")]).id == 9


def test_ground_truth_decides_however_old_it_is():
    assert deciding([said(1, FIRST, ground_truth=True), said(2, THIRD)]).id == 1
    assert deciding([said(1, FIRST, ground_truth=True), said(2, SECOND, ground_truth=True), said(3, THIRD)]).id == 2


def test_a_skip_is_no_answer_whatever_else_it_is():
    assert deciding([said(1, FIRST), said(2, THIRD, skipped=True)]).id == 1
    assert deciding([said(1, THIRD, skipped=True, ground_truth=True), said(2, FIRST)]).id == 2
    assert deciding([said(1, skipped=True), said(2, skipped=True)]) is None


ANNOTATIONS = st.lists(
    st.builds(said, st.integers(1, 50), st.sampled_from([FIRST, SECOND, THIRD]), st.booleans(), st.booleans()),
    unique_by=lambda x: x.id,
)


@given(ANNOTATIONS, st.randoms(use_true_random=False))
def test_the_order_in_which_annotations_come_does_not_matter(annotations, random):
    shuffled = list(annotations)
    random.shuffle(shuffled)
    assert deciding(shuffled) == deciding(annotations)


def test_the_split_is_the_same_for_ever():
    shown = "".join("s" if is_shown("4.1795174907", task) else "h" for task in range(1, 41))
    assert shown == "sssshsshshsssssshshsshhhssshsshshhshhhss"
    assert is_shown("4.1795174907", 7) == is_shown("4.1795174907", "7")


def test_the_split_is_sixty_to_forty_and_each_project_has_its_own():
    one = [is_shown("4.1795174907", task) for task in range(10_000)]
    other = [is_shown("5.1795174907", task) for task in range(10_000)]
    assert 5_850 < sum(one) < 6_150
    assert 5_850 < sum(other) < 6_150
    assert 5_000 < sum(a == b for a, b in zip(one, other, strict=True)) < 5_400  # 0.6² + 0.4² = 0.52
