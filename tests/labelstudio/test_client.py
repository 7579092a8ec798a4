"""One project in Label Studio, against a small server that answers what Label Studio 1.23.2 answers."""

from __future__ import annotations

import base64
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import LabelStudioAway, LabelStudioError, LabelStudioRefused, ProjectGone
from alchemist.core.predictions import Prediction
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.client import StudioProject

XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
TOKEN = "5ec2e7a1b2c3d4e5f60718293a4b5c6d7e8f9012"
QUESTION = Question("label", "text", "choice", (Label("spam"), Label("ham")), "text")
EDITION = Edition(2, 0, (Panel(QUESTION, (), {}),))
TASKS = [Task({"text": "a"}, 11), Task({"text": "b"}, 12), Task({"text": "c"}, 13)]
PREDICTIONS = [Prediction({"label": ("spam", 0.75)}), Prediction({"label": ("ham", 0.5)}), Prediction({})]
END = (404, {"detail": "Invalid page."})


class LabelStudioDouble:
    """Answers each path from a queue, the last answer over and over; remembers every request."""

    def __init__(self) -> None:
        self.replies: dict[str, list[tuple[int, Any]]] = {}
        self.requests: list[tuple[str, str, dict[str, Any], Any]] = []
        self.headers: list[dict[str, str]] = []
        double = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                parts = urlsplit(self.path)
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                double.requests.append((self.command, parts.path, asked, json.loads(sent) if sent else None))
                double.headers.append(dict(self.headers))
                queue = double.replies.get(f"{self.command} {parts.path}", [(404, {"detail": "Not found."})])
                status, reply = queue.pop(0) if len(queue) > 1 else queue[0]
                body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html" if isinstance(reply, bytes) else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def on(self, call: str, *replies: Any) -> None:
        """Answer a call (`GET /api/...`) with these, 200 unless a status is given."""
        self.replies[call] = [x if isinstance(x, tuple) else (200, x) for x in replies]

    def sent(self, call: str) -> list[Any]:
        """The bodies that were sent with a call."""
        return [body for method, path, _, body in self.requests if f"{method} {path}" == call]

    def asked(self, call: str) -> list[dict[str, Any]]:
        """The queries of a call."""
        return [query for method, path, query, _ in self.requests if f"{method} {path}" == call]


@pytest.fixture
def double() -> Iterator[LabelStudioDouble]:
    """A Label Studio that knows project 4, with no predictions and no backend."""
    double = LabelStudioDouble()
    double.on("GET /api/projects/4/", {"id": 4, "title": "T", "model_version": "", "show_collab_predictions": True})
    double.on("GET /api/projects/4/model-versions/", {})
    double.on("GET /api/ml/", [])
    double.on("POST /api/projects/4/import/predictions", (201, {"created": 3}))
    double.on("PATCH /api/projects/4/", {"id": 4})
    yield double
    double.server.shutdown()
    double.server.server_close()


@pytest.fixture
def studio(double: LabelStudioDouble) -> Iterator[Callable[..., StudioProject]]:
    """Open the project, with a token; what it told goes to a list."""
    opened: list[StudioProject] = []

    def make(token: str = TOKEN, url: str | None = None) -> StudioProject:
        opened.append(StudioProject(url or double.url, token, 4, XML, lambda text: told.append(text)))
        return opened[-1]

    told: list[str] = []
    make.told = told  # type: ignore[attr-defined]
    yield make
    for one in opened:
        one.sdk._client_wrapper.httpx_client.httpx_client.close()


def page(*ids: int, **more: Any) -> dict[str, Any]:
    tasks = [{"id": x, "data": {"text": f"text {x}", "other": 1}, "project": 4, **more} for x in ids]
    return {"tasks": tasks, "total": 3, "total_annotations": 0, "total_predictions": 0}


def filters(query: dict[str, Any]) -> list[dict[str, Any]]:
    return json.loads(query["query"])["filters"]["items"]


