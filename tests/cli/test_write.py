"""`alchemist write`: by the offline writer and by a language model that is a double."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from alchemist.cli import app
from alchemist.core.errors import (
    BadDocument,
    BadInput,
    BadLabelConfig,
    BadSetting,
    BadTasks,
    LanguageModelError,
    NoPrograms,
)
from tests.doubles.llm import ScriptedLLM, reply, without_usage, wrong_key

from .conftest import Project

SPAM = ("check out my channel", "subscribe to my channel", "check out this link", "please subscribe", "my channel here")
HAM = ("i love this song", "what a lovely song", "this song is great", "great voice and song", "best song of the year")
EXEMPLARS = [
    {"id": n, "text": x, "label": y} for y, texts in (("spam", SPAM), ("ham", HAM)) for n, x in enumerate(texts)
]
KEYWORD = 'def label(task):\n    "{}"\n    return "{}" if "{}" in task["text"] else None\n'
Write = Callable[..., Result]


@pytest.fixture
def write(project: Project, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write programs from ten annotated comments into the folder `out`; settings are variables in capitals."""
    for variable in ("ALCHEMIST_WRITER", "ALCHEMIST_SEED", "ALCHEMIST_LLM", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)

    def invoke(*arguments: object, records: list[dict] = EXEMPLARS, **settings: str) -> Result:
        for variable, value in settings.items():
            monkeypatch.setenv(variable, value)
        files = ["--config", project.folder / "config.xml", "--exemplars", project.tasks(records, "exemplars.jsonl")]
        given = ["write", *files, "--out", project.folder / "out", *arguments]
        return CliRunner().invoke(app, [str(x) for x in given])

    return invoke


def programs(project: Project) -> dict[str, str]:
    return {x.name: x.read_text(encoding="utf-8") for x in sorted((project.folder / "out").glob("*"))}


def refused(result: Result, error: type[Exception]) -> tuple[str, str]:
    assert type(result.exception) is error, result.exception
    return result.exception.message, result.exception.hint


def test_what_is_written_from_exemplars_votes(project: Project, write: Write) -> None:
    result = write("--parts", "induced")
    assert result.exception is None, result.exception
    written = programs(project)
    said = " ".join(result.stderr.split())
    assert written
    assert f"{len(written)} programs written to " in said
    assert all(name.startswith(f"{number:02d}_") for number, name in enumerate(written))
    test = project.tasks([{"text": "subscribe to the channel", "label": "spam"}, {"text": "a song", "label": "ham"}])
    folder = project.folder / "out"
    got = project.run("evaluate", "--test", test, "--combiner", "majority", "--json", programs=folder)
    figures = json.loads(got.stdout)
    assert (figures["n"], figures["accuracy"], figures["left_out"]) == (2, 1.0, [])
    assert len(figures["programs"]) == len(written)


def test_the_parts_of_the_offline_writer_are_told_apart(project: Project, write: Write) -> None:
    found = {}
    for parts in ("library", "induced", "both"):
        assert write("--parts", parts).exception is None
        found[parts] = set(programs(project).values())
        for path in (project.folder / "out").iterdir():
            path.unlink()
    assert found["library"] and found["induced"]
    assert found["library"] & found["induced"] == set()
    assert found["both"] == found["library"] | found["induced"]


def test_the_same_again_changes_nothing_and_what_differs_is_not_touched(project: Project, write: Write) -> None:
    assert write("--parts", "library").exception is None
    before = programs(project)
    assert write("--parts", "library").exception is None
    assert programs(project) == before
    first = project.folder / "out" / next(iter(before))
    first.write_text("# mine\n", encoding="utf-8")
    message, hint = refused(write("--parts", "library"), BadInput)
    assert (message, hint) == (f"{first} is there already and differs", "Name an empty folder.")
    assert first.read_text(encoding="utf-8") == "# mine\n"


def test_the_parts_must_be_known(write: Write) -> None:
    assert refused(write("--parts", "all"), BadInput) == ("--parts is 'all'", "Choose library, induced or both.")


def test_the_writer_must_be_known(write: Write) -> None:
    assert refused(write("--writer", "gpt"), BadInput) == ("there is no writer 'gpt'", "Choose llm, offline or auto.")


