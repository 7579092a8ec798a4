"""As much of Label Studio 1.23.2 as connecting needs: one project, its ML backends and webhooks (LIVE.md 4, 7, 8)."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

TOKEN = "5ec2e7a1b2c3d4e5f60718293a4b5c6d7e8f9012"
REFUSED = (403, {"detail": "URL resolves to a reserved network address (block: 127.0.0.0/8)", "status_code": 403})
Reply = tuple[int, Any]


class LabelStudioServer:
    """Keeps rows as Label Studio does; a test may put some there, or read what `connect` made of them.

    `refuses` holds what it refuses as a local address: "backend", "webhook" or both. Where `watches` is off, it makes
    no webhook of its own for a new backend. `access` is what a personal access token is exchanged for.
    """

    def __init__(self, path: str = "") -> None:
        self.project: dict[str, Any] = {
            "id": 4,
            "title": "Comments",
            "model_version": "alchemist-1-abc123",
            "show_collab_predictions": True,
        }
        self.backends: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.refuses: set[str] = set()
        self.watches = True
        self.access = ""
        self.calls: list[str] = []
        self.bodies: list[Any] = []
        self.server = _Server(_handler(self, path))
        self.url = f"http://127.0.0.1:{self.server.server_port}{path}"

    def __enter__(self) -> LabelStudioServer:
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()

    def backend(self, url: str, **more: Any) -> dict[str, Any]:
        """Put a connected ML backend there, one of ours unless told otherwise."""
        known = {"id": len(self.backends) + 1, "project": 4, "url": url, "title": "Alchemist", "state": "CO"}
        self.backends.append(known | {"model_version": "alchemist-1-abc123"} | more)
        return self.backends[-1]

    def webhook(self, url: str, **more: Any) -> dict[str, Any]:
        """Put a webhook there."""
        known = {"id": len(self.webhooks) + 1, "project": 4, "url": url, "headers": {}, "is_active": True}
        self.webhooks.append(known | {"send_payload": True, "send_for_all_actions": True} | more)
        return self.webhooks[-1]

    def answer(self, call: str, token: str, body: Any, query: Mapping[str, str]) -> Reply:
        """What a call (`GET /api/...`) is answered with."""
        self.calls.append(call)
        self.bodies.append(body)
        method, _, path = call.partition(" ")
        if path == "/api/token/refresh/":
            return 200, {"access": self.access}
        if token not in (f"Token {TOKEN}", f"Bearer {self.access}"):
            return 401, {"detail": "Invalid token.", "status_code": 401}
        if path == "/api/current-user/whoami":
            return 200, {"id": 1, "email": "ada@example.org"}
        return self.serve(method, path, body, query)

    def serve(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Reply:
        """What a call with a good token is answered with."""
        if path == "/api/projects/4/":
            return 200, self.project
        rows = {"ml": self.backends, "webhooks": self.webhooks}.get(path.split("/")[2])
        if rows is None:
            return 404, {"detail": "Not found.", "status_code": 404}
        if method == "GET":
            return 200, rows
        if method == "POST":
            return self._webhook(body) if rows is self.webhooks else self._backend(body)
        return self._change(method, rows, int(path.split("/")[3]), body)

    def _backend(self, body: Mapping[str, Any]) -> Reply:
        if "backend" in self.refuses:
            return REFUSED
        made = self.backend(**body)
        if "webhook" in self.refuses:
            made["state"] = "DI"
            return REFUSED
        address = f"{made['url']}/webhook"
        if self.watches and address not in [x["url"] for x in self.webhooks]:
            self.webhook(address)
        return 201, made

    def _webhook(self, body: Mapping[str, Any]) -> Reply:
        return REFUSED if "webhook" in self.refuses else (201, self.webhook(**body))

    def _change(self, method: str, rows: list[dict[str, Any]], known: int, body: Any) -> Reply:
        (row,) = (x for x in rows if x["id"] == known)
        if method == "DELETE":
            rows.remove(row)
            return 204, None
        if rows is self.backends and not {"url", "project"} <= set(body):
            return 500, {"detail": "healthcheck_() missing 2 required positional arguments", "status_code": 500}
        row |= body
        return 200, row


class _Server(ThreadingHTTPServer):
    """A server whose clients may be killed; `broken` tells its own faults."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.broken: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            self.broken.append(traceback.format_exc())


def _handler(double: LabelStudioServer, prefix: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
            if path.startswith(f"{prefix}/api/"):
                call = f"{self.command} {path.removeprefix(prefix)}"
                token, told = self.headers.get("Authorization", ""), json.loads(sent) if sent else None
                kind, (status, reply) = "application/json", double.answer(call, token, told, asked)
                body = b"" if status == 204 else json.dumps(reply).encode()
            else:
                status, kind, body = 404, "text/html", b"<html>Welcome to nginx!</html>"
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            return

    return Handler
