"""`alchemist connect` and `alchemist doctor`, run in this process beside a Label Studio that is a double."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alchemist.cli import app
from alchemist.core.errors import BadSetting, LabelStudioRefused, NotFound
from alchemist.core.ports import Project
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import jobs
from tests.doubles.label_studio import TOKEN, LabelStudioServer

KEY = "4.1795174907"
HERE = "https://8.8.8.8:9090"
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """A command with the settings given, and no others."""

    def invoke(*arguments: str, **settings: str) -> Result:
        for setting in fields(Settings):
            monkeypatch.delenv(setting.metadata["variable"], raising=False)
        for variable, value in {"ALCHEMIST_HOME": str(tmp_path), **settings}.items():
            monkeypatch.setenv(variable, value)
        return CliRunner().invoke(app, arguments)

    return invoke


@pytest.fixture
def server() -> Iterator[LabelStudioServer]:
    with LabelStudioServer() as server:
        yield server


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """The same state as the commands have."""
    services = Services(Settings(home=tmp_path))
    yield services
    services.store.engine.dispose()


@pytest.fixture
def known(services: Services) -> Services:
    """Services that know project 4, whose Label Studio refuses to be asked."""
    services.store.save_project(Project(KEY, "<View/>"))
    return services


def access(server: LabelStudioServer, **more: str) -> dict[str, str]:
    given = {"LABEL_STUDIO_URL": server.url, "LABEL_STUDIO_API_KEY": TOKEN, "ALCHEMIST_PUBLIC_URL": HERE}
    return given | {"ALCHEMIST_WRITER": "offline"} | more


def about(result: Result, what: str) -> list[str]:
    """The lines that begin with a thing that was looked at, and the indented ones after them."""
    lines, taken = [], False
    for line in result.stdout.splitlines():
        taken = line[5:].startswith(what) if line[:4].strip() else taken
        lines += [line] if taken else []
    return lines


def closed_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def test_connect_says_what_it_did_and_doctor_finds_nothing_wrong(run: Run, server: LabelStudioServer) -> None:
    password = {"BASIC_AUTH_USER": "ada", "BASIC_AUTH_PASS": "a-password"}
    result = run("connect", "--project", "4", **access(server, **password))
    assert (result.exception, result.stdout) == (
        None,
        "project 4: Comments\n"
        f"created the ML backend {HERE} (id 1)\n"
        f"checked the webhook {HERE}/webhook (id 1) and its password\n",
    )
    assert server.webhooks[0]["headers"] == {"Authorization": "Basic YWRhOmEtcGFzc3dvcmQ="}

    result = run("doctor", "--project", "4", **access(server, **password))
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            "ok   sandbox: a program ran",
            "ok   queue: workers look for jobs by themselves (no REDIS_URL)",
            "ok   state: sqlite, 0 projects known",
            "ok   writer: offline",
            f"ok   Label Studio: {server.url} takes the legacy token",
            f"ok   public URL: {HERE}",
            "ok   address block: Label Studio takes this address",
            "ok   project 4: ML backend: 1 of ours among 1",
            "ok   project 4: connected: state CO",
            f"ok   project 4: webhook: 1 for {HERE}/webhook",
            "ok   project 4: model version: alchemist-1-abc123",
            "ok   project 4: prelabelling: on",
        ],
    )


def test_doctor_where_nothing_is_set(run: Run) -> None:
    result = run("doctor")
    assert (result.exit_code, result.stdout.splitlines()) == (
        1,
        [
            "ok   sandbox: a program ran",
            "ok   queue: workers look for jobs by themselves (no REDIS_URL)",
            "ok   state: sqlite, 0 projects known",
            "ok   writer: offline (no OPENAI_API_KEY)",
            "BAD  Label Studio: there is no token for Label Studio",
            "     Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY.",
            "BAD  public URL: ALCHEMIST_PUBLIC_URL is not set",
            "     Set it to this server's address as Label Studio sees it.",
        ],
    )


@pytest.mark.slow
def test_doctor_where_nothing_answers(run: Run) -> None:
    gone = f"http://127.0.0.1:{closed_port()}"
    result = run(
        "doctor",
        "--project",
        "4",
        LABEL_STUDIO_URL=gone,
        LABEL_STUDIO_API_KEY=TOKEN,
        ALCHEMIST_PUBLIC_URL="http://backend:9090",
        REDIS_URL=f"redis://127.0.0.1:{closed_port()}",
    )
    assert (result.exit_code, result.stdout.splitlines()) == (
        1,
        [
            "ok   sandbox: a program ran",
            "BAD  queue: Redis does not answer",
            "     Start it or unset REDIS_URL; until then workers look for jobs by themselves.",
            "ok   state: sqlite, 0 projects known",
            "ok   writer: offline (no OPENAI_API_KEY)",
            f"BAD  Label Studio: legacy token: Label Studio does not answer at {gone} (ConnectError)",
            "     Is it running? Set LABEL_STUDIO_URL to an address that this server can reach.",
            "BAD  public URL: Label Studio sends no events to 'backend': a host name needs a dot",
            "     Set ALCHEMIST_PUBLIC_URL to an IP address, localhost, or a name with a dot (an alias such as "
            "alchemist.internal).",
        ],
    )


def test_doctor_goes_on_where_the_database_does_not_answer(run: Run, server: LabelStudioServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("doctor", **access(server, ALCHEMIST_HOME=str(tmp_path / "file")))
    assert result.exit_code == 1
    assert [line[:4] + line[5:].split(":")[0] for line in result.stdout.splitlines() if line[:4].strip()] == [
        "ok  sandbox",
        "ok  queue",
        "BAD state",
        "ok  writer",
    ]


def test_doctor_names_a_refused_token(run: Run, server: LabelStudioServer) -> None:
    result = run("doctor", "--project", "4", **access(server, LABEL_STUDIO_API_KEY="0" * 40))
    assert result.exit_code == 1
    assert about(result, "Label Studio") == [
        "BAD  Label Studio: legacy token: Label Studio refused the token: Invalid token.",
        "     The token is wrong: copy it from Account & Settings and set LABEL_STUDIO_API_KEY to it.",
    ]
    assert about(result, "project 4") == []
    assert "0" * 40 not in result.output


def test_doctor_names_an_unknown_project(run: Run, server: LabelStudioServer) -> None:
    result = run("doctor", "--project", "5", **access(server))
    assert result.exit_code == 1
    assert about(result, "project 5") == [
        "BAD  project 5: Label Studio shows this token no project 5",
        "     A project's number stands in its address: /projects/<number>/.",
    ]


def test_doctor_tells_a_job_that_waits_from_one_that_nobody_takes(run: Run, known: Services) -> None:
    jobs.enqueue(known.store.engine, "prepare", KEY, time.time() - 50)
    assert about(run("doctor"), "job") == [f"ok   job prepare of project {KEY}: waiting"]
    jobs.wake(known.store.engine, time.time() - 70)
    result = run("doctor")
    assert result.exit_code == 1
    assert about(result, "job") == [
        f"BAD  job prepare of project {KEY}: no worker takes it",
        "     Run alchemist worker, or serve without --no-worker.",
    ]


def test_doctor_tells_what_a_job_that_runs_does_until_its_worker_is_gone(run: Run, known: Services) -> None:
    now = time.time()
    jobs.enqueue(known.store.engine, "prepare", KEY, now - 500)
    job = jobs.claim(known.store.engine, "here-1", now)
    assert job is not None
    jobs.beat(known.store.engine, job, "voting on [1,468] tasks", now)
    assert about(run("doctor"), "job") == [f"ok   job prepare of project {KEY}: voting on [1,468] tasks"]
    jobs.beat(known.store.engine, job, None, now - 200)
    assert about(run("doctor"), "job")[0] == f"BAD  job prepare of project {KEY}: no worker takes it"


def test_doctor_tells_why_a_job_failed(run: Run, known: Services) -> None:
    engine, now = known.store.engine, time.time()
    jobs.enqueue(engine, "prepare", KEY, now)
    job = jobs.claim(engine, "here-1", now)
    assert job is not None
    jobs.fail(engine, job, "Label Studio answered 500: \x1b[2Jgone. Try again.", now)
    result = run("doctor")
    assert result.exit_code == 1
    assert about(result, "job") == [
        f"BAD  job prepare of project {KEY}: attempt 1 failed",
        "     Label Studio answered 500:  [2Jgone. Try again.",
    ]
    jobs.wake(engine, now)
    assert jobs.claim(engine, "here-1", now) is not None
    assert about(run("doctor"), "job")[0] == (f"BAD  job prepare of project {KEY}: attempt 1 failed, the next one runs")


NO_KEY = "     Set OPENAI_API_KEY, or ALCHEMIST_WRITER=offline."


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ({}, ["ok   writer: offline (no OPENAI_API_KEY)"]),
        ({"OPENAI_API_KEY": "k"}, ["ok   writer: llm gpt-5-mini"]),
        ({"OPENAI_API_KEY": "k", "ALCHEMIST_WRITER": "offline"}, ["ok   writer: offline"]),
        ({"ALCHEMIST_WRITER": "llm", "ALCHEMIST_LLM": "m"}, ["BAD  writer: llm m, no key", NO_KEY]),
        ({"ALCHEMIST_WRITER": "llm", "OPENAI_BASE_URL": "http://localhost:1/v1"}, ["ok   writer: llm gpt-5-mini"]),
    ],
)
def test_doctor_says_who_writes(settings: dict[str, str], lines: list[str], run: Run) -> None:
    assert about(run("doctor", **settings), "writer") == lines


def test_doctor_says_who_writes_for_a_project_of_its_own_mind(run: Run, known: Services) -> None:
    known.store.set_settings(KEY, {"writer": "llm", "llm": "m"})
    assert about(run("doctor", "--project", "4"), "writer") == [
        "BAD  writer: llm m, no key",
        "     Set OPENAI_API_KEY, or writer=offline with alchemist project set.",
    ]
    for other in (("doctor",), ("doctor", "--project", "5")):
        assert about(run(*other), "writer") == ["ok   writer: offline (no OPENAI_API_KEY)"]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"ALCHEMIST_PUBLIC_URL": ""}, BadSetting, "ALCHEMIST_PUBLIC_URL is not set"),
        ({"LABEL_STUDIO_API_KEY": ""}, LabelStudioRefused, "there is no token for Label Studio"),
        ({"LABEL_STUDIO_API_KEY": "0" * 40}, LabelStudioRefused, "Label Studio refused the token: Invalid token."),
    ],
)
def test_connect_says_what_is_missing(
    change: dict[str, str], error: type[Exception], message: str, run: Run, server: LabelStudioServer
) -> None:
    result = run("connect", "--project", "4", **access(server, **change))
    assert (type(result.exception), result.stdout) == (error, "")
    assert str(result.exception) == message
    assert (server.backends, server.webhooks) == ([], [])


def test_connect_to_an_unknown_project(run: Run, server: LabelStudioServer) -> None:
    assert type(run("connect", "--project", "5", **access(server)).exception) is NotFound


def test_connect_uses_what_label_studio_said_when_it_connected(
    run: Run, server: LabelStudioServer, services: Services
) -> None:
    services.store.save_project(Project(KEY, "<View/>", server.url, TOKEN))
    result = run("connect", "--project", "4", ALCHEMIST_PUBLIC_URL=HERE)
    assert result.exception is None
    assert [x["url"] for x in server.backends] == [HERE]