def test_reads_page_by_page(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    words = {"title": "T", "description": "<p>About <b>spam</b></p>", "expert_instruction": "<p>Be kind.</p>"}
    double.on("GET /api/projects/4/", {"id": 4, **words})
    done = {"id": 1, "result": [{"from_name": "label", "type": "choices", "value": {"choices": ["ham"]}}]}
    shown = {"id": 70, "model_version": EDITION.name, "result": done["result"], "score": 0.9}
    one = done | {"updated_at": "2026-11-20T11:41:47Z", "parent_prediction": 70, "completed_by": 6}
    annotated = page(3, annotations=[one], predictions=[shown])
    double.on("GET /api/tasks/", page(1, 2), page(3, 5), page(), annotated, page())
    news = studio().read()
    assert news.words == ("T", "About spam", "Be kind.")
    assert (news.whole, news.data) == (True, {n: {"text": f"text {n}", "other": 1} for n in (1, 2, 3, 5)})
    (said,) = news.annotations
    assert (said.id, said.task, said.result, said.annotator) == (1, 3, done["result"], 6)
    assert said.shown == {"model_version": EDITION.name, "result": done["result"]}
    asked = double.asked("GET /api/tasks/")
    assert [(x.get("page"), x["page_size"], x["project"], x["resolve_uri"]) for x in asked] == [
        ("1", "1000", "4", "false")
    ] * 7
    greater = {"operator": "greater", "type": "Number"}
    after = [{"filter": "filter:tasks:id", "value": n} | greater for n in (0, 2, 5)]
    assert [filters(x) for x in asked[:3]] == [[x] for x in after]
    nobody = {"filter": "filter:tasks:annotators", "operator": "empty", "type": "List"}
    assert filters(asked[3]) == [nobody | {"value": False}, after[0]]
    counts = [{"filter": f"filter:tasks:{x}_annotations", "value": 0} | greater for x in ("total", "cancelled")]
    assert [filters(x)[:2] for x in asked[-2:]] == [[nobody | {"value": True}, x] for x in counts]
    assert [x["fields"] for x in asked] == ["task_only"] * 3 + ["all"] * 4


def test_a_project_that_is_gone(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/", (404, {"detail": "Not found."}))
    with pytest.raises(ProjectGone, match="Label Studio has no project 4 any more"):
        studio().read()


def test_old_predictions_are_deleted_one_by_one(
    double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    double.on("GET /api/projects/4/model-versions/", {"alchemist-1-aaa": 9, "alchemist-2-bbb": 9, "theirs": 9})
    rows = [
        {"id": number, "model_version": version}
        for number, version in enumerate(("alchemist-1-aaa", "theirs", "alchemist-2-bbb", "alchemist-1-aaa"))
    ]
    double.on("GET /api/tasks/", page(1, predictions=rows), page(2, predictions=[rows[0] | {"id": 9}]), page())
    for number in (0, 3, 9):
        double.on(f"DELETE /api/predictions/{number}/", (204, None))
    assert studio().thin(["alchemist-2-bbb"], most=2) == 2
    assert [len(double.sent(f"DELETE /api/predictions/{number}/")) for number in (0, 3, 9)] == [1, 1, 0]
    (held, _) = filters(double.asked("GET /api/tasks/")[0])
    assert held["value"] == ["alchemist-1-aaa"]


def test_where_nothing_is_old_nothing_is_read(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/model-versions/", {"alchemist-2-bbb": 9, "theirs": 9})
    assert studio().thin(["alchemist-2-bbb"], most=2) == 0
    assert double.asked("GET /api/tasks/") == []


def test_publishes_all_in_one_request(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    assert studio().publish(EDITION, TASKS, PREDICTIONS, False) == 3
    (rows,) = double.sent("POST /api/projects/4/import/predictions")
    assert [(x["task"], x["model_version"], x["score"]) for x in rows] == [
        (11, EDITION.name, 0.75),
        (12, EDITION.name, 0.5),
        (13, EDITION.name, 0.0),
    ]
    assert [[y["value"] for y in x["result"]] for x in rows] == [[{"choices": ["spam"]}], [{"choices": ["ham"]}], []]
    assert double.asked("GET /api/tasks/") == []
    assert studio.told == ["storing predictions 3 of 3"]  # type: ignore[attr-defined]


def test_publishes_only_what_is_missing(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/model-versions/", {EDITION.name: 1, "other": 9})
    double.on("GET /api/tasks/", page(12), page())
    double.on("POST /api/projects/4/import/predictions", (201, {"created": 2}))
    assert studio().publish(EDITION, TASKS, PREDICTIONS, False) == 2
    (rows,) = double.sent("POST /api/projects/4/import/predictions")
    assert [x["task"] for x in rows] == [11, 13]
    (asked, *_) = double.asked("GET /api/tasks/")
    (wanted, _) = filters(asked)
    assert wanted == {
        "filter": "filter:tasks:predictions_model_versions",
        "operator": "contains",
        "type": "List",
        "value": [EDITION.name],
    }


def test_publishes_nothing_when_all_is_there(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/model-versions/", {EDITION.name: 3})
    double.on("GET /api/tasks/", page(11, 12, 13), page())
    assert studio().publish(EDITION, TASKS, PREDICTIONS, False) == 0
    double.on("GET /api/projects/4/model-versions/", {})
    assert studio().publish(EDITION, [], [], False) == 0
    assert double.sent("POST /api/projects/4/import/predictions") == []


def test_fewer_stored_than_sent_is_an_error(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("POST /api/projects/4/import/predictions", (201, {"created": 2}))
    with pytest.raises(LabelStudioError, match="Label Studio stored 2 of 3 predictions"):
        studio().publish(EDITION, TASKS, PREDICTIONS, False)


def test_an_import_that_fails_is_not_sent_again(
    double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    double.on("POST /api/projects/4/import/predictions", (500, {"detail": "too many SQL variables"}))
    with pytest.raises(LabelStudioError, match="Label Studio answered 500: too many SQL variables"):
        studio().publish(EDITION, TASKS, PREDICTIONS, False)
    assert len(double.sent("POST /api/projects/4/import/predictions")) == 1


def test_versions(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/model-versions/", {"a": 2, "b": 1})
    assert studio().versions() == {"a": 2, "b": 1}


def test_points_a_backend_of_ours_at_the_edition(
    double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    backends = [
        {"id": 7, "url": "http://ours:9090", "title": "Alchemist", "model_version": "alchemist-0", "project": 4},
        {"id": 8, "url": "http://other:9090", "title": "Other", "model_version": "v1", "project": 4},
        {"id": 9, "url": "http://none:9090", "title": "None", "model_version": None, "project": 4},
    ]
    double.on("GET /api/ml/", backends)
    double.on("PATCH /api/ml/7", backends[0])
    double.on("GET /api/projects/4/model-versions/", {EDITION.name: 2})
    assert studio().point_at(EDITION) == "title mode"
    patches = [(path, body) for method, path, _, body in double.requests if method == "PATCH"]
    assert patches == [
        ("/api/ml/7", {"project": 4, "title": EDITION.name, "url": "http://ours:9090"}),
        ("/api/projects/4/", {"model_version": EDITION.name}),
    ]


def test_points_the_project_alone_where_no_backend_is_ours(
    double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    double.on("GET /api/ml/", [{"id": 8, "url": "http://o", "title": "Other", "model_version": "v1", "project": 4}])
    double.on("GET /api/projects/4/model-versions/", {EDITION.name: 2})
    assert studio().point_at(EDITION) == "static mode"
    assert [body for method, _, _, body in double.requests if method == "PATCH"] == [{"model_version": EDITION.name}]


def test_points_at_nothing_twice(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    ours = {"id": 7, "url": "http://ours:9090", "title": EDITION.name, "model_version": EDITION.name, "project": 4}
    double.on("GET /api/ml/", [ours])
    project = {"id": 4, "title": "T", "model_version": EDITION.name, "show_collab_predictions": True}
    double.on("GET /api/projects/4/", project)
    assert studio().point_at(EDITION) == "title mode"
    assert [method for method, *_ in double.requests if method == "PATCH"] == []


def test_prelabelling_that_is_off_is_said(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/projects/4/", {"id": 4, "model_version": "", "show_collab_predictions": False})
    said = studio().point_at(EDITION)
    assert said.startswith("Predictions are stored, but not shown to annotators: ")
    assert "Use predictions to prelabel tasks" in said


REFUSALS = {
    "Authentication token no longer valid: legacy token authentication has been disabled for this organization": (
        "Legacy tokens are off: turn them on under Organization > API Tokens Settings, or set LABEL_STUDIO_API_KEY "
        "to a personal access token."
    ),
    "Token is blacklisted": ("The personal access token was revoked: create another, set LABEL_STUDIO_API_KEY to it."),
    "Invalid token.": ("The token is wrong: copy it from Account & Settings and set LABEL_STUDIO_API_KEY to it."),
    "Authentication credentials were not provided.": (
        "Set LABEL_STUDIO_API_KEY to a personal access token or a legacy token."
    ),
    "Something new.": "Check LABEL_STUDIO_API_KEY.",
}


@pytest.mark.parametrize("text", REFUSALS)
def test_each_refusal_of_a_token_says_what_to_do(
    text: str, double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    double.on("GET /api/current-user/whoami", (401, {"detail": text, "status_code": 401}))
    with pytest.raises(LabelStudioRefused) as caught:
        studio().checked()
    assert caught.value.message == f"Label Studio refused the token: {text}"
    assert caught.value.hint == REFUSALS[text]


@pytest.mark.parametrize("call", ["read", "publish", "point_at", "versions"])
def test_every_call_says_when_the_token_is_refused(
    call: str, double: LabelStudioDouble, studio: Callable[..., StudioProject], caplog: pytest.LogCaptureFixture
) -> None:
    for path in list(double.replies):
        double.on(path, (401, {"detail": "Invalid token."}))
    arguments = {"publish": (EDITION, TASKS, PREDICTIONS, False), "point_at": (EDITION,)}
    with caplog.at_level(logging.DEBUG), pytest.raises(LabelStudioRefused) as caught:
        getattr(studio(), call)(*arguments.get(call, ()))
    assert caught.value.hint.startswith("The token is wrong")
    assert TOKEN not in str(caught.value.shape()) + str(caught.value) + caplog.text


sdk_is_old = pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated:DeprecationWarning")


def jwt(**claims: Any) -> str:
    """A token as Label Studio writes it, with a signature that nobody checks."""
    parts = [json.dumps(x).encode() for x in ({"alg": "HS256", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(x).decode().rstrip("=") for x in [*parts, b"x" * 32])


@sdk_is_old
def test_a_personal_access_token_is_exchanged(double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    access = jwt(exp=time.time() + 300, token_type="access")
    refresh = jwt(exp=time.time() + 9_000, token_type="refresh")
    double.on("POST /api/token/refresh/", {"access": access})
    double.on("GET /api/current-user/whoami", {"id": 1, "email": "a@b.c"})
    studio(refresh).checked().versions()
    assert double.sent("POST /api/token/refresh/") == [{"refresh": refresh}]
    assert [x.get("Authorization") for x in double.headers][1:] == [f"Bearer {access}"] * 2


@sdk_is_old
def test_it_is_exchanged_where_label_studio_has_a_path(
    double: LabelStudioDouble, studio: Callable[..., StudioProject]
) -> None:
    double.on("POST /label/api/token/refresh/", {"access": jwt(exp=time.time() + 300)})
    double.on("GET /label/api/projects/4/model-versions/", {"a": 1})
    assert studio(jwt(exp=time.time() + 9_000), f"{double.url}/label/").versions() == {"a": 1}


@pytest.mark.parametrize("claims", [{"exp": 1_000_000_000}, {"sub": "nobody"}])
def test_a_personal_access_token_that_is_no_good(claims: dict[str, Any], studio: Callable[..., StudioProject]) -> None:
    token = jwt(**claims)
    with pytest.raises(LabelStudioRefused) as caught:
        studio(token).checked()
    assert "LABEL_STUDIO_API_KEY" in caught.value.hint
    assert token not in str(caught.value.shape())


@pytest.mark.slow
def test_nobody_answers(studio: Callable[..., StudioProject]) -> None:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    with pytest.raises(LabelStudioAway) as caught:
        studio(url=f"http://me:passw0rd@127.0.0.1:{port}").checked()
    assert caught.value.message == f"Label Studio does not answer at http://127.0.0.1:{port} (ConnectError)"
    assert "LABEL_STUDIO_URL" in caught.value.hint
    assert TOKEN not in str(caught.value.shape())


@pytest.mark.parametrize("call", ["checked", "versions"])
def test_something_else_answers(call: str, double: LabelStudioDouble, studio: Callable[..., StudioProject]) -> None:
    double.on("GET /api/current-user/whoami", b"<html>Welcome to nginx!</html>")
    double.on("GET /api/projects/4/model-versions/", b"<html>Welcome to nginx!</html>")
    with pytest.raises(LabelStudioError):
        getattr(studio(), call)()


@pytest.mark.parametrize("url", ["http://localhost:port", "http://[::1", "localhost:8080", "ftp://h", "http://"])
def test_addresses_that_are_none(url: str, studio: Callable[..., StudioProject]) -> None:
    with pytest.raises(LabelStudioAway, match="Label Studio does not answer at "):
        studio(url=url).checked()
