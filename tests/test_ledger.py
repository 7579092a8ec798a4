"""A whole run against a language model that counts tokens: the ledger's figures, reckoned by hand beside them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alchemist.cli import app
from alchemist.core.brief import Writer
from alchemist.core.jobs import FALLBACK, PUBLISH
from alchemist.core.ports import Project
from alchemist.core.tasks import Task
from alchemist.labelstudio.heard import event_body
from alchemist.services import Services
from alchemist.settings import Settings, inherited, written
from alchemist.state import jobs, ledger
from alchemist.worker import work_once
from alchemist.writer.llm import LlmWriter
from tests.doubles import llm
from tests.doubles.llm import ScriptedLLM
from tests.doubles.studio import ScriptedStudio
from tests.test_writing import KEY, XML, Office, annotated

IDEAS = (("links", "Look for links."), ("songs", "Look for songs."))
LINKS = "```python\ndef label(task):\n    'Links.'\n    return 'spam' if 'http' in task['text'] else None\n```"
BROKEN = "```python\ndef label(task):\n    'Songs.'\n    return {}\n```"
SONGS = "```python\ndef label(task):\n    'Songs.'\n    return 'ham' if 'song' in task['text'] else None\n```"

WRITING = {"prompt_tokens": 1_000, "completion_tokens": 600, "total_tokens": 1_600}
WRITING |= {"prompt_tokens_details": {"cached_tokens": 400}, "completion_tokens_details": {"reasoning_tokens": 500}}
MENDING = {"prompt_tokens": 1_200, "completion_tokens": 300, "total_tokens": 1_500}
ANSWERING = {"prompt_tokens": 200, "completion_tokens": 10, "total_tokens": 210}

WRITE = (600 * 0.25 + 400 * 0.025 + 600 * 2.00) / 1_000_000  # $0.00136 at gpt-5-mini's prices
REPAIR = (1_200 * 0.25 + 300 * 2.00) / 1_000_000  # $0.0009
ANSWER = (200 * 0.25 + 10 * 2.00) / 1_000_000  # $0.00007
PAID = 2 * WRITE + REPAIR + 6 * ANSWER  # $0.00404


def tasks() -> list[Task]:
    """Sixty of equal length: 27 with a link, 27 with a song, and six with neither."""
    words = ["http", "song"] * 27 + ["none"] * 6
    return [Task({"text": f"{word} {n:03}"}, n) for n, word in enumerate(words, 1)]


def reply(text: str, usage: dict[str, Any]) -> llm.Behaviour:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return lambda asked: llm.json_value(llm.completion(asked, choices=[choice], usage=usage))(asked)


def behave(asked: llm.Asked) -> llm.Answer:
    """Two programs, of which one has to be mended, and answers to single tasks."""
    if "The item to label" in asked.prompt:
        return reply("spam", ANSWERING)(asked)
    if "was rejected" in asked.prompt:
        return reply(SONGS, MENDING)(asked)
    return reply(LINKS if f"The idea of your program: {IDEAS[0][1]}" in asked.prompt else BROKEN, WRITING)(asked)


class Bureau(Office):
    """An office whose writer has two ideas."""

    def writer(self, project: Project, tell: Any) -> Writer:
        writer = super().writer(project, tell)
        assert isinstance(writer, LlmWriter)
        writer.ideas = IDEAS
        return writer


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM(behave) as server:
        yield server


@pytest.fixture
def settings(server: ScriptedLLM, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    found = Settings(
        home=tmp_path, writer="llm", llm="gpt-5-mini", openai_api_key="key", openai_base_url=server.url, fallback="0.1"
    )
    for name, value in written(found).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "200")
    return found


def run(settings: Settings) -> Bureau:
    """From the first job to the last."""
    at = Bureau(settings, ScriptedStudio(tasks()))
    at.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    while any(x["due"] <= time.time() and not x["error"] for x in jobs.open_jobs(at.store.engine)):
        assert work_once(at)
    return at


def cost(*more: str) -> Any:
    found = CliRunner().invoke(app, ["cost", "--project", "4", *more])
    assert found.exception is None, found.exception
    return json.loads(found.output) if "--json" in more else found.output


def close(amount: float) -> Any:
    return pytest.approx(amount, rel=1e-12)


@pytest.mark.slow
def test_the_ledger_of_a_whole_run_is_what_one_reckons_by_hand(settings: Settings, server: ScriptedLLM) -> None:
    at = run(settings)
    told = cost("--json")
    assert len(server.requests) == 2 + 1 + 6
    by_purpose = {x["purpose"].partition(".")[0]: x for x in told["purposes"]}
    write, repair, answer = (by_purpose[x] for x in ("write_program", "repair_program", "answer_task"))
    assert (write["calls"], write["tokens_in"], write["tokens_cached"]) == (2, 2_000, 800)
    assert (write["tokens_out"], write["tokens_reasoning"], write["usd"]) == (1_200, 1_000, close(2 * WRITE))
    assert (repair["calls"], repair["tokens_in"], repair["tokens_out"], repair["usd"]) == (1, 1_200, 300, close(REPAIR))
    assert (answer["calls"], answer["tokens_in"], answer["tokens_out"]) == (6, 1_200, 60)
    assert answer["usd"] == close(6 * ANSWER)
    assert told["spent"]["usd"] == told["budget"]["service_spent_usd"] == close(PAID)
    assert (told["spent"]["calls"], told["spent"]["open"], told["spent"]["unknown"]) == (9, 0, 0)
    programs = {x["name"]: x for x in told["programs"]}
    assert programs["links"]["usd"] == close(WRITE)
    assert programs["answers of gpt-5-mini"]["usd"] == close(6 * ANSWER)
    assert programs["answers of gpt-5-mini"]["votes"]
    songs = sorted(x["usd"] for x in told["programs"] if x["name"] == "songs")  # the broken one and its successor
    assert songs == [close(REPAIR), close(WRITE)]
    decision = at.store.decisions(KEY)[0]
    assert (decision.actor, decision.numbers["usd"]) == ("fallback", close(6 * ANSWER))
    at.store.engine.dispose()


@pytest.mark.slow
def test_what_asking_for_every_task_costs_is_what_one_reckons_by_hand(settings: Settings, server: ScriptedLLM) -> None:
    run(settings).store.engine.dispose()
    kept = [sum(len(f"# {x['role']}\n{x['content']}") for x in asked.body["messages"]) + 2 for asked in server.requests]
    per_token = sum(kept) / (2 * 1_000 + 1_200 + 6 * 200)
    (length,) = {sum(len(x["content"]) for x in y.body["messages"]) for y in server.requests if "to label" in y.prompt}
    told = cost("--json")
    assert told["measured"]["characters_per_token"] == close(per_token)
    mini, nano = told["per_task"]
    tokens_in = 60 * length / per_token
    assert (mini["model"], mini["tasks"], mini["tokens_in"], mini["tokens_out"]) == (
        "gpt-5-mini",
        60,
        round(tokens_in),
        600,
    )
    assert mini["usd"] == close((tokens_in * 0.25 + 600 * 2.00) / 1e6)
    assert nano["usd"] == close((tokens_in * 0.05 + 600 * 0.40) / 1e6)
    assert nano["model"] == "gpt-5-nano"
    assert mini["saving"] == close(mini["usd"] / PAID)
    assert nano["saving"] == close(nano["usd"] / PAID)
    assert mini["break_even"] == -(-PAID * 60 // mini["usd"])
    text = cost()
    assert re.search(r"gpt-5-mini +│ +60 │", text)
    assert "genai-prices" in text
    assert "of the tokens in came from the cache" in text
    assert "Even from: the number of tasks from which on programs are the cheaper way." in text


@pytest.mark.slow
def test_no_sum_is_cut_off_in_a_terminal_of_eighty_columns(settings: Settings, monkeypatch: Any) -> None:
    run(settings)
    monkeypatch.setenv("COLUMNS", "80")
    assert "…" not in cost()


@pytest.mark.slow
def test_a_rehearsal_sends_nothing_and_foretells_the_run(settings: Settings, server: ScriptedLLM) -> None:
    server.script = llm.recorded()
    at = Office(settings, ScriptedStudio(tasks()))
    at.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    at.store.learn(KEY, at.project.read(), 1.0)
    told = cost("--json", "--dry-run")
    assert "Nothing was sent." in cost("--dry-run")
    assert (server.requests, ledger.calls(at.store.engine, KEY)) == ([], [])
    assert 0 < told["least"] < told["most"]
    assert (told["known"], told["replies_seen"], told["fallback"]["calls"]) == (0, 0, 6)
    at.run_jobs()
    sent = [x for x in server.requests if "was rejected" not in x.prompt]
    assert told["calls"] == len(sent)
    assert told["tokens_in"] == pytest.approx(sum(len(x.prompt) for x in sent) / 4, rel=0.15)
    at.store.engine.dispose()


@pytest.mark.slow
def test_a_project_without_a_language_model_of_its_own_sends_nothing(settings: Settings) -> None:
    at = Services(settings)
    at.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    at.store.set_settings(KEY, {"writer": "offline"})
    assert "the offline writer writes here" in cost("--dry-run")
    at.store.engine.dispose()


@pytest.mark.slow
def test_a_budget_stops_the_run_where_it_is_and_takes_nothing_away(settings: Settings, server: ScriptedLLM) -> None:
    """It leaves enough for the programs and their repair, and for no answer to a task."""
    at = run(replace(settings, budget_usd="0.0115"))
    assert ledger.total(at.store.engine) == close(2 * WRITE + REPAIR)
    assert at.known.serving is not None
    assert len(at.project.stored) == 60
    (job,) = [x for x in jobs.open_jobs(at.store.engine) if x["kind"] == FALLBACK]
    assert job["error"].startswith("the budget of $0.01 does not allow another call: $0.0036 is spent or reserved")
    assert "Raise ALCHEMIST_BUDGET_USD to go on" in job["error"]
    richer = Bureau(replace(settings, budget_usd="1"), at.project)
    jobs.enqueue(at.store.engine, FALLBACK, KEY, time.time(), urgent=True)
    while any(x["kind"] in (FALLBACK, PUBLISH) for x in jobs.open_jobs(at.store.engine)):
        assert work_once(richer)
    assert ledger.total(at.store.engine) == close(PAID)
    for one in (at, richer):
        one.store.engine.dispose()


@pytest.mark.slow
def test_what_a_budget_refused_is_told_with_what_was_published(settings: Settings, server: ScriptedLLM) -> None:
    """Both programs are paid, and the one that has to be mended is left out."""
    at = run(replace(settings, budget_usd="0.009", fallback="0"))
    assert len(server.requests) == 2
    note = at.known.note
    assert note.startswith("alchemist-1-")
    assert "; the budget of $0.01 does not allow another call" in note
    at.store.engine.dispose()


@pytest.mark.slow
def test_a_project_has_its_own_budget_and_its_own_price(settings: Settings, server: ScriptedLLM) -> None:
    at = Bureau(replace(settings, budget_usd="100"), ScriptedStudio(tasks()))
    at.meet(Project(KEY, XML, "http://localhost:8080", "token"))
    at.store.set_settings(KEY, {"budget_usd": "0"})
    assert work_once(at)
    (job,) = jobs.open_jobs(at.store.engine)
    assert job["error"].startswith("the project's budget of $0.00 does not allow another call")
    assert server.requests == []
    at.store.set_settings(KEY, {"budget_usd": "0", "llm_price": "0/0"})
    at.run_jobs()
    assert at.known.serving is not None
    assert (ledger.total(at.store.engine), cost("--json")["prices"]) == (0.0, ["gpt-5-mini: set by an admin"])
    at.store.engine.dispose()


@pytest.mark.slow
def test_with_a_budget_and_a_price_that_nobody_knows_nothing_is_sent(settings: Settings, server: ScriptedLLM) -> None:
    at = run(replace(settings, llm="my-own", budget_usd="5"))
    assert server.requests == []
    (job,) = jobs.open_jobs(at.store.engine)
    assert job["error"] == (
        "there is a budget, and nobody knows what my-own costs, so nothing is sent to it. Set ALCHEMIST_LLM_PRICE to "
        "its US dollars per million tokens, in/out; 0/0 for a machine of your own."
    )
    at.store.engine.dispose()


@pytest.mark.slow
def test_calls_without_a_known_price_are_counted_aloud_and_save_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALCHEMIST_LLM", "my-own")
    run(replace(settings, llm="my-own")).store.engine.dispose()
    told = cost("--json")
    assert (told["spent"]["unknown"], told["spent"]["usd"]) == (9, 0.0)
    assert [(x["usd"] is None, x["saving"], x["break_even"]) for x in told["per_task"]] == [
        (True, None, None),
        (False, None, None),
    ]
    assert "9 calls have no known price" in cost()
    assert cost("--json", "--dry-run")["least"] is None


@pytest.mark.slow
def test_a_worker_that_is_killed_in_a_call_leaves_it_in_the_ledger(settings: Settings, server: ScriptedLLM) -> None:
    """Nobody knows whether it was billed, so it counts at the most that it may have cost."""
    server.script = llm.slow(60)
    at = Services(settings)
    at.meet(Project(KEY, XML))
    at.remember(KEY, [{"id": x.id, "data": x.fields} for x in tasks()])
    at.hear((4, None), "ANNOTATION_CREATED", event_body(annotated(1, tasks()[0], "spam")))
    worker = subprocess.Popen([sys.executable, "-m", "alchemist", "worker"], env=inherited(written(settings)))
    try:
        ends = time.monotonic() + 60
        while len(server.requests) < 4 and time.monotonic() < ends:
            time.sleep(0.05)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(30)
    kept = ledger.calls(at.store.engine, KEY)
    assert [(x.settled, x.error, x.tokens_in) for x in kept] == [(False, "the call was broken off", None)] * 4
    most = sum((len(asked.prompt) + 21) / 2 * 0.25 + 4_000 * 2.00 for asked in server.requests) / 1e6
    assert ledger.total(at.store.engine) == pytest.approx(most, rel=0.001)
    assert "4 calls have no known bill (broken off, too late" in cost()
    at.store.engine.dispose()