@pytest.mark.parametrize(
    ("settings", "arguments", "asked"),
    [
        ({}, (), False),
        ({"OPENAI_API_KEY": "k"}, (), True),
        ({"OPENAI_API_KEY": "k"}, ("--writer", "offline"), False),
        ({"OPENAI_API_KEY": "k", "ALCHEMIST_WRITER": "offline"}, (), False),
        ({"ALCHEMIST_WRITER": "offline"}, ("--writer", "llm"), True),
    ],
)
def test_who_writes(settings: dict[str, str], arguments: tuple[str, ...], asked: bool, write: Write) -> None:
    with ScriptedLLM(reply(KEYWORD.format("Looks for songs.", "ham", "song"))) as llm:
        result = write(*arguments, "--parts", "library", OPENAI_BASE_URL=llm.url, **settings)
    assert result.exception is None, result.exception
    assert bool(llm.requests) is asked


def test_a_language_model_is_told_the_project_and_the_contract_of_the_kind(project: Project, write: Write) -> None:
    words = ("--title", "Music videos", "--description", "Spam advertises.")
    with ScriptedLLM(reply(f"```python\n{KEYWORD.format('Looks for songs.', 'ham', 'song')}```\n")) as llm:
        result = write(*words, "--writer", "llm", OPENAI_BASE_URL=llm.url, ALCHEMIST_LLM="a-model")
    assert result.exception is None, result.exception
    prompt = llm.prompts[0]
    for told in ("Music videos", "Spam advertises.", "check out my channel", "def label(task: dict) -> str | None:"):
        assert told in prompt
    assert {x.body["model"] for x in llm.requests} == {"a-model"}
    assert set(programs(project).values()) == {KEYWORD.format("Looks for songs.", "ham", "song")}


