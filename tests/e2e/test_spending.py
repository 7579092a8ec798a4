"""What a language model costs, and what it answers by itself, on a real Label Studio."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.doubles.llm import Answer, Asked, ScriptedLLM, recorded, reply
from tests.e2e.conftest import REPLIES, Start
from tests.e2e.test_first_edition import agreement, alchemist, filled
from tests.e2e.test_improving import idle
from tests.e2e.user import User

pytestmark = pytest.mark.e2e

TASKS = 250
ONE_ITEM = "one item at a time"


def test_the_least_certain_tasks_are_asked_about_and_every_call_is_in_the_ledger(
    user: User, start: Start, tmp_path: Path
) -> None:
    labels = filled(user, TASKS)
    programs = recorded(REPLIES)

    def answer(asked: Asked) -> Answer:
        return reply("spam")(asked) if ONE_ITEM in asked.prompt else programs(asked)

    settings = {
        "ALCHEMIST_LLM": "scripted",
        "ALCHEMIST_LLM_PRICE": "1/10",
        "ALCHEMIST_FALLBACK": "0.1",
        "ALCHEMIST_BUDGET_USD": "5",
        "OPENAI_API_KEY": "a-key",
    }
    with ScriptedLLM(answer) as llm:
        settings["OPENAI_BASE_URL"] = llm.url
        user.backend = start(ALCHEMIST_WRITER="llm", **settings)
        user.connect()
        user.until(lambda: "asked scripted" in user.status()["questions"][0]["writers"])
        idle(user)
        single = [x for x in llm.prompts if ONE_ITEM in x]
    assert len(single) == len(set(single)) == TASKS // 10
    assert agreement(user, labels)[0] == len(labels)
    assert user.status()["decisions"][0]["actor"] == "fallback"

    told = json.loads(alchemist(user, tmp_path, settings, "cost", "--project", str(user.id), "--json").stdout)
    spent = told["spent"]
    assert spent["calls"] == len(llm.prompts)
    assert (spent["unknown"], spent["open"]) == (0, 0)
    assert spent["usd"] == pytest.approx((spent["tokens_in"] + 10 * spent["tokens_out"]) / 1e6)
    purposes = {x["purpose"]: x["calls"] for x in told["purposes"]}
    assert purposes["answer_task.v1"] == TASKS // 10
    assert user.status()["spent"].startswith(f"${spent['usd']:.4f} for {spent['calls']:,} calls")
    shown = alchemist(user, tmp_path, settings | {"COLUMNS": "200"}, "cost", "--project", str(user.id))
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "asking for every task instead" in shown.stdout


def test_a_budget_that_is_spent_stops_the_asking_and_not_the_predictions(user: User, start: Start) -> None:
    labels = filled(user, TASKS)
    with ScriptedLLM(recorded(REPLIES)) as llm:
        user.backend = start(
            ALCHEMIST_WRITER="llm",
            ALCHEMIST_LLM="scripted",
            ALCHEMIST_LLM_PRICE="1/10",
            ALCHEMIST_BUDGET_USD="0.15",
            OPENAI_BASE_URL=llm.url,
            OPENAI_API_KEY="a-key",
        )
        user.connect()
        user.until_published()
        idle(user)
        assert 3 <= len(llm.prompts) < 20
    assert agreement(user, labels)[1] > 0.8
    assert "the budget of $0.15 does not allow another call" in user.status()["note"]
