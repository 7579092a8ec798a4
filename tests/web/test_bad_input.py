"""Whatever is sent, the answer is a proper one or the one error shape, and every task has an item."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from alchemist.core.errors import SandboxError
from alchemist.labelstudio.convert import refusals
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.web.app import create_app

XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text" choice="single">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
KEY = "4.1795174907"
SPAM = {"id": 1, "data": {"text": "check out http://x.example"}}

BROKEN_BODIES: dict[str, bytes] = {
    "broken": b'{"project": "4.1", ',
    "empty": b"",
    "list": b"[]",
    "string": b'"hello"',
    "null": b"null",
    "number": b"7",
    "not UTF-8": b'{"project": "\xff\xfe"}',
    "deep": b"[" * 100_000,
}

ODD_TASKS: dict[str, Any] = {
    "null": None,
    "string": "hello",
    "number": 5,
    "list": [],
    "empty": {},
    "no data": {"id": 1},
    "data null": {"id": 1, "data": None},
    "data a string": {"id": 1, "data": "check out"},
    "data a list": {"id": 1, "data": ["check out"]},
    "no field": {"id": 1, "data": {"other": "check out"}},
    "field null": {"id": 1, "data": {"text": None}},
    "field a number": {"id": 1, "data": {"text": 5}},
    "field a huge number": {"id": 1, "data": {"text": 10**400}},
    "field a boolean": {"id": 1, "data": {"text": True}},
    "field a list": {"id": 1, "data": {"text": [1, None, {"a": "b"}]}},
    "field an object": {"id": 1, "data": {"text": {"a": [1]}}},
    "field not finite": {"id": 1, "data": {"text": float("nan")}},
    "field empty": {"id": 1, "data": {"text": ""}},
    "field with NUL": {"id": 1, "data": {"text": "\x00\x00"}},
}
"""Tasks that no program can have an opinion on."""

ODD_BUT_SPAM: dict[str, Any] = {
    "id missing": {"data": {"text": "check out"}},
    "id null": {"id": None, "data": {"text": "check out"}},
    "id a string": {"id": "one", "data": {"text": "check out"}},
    "id a list": {"id": [1], "data": {"text": "check out"}},
    "id huge": {"id": 10**30, "data": {"text": "check out"}},
    "id a lone surrogate": {"id": "\ud800", "data": {"text": "check out"}},
    "text with a lone surrogate": {"id": 1, "data": {"text": "check out \ud800 \udfff"}},
    "surrogates and no id": {"data": {"text": "check out \ud800"}},
    "text with NUL": {"id": 1, "data": {"text": "check out \x00"}},
    "data nobody asked for": {"id": 1, "data": {"text": "check out", "\ud800": {"a": [None]}}},
}
"""Tasks that are odd, and can be predicted all the same."""


def shaped(reply: Any) -> dict[str, str]:
    """The error of a reply, when it has the one shape and gives nothing away."""
    assert reply.headers["content-type"] == "application/json"
    answer = reply.json()
    assert list(answer) == ["error"]
    assert sorted(answer["error"]) == ["code", "hint", "message"]
    assert all(isinstance(x, str) for x in answer["error"].values())
    assert answer["error"]["message"].strip(": ") != ""
    assert not answer["error"]["message"].startswith(":")
    for mark in ("Traceback", 'File "', ".py", "line "):
        assert mark not in reply.text
    return answer["error"]


@pytest.mark.parametrize("path", ["/setup", "/predict", "/webhook", "/train", "/versions"])
@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_bodies_that_are_not_what_was_asked_for(path: str, body: str, client: TestClient) -> None:
    reply = client.post(path, content=BROKEN_BODIES[body], headers={"Content-Type": "application/json"})
    if path == "/versions" and body in ("empty", "list", "string", "null", "number"):
        assert (reply.status_code, reply.json()) == (200, {"versions": []})
        return
    assert reply.status_code == 400
    shaped(reply)


@pytest.mark.parametrize("tasks", [None, {}, "abc", 5, True], ids=repr)
def test_tasks_that_are_no_list(tasks: Any, client: TestClient) -> None:
    reply = client.post("/predict", json={"tasks": tasks, "project": KEY, "label_config": XML})
    assert reply.status_code == 400
    assert shaped(reply)["message"].startswith("tasks: ")


def test_tasks_missing(client: TestClient) -> None:
    reply = client.post("/predict", json={"project": KEY, "label_config": XML})
    assert (reply.status_code, shaped(reply)["message"]) == (400, "tasks: Field required")


def test_no_tasks_no_results(introduce: Callable[..., str], ask: Callable[..., list[Any]]) -> None:
    introduce()
    assert ask([]) == []


@pytest.mark.parametrize("name", ODD_TASKS)
def test_an_odd_task_among_good_ones(name: str, client: TestClient, introduce: Callable[..., str]) -> None:
    introduce()
    asked = {"tasks": [SPAM, ODD_TASKS[name], SPAM], "project": KEY, "label_config": XML}
    reply = client.post("/predict", content=json.dumps(asked), headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    first, odd, last = reply.json()["results"]
    assert first == last
    assert first["result"][0]["value"] == {"choices": ["spam"]}
    assert odd["result"] == []
    assert odd["score"] == 0


@pytest.mark.parametrize("name", ODD_BUT_SPAM)
def test_an_odd_task_that_can_be_predicted(name: str, client: TestClient, introduce: Callable[..., str]) -> None:
    introduce()
    asked = {"tasks": [ODD_BUT_SPAM[name]], "project": KEY, "label_config": XML}
    reply = client.post("/predict", content=json.dumps(asked), headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    (item,) = reply.json()["results"]
    assert item["result"][0]["value"] == {"choices": ["spam"]}
    assert refusals(XML, item) == []


def test_a_text_of_five_megabytes(introduce: Callable[..., str], ask: Callable[..., list[Any]]) -> None:
    introduce()
    big = {"id": 2, "data": {"text": "ab é😀" * 1_000_000 + " check out"}}
    first, second = ask([SPAM, big])
    assert first["result"][0]["value"] == {"choices": ["spam"]}
    assert second["result"][0]["value"] == {"choices": ["spam"]}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "   ",
        "<View/>",
        "<View></View>",
        "<View>",
        "nonsense",
        '<View><Unknown name="a" toName="b"/></View>',
        '<View><Choices name="label" toName="nobody"><Choice value="spam"/><Choice value="ham"/></Choices></View>',
        '<View><Choices toName="text"><Choice value="spam"/></Choices><Text name="text" value="$text"/></View>',
        f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>{XML}',
        f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{XML}',
        XML.replace("spam", "\ud800").replace("ham", "eggs"),
        XML.replace("spam", "\x00"),
        f"<View>{'<View>' * 500}{'</View>' * 500}</View>",
        "<View>" + "<!-- long -->" * 50_000 + "</View>",
    ],
    ids=lambda xml: ascii(xml[:40]),
)
def test_odd_label_configs(xml: str, client: TestClient) -> None:
    def post(path: str, body: dict[str, Any]) -> Any:
        reply = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
        assert reply.status_code == 200, reply.text
        return reply.json()

    said = {"project": KEY, "schema": xml, "hostname": "http://localhost:8080", "access_token": "0" * 40}
    assert post("/setup", said) == {"model_version": "alchemist-0"}
    assert post("/predict", {"tasks": [SPAM, None], "project": KEY, "label_config": xml})["results"] == [[], []]
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200


@pytest.mark.parametrize(
    "project",
    [None, "", "4.1.1", "../../etc/passwd", "-1", "1e3", "4.", "x", "\ud800", "4\n", "9" * 40, "Robert'); --"],
)
def test_projects_that_are_none(project: Any, client: TestClient, services: Services) -> None:
    def post(path: str, body: dict[str, Any]) -> Any:
        reply = client.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
        assert 200 <= reply.status_code < 300, reply.text
        return reply.json()

    assert post("/setup", {"project": project, "schema": XML}) == {"model_version": "alchemist-0"}
    assert post("/predict", {"tasks": [SPAM], "project": project, "label_config": XML})["results"] == [[]]
    assert post("/webhook", {"action": "START_TRAINING", "project": project}) == {"status": "ok"}
    assert services.store.projects() == []


@pytest.mark.parametrize("title", ["\ud800", "a\x00b", "x" * 10_000, "<script>"])
def test_odd_titles_in_an_event(title: str, client: TestClient, introduce: Callable[..., str]) -> None:
    introduce()
    event = {"action": "PROJECT_UPDATED", "project": {"id": 4, "title": title}}
    reply = client.post("/webhook", content=json.dumps(event), headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()) == (201, {"status": "ok"})
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("field", ["hostname", "access_token"])
@pytest.mark.parametrize("value", ["\ud800", "\x00", "", None, "x" * 100_000])
def test_odd_hosts_and_tokens(field: str, value: Any, client: TestClient) -> None:
    said = {"project": KEY, "schema": XML, "hostname": "http://h", "access_token": "t", field: value}
    reply = client.post("/setup", content=json.dumps(said), headers={"Content-Type": "application/json"})
    assert reply.status_code == 200, reply.text
    assert reply.json()["model_version"].startswith("alchemist-1-")


@pytest.mark.parametrize("extra", [None, "", "{}", {}, [], 5], ids=repr)
def test_extra_params_may_be_anything(extra: Any, client: TestClient) -> None:
    reply = client.post("/setup", json={"project": KEY, "schema": XML, "extra_params": extra})
    assert reply.json()["model_version"].startswith("alchemist-1-")


def test_unknown_actions_are_acknowledged(client: TestClient, introduce: Callable[..., str]) -> None:
    introduce()
    for body in (
        {"action": "SOMETHING_NEW", "project": {"id": 4}},
        {"action": "ANNOTATION_CREATED"},
        {"project": 4},
        {"action": "START_TRAINING", "project": "77"},
    ):
        reply = client.post("/webhook", json=body)
        assert (reply.status_code, reply.json()["status"]) == (201, "ok")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/docs/../../etc/passwd", 404, "not_found"),
        ("GET", "/openapi.json", 404, "not_found"),
        ("GET", "/predict", 405, "http"),
        ("POST", "/health", 405, "http"),
        ("DELETE", "/webhook", 405, "http"),
    ],
)
def test_wrong_paths_and_methods(method: str, path: str, status: int, code: str, client: TestClient) -> None:
    reply = client.request(method, path)
    assert reply.status_code == status
    assert shaped(reply)["code"] == code


class Broken(Services):
    """Services of which every call that a door makes fails."""

    def __init__(self, settings: Settings, error: Exception) -> None:
        super().__init__(settings)
        self.error = error

    def meet(self, project: object) -> str:
        raise self.error

    def serving(self, key: str) -> None:
        raise self.error

    def hear(self, told: object, action: str, body: object) -> None:
        raise self.error


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/setup", {"project": KEY, "schema": XML}),
    ("/predict", {"tasks": [SPAM], "project": KEY, "label_config": XML}),
    ("/webhook", {"action": "START_TRAINING", "project": {"id": 4}}),
]


@pytest.mark.parametrize(("path", "body"), REQUESTS)
def test_an_internal_error_gives_nothing_away(
    path: str, body: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(Broken(Settings(home=tmp_path), RuntimeError("s3cret detail of /srv/x")))
    with caplog.at_level(logging.ERROR):
        reply = TestClient(app, raise_server_exceptions=False).post(path, json=body)
    assert reply.status_code == 500
    assert shaped(reply) == {
        "code": "error",
        "message": "something went wrong here",
        "hint": "The server's log has the details.",
    }
    assert "s3cret" not in reply.text
    assert f"POST {path} failed" in caplog.text


@pytest.mark.parametrize(("path", "body"), REQUESTS)
def test_a_known_error_says_what_to_do(path: str, body: dict[str, Any], tmp_path: Path) -> None:
    app = create_app(Broken(Settings(home=tmp_path), SandboxError("the sandbox cannot start", "Reinstall it.")))
    reply = TestClient(app).post(path, json=body)
    assert reply.status_code == 503
    assert shaped(reply) == {"code": "sandbox", "message": "the sandbox cannot start", "hint": "Reinstall it."}
