"""The ledger and the budget, on SQLite and on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.errors import BudgetSpent
from alchemist.core.ledger import BROKEN_OFF, Call, Price, Spent, spent
from alchemist.state import ledger
from alchemist.state.ledger import Budgets
from alchemist.state.store import SqlStore

PRICE = Price(0.25, 0.025, 2.0, "a list of today")
FREE = Price(0.0, 0.0, 0.0, "set by an admin")
MOST = (1_000 / 2 * 0.25 + 4_000 * 2.0) / 1_000_000  # of a prompt of 1,000 characters: 0.008125


def call(prompt: str = "p" * 1_000, **more: Any) -> Call:
    return Call("write", "any", prompt, "", BROKEN_OFF, 0.0, **more)


NO_LIMIT = Budgets()


def begun(engine: Engine, budgets: Budgets = NO_LIMIT, price: Price | None = PRICE, project: str = "1.1") -> Call:
    return ledger.reserve(engine, project, call(), price, budgets, patience=0.0)


def ended(engine: Engine, one: Call, usd: float, project: str = "1.1", **more: Any) -> None:
    known = {"reply": "r", "error": "", "settled": True, "tokens_in": 250, "tokens_out": 100} | more
    ledger.keep(engine, project, replace(one, usd=usd, **known))


def test_a_call_is_kept_before_it_is_sent_at_the_most_that_it_may_cost(engine: Engine) -> None:
    one = begun(engine)
    assert (one.usd, one.priced, one.settled, one.row) == (pytest.approx(MOST), "a list of today", False, 1)
    (kept,) = ledger.calls(engine, "1.1")
    assert (kept.usd, kept.settled, kept.error, kept.tokens_in) == (pytest.approx(MOST), False, BROKEN_OFF, None)
    assert ledger.kept_reply(engine, "1.1", "any", "p" * 1_000) is None


def test_how_it_ended_takes_the_place_of_what_was_reserved(engine: Engine) -> None:
    ended(engine, begun(engine), 0.001, source="p1:abc", tokens_cached=7, tokens_reasoning=9)
    (kept,) = ledger.calls(engine, "1.1")
    assert (kept.usd, kept.settled, kept.error, kept.source) == (0.001, True, "", "p1:abc")
    assert (kept.tokens_in, kept.tokens_cached, kept.tokens_out, kept.tokens_reasoning) == (250, 7, 100, 9)
    assert ledger.kept_reply(engine, "1.1", "any", "p" * 1_000) == "r"
    assert ledger.kept_reply(engine, "2.1", "any", "p" * 1_000) is None


def test_a_call_that_was_not_reserved_is_kept_too(engine: Engine) -> None:
    ledger.keep(engine, "1.1", replace(call(), reply="r", error=""))
    assert ledger.kept_reply(engine, "1.1", "any", "p" * 1_000) == "r"


def test_a_reply_is_recalled_by_what_the_call_was_about(engine: Engine) -> None:
    one = ledger.reserve(engine, "1.1", call(about="task 7"), PRICE, NO_LIMIT)
    ended(engine, one, 0.001)
    assert ledger.kept_reply(engine, "1.1", "any", "task 7") == "r"
    assert ledger.kept_reply(engine, "1.1", "any", "p" * 1_000) is None
    assert ledger.answers(engine, "1.1", "write", ["task 7", "task 8"]) == {"task 7": ("any", "r")}
    assert ledger.answers(engine, "1.1", "other", ["task 7"]) == {}


def test_the_latest_reply_counts_and_a_failure_is_no_reply_but_was_asked(engine: Engine) -> None:
    for reply, error in (("first", ""), ("second", ""), ("", "it did not answer in time")):
        one = ledger.reserve(engine, "1.1", call(about="task 7"), PRICE, NO_LIMIT)
        ended(engine, one, 0.001, reply=reply, error=error)
    for number, usd in ((8, 0.001), (9, 0.0)):  # an empty reply is paid, a refusal is not
        one = ledger.reserve(engine, "1.1", call(about=f"task {number}"), PRICE, NO_LIMIT)
        ended(engine, one, usd, reply="", error="no answer")
    ledger.reserve(engine, "1.1", call(about="task 10"), PRICE, NO_LIMIT)  # broken off: it may have been billed
    found = ledger.answers(engine, "1.1", "write", [f"task {n}" for n in range(7, 12)])
    assert found == {"task 7": ("any", "second"), "task 8": ("any", ""), "task 10": ("any", "")}


def test_what_is_spent_and_what_is_reserved_may_not_exceed_the_budget(engine: Engine) -> None:
    two = Budgets(service=2 * MOST + 0.0001)
    first = begun(engine, two)
    begun(engine, two, project="2.1")
    with pytest.raises(BudgetSpent) as caught:
        begun(engine, two)
    assert caught.value.final
    assert caught.value.message == (
        "the budget of $0.02 does not allow another call: $0.0163 is spent or reserved, and the call may cost up to "
        "$0.0081"
    )
    assert "Raise ALCHEMIST_BUDGET_USD" in caught.value.hint
    ended(engine, first, 0.0)  # the bill is less than was reserved, and its reply was short: there is room again
    assert begun(engine, two).usd == pytest.approx((500 * 0.25 + 2 * 100 * 2) / 1_000_000)


def test_a_call_waits_for_the_bills_of_calls_that_are_under_way(engine: Engine) -> None:
    one_at_a_time = Budgets(service=MOST + 0.001)
    first = begun(engine, one_at_a_time)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(ledger.reserve, engine, "2.1", call(), PRICE, one_at_a_time)
        ended(engine, first, 0.0001, tokens_out=2_000)
        assert waiting.result(timeout=30).row is not None


def test_a_bill_that_comes_while_the_budget_is_added_up_is_not_missed(engine: Engine) -> None:
    one_at_a_time = Budgets(service=MOST + 0.001)
    first = begun(engine, one_at_a_time)
    with ThreadPoolExecutor(1) as threads:
        bills: list[Future[None]] = []

        def bill_comes(_: Any, __: Any, statement: str, *___: Any) -> None:
            if "sum(" in statement and not bills:
                bills.append(threads.submit(ended, engine, first, 0.0001))
                wait(bills, timeout=1.0)  # SQLite lets nobody write before the budget is added up

        sa.event.listen(engine, "after_cursor_execute", bill_comes)
        assert ledger.reserve(engine, "2.1", call(), PRICE, one_at_a_time, patience=30.0).row is not None
    assert [x.result() for x in bills] == [None]


def test_nobody_waits_for_bills_that_leave_no_room_or_never_come(engine: Engine) -> None:
    ended(engine, begun(engine), 0.001)
    begun(engine)
    with pytest.raises(BudgetSpent):  # too little is left whatever the second one costs
        ledger.reserve(engine, "1.1", call(), PRICE, Budgets(service=0.0011))
    late = begun(engine)
    ended(engine, late, 1.0, reply="", error="it did not answer in time", settled=False)
    with pytest.raises(BudgetSpent):  # it has ended, and nobody knows its bill
        ledger.reserve(engine, "1.1", call(), PRICE, Budgets(service=1.0))


def test_a_project_has_a_budget_of_its_own(engine: Engine) -> None:
    mine = Budgets(service=100.0, project=MOST)
    begun(engine, project="2.1")
    begun(engine, mine)
    with pytest.raises(BudgetSpent, match="the project's budget of"):
        begun(engine, mine)


def test_with_a_budget_and_a_price_that_nobody_knows_nothing_is_sent(engine: Engine) -> None:
    for budgets in (Budgets(service=5.0), Budgets(project=5.0)):
        with pytest.raises(BudgetSpent) as caught:
            begun(engine, budgets, price=None)
        assert caught.value.message == "there is a budget, and nobody knows what any costs, so nothing is sent to it"
        assert "ALCHEMIST_LLM_PRICE" in caught.value.hint
    assert ledger.calls(engine, "1.1") == []


def test_without_a_budget_an_unknown_price_stays_unknown(engine: Engine) -> None:
    one = begun(engine, price=None)
    assert (one.usd, one.priced) == (None, "")
    assert (spent(ledger.calls(engine, "1.1")).usd, spent(ledger.calls(engine, "1.1")).unknown) == (0.0, 1)


def test_a_machine_of_ones_own_is_within_any_budget(engine: Engine) -> None:
    assert begun(engine, Budgets(service=0.0), FREE).usd == 0.0


def test_what_was_paid_is_told_without_reading_every_call(engine: Engine) -> None:
    assert ledger.paid(engine, "1.1") == Spent()
    ended(engine, begun(engine), 0.25)
    begun(engine, price=None)
    ended(engine, begun(engine, project="2.1"), 0.5, "2.1")
    assert ledger.paid(engine, "1.1") == Spent(calls=2, usd=0.25, unknown=1)
    assert ledger.total(engine) == 0.75


def test_the_longest_reply_so_far_says_what_the_next_may_cost(engine: Engine) -> None:
    ended(engine, begun(engine), 0.01, tokens_out=9_000)
    assert begun(engine).usd == pytest.approx((500 * 0.25 + 2 * 9_000 * 2) / 1_000_000)
    other = ledger.reserve(engine, "1.1", replace(call(), purpose="repair"), PRICE, NO_LIMIT)
    assert other.usd == pytest.approx(MOST)


def test_characters_of_a_token_are_measured_where_an_endpoint_counts_them(engine: Engine) -> None:
    assert ledger.characters_per_token(engine, "1.1") is None
    ended(engine, begun(engine), 0.001, tokens_in=300)
    ended(engine, ledger.reserve(engine, "1.1", call("漢" * 500), PRICE, NO_LIMIT), 0.001, tokens_in=200)
    ended(engine, begun(engine), 0.001, tokens_in=None)
    assert ledger.characters_per_token(engine, "1.1") == 1_500 / 500
    SqlStore(engine).forget("1.1")
    assert ledger.characters_per_token(engine, "1.1") is None


def test_calls_are_credited_to_the_program_that_came_of_them(engine: Engine) -> None:
    abouts = [f"task {n}" for n in range(3)]
    for about in abouts:
        ended(engine, ledger.reserve(engine, "1.1", call(about=about), PRICE, NO_LIMIT), 0.001)
    assert ledger.credit(engine, "1.1", "write", abouts[:2], "p1:table") == pytest.approx(0.002)
    assert [x.source for x in ledger.calls(engine, "1.1")] == ["p1:table", "p1:table", ""]
    ledger.reserve(engine, "1.1", call(about="task 9"), None, NO_LIMIT)
    assert ledger.credit(engine, "1.1", "write", ["task 9"], "p1:table") is None


def test_threads_at_the_limit_never_spend_more_than_the_budget(engine: Engine, at_once: Callable[..., Any]) -> None:
    budgets = Budgets(service=5 * MOST + 0.0001)

    def one(_: int) -> bool:
        try:
            begun(engine, budgets)
        except BudgetSpent:
            return False
        return True

    assert sum(at_once(one, list(range(12)))) == 5
    assert spent(ledger.calls(engine, "1.1")).usd <= 5 * MOST + 0.0001


SPENDER = """
import sys
from alchemist.core.errors import BudgetSpent
from alchemist.core.ledger import Call, Price
from alchemist.state import ledger
from alchemist.state.database import open_database

