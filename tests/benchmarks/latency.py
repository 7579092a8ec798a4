"""How fast the server answers, beside its targets and a bare FastAPI server in the same run.

.venv/bin/python tests/benchmarks/latency.py [--json] [--busy]

With --busy the programs of a first edition are written and tried over and over beside it, at a worker's priority.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from alchemist.demo.processes import free_port, start_backend

DATA = Path(__file__).parents[1] / "data"
TARGETS = {"/health": 50.0, "/setup": 50.0, "/webhook": 20.0, "/predict": 1000.0}
"""Milliseconds for one call; `/predict` with 250 tasks."""
CALLS = {"/health": 200, "/setup": 200, "/webhook": 200, "/predict": 20}
BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "UP"}
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def recorded(name: str) -> dict[str, Any]:
    """The body of a recorded request."""
    body: dict[str, Any] = json.loads((DATA / "label-studio" / "wire" / f"{name}.json").read_text())["body"]
    return body


def bodies() -> dict[str, dict[str, Any] | None]:
    """What each call sends; nothing to `/health`."""
    predict = recorded("single_choice-07-predict")
    like = predict["tasks"][0]
    lines = (DATA / "youtube" / "test.jsonl").read_text().splitlines()
    texts = [json.loads(line)["text"] for line in lines][:250]
    predict["tasks"] = [like | {"id": number, "data": {"text": text}} for number, text in enumerate(texts)]
    return {
        "/health": None,
        "/setup": recorded("single_choice-02-setup"),
        "/webhook": recorded("single_choice-08-webhook-annotation_created"),
        "/predict": predict,
    }


@contextmanager
def bare_server() -> Iterator[str]:
    """The URL of a FastAPI server that does nothing."""
    port = free_port(0)
    child = subprocess.Popen([sys.executable, "-c", BARE, str(port)])
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                httpx.get(f"{url}/health")
                break
            except httpx.HTTPError:
                time.sleep(0.1)
        yield url
    finally:
        child.terminate()
        child.wait()


def timed(times: int, call: Callable[[], httpx.Response]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds, after two calls that do not count."""
    taken = []
    for number in range(times + 2):
        began = time.perf_counter()
        reply = call()
        if number >= 2:
            taken.append((time.perf_counter() - began) * 1000)
        reply.raise_for_status()
    return {"median": statistics.median(taken), "p95": statistics.quantiles(taken, n=20)[-1], "calls": times}


@contextmanager
def writing(busy: bool, folder: Path) -> Iterator[None]:
    """What a worker does for a first edition, in processes beside the server, until the end."""
    ended = threading.Event()

    def keep_writing() -> None:
        (folder / "config.xml").write_text(str(recorded("single_choice-02-setup")["schema"]))
        lines = (DATA / "youtube" / "train.jsonl").read_text().splitlines()
        (folder / "exemplars.jsonl").write_text("\n".join(lines[:24]))
        (folder / "unlabelled.jsonl").write_text("\n".join(lines[24:]))
        options = ["--config", "config.xml", "--exemplars", "exemplars.jsonl", "--unlabelled", "unlabelled.jsonl"]
        command = ["nice", "-n", "5", sys.executable, "-m", "alchemist", "write", "--writer", "offline", *options]
        while not ended.is_set():
            subprocess.run([*command, "--out", "written"], cwd=folder, check=True, capture_output=True)

    thread = threading.Thread(target=keep_writing)
    if busy:
        thread.start()
        time.sleep(3)
    try:
        yield
    finally:
        ended.set()
        if busy:
            thread.join()


def measured(settle: float, busy: bool) -> dict[str, dict[str, float]]:
    """Each call's times; the bare server's stand under `bare /health`."""
    figures: dict[str, dict[str, float]] = {}
    replies = DATA / "completions" / "youtube" / "first" / "replies"
    with tempfile.TemporaryDirectory() as folder, httpx.Client(timeout=120) as client, bare_server() as bare:
        # An address at which nobody answers: jobs fail, and nothing leaves this machine.
        away = {"LABEL_STUDIO_URL": "http://127.0.0.1:1", "LABEL_STUDIO_API_KEY": "none"}
        backend = start_backend(Path(folder), free_port(0), "--programs", str(replies), **away)
        url = backend.url.replace("localhost", "127.0.0.1")
        try:
            backend.wait("/health", 60)
            sent = bodies()
            client.post(f"{url}/setup", json=sent["/setup"]).raise_for_status()
            time.sleep(settle)  # the worker has imported its libraries and failed once
            with writing(busy, Path(folder)):
                figures["bare /health"] = timed(CALLS["/health"], lambda: client.get(f"{bare}/health"))
                for path, body in sent.items():
                    figures[path] = timed(CALLS[path], partial(call, client, url + path, body))
            results = client.post(f"{url}/predict", json=sent["/predict"]).json()["results"]
            answered = sum(bool(item and item["result"]) for item in results)
            figures["/predict"] |= {"tasks": len(results), "answered": answered}
        finally:
            backend.stop()
    for path in TARGETS:
        figures[path] |= {
            "target": TARGETS[path],
            "times_bare": figures[path]["median"] / figures["bare /health"]["median"],
        }
    return figures


def call(client: httpx.Client, url: str, body: dict[str, Any] | None) -> httpx.Response:
    """One call as Label Studio makes it."""
    return client.get(url) if body is None else client.post(url, json=body)


def table(figures: dict[str, dict[str, float]]) -> Table:
    """The figures for people."""
    shown = Table(title="Latency in milliseconds")
    for name in ("call", "median", "95 %", "target", "x bare /health"):
        shown.add_column(name, justify="left" if name == "call" else "right")
    for name, x in figures.items():
        what = f"{name}, {x['tasks']:.0f} tasks" if "tasks" in x else name
        target = f"[{'green' if x['median'] <= x['target'] else 'red'}]{x['target']:.0f}" if "target" in x else ""
        ratio = f"{x['times_bare']:.1f}" if "times_bare" in x else "1"
        shown.add_row(what, f"{x['median']:.1f}", f"{x['p95']:.1f}", target, ratio)
    return shown


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--settle", type=float, default=10, help="seconds to wait for the worker to be idle")
    parser.add_argument("--busy", action="store_true", help="write a first edition beside it")
    given = parser.parse_args()
    figures = measured(given.settle, given.busy)
    if given.json:
        print(json.dumps(figures, indent=1))
    else:
        Console().print(table(figures))
    sys.exit(any(figures[path]["median"] > target for path, target in TARGETS.items()))


if __name__ == "__main__":
    main()
