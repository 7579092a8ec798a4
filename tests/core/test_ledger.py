from __future__ import annotations

from typing import Any

import pytest

from alchemist.core.errors import BadSetting
from alchemist.core.ledger import (
    Call,
    PerTask,
    Price,
    break_even,
    dollars,
    forecast,
    largest,
    per_task,
    price_from,
    spent,
)
from alchemist.core.ledger import saving as saved

PRICE = Price(0.25, 0.025, 2.0, "a list")


def call(**more: Any) -> Call:
    return Call("write", "any", "p", "r", "", 1.0, **more)


def test_cached_tokens_are_among_those_that_go_in_and_are_cheaper():
    assert PRICE.usd(1_000_000, 0) == 0.25
    assert PRICE.usd(1_000_000, 0, cached=1_000_000) == 0.025
    assert PRICE.usd(1_000, 300, 400) == pytest.approx((600 * 0.25 + 400 * 0.025 + 300 * 2) / 1_000_000, abs=1e-15)
    assert PRICE.usd(100, 0, cached=200) == pytest.approx(200 * 0.025 / 1_000_000, abs=1e-15)


def test_calls_are_added_up_and_what_is_not_known_is_counted_apart():
    found = spent(
        [
            call(tokens_in=100, tokens_cached=10, tokens_out=50, tokens_reasoning=40, usd=0.5, source="p1:a"),
            call(tokens_in=200, tokens_out=70, usd=None),
            Call("write", "any", "p", "", "broken off", 1.0, usd=0.25, settled=False),
            Call("repair", "any", "p", "", "refused", 1.0, usd=0.0),
        ]
    )
    assert (found.calls, found.failed) == (4, 2)
    assert (found.tokens_in, found.tokens_cached, found.tokens_out, found.tokens_reasoning) == (300, 10, 120, 40)
    assert (found.usd, found.open, found.usd_open, found.unknown) == (0.75, 1, 0.25, 1)


def test_an_admin_gives_a_price_for_tokens_in_and_out_and_maybe_cached_ones():
    two, three, none = price_from("0.25/2.00"), price_from(" 1 / 0.1 / 10"), price_from("0/0")
    assert two is not None and three is not None and none is not None
    assert (two.usd_in, two.usd_cached, two.usd_out) == (0.25, 0.25, 2.0)
    assert (three.usd_in, three.usd_cached, three.usd_out) == (1.0, 0.1, 10.0)
    assert none.usd(10**9, 10**9) == 0.0
    assert price_from("") is None


@pytest.mark.parametrize("written", ["1", "1/2/3/4", "a/b", "/", "-1/2", "1/inf", "nan/1", "1,5/2"])
def test_what_is_no_price_is_refused(written):
    with pytest.raises(BadSetting):
        price_from(written)


def test_no_budget_is_no_limit_and_a_budget_of_nothing_is_one():
    assert dollars("") is None
    assert dollars("0") == 0.0


def test_the_largest_likely_price_is_of_many_tokens_in_and_of_twice_the_longest_reply():
    assert largest(PRICE, "x" * 4_000, longest=1_000) == pytest.approx((2_000 * 0.25 + 2_000 * 2) / 1e6, abs=1e-15)
    assert largest(PRICE, "漢" * 1_000, longest=0) == pytest.approx(1_500 * 0.25 / 1e6, abs=1e-15)
    assert largest(PRICE, "", longest=None) == pytest.approx(4_000 * 2 / 1e6, abs=1e-15)


def test_what_asking_for_every_task_costs_what_is_saved_and_from_where_on():
    each = per_task("cheap", PRICE, [800, 1_200], 4.0, 50.0)
    assert (each.tasks, each.tokens_in, each.tokens_out) == (2, 500.0, 100.0)
    assert each.usd == pytest.approx((500 * 0.25 + 100 * 2) / 1e6, abs=1e-15)  # 0.000325
    assert saved(each, 0.00065) == pytest.approx(0.5)
    assert break_even(each, 0.00065) == 4


def test_nothing_is_compared_with_a_price_that_is_not_known_or_with_nothing_paid():
    unknown = per_task("any", None, [800], 4.0, 5.0)
    assert (unknown.usd, saved(unknown, 1.0), break_even(unknown, 1.0)) == (None, None, None)
    assert saved(PerTask("any", PRICE, 1, 100, 5), 0.0) is None
    assert break_even(per_task("own machine", Price(0, 0, 0, ""), [800], 4.0, 5.0), 1.0) is None


def test_a_forecast_goes_from_no_repair_and_usual_replies_to_every_repair_and_long_ones():
    found = forecast(PRICE, [4_000, 4_000], [8_000], 3, 4.0, (500.0, 2_000.0))
    assert (found.calls, found.repairs, found.known, found.tokens_in) == (2, 1, 3, 2_000.0)
    assert found.least == pytest.approx((2_000 * 0.25 + 1_000 * 2) / 1e6, abs=1e-15)
    assert found.most == pytest.approx((4_000 * 0.25 + 6_000 * 2) / 1e6, abs=1e-15)
    assert forecast(None, [4_000], [], 0, 4.0, (1.0, 1.0)).most is None
