"""A language model that says what a script tells it: an OpenAI-compatible server on this machine."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from typing import Any

REPLIES = Path(__file__).parents[1] / "data" / "completions" / "youtube" / "first" / "replies"
"""Ten recorded replies about YouTube comments."""


@dataclass(frozen=True)
class Asked:
    """One request, as it arrived, headers in lower case; `at` is in seconds of the monotonic clock."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    at: float

    @property
    def prompt(self) -> str:
        """All messages, one after the other."""
        return "\n\n".join(message["content"] for message in self.body["messages"])


@dataclass(frozen=True)
class Answer:
    """What is sent back after `wait` seconds; `cut`: the connection ends in the middle of the body."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    wait: float = 0.0
    cut: bool = False


Behaviour = Callable[[Asked], Answer]
Script = Iterable[Behaviour] | Behaviour


def reply(text: str | None, reasoning: int = 64, wait: float = 0.0) -> Behaviour:
    """A whole reply, with a realistic `usage`: four characters a token."""

    def answer(asked: Asked) -> Answer:
        tokens_in, tokens_out = len(asked.prompt) // 4, len(text or "") // 4 + reasoning
        usage = {
            "prompt_tokens": tokens_in,
            "completion_tokens": tokens_out,
            "total_tokens": tokens_in + tokens_out,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": reasoning, "audio_tokens": 0},
        }
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return _json(200, completion(asked, choices=[choice], usage=usage), wait=wait)

    return answer


def slow(seconds: float, text: str = "") -> Behaviour:
    """A reply that takes its time."""
    return reply(text, wait=seconds)


def empty() -> Behaviour:
    """Thought for long, said nothing."""
    return reply("", reasoning=4096)


def no_content() -> Behaviour:
    """`content` is null, as after a refusal or a call of a tool."""
    return reply(None)


def without_usage(text: str) -> Behaviour:
    """A reply of an endpoint that counts no tokens."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return lambda asked: _json(200, completion(asked, choices=[choice]))


def no_choices() -> Behaviour:
    """A completion without a choice."""
    return lambda asked: _json(200, completion(asked, choices=[]))


def json_value(value: Any) -> Behaviour:
    """Any JSON with status 200, whatever a client may expect."""
    return lambda _: _json(200, value)


def nonsense(content_type: str = "application/json") -> Behaviour:
    """A page of some proxy: no JSON at all, whatever its type says."""
    body = b"<html><body>It works!</body></html>"
    return lambda _: Answer(200, body, (("Content-Type", content_type),))


def wrong_key() -> Behaviour:
    """401; like OpenAI, it repeats a part of the key."""

    def answer(asked: Asked) -> Answer:
        key = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return _error(401, f"Incorrect API key provided: {key[:8]}****{key[-4:]}.", "invalid_api_key")

    return answer


def no_rights() -> Behaviour:
    """403."""
    return lambda _: _error(403, "You are not allowed to sample from this model.", "permission_denied")


def over_limit(retry_after: float | None = None) -> Behaviour:
    """429, with the seconds to wait where they are given."""
    headers = () if retry_after is None else (("Retry-After", f"{retry_after:g}"),)
    return lambda _: _error(429, "Rate limit reached for requests.", "rate_limit_exceeded", headers)


def no_model() -> Behaviour:
    """404: the model is not known."""
    return lambda asked: _error(404, f"The model {asked.body['model']!r} does not exist.", "model_not_found")


def broken(status: int = 500) -> Behaviour:
    """A fault of the server's own."""
    return lambda _: _error(status, "The server had an error while processing your request.", "server_error")


def cut(text: str = "A program will follow. " * 40) -> Behaviour:
    """A reply of which the second half never comes."""

    def answer(asked: Asked) -> Answer:
        whole = reply(text)(asked)
        return Answer(whole.status, whole.body, whole.headers, cut=True)

    return answer


def recorded(folder: Path = REPLIES) -> Behaviour:
    """The recorded replies of a folder, in turn; the same prompt is always answered the same."""
    texts: Iterator[str] = cycle([path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))])
    said: dict[str, str] = {}
    lock = threading.Lock()

    def answer(asked: Asked) -> Answer:
        with lock:
            text = said[asked.prompt] = said.get(asked.prompt) or next(texts)
        return reply(text)(asked)

    return answer


def completion(asked: Asked, **parts: Any) -> dict[str, Any]:
    """The outer shape of every completion."""
    known = {"id": "chatcmpl-0", "object": "chat.completion", "created": 1795174907, "model": asked.body["model"]}
    return known | parts


def _json(status: int, value: Any, headers: tuple[tuple[str, str], ...] = (), wait: float = 0.0) -> Answer:
    return Answer(status, json.dumps(value).encode(), (("Content-Type", "application/json"), *headers), wait)


def _error(status: int, message: str, code: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return _json(status, {"error": {"message": message, "type": code, "param": None, "code": code}}, headers)


class ScriptedLLM:
    """The server, running while it is entered.

    `script` is one behaviour for all requests, or several for one request each, of which the last goes on; it may be
    changed at any time. `requests` are what was asked, in order; `busiest` the most that were open at a time.
    """

    def __init__(self, script: Script) -> None:
        self.requests: list[Asked] = []
        self.busiest = 0
        self.stopping = threading.Event()
        self._open = 0
        self._lock = threading.Lock()
        self.script = script

    @property
    def script(self) -> Script:
        """What it is told to do."""
        return self._script

    @script.setter
    def script(self, script: Script) -> None:
        behaviours = [script] if callable(script) else list(script)
        with self._lock:
            self._script = script
            self._rest = behaviours

    @property
    def url(self) -> str:
        """What OPENAI_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def prompts(self) -> list[str]:
        """What was asked, as text."""
        return [asked.prompt for asked in self.requests]

    def __enter__(self) -> ScriptedLLM:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.llm = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Answer:
        """What comes next."""
        with self._lock:
            self.requests.append(asked)
            self._open += 1
            self.busiest = max(self.busiest, self._open)
            behaviour = self._rest.pop(0) if len(self._rest) > 1 else self._rest[0]
        try:
            answer = behaviour(asked)
            self.stopping.wait(answer.wait)
            return answer
        finally:
            with self._lock:
                self._open -= 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    llm: ScriptedLLM


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body, time.monotonic())
        known = self.path == "/v1/chat/completions"
        answer = self.server.llm.answer(asked) if known else _error(404, f"Unknown URL {self.path}", "unknown_url")
        try:
            self._send(answer)
        except ConnectionError:  # the client waits no longer
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body[: len(answer.body) // 2] if answer.cut else answer.body)
        self.close_connection = answer.cut or self.close_connection

    def log_message(self, *_: object) -> None:
        """Nothing: what was asked is in `requests`."""
