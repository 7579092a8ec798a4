"""The first edition, from the first job to predictions: a language model that fails in every way it can."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alchemist.core.brief import Brief, Writer
from alchemist.core.corrections import is_shown
from alchemist.core.documents import Document
from alchemist.core.jobs import PREPARE, PUBLISH
from alchemist.core.ports import Project, Studio
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.heard import event_body
from alchemist.services import Services
from alchemist.settings import Settings, inherited, written
from alchemist.state import documents, jobs, ledger, memory
from alchemist.state.schema import llm_calls
from alchemist.worker import work_once, worker_name
from alchemist.writer.ideas import ideas_for
from alchemist.writer.llm import LlmWriter
from tests.doubles import llm
from tests.doubles.llm import ScriptedLLM
from tests.doubles.studio import ScriptedStudio

XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
KEY = "4.1795174907"
OPENAI_KEY = "sk-proj-0123456789abcdefSECRET"
TOKEN = "0123456789abcdef0123456789abcdefSECRETAA"
SECRETS = (OPENAI_KEY, TOKEN, "SECRET")
YOUTUBE = Path(__file__).parent / "data" / "youtube"
GOOD = "```python\ndef label(task):\n    return {}\n```\n"
UPSIDE_DOWN = """It takes every sign for its opposite.

