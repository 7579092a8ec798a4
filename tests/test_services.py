"""What is chosen from the settings, and what the parts remember."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from alchemist.core.editions import Edition, Panel
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.client import StudioProject
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state.jobs import open_jobs

KEY = "4.1795174907"
QUESTION = Question("label", "text", "choice", (Label("spam"), Label("ham")), "text")
SAID = Project(KEY, "<View/>", "http://said:8080", "said-token", "Comments")
LOOP = source("def label(task):\n    while task:\n        pass\n    return 'ham'\n")
SPAM = source("def label(task):\n    return 'spam'\n")


def edition() -> Edition:
    entries = (Entry("loop", LOOP, "folder"), Entry("spam", SPAM, "folder"))
    members = [LOOP.id, SPAM.id]
    weights = {"kind": "majority", "v": 1, "members": members, "params": {"pseudo": 1.0}, "why": ""}
    return Edition(1, 0, (Panel(QUESTION, entries, weights),))


@pytest.mark.slow
def test_a_program_that_never_ends_is_left_out_from_then_on(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    tasks = [Task({"text": "a"}, n) for n in range(3)]
    first = services.predict(edition(), tasks)
    assert [x.answers for x in first] == [{"label": ("spam", 0.75)}] * 3
    services.predict(edition(), tasks * 2)
    assert services.suspended == {LOOP.id}
    assert services.predict(edition(), tasks) == first


@pytest.mark.slow
def test_it_is_left_out_when_tasks_come_one_by_one_too(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    for n in range(4):
        (prediction,) = services.predict(edition(), [Task({"text": "a"}, n)])
        assert prediction.answers == {"label": ("spam", 0.75)}
    assert services.suspended == {LOOP.id}


class Whoami:
    """A server that takes every token, and remembers which it was given."""

    def __init__(self) -> None:
        tokens = self.tokens = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tokens.append(self.headers["Authorization"])
                body = b'{"id": 1, "email": "a@b.c"}'
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()


@pytest.fixture
def two() -> Iterator[tuple[Whoami, Whoami]]:
    """Two Label Studios: the one that introduced itself, and the one of the settings."""
    servers = Whoami(), Whoami()
    yield servers
    for one in servers:
        one.server.shutdown()
        one.server.server_close()


@pytest.mark.parametrize("url_is_set", [False, True])
@pytest.mark.parametrize("key_is_set", [False, True])
def test_settings_win_over_what_label_studio_said(
    url_is_set: bool, key_is_set: bool, two: tuple[Whoami, Whoami], tmp_path: Path
) -> None:
    said, set_ = two
    settings = {"label_studio_url": set_.url} if url_is_set else {}
    settings |= {"label_studio_api_key": "set-token"} if key_is_set else {}
    services = Services(Settings(home=tmp_path, **settings))
    studio = services.studio(Project(KEY, "<View/>", said.url, "said-token"), lambda _: None)
    assert isinstance(studio, StudioProject)
    studio.sdk._client_wrapper.httpx_client.httpx_client.close()
    token = "Token set-token" if key_is_set else "Token said-token"
    assert (said.tokens, set_.tokens) == (([], [token]) if url_is_set else ([token], []))


@pytest.mark.parametrize("said", [Project(KEY), Project(KEY, hostname="http://h"), Project(KEY, access_token="t")])
def test_without_a_token_or_an_address_it_works_with_what_was_heard(said: Project, tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    services.store.save_project(said)
    facts = services.studio(said, lambda _: None).facts(LabelConfig((), ()), services.store.record(KEY))
    assert (facts.unlabelled, facts.answered) == ([], [])
    assert "there is no token for Label Studio. Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY." in facts.told_by


def test_an_unknown_project_is_no_work(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    assert services.do("prepare", "9.9", 0.0, lambda _: None) == "the project is not known any more"
    assert services.serving("9.9") is None
    assert services.hear((9, None), "START_TRAINING", {}) is None


def test_a_title_in_an_event_is_remembered(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    services.store.save_project(SAID)
    assert services.hear((4, 1795174907.0), "PROJECT_UPDATED", {"project": {"title": "Other"}}) == KEY
    assert services.hear((4, None), "PROJECT_UPDATED", {"project": {"title": ""}}) == KEY
    known = services.store.project(KEY)
    assert known is not None
    assert (known.title, known.access_token) == ("Other", "said-token")


def test_a_server_that_starts_has_what_serves_read_whole(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path))
    for known in (SAID, Project("5.1795174907", "<View/>")):
        services.store.save_project(known)
    services.store.mark(KEY, serving="alchemist-1-abc123", swept_at=time.time())
    services.sweep(time.time())
    assert open_jobs(services.store.engine) == []
    services.catch_up()
    assert [(x["kind"], x["project"]) for x in open_jobs(services.store.engine)] == [("sweep", KEY)]


def test_a_project_that_was_not_read_for_long_is_read_whole(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path, sweep_minutes=10))
    services.store.save_project(SAID)
    services.store.mark(KEY, serving="alchemist-1-abc123", swept_at=1_000.0)
    services.sweep(1_599.0)
    assert open_jobs(services.store.engine) == []
    services.sweep(1_600.0)
    assert [(x["kind"], x["project"]) for x in open_jobs(services.store.engine)] == [("sweep", KEY)]


def test_without_a_way_to_a_language_model_no_task_leaves_the_house(tmp_path: Path) -> None:
    services = Services(Settings(home=tmp_path, fallback="0.1"))
    services.store.save_project(SAID)
    told = "no task is asked about: set OPENAI_API_KEY, or OPENAI_BASE_URL of an endpoint that needs no key"
    assert services.do("fallback", KEY, 0.0, lambda _: None) == told
    services.store.engine.dispose()