engine = open_database(sys.argv[1])
call = Call("write", "any", "p" * 1_000, "", "broken off", 0.0)
sys.stdin.readline()
for _ in range(4):
    try:
        budgets = ledger.Budgets(service=float(sys.argv[2]))
        ledger.reserve(engine, "1.1", call, Price(0.25, 0.025, 2.0, "a list"), budgets, patience=0.0)
    except BudgetSpent:
        pass
"""


@pytest.mark.slow
def test_processes_at_the_limit_never_spend_more_than_the_budget(engine: Engine, blank: str) -> None:
    command = [sys.executable, "-c", SPENDER, blank, str(6 * MOST + 0.0001)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=60)
        assert worker.returncode == 0
    assert len(ledger.calls(engine, "1.1")) == 6


def test_calls_that_were_kept_before_there_were_prices_have_none(engine: Engine) -> None:
    old = {"project": "1.1", "purpose": "write", "model": "m", "prompt_hash": "h", "prompt": "p", "reply": "r"}
    with engine.begin() as connection:
        columns = old | {"error": "", "seconds": 1.0, "tokens_in": 10, "tokens_out": 5, "created_at": 1.0}
        written = ", ".join(columns)
        values = ", ".join(f":{name}" for name in columns)
        connection.execute(sa.text(f"INSERT INTO llm_calls ({written}) VALUES ({values})"), columns)
    (kept,) = ledger.calls(engine, "1.1")
    assert (kept.usd, kept.priced, kept.source, kept.settled) == (None, "", "", True)
    assert spent([kept]).unknown == 1
