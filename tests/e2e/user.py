"""What a person does in Label Studio, through the same calls that its pages make."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from alchemist.demo.processes import Process

DATA = Path(__file__).parents[1] / "data" / "youtube" / "test.jsonl"
CONFIG = """<View><Text name="text" value="$text"/>
<Choices name="label" toName="text" choice="single"><Choice value="spam"/><Choice value="ham"/></Choices></View>"""


def comments(number: int) -> list[dict[str, Any]]:
    """The first comments of the YouTube test set, with their labels."""
    lines = DATA.read_text(encoding="utf-8").splitlines()[:number]
    return [json.loads(line) for line in lines]


PATIENCE = 180
"""Seconds that work may take before it counts as hanging: a bound for slow machines, not a measure of speed."""


class User:
    """A person with one project of their own."""

    def __init__(self, sdk: Any, studio: Process, backend: Process) -> None:
        self.sdk = sdk
        self.studio = studio
        self.backend = backend
        self.auth: tuple[str, str] | None = None
        self.id: int = sdk.projects.create(title="YouTube comments", label_config=CONFIG).id

    def call(self, method: str, path: str, **options: Any) -> Any:
        """A request to Label Studio with the person's token; the JSON that it answers."""
        reply = self.sdk._client_wrapper.httpx_client.request(path, method=method, **options)
        assert reply.status_code < 300, f"{method} {path}: {reply.status_code} {reply.text[:300]}"
        return reply.json() if reply.text else None

    def import_tasks(self, texts: list[str]) -> list[int]:
        known = set(self.task_ids())
        self.sdk.projects.import_tasks(self.id, request=[{"text": text} for text in texts])
        return [task for task in self.task_ids() if task not in known]

    def task_ids(self) -> list[int]:
        return sorted(x.id for x in self.sdk.tasks.list(project=self.id, fields="task_only", page_size=500))

    def connect(self) -> Any:
        return self.sdk.ml.create(project=self.id, url=self.backend.url, title="Alchemist")

    def version(self) -> str:
        return str(self.sdk.projects.get(self.id).model_version)

    def predictions(self, task: int) -> list[dict[str, Any]]:
        return [x.dict() for x in self.sdk.predictions.list(task=task)]

    def versions(self) -> dict[str, int]:
        """Predictions by model version, those that hold any."""
        found = self.call("GET", f"api/projects/{self.id}/model-versions/")
        return {name: count for name, count in found.items() if count}

    def status(self) -> dict[str, Any]:
        """What the backend's page says of this project."""
        shown = httpx.get(self.backend.url, timeout=10, auth=self.auth).json()["projects"]
        return next(x for x in shown if x["key"].split(".")[0] == str(self.id))

    def until_published(self) -> str:
        """Wait until the fitted edition stands in Label Studio; its name."""

        def done() -> bool:
            now = self.status()
            return now["edition"] == now["published"] == self.version() and now["job"] is None

        self.until(done)
        return self.version()

    def until(self, done: Callable[[], bool], seconds: float = PATIENCE) -> None:
        ends = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < ends, f"not within {seconds} s; the backend says {self.status()}"
            time.sleep(0.2)

    def retrieve(self, tasks: list[int]) -> Any:
        """Actions > Retrieve Predictions."""
        chosen = {"all": False, "included": tasks}
        return self.call(
            "POST",
            "api/dm/actions",
            params={"id": "retrieve_tasks_predictions", "project": self.id},
            json={"selectedItems": chosen, "project": self.id},
        )

    def next_task(self) -> dict[str, Any]:
        """Label All Tasks."""
        return self.call(
            "POST", "api/dm/actions", params={"id": "next_task", "project": self.id}, json={"project": str(self.id)}
        )

    def open_task(self, task: int) -> dict[str, Any]:
        """A click on a task."""
        return self.call("GET", f"api/tasks/{task}", params={"project": self.id})

    def annotate(self, task: int, choice: str | None, skipped: bool = False) -> int:
        """Submit, or Skip."""
        region = {"id": "r", "from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": [choice]}}
        made = self.call(
            "POST",
            f"api/tasks/{task}/annotations/",
            json={"result": [region] if choice else [], "was_cancelled": skipped, "lead_time": 2.0},
        )
        return int(made["id"])

    def train(self, model: int) -> None:
        """Settings > Model > Start Training."""
        self.call("POST", f"api/ml/{model}/train", json={})

    def events(self) -> dict[str, float]:
        """How many events of each action the backend has counted."""
        text = httpx.get(self.backend.url + "/metrics", timeout=10, auth=self.auth).text
        lines = [x for x in text.splitlines() if x.startswith("alchemist_events_total")]
        return {line.split('"')[1]: float(line.split()[-1]) for line in lines}
