"""One call: what is reserved, what is billed, what may have been."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from alchemist.core.errors import AlchemistError, BudgetSpent, LanguageModelError
from alchemist.core.ledger import Call, Price
from alchemist.writer.endpoint import Endpoint
from alchemist.writer.replies import program_in
from tests.doubles import llm
from tests.doubles.llm import ScriptedLLM

PRICE = Price(0.25, 0.025, 2.0, "a list of today")
MESSAGES = [{"role": "system", "content": "You answer."}, {"role": "user", "content": "Well?"}]
GOOD = "```python\ndef label(task):\n    return None\n```\n"


class Till:
    """An endpoint at a scripted server, with what was reserved and kept."""

    def __init__(self, server: ScriptedLLM, price: Price | None = PRICE, **more: Any) -> None:
        self.server = server
        self.reserved: list[Call] = []
        self.kept: list[Call] = []
        given = {"reserve": self.reserve, "timeout": 10.0, "retries": 0} | more
        self.endpoint = Endpoint("any", "key", server.url, self.kept.append, price=price, **given)

    def reserve(self, call: Call) -> Call:
        self.reserved.append(call)
        return replace(call, usd=0.5, priced="a guess", row=len(self.reserved))

    def ask(self, read: Callable[[str], Any] = str, **more: Any) -> Any:
        try:
            return self.endpoint.ask("write", MESSAGES, read, **more)
        except AlchemistError as error:
            return error


@pytest.fixture
def till() -> Iterator[Callable[..., Till]]:
    """Open a till at a server with this script."""
    opened: list[Till] = []

    def open_till(script: llm.Script, **more: Any) -> Till:
        opened.append(Till(ScriptedLLM(script).__enter__(), **more))
        return opened[-1]

    yield open_till
    for one in opened:
        one.endpoint.client.close()
        one.server.__exit__()


def usage(**counts: Any) -> llm.Behaviour:
    choice = {"index": 0, "message": {"role": "assistant", "content": GOOD}, "finish_reason": "stop"}
    return lambda asked: llm.json_value(llm.completion(asked, choices=[choice], usage=counts))(asked)


def test_a_call_is_billed_by_its_tokens_and_credited_to_its_program(till):
    counts = {"prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500}
    counts |= {"prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 300}}
    at = till(usage(**counts))
    program = at.ask(program_in)
    (before,), (call,) = at.reserved, at.kept
    assert (before.purpose, before.settled, before.reply, before.row) == ("write", False, "", None)
    assert before.prompt == "# System\nYou answer.\n\n# User\nWell?"
    assert (call.tokens_in, call.tokens_cached, call.tokens_out, call.tokens_reasoning) == (1_000, 400, 500, 300)
    assert call.usd == pytest.approx((600 * 0.25 + 400 * 0.025 + 500 * 2.0) / 1_000_000, abs=1e-15)  # 0.00116
    assert (call.priced, call.settled, call.row, call.source) == ("a list of today", True, 1, program.id)


def test_thoughts_that_an_endpoint_counts_beside_the_reply_are_paid_too(till):
    counts = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 405}
    at = till(usage(**counts, completion_tokens_details={"reasoning_tokens": 300}))
    at.ask()
    assert (at.kept[0].tokens_out, at.kept[0].usd) == (305, pytest.approx((100 * 0.25 + 305 * 2) / 1e6))


@pytest.mark.parametrize("count", [-1, 2**40, "12", None, 1.5])
def test_a_count_that_is_none_is_not_believed(till, count):
    at = till(usage(prompt_tokens=count, completion_tokens=5))
    at.ask()
    assert (at.kept[0].tokens_in, at.kept[0].usd, at.kept[0].settled) == (None, 0.5, False)


def test_where_no_tokens_are_counted_the_most_that_it_may_cost_stands(till):
    at = till(llm.without_usage(GOOD))
    assert at.ask() == GOOD
    assert (at.kept[0].usd, at.kept[0].settled, at.kept[0].error) == (0.5, False, "")


def test_a_price_that_is_not_known_stays_unknown(till):
    at = till(llm.reply(GOOD), price=None, reserve=lambda call: call)
    at.ask()
    assert (at.kept[0].usd, at.kept[0].priced, at.kept[0].settled) == (None, "", True)


@pytest.mark.parametrize("behaviour", [llm.wrong_key(), llm.no_model(), llm.over_limit(), llm.broken(503)])
def test_a_refusal_costs_nothing(till, behaviour):
    at = till(behaviour)
    assert isinstance(at.ask(), LanguageModelError)
    assert (at.kept[0].usd, at.kept[0].settled) == (0.0, True)


@pytest.mark.parametrize("behaviour", [llm.slow(5, GOOD), llm.cut()])
def test_what_came_late_or_half_may_have_been_billed(till, behaviour):
    at = till(behaviour, timeout=0.2)
    assert isinstance(at.ask(), LanguageModelError)
    assert (at.kept[0].usd, at.kept[0].settled, at.kept[0].priced) == (0.5, False, "a guess")


def test_every_attempt_that_came_to_nothing_may_have_been_billed(till):
    at = till(llm.cut(), retries=1)
    assert isinstance(at.ask(), LanguageModelError)
    assert len(at.server.requests) == 2
    assert (at.kept[0].usd, at.kept[0].settled) == (1.0, False)


def test_nobody_bills_what_reached_nobody(till):
    at = till(llm.reply(GOOD))
    at.endpoint.client = at.endpoint.client.with_options(base_url="http://127.0.0.1:9/v1")
    assert isinstance(at.ask(), LanguageModelError)
    assert (at.kept[0].usd, at.kept[0].settled) == (0.0, True)


@pytest.mark.parametrize("behaviour", [llm.empty(), llm.reply("Je ne peux pas.")])
def test_a_reply_that_is_no_use_is_billed(till, behaviour):
    at = till(behaviour)
    assert isinstance(at.ask(program_in), AlchemistError)
    (call,) = at.kept
    assert call.error
    assert call.usd == pytest.approx((call.tokens_in * 0.25 + call.tokens_out * 2) / 1e6)
    assert (call.settled, call.source) == (True, "")


def test_a_call_that_the_budget_does_not_allow_is_neither_sent_nor_kept(till):
    def refuse(call: Call) -> Call:
        raise BudgetSpent("the budget is spent", "Raise it.")

    at = till(llm.reply(GOOD), reserve=refuse)
    refused = at.ask()
    assert isinstance(refused, BudgetSpent) and refused.final
    assert (at.server.requests, at.kept) == ([], [])


def test_what_is_recalled_is_neither_reserved_nor_sent(till):
    asked: list[str] = []
    at = till(llm.reply(GOOD), recall=lambda about: asked.append(about) or "known")
    assert at.ask(about="task 7") == at.ask() == "known"
    assert (asked, at.server.requests, at.reserved) == (["task 7", "# System\nYou answer.\n\n# User\nWell?"], [], [])


def test_no_key_is_in_what_is_kept(till):
    at = till(llm.wrong_key())
    at.ask()
    assert not re.search(r"\bkey-|Bearer", str(at.kept))