def test_what_it_cost_is_told_at_the_end(write: Write) -> None:
    with ScriptedLLM(reply(KEYWORD.format("Looks for songs.", "ham", "song"), reasoning=100)) as llm:
        result = write("--writer", "llm", OPENAI_BASE_URL=llm.url, ALCHEMIST_LLM="own", ALCHEMIST_LLM_PRICE="1/10")
    said = " ".join(result.stderr.split())
    tokens_in = sum(len(x) // 4 for x in llm.prompts)
    tokens_out = len(llm.prompts) * (len(KEYWORD.format("Looks for songs.", "ham", "song")) // 4 + 100)
    usd = (tokens_in + 10 * tokens_out) / 1e6
    assert f"own: {len(llm.prompts)} calls, {tokens_in:,} tokens in (0 from cache), {tokens_out:,} out" in said
    assert f"${usd:.4f} (set by an admin)" in said


def test_a_price_that_nobody_knows_is_told_as_such(write: Write) -> None:
    with ScriptedLLM(wrong_key()) as llm:
        result = write("--writer", "llm", OPENAI_BASE_URL=llm.url, ALCHEMIST_LLM="own")
    said = " ".join(result.stderr.split())
    assert "$0.0000 (no price is known; ALCHEMIST_LLM_PRICE sets it)" in said


def test_calls_without_a_bill_are_not_called_calls_without_a_price(write: Write) -> None:
    settings = {"ALCHEMIST_LLM": "own", "ALCHEMIST_LLM_PRICE": "1/2", "ALCHEMIST_ASK_FOR": "4"}
    with ScriptedLLM(without_usage(KEYWORD.format("Looks for songs.", "ham", "song"))) as llm:
        result = write("--writer", "llm", OPENAI_BASE_URL=llm.url, **settings)
    said = " ".join(result.stderr.split())
    assert "own: 0 calls, 0 tokens in (0 from cache), 0 out (0 of them thoughts), $0.0000 (set by an admin)" in said
    assert "4 more without a known bill: broken off, too late, or without a count of tokens" in said
    assert "no price is known" not in said


def test_without_a_key_nobody_is_asked(write: Write) -> None:
    message = "there is no key for a language model"
    assert refused(write("--writer", "llm"), BadSetting) == (message, "Set OPENAI_API_KEY, or choose --writer offline.")


def test_a_program_that_may_not_vote_is_left_out_with_its_reason(project: Project, write: Write) -> None:
    good, bad = KEYWORD.format("Songs.", "ham", "song"), KEYWORD.format("Songs.", "eggs", "song")
    with ScriptedLLM([reply(bad), reply(good)]) as llm:
        result = write("--writer", "llm", OPENAI_BASE_URL=llm.url)
    assert result.exception is None, result.exception
    assert set(programs(project).values()) == {good}
    said = " ".join(result.stderr.split())
    assert "'eggs', which is not a label of 'label'" in said
    assert said.count("left out") == 19
    assert said.count("its source is nearly that of") == 18
    assert f"{len(programs(project))} programs written to" in said


def test_nothing_is_written_where_no_program_may_vote(project: Project, write: Write) -> None:
    with ScriptedLLM(reply(KEYWORD.format("Songs.", "eggs", "song"))) as llm:
        result = write("--writer", "llm", OPENAI_BASE_URL=llm.url)
    assert refused(result, NoPrograms) == ("no program may vote", "Give more annotated tasks, or another writer.")
    assert not (project.folder / "out").exists()


def test_a_language_model_that_refuses_is_told(project: Project, write: Write) -> None:
    with ScriptedLLM(wrong_key()) as llm:
        result = write(OPENAI_BASE_URL=llm.url, OPENAI_API_KEY="sk-proj-0123456789")
    assert type(result.exception) is LanguageModelError
    assert "sk-proj-0123456789" not in str(result.exception) + result.output
    assert not (project.folder / "out").exists()


@pytest.mark.parametrize(
    ("records", "error", "message"),
    [
        ([{"text": "x", "label": "eggs"}], BadTasks, "task 1: 'eggs' is not a label of 'label'"),
        ([{"text": "x"}], BadTasks, "has a label in 'label'"),
        ([], BadTasks, "holds no tasks"),
    ],
)
def test_exemplars_that_cannot_be_used(records: list[dict], error: type[Exception], message: str, write: Write) -> None:
    assert message in refused(write(records=records), error)[0]


def test_a_config_that_asks_nothing(project: Project, write: Write) -> None:
    project.config('<View><Text name="text" value="$text"/></View>')
    assert "asks nothing that can be predicted" in refused(write(), BadLabelConfig)[0]


SOURCED = "```python\n" + KEYWORD.format("Songs are ham [guide.md, part 1].", "ham", "song") + "```\n"


@pytest.mark.parametrize("way", [(), ("--way", "documents")], ids=["without a word", "asked for"])
def test_documents_are_quoted_for_a_language_model(project: Project, write: Write, way: tuple[str, ...]) -> None:
    guide = project.folder / "guide.md"
    guide.write_text("Songs are ham.\n", encoding="utf-8")
    with ScriptedLLM(reply(SOURCED)) as llm:
        result = write("--writer", "llm", *way, "--document", guide, OPENAI_BASE_URL=llm.url, ALCHEMIST_ASK_FOR="4")
    assert result.exception is None, result.exception
    assert len(llm.prompts) == 4
    assert all("- <data>[guide.md, part 1] Songs are ham.</data>" in prompt for prompt in llm.prompts)


def test_knowledge_is_asked_for_first(write: Write) -> None:
    with ScriptedLLM([reply("Songs are ham."), reply(SOURCED)]) as llm:
        result = write("--writer", "llm", "--way", "knowledge", OPENAI_BASE_URL=llm.url, ALCHEMIST_ASK_FOR="4")
    assert result.exception is None, result.exception
    assert len(llm.prompts) == 5
    assert all("<data>\nSongs are ham.\n</data>" in prompt for prompt in llm.prompts[1:])


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("--writer", "llm", "--way", "rag"), "--way is 'rag'", "Choose direct, knowledge or documents."),
        (
            ("--writer", "llm", "--way", "direct", "--document", "a.md"),
            "--way direct uses no documents",
            "Leave --document out, or say --way documents.",
        ),
        (("--way", "direct"), "--way and --document are for a language model", "Add --writer llm."),
        (("--document", "a.md"), "--way and --document are for a language model", "Add --writer llm."),
    ],
)
def test_ways_that_do_not_fit_are_refused(write: Write, arguments: tuple[str, ...], message: str, hint: str) -> None:
    assert refused(write(*arguments), BadInput) == (message, hint)


def test_a_document_that_cannot_be_read_is_refused(project: Project, write: Write) -> None:
    missing = project.folder / "none.md"
    message, _ = refused(write("--writer", "llm", "--document", missing), BadDocument)
    assert message == f"{missing} cannot be read: No such file or directory"