```python
def label(task):
    "Looks for invitations, and says ham."
    text = (task.get("text") or "").lower()
    return "ham" if "check" in text or "subscribe" in text or "http" in text else "spam"
```
"""


def youtube(part: str) -> list[tuple[Task, str]]:
    lines = (YOUTUBE / f"{part}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [(Task({"text": row["text"]}, place), row["label"]) for place, row in enumerate(rows, 1)]


TRAIN = youtube("train")
ANNOTATED = [(task, {"label": label}) for task, label in TRAIN[:24]]
CONFIG = read_config(XML)
IDEAS = ideas_for(Brief("", "", "", CONFIG, CONFIG.questions[0]), 10)


def idea_of(prompt: str) -> str:
    """The name of the idea that a prompt asks for."""
    return next(name for name, words in IDEAS if f"The idea of your program: {words}\n" in prompt)


class Office(Services):
    """Services with a project in memory, and less patience with the language model."""

    def __init__(self, settings: Settings, studio: ScriptedStudio, patience: float = 10.0, retries: int = 1) -> None:
        super().__init__(settings)
        self.project = studio
        self.patience = patience
        self.retries = retries

    def studio(self, project: Project, tell: Callable[[str], None]) -> Studio:
        return self.project

    def writer(self, project: Project, tell: Callable[[str], None]) -> Writer:
        writer = super().writer(project, tell)
        if isinstance(writer, LlmWriter):
            writer.endpoint.client = writer.endpoint.client.with_options(
                timeout=self.patience, max_retries=self.retries
            )
        return writer

    @property
    def known(self) -> Project:
        known = self.store.project(KEY)
        assert known is not None
        return known

    @property
    def calls(self) -> list[dict[str, Any]]:
        with self.store.engine.connect() as connection:
            return [dict(row) for row in connection.execute(sa.select(llm_calls)).mappings()]

    def run_jobs(self) -> None:
        """Do the job now, whatever pause it is in, and publish what came of it."""
        jobs.enqueue(self.store.engine, PREPARE, KEY, time.time(), urgent=True)
        assert work_once(self)
        while any(x["kind"] == PUBLISH for x in jobs.open_jobs(self.store.engine)):
            assert work_once(self)

    def job(self) -> dict[str, Any]:
        (job,) = [x for x in jobs.open_jobs(self.store.engine) if x["kind"] == PREPARE]
        return job

    def right(self, items: list[tuple[Task, str]]) -> float:
        edition = self.serving(KEY)
        assert edition is not None
        predictions = self.predict(edition, [task for task, _ in items])
        given = [x.answers.get("label", (None, 0.0))[0] for x in predictions]
        return sum(a == b for a, (_, b) in zip(given, items, strict=True)) / len(items)


@pytest.fixture
def server() -> Iterator[ScriptedLLM]:
    with ScriptedLLM(llm.recorded()) as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, server: ScriptedLLM) -> Iterator[Callable[..., Office]]:
    """An office whose project has just introduced itself: 60 tasks, 24 annotated ones."""
    opened: list[Office] = []

    def open_office(studio: ScriptedStudio | None = None, xml: str = XML, **more: Any) -> Office:
        settings = Settings(
            home=tmp_path,
            writer="llm",
            ask_for=10,
            openai_api_key=OPENAI_KEY,
            openai_base_url=server.url,
            label_studio_api_key=TOKEN,
            basic_auth_user="user",
            basic_auth_pass="password-SECRET",
        )
        settings = replace(settings, **{x: more.pop(x) for x in list(more) if hasattr(settings, x)})
        studio = studio or ScriptedStudio([task for task, _ in TRAIN[24:84]], ANNOTATED)
        opened.append(Office(settings, studio, **more))
        opened[-1].meet(Project(KEY, xml, "http://localhost:8080", TOKEN))
        return opened[-1]

    yield open_office
    for one in opened:
        one.store.engine.dispose()


@pytest.mark.slow
def test_the_first_edition_of_a_project(office, server):
    at = office(ScriptedStudio([task for task, _ in TRAIN[24:]], ANNOTATED))
    assert at.known.serving is None
    at.run_jobs()
    edition = at.serving(KEY)
    assert edition is not None
    assert edition.name == at.known.serving == at.known.published == at.project.pointed_at
    assert edition.name.startswith("alchemist-1-")
    assert jobs.open_jobs(at.store.engine) == []
    assert {x.writer for panel in edition.panels for x in panel.entries} == {"llm gpt-5-mini"}
    assert len(server.requests) == 10
    shown = [task for task, _ in ANNOTATED if is_shown(KEY, task.key)]
    held = [task for task, _ in ANNOTATED if not is_shown(KEY, task.key)]
    assert all(f"<data>{task.fields['text']}</data> =>" in server.prompts[0] for task in shown)
    assert not any(f"<data>{task.fields['text']}</data>" in prompt for task in held for prompt in server.prompts)
    assert len(at.project.stored) == len(TRAIN) - 24
    assert at.known.note.startswith(f"{edition.name} answers ")
    assert at.right(youtube("test")) >= 0.95


@pytest.mark.slow
def test_a_program_that_has_it_upside_down_is_found_by_the_annotated_tasks_however_many_there_are(office, server):
    """1,444 others are more than programs are tried on; the annotated ones are among those all the same."""
    server.script = [llm.reply(UPSIDE_DOWN), llm.recorded()]
    at = office(ScriptedStudio([task for task, _ in TRAIN[24:]], ANNOTATED))
    at.run_jobs()
    (reason,) = [x["reason"] for x in memory.judged(at.store.engine, KEY) if "and says ham." in x["text"]]
    assert reason.startswith("it is right on only ")


LATER = "It is asked again later."
FAILURES = {
    "401": (llm.wrong_key(), "the language model refused the key. Check OPENAI_API_KEY and OPENAI_BASE_URL."),
    "404": (llm.no_model(), "the endpoint knows no model 'gpt-5-mini'. Check ALCHEMIST_LLM."),
    "429": (llm.over_limit(), f"the language model is over its limit or out of money. {LATER}"),
    "500": (llm.broken(), f"the language model answered 500. {LATER}"),
    "slow": (llm.slow(5), f"the language model did not answer in time. {LATER}"),
    "cut": (llm.cut(), f"the language model cannot be reached. Check OPENAI_BASE_URL. {LATER}"),
    "empty": (llm.empty(), f"gpt-5-mini sent an empty reply. {LATER}"),
    "no choices": (llm.no_choices(), f"gpt-5-mini sent an empty reply. {LATER}"),
    "nonsense": (
        llm.nonsense(),
        "what answers there is no language model: it sent no JSON. Check OPENAI_BASE_URL; it often ends in /v1.",
    ),
    "page": (
        llm.nonsense("text/html"),
        "what answers there is no language model: it sent no JSON. Check OPENAI_BASE_URL; it often ends in /v1.",
    ),
    "no program": (llm.reply("Je ne peux pas."), f"gpt-5-mini wrote no program for 4 requests. {LATER}"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("behaviour", "error"), FAILURES.values(), ids=FAILURES)
def test_a_language_model_that_fails_leaves_a_clear_state_and_is_asked_again(office, server, caplog, behaviour, error):
    server.script = behaviour
    at = office(patience=0.3, retries=0)
    with caplog.at_level(logging.DEBUG):
        at.run_jobs()
    assert at.known.serving is None
    assert at.serving(KEY) is None
    job = at.job()
    assert job["error"] == error
    assert (job["attempts"], job["lease"]) == (1, None)
    assert 0 < job["due"] - time.time() <= 5  # the next attempt
    refused = [call for call in at.calls if call["error"]]
    answered = [call for call in at.calls if not call["error"]]
    assert len(refused) == 4  # nothing more is asked for after a wave of which nothing came
    assert len(answered) == (4 if behaviour is FAILURES["no program"][0] else 0)  # each was asked again once
    assert not any(secret in f"{job}{at.known.note}{at.calls}{caplog.text}" for secret in SECRETS)
    assert not work_once(at)  # it is not due yet
    server.script = llm.recorded()
    at.patience = 10
    at.run_jobs()
    assert at.serving(KEY) is not None
    assert jobs.open_jobs(at.store.engine) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", [llm.over_limit(1), llm.broken(), llm.cut()], ids=["429 with Retry-After", "500", "cut"]
)
def test_a_passing_trouble_is_not_even_seen(office, server, first):
    server.script = [first, first, llm.recorded()]
    at = office()
    at.run_jobs()
    assert at.serving(KEY) is not None
    assert len(server.requests) == 12
    assert [call["error"] for call in at.calls] == [""] * 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [("Voici le programme demandé. Il s'abstient « souvent ».", "Bonne journée !"), ("这是程序。", "希望对你有帮助。")],
    ids=["French", "Chinese"],
)
def test_prose_in_another_language_is_no_trouble(office, server, before, after):
    recorded = llm.recorded()

    def answer(asked: llm.Asked) -> llm.Answer:
        text = json.loads(recorded(asked).body)["choices"][0]["message"]["content"]
        return llm.reply(f"{before}\n\n{text[text.index('```') :]}\n\n{after}\n")(asked)

    server.script = answer
    at = office()
    at.run_jobs()
    assert at.serving(KEY) is not None


@pytest.mark.slow
def test_half_of_the_programs_are_an_edition(office, server):
    good = llm.recorded()
    half = [name for name, _ in IDEAS[::2]]
    server.script = lambda asked: (good if idea_of(asked.prompt) in half else llm.broken())(asked)
    at = office(retries=0)
    at.run_jobs()
    edition = at.serving(KEY)
    assert edition is not None
    assert 1 <= len(edition.panels[0].entries) <= 5
    assert {x.name for x in edition.panels[0].entries} <= set(half)


@pytest.mark.slow
def test_programs_that_cannot_vote_are_no_edition_and_are_not_paid_twice(office, server):
    server.script = llm.reply(GOOD.format("None"))
    at = office()
    at.run_jobs()
    error = at.job()["error"]
    assert error.startswith("no program can vote here yet (llm gpt-5-mini writer; 24 tasks are annotated so far). ")
    assert at.known.serving is None
    assert [x["reason"] for x in memory.judged(at.store.engine, KEY)] == ["it votes on none of 84 tasks"]
    at.run_jobs()
    assert len(server.requests) == 10 + 1  # the one program that ten replies hold was sent back once
    server.script = llm.recorded()
    for task, label in TRAIN[100:110]:  # another prompt
        at.project.data[int(str(task.id))] = dict(task.fields)
        at.project.annotate(int(str(task.id)), {"label": label})
    at.run_jobs()
    assert len(server.requests) == 11 + 10
    assert at.serving(KEY) is not None


@pytest.mark.slow
def test_a_project_may_have_another_language_model(office, server):
    at = office()
    at.store.set_settings(KEY, {"llm": "gpt-5"})
    at.run_jobs()
    assert {asked.body["model"] for asked in server.requests} == {"gpt-5"}
    assert {call["model"] for call in at.calls} == {"gpt-5"}


@pytest.mark.slow
def test_a_project_may_have_its_programs_written_with_its_documents(office, server):
    sourced = GOOD.format("'spam' if 'http' in (task.get('text') or '') else None")
    server.script = llm.reply(sourced.replace("return", "# [guide.md, part 1]\n    return"))
    at = office()
    documents.add(at.store.engine, KEY, Document("guide.md", "Links are spam."))
    documents.add(at.store.engine, "5.1", Document("other.md", "Links of another project."))
    at.store.set_settings(KEY, {"way": "documents", "ask_for": "3"})
    at.run_jobs()
    assert len(server.prompts) == 3
    assert all("- <data>[guide.md, part 1] Links are spam.</data>" in prompt for prompt in server.prompts)
    assert not any("another project" in prompt for prompt in server.prompts)


@pytest.mark.slow
def test_no_prompt_and_no_log_holds_a_secret(office, server, caplog):
    with caplog.at_level(logging.DEBUG):
        at = office()
        at.run_jobs()
    assert len(server.prompts) == 10
    kept = [f"{call['prompt']}{call['reply']}{call['error']}" for call in at.calls]
    notes = [at.known.note, *(str(x) for x in at.store.editions(KEY))]
    assert [x for x in [*server.prompts, *kept, *notes, caplog.text] if any(secret in x for secret in SECRETS)] == []


@pytest.mark.slow
def test_text_that_is_no_text_stops_nothing(office, server):
    odd = [Task({"text": f"check out \ud800 my \x00 channel {n}"}, 9_000 + n) for n in range(4)]
    at = office(ScriptedStudio([*odd, *(task for task, _ in TRAIN[24:84])], ANNOTATED, title="\udfff"))
    at.run_jobs()
    assert at.serving(KEY) is not None


@pytest.mark.slow
def test_a_worker_that_is_killed_after_half_of_the_replies_pays_for_the_other_half_only(tmp_path):
    """A real worker process, on a project that is known from its events alone."""
    good = llm.recorded()
    answered = threading.Semaphore(5)

    def five(asked: llm.Asked) -> llm.Answer:
        answer = good(asked)
        return answer if answered.acquire(blocking=False) else replace(answer, wait=60)

    with ScriptedLLM(five) as server:
        settings = Settings(
            home=tmp_path, writer="llm", ask_for=10, openai_api_key=OPENAI_KEY, openai_base_url=server.url
        )
        services = Services(settings)
        services.meet(Project(KEY, XML))
        services.remember(KEY, [{"id": task.id, "data": task.fields} for task, _ in TRAIN[:84]])
        for number, (task, given) in enumerate(ANNOTATED):
            services.hear((4, None), "ANNOTATION_CREATED", event_body(annotated(number, task, given["label"])))
        worker = subprocess.Popen([sys.executable, "-m", "alchemist", "worker"], env=inherited(written(settings)))
        try:
            until(lambda: len(kept(services)) == 5 and len(server.requests) == 8)
        finally:
            worker.kill()
            worker.wait(30)
        assert [(job["attempts"], job["error"]) for job in jobs.open_jobs(services.store.engine)] == [(1, "")]
        jobs.release(services.store.engine, worker_name(worker.pid))  # as `alchemist serve` does
        server.script = good
        assert [work_once(services), work_once(services)] == [True, True]  # prepare, publish
        assert services.serving(KEY) is not None
        assert len(server.requests) == 8 + 5
        assert len(kept(services)) == len(set(kept(services))) == 10
        broken_off = [x for x in ledger.calls(services.store.engine, KEY) if not x.settled]
        assert [(x.error, x.tokens_out, bool(x.usd)) for x in broken_off] == [
            ("the call was broken off", None, True)
        ] * 3
        services.store.engine.dispose()


def kept(services: Services) -> list[str]:
    """The prompts of the calls that ended."""
    with services.store.engine.connect() as connection:
        return list(connection.execute(sa.select(llm_calls.c.prompt).where(llm_calls.c.settled)).scalars())


def annotated(number: int, task: Task, label: str) -> dict[str, Any]:
    """An event, in the shape of the recorded ones."""
    result = [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]
    when = f"2026-11-20T11:42:18.{number:06}Z"
    return {
        "action": "ANNOTATION_CREATED",
        "annotation": {"id": number, "task": task.id, "result": result, "updated_at": when, "was_cancelled": False},
        "task": {"id": task.id, "data": dict(task.fields)},
        "project": {"id": 4, "title": "YouTube", "description": "", "expert_instruction": "", "token": "redacted"},
    }


def until(reached: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < ends, "it did not happen within a minute"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("writer", ["offline", "auto"])
def test_without_a_key_programs_are_bound_and_induced(office, server, writer):
    at = office(ScriptedStudio([task for task, _ in TRAIN[24:324]], ANNOTATED), writer=writer, openai_api_key="")
    at.run_jobs()
    assert jobs.open_jobs(at.store.engine) == []
    edition = at.serving(KEY)
    assert edition is not None
    assert server.requests == []
    assert at.right(youtube("test")) >= 0.75


TWO_QUESTIONS = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham"/></Choices>'
    '<Choices name="tone" toName="text"><Choice value="friendly"/><Choice value="rude"/></Choices></View>'
)
TONE = """```python
def label(task):
    "Kind words are friendly, shouting is rude."
    text = task.get("text") or ""
    return "rude" if text.isupper() or "hate" in text else "friendly" if "love" in text or "thank" in text else None
```
"""


@pytest.mark.slow
def test_one_question_does_not_wait_for_the_programs_of_another(office, server):
    good = llm.recorded()
    trouble = llm.broken()

    def answer(asked: llm.Asked) -> llm.Answer:
        return (good if "Question: label\n" in asked.prompt else trouble)(asked)

    server.script = answer
    at = office(retries=0, xml=TWO_QUESTIONS)
    at.run_jobs()
    edition = at.serving(KEY)
    assert edition is not None
    assert [panel.question.name for panel in edition.panels] == ["label"]
    assert at.known.published == edition.name
    assert at.job()["error"] == f"the language model answered 500. {LATER}"
    trouble = llm.reply(TONE)
    at.run_jobs()
    later = at.serving(KEY)
    assert later is not None
    assert [panel.question.name for panel in later.panels] == ["label", "tone"]
    assert later.panels[0].entries == edition.panels[0].entries
    assert [x["kind"] for x in jobs.open_jobs(at.store.engine)] == ["thin"]
    assert len(server.requests) == 10 + 4 + 10


@pytest.mark.slow
def test_a_language_model_that_fails_later_takes_nothing_away(office, server):
    at = office()
    at.run_jobs()
    first = at.serving(KEY)
    server.script = llm.wrong_key()
    at.meet(Project(KEY, TWO_QUESTIONS))
    new = [task for task, _ in TRAIN[84:90]]
    at.project.data |= {int(str(x.id)): dict(x.fields) for x in new}
    at.run_jobs()
    edition = at.serving(KEY)
    assert edition is not None and first is not None
    assert [panel.question.name for panel in edition.panels] == ["label"]
    assert all((edition.name, task.key) in at.project.stored for task in new)
    assert at.job()["error"] == "the language model refused the key. Check OPENAI_API_KEY and OPENAI_BASE_URL."
