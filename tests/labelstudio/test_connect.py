"""Connecting and looking at a connection, against a server that keeps backends and webhooks as Label Studio does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from alchemist.core.errors import BadSetting, LabelStudioAway, LabelStudioError, LabelStudioRefused, NotFound
from alchemist.labelstudio.connect import Connection, Finding, check_address, token_kind
from tests.doubles.label_studio import TOKEN, LabelStudioServer
from tests.labelstudio.test_client import jwt

HERE = "https://8.8.8.8:9090"
EVENTS = f"{HERE}/webhook"
LOCAL = "http://127.0.0.1:9090"
USER = ("ada", "p:ss wörd")
HEADER = "Basic YWRhOnA6c3Mgd8O2cmQ="
MEND = "alchemist connect --project 4"
Connect = Callable[..., Connection]


@pytest.fixture
def server() -> Iterator[LabelStudioServer]:
    with LabelStudioServer() as server:
        yield server


@pytest.fixture
def connection(server: LabelStudioServer) -> Iterator[Connect]:
    """A connection to project 4, with a user and a password."""
    opened: list[Connection] = []

    def make(public_url: str = HERE, token: str = TOKEN, url: str = "", header: str = HEADER) -> Connection:
        user, password = USER if header else ("", "")
        opened.append(Connection(url or server.url, token, public_url, user, password, header))
        return opened[-1]

    yield make
    for one in opened:
        one.sdk._client_wrapper.httpx_client.httpx_client.close()


def addresses(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(x["id"], x["url"]) for x in rows]


def seen(findings: Iterator[Finding], what: str) -> Finding:
    (found,) = (x for x in findings if x.what in (what, f"project 4: {what}"))
    return found


def test_a_new_project_gets_a_backend_and_its_webhook_the_password(
    server: LabelStudioServer, connection: Connect
) -> None:
    assert list(connection().connect(4)) == [
        "project 4: Comments",
        f"created the ML backend {HERE} (id 1)",
        f"checked the webhook {EVENTS} (id 1) and its password",
    ]
    (backend,) = server.backends
    assert {
        x: backend[x] for x in ("url", "title", "project", "auth_method", "basic_auth_user", "basic_auth_pass")
    } == {
        "url": HERE,
        "title": "Alchemist",
        "project": 4,
        "auth_method": "BASIC_AUTH",
        "basic_auth_user": "ada",
        "basic_auth_pass": "p:ss wörd",
    }
    (webhook,) = server.webhooks
    assert webhook == {
        "id": 1,
        "project": 4,
        "url": EVENTS,
        "headers": {"Authorization": HEADER},
        "is_active": True,
        "send_payload": True,
        "send_for_all_actions": True,
    }


def test_a_webhook_that_label_studio_did_not_make_is_created(server: LabelStudioServer, connection: Connect) -> None:
    server.watches = False
    assert list(connection().connect(4))[2:] == [f"created the webhook {EVENTS} (id 1)"]
    (webhook,) = server.webhooks
    assert webhook["headers"] == {"Authorization": HEADER}
    assert (webhook["project"], webhook["is_active"], webhook["send_payload"]) == (4, True, True)


def test_without_a_password_none_is_sent(server: LabelStudioServer, connection: Connect) -> None:
    server.webhook(EVENTS, headers={"Authorization": HEADER})
    assert list(connection(header="").connect(4))[2:] == [f"checked the webhook {EVENTS} (id 1)"]
    assert server.webhooks[0]["headers"] == {}
    assert [x for x in server.backends[0] if "auth" in x] == []


def test_what_is_wrong_is_repaired_in_place(server: LabelStudioServer, connection: Connect) -> None:
    server.backend(HERE, title="alchemist-1-abc123")
    server.webhook(EVENTS, headers={"Authorization": "Basic b2xk"}, is_active=False, send_payload=False)
    assert list(connection().connect(4)) == [
        "project 4: Comments",
        f"checked the ML backend {HERE} (id 1)",
        f"checked the webhook {EVENTS} (id 1) and its password",
    ]
    (backend,), (webhook,) = server.backends, server.webhooks
    assert (backend["title"], backend["basic_auth_pass"]) == ("alchemist-1-abc123", "p:ss wörd")
    assert (webhook["headers"], webhook["is_active"], webhook["send_payload"]) == (
        {"Authorization": HEADER},
        True,
        True,
    )


def test_a_backend_without_a_title_gets_one(server: LabelStudioServer, connection: Connect) -> None:
    server.backend(HERE, title=None)
    list(connection().connect(4))
    assert server.backends[0]["title"] == "Alchemist"


def test_doubles_are_deleted(server: LabelStudioServer, connection: Connect) -> None:
    for url in (HERE, f"{HERE}/", HERE):
        server.backend(url)
        server.webhook(f"{url.rstrip('/')}/webhook")
    assert list(connection(f"{HERE}/").connect(4)) == [
        "project 4: Comments",
        "deleted a doubled ML backend (id 2)",
        "deleted a doubled ML backend (id 3)",
        f"checked the ML backend {HERE} (id 1)",
        "deleted a doubled webhook (id 2)",
        "deleted a doubled webhook (id 3)",
        f"checked the webhook {EVENTS} (id 1) and its password",
    ]
    assert (addresses(server.backends), addresses(server.webhooks)) == ([(1, HERE)], [(1, EVENTS)])


def test_a_backend_at_a_former_address_moves(server: LabelStudioServer, connection: Connect) -> None:
    server.backend("http://old.example:9090", title="alchemist-1-abc123")
    server.webhook("http://old.example:9090/webhook")
    assert list(connection().connect(4))[1:] == [
        f"checked the ML backend {HERE} (id 1), which was http://old.example:9090",
        f"created the webhook {EVENTS} (id 2)",
    ]
    assert addresses(server.backends) == [(1, HERE)]
    assert server.backends[0]["title"] == "alchemist-1-abc123"
    assert seen(connection().findings(4), "webhooks left behind") == Finding(
        "project 4: webhooks left behind",
        False,
        "http://old.example:9090/webhook",
        "Delete them in Settings > Webhooks if nothing listens there any more.",
    )


def test_other_backends_are_named_and_left_alone(server: LabelStudioServer, connection: Connect) -> None:
    server.backend("http://sam.example:9090", model_version="sam-2")
    server.backend("http://old.example:9090")
    server.backend("http://older.example:9090")
    assert list(connection().connect(4))[1:4] == [
        f"checked the ML backend {HERE} (id 2), which was http://old.example:9090",
        "left alone another ML backend: http://sam.example:9090 (only one of them predicts)",
        "left alone another ML backend: http://older.example:9090 (only one of them predicts)",
    ]
    assert addresses(server.backends) == [(1, "http://sam.example:9090"), (2, HERE), (3, "http://older.example:9090")]


@pytest.mark.parametrize(
    ("refused", "rows"),
    [({"backend", "webhook"}, 0), ({"webhook"}, 1)],
    ids=["by default", "only ML_BLOCK_LOCAL_IP=false"],
)
def test_a_refused_local_address_names_the_variable_every_time(
    refused: set[str], rows: int, server: LabelStudioServer, connection: Connect
) -> None:
    server.refuses = refused
    for _ in range(2):
        with pytest.raises(LabelStudioError) as caught:
            list(connection(LOCAL).connect(4))
        assert type(caught.value) is LabelStudioError
        assert caught.value.message == f"Label Studio refuses {LOCAL}: URL resolves to a reserved network address"
        assert caught.value.hint == "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false."
        assert (len(server.backends), server.webhooks) == (rows, [])


def test_what_was_done_before_a_refusal_is_told(server: LabelStudioServer, connection: Connect) -> None:
    server.refuses = {"webhook"}
    server.backend(LOCAL)
    told = connection(LOCAL).connect(4)
    assert [next(told), next(told)] == ["project 4: Comments", f"checked the ML backend {LOCAL} (id 1)"]
    with pytest.raises(LabelStudioError, match="reserved network address"):
        next(told)


@pytest.mark.parametrize("url", ["http://ml-backend:9090", "https://alchemist/path"])
def test_a_host_without_a_dot_is_refused_before_anything_is_asked(
    url: str, server: LabelStudioServer, connection: Connect
) -> None:
    host = url.split("/")[2].split(":")[0]
    with pytest.raises(BadSetting) as caught:
        connection(url)
    assert caught.value.message == f"Label Studio sends no events to '{host}': a host name needs a dot"
    assert caught.value.hint == (
        "Set ALCHEMIST_PUBLIC_URL to an IP address, localhost, or a name with a dot (an alias such as "
        "alchemist.internal)."
    )
    assert server.calls == []


@pytest.mark.parametrize(
    "url", ["http://localhost:9090", "http://10.0.0.7:9090", "http://[::1]:9090", "http://alchemist.internal:9090"]
)
def test_an_address_that_label_studio_takes(url: str) -> None:
    check_address(url)


def test_an_address_must_be_set() -> None:
    with pytest.raises(BadSetting, match="ALCHEMIST_PUBLIC_URL is not set"):
        check_address("")


@pytest.mark.parametrize("call", ["connect", "findings"])
def test_an_unknown_project(call: str, connection: Connect) -> None:
    with pytest.raises(NotFound) as caught:
        list(getattr(connection(), call)(5))
    assert caught.value.message == "Label Studio shows this token no project 5"


@pytest.mark.parametrize("call", ["connect", "findings"])
def test_a_refused_token(call: str, server: LabelStudioServer, connection: Connect) -> None:
    with pytest.raises(LabelStudioRefused) as caught:
        list(getattr(connection(token="0" * 40), call)(4))
    assert caught.value.message == "Label Studio refused the token: Invalid token."
    assert (server.backends, server.webhooks) == ([], [])


def test_another_server_is_not_a_missing_project(server: LabelStudioServer, connection: Connect) -> None:
    with pytest.raises(LabelStudioError) as caught:
        list(connection(url=f"{server.url}/studio").connect(4))
    assert (type(caught.value), caught.value.message) == (LabelStudioError, "Label Studio answered 404: no text")


@pytest.mark.filterwarnings("ignore:The `parse_obj` method is deprecated:DeprecationWarning")
def test_a_personal_access_token_where_label_studio_has_a_path(connection: Connect) -> None:
    with LabelStudioServer("/label") as server:
        server.access = jwt(exp=time.time() + 300, token_type="access")
        lines = list(connection(url=server.url, token=jwt(exp=time.time() + 9_000)).connect(4))
    assert lines[1] == f"created the ML backend {HERE} (id 1)"


@pytest.mark.parametrize(
    ("url", "token", "error"),
    [("", jwt(exp=1_000_000_000), LabelStudioRefused), ("http://localhost:port", TOKEN, LabelStudioAway)],
)
def test_a_token_or_an_address_that_is_none(
    url: str, token: str, error: type[Exception], server: LabelStudioServer, connection: Connect
) -> None:
    with pytest.raises(error) as caught:
        list(connection(url=url, token=token).connect(4))
    assert token not in str(caught.value)


def test_all_is_well_after_connecting(server: LabelStudioServer, connection: Connect) -> None:
    server.backend(HERE)
    list(connection().connect(4))
    assert [(x.what, x.good, x.seen) for x in connection().findings(4)] == [
        ("address block", True, "Label Studio takes this address"),
        ("project 4: ML backend", True, "1 of ours among 1"),
        ("project 4: connected", True, "state CO"),
        ("project 4: webhook", True, f"1 for {EVENTS}"),
        ("project 4: model version", True, "alchemist-1-abc123"),
        ("project 4: prelabelling", True, "on"),
    ]


def test_nothing_is_connected(connection: Connect) -> None:
    assert list(connection().findings(4)) == [
        Finding("address block", True, "8.8.8.8 is public"),
        Finding("project 4: ML backend", False, "0 of ours among 0", MEND),
        Finding("project 4: webhook", False, f"0 for {EVENTS}", MEND),
        Finding(
            "project 4: model version",
            False,
            "alchemist-1-abc123",
            "It is set when the edition is published; press Start Training.",
        ),
        Finding(
            "project 4: prelabelling",
            True,
            "on",
            'Turn on Settings > Annotation > "Use predictions to prelabel tasks".',
        ),
    ]


def webhooks_left(server: LabelStudioServer) -> None:
    server.webhook("http://old.example:9090/webhook/")
    server.webhook("http://older.example:9090/webhook")
    server.webhook("https://hooks.chat.example/webhook/T0/B0")


def another_backend(server: LabelStudioServer) -> None:
    server.backend("http://sam.example:9090", model_version="sam-2")
    server.webhook("http://sam.example:9090/webhook")


OLD = "http://old.example:9090"
DELETE = "Only one backend of a project predicts: delete the others in Settings > Model."
ELSEWHERE = f"Delete those at other addresses in Settings > Model: {OLD}"
LEFT = "Delete them in Settings > Webhooks if nothing listens there any more."
TRAIN = "It is set when the edition is published; press Start Training."
SHOW = 'Turn on Settings > Annotation > "Use predictions to prelabel tasks".'


@pytest.mark.parametrize(
    ("change", "what", "told", "mend"),
    [
        (lambda server: server.backends[0].update(state="ER"), "connected", "state ER", MEND),
        (lambda server: server.backends[0].update(url=OLD), "ML backend", f"1 of ours among 1, elsewhere: {OLD}", MEND),
        (lambda server: server.backend(OLD), "ML backend", f"2 of ours among 2, elsewhere: {OLD}", ELSEWHERE),
        (lambda server: server.backend(HERE), "ML backend", "2 of ours among 2", MEND),
        (another_backend, "other backends", "http://sam.example:9090", DELETE),
        (
            lambda server: server.webhooks[0].update(headers={"Authorization": "Basic b2xk"}),
            "webhook",
            f"1 for {EVENTS}, with another password",
            MEND,
        ),
        (
            lambda server: server.webhooks[0].update(headers=None),
            "webhook",
            f"1 for {EVENTS}, with another password",
            MEND,
        ),
        (lambda server: server.webhooks[0].update(is_active=False), "webhook", f"1 for {EVENTS}, switched off", MEND),
        (lambda server: server.webhook(EVENTS, headers={"Authorization": HEADER}), "webhook", f"2 for {EVENTS}", MEND),
        (
            webhooks_left,
            "webhooks left behind",
            "http://old.example:9090/webhook/, http://older.example:9090/webhook",
            LEFT,
        ),
        (lambda server: server.project.update(model_version=""), "model version", "none", TRAIN),
        (lambda server: server.project.update(model_version="alchemist-0"), "model version", "alchemist-0", TRAIN),
        (lambda server: server.project.update(show_collab_predictions=False), "prelabelling", "off", SHOW),
    ],
)
def test_what_is_wrong_is_told_with_its_mend(
    change: Callable[[LabelStudioServer], object],
    what: str,
    told: str,
    mend: str,
    server: LabelStudioServer,
    connection: Connect,
) -> None:
    server.backend(HERE)
    server.webhook(EVENTS, headers={"Authorization": HEADER})
    assert [x for x in connection().findings(4) if not x.good] == []
    change(server)
    bad = [x for x in connection().findings(4) if not x.good and x.what != "address block"]
    assert bad == [Finding(f"project 4: {what}", False, told, mend)]


@pytest.mark.parametrize(
    ("url", "connected", "good", "told"),
    [
        (LOCAL, "", False, "127.0.0.1 is a local address, which Label Studio may refuse"),
        ("http://[::1]:9090", "", False, "::1 is a local address, which Label Studio may refuse"),
        ("http://192.168.3.4:9090", "", False, "192.168.3.4 is a local address, which Label Studio may refuse"),
        (LOCAL, "backend", False, "127.0.0.1 is a local address, which Label Studio may refuse"),
        (LOCAL, "backend and webhook", True, "Label Studio takes this address"),
        (HERE, "", True, "8.8.8.8 is public"),
        ("http://no..where:9090", "", True, "not known: this machine cannot look up no..where"),
    ],
)
def test_the_address_block(
    url: str, connected: str, good: bool, told: str, server: LabelStudioServer, connection: Connect
) -> None:
    if "backend" in connected:
        server.backend(url)
    if "webhook" in connected:
        server.webhook(f"{url}/webhook", headers={"Authorization": HEADER})
    found = seen(connection(url).findings(4), "address block")
    assert (found.good, found.seen) == (good, told)
    mend = "Start Label Studio with USE_DEFAULT_BANNED_SUBNETS=false, then run alchemist connect."
    assert found.mend == ("" if good else mend)


@pytest.mark.parametrize(
    ("token", "kind"),
    [("", "none"), (TOKEN, "legacy token"), (jwt(exp=1), "personal access token"), ("a.b", "legacy token")],
)
def test_kinds_of_token(token: str, kind: str) -> None:
    assert token_kind(token) == kind
