"""A Label Studio whose rows are the truth: annotators act on it, the backend may miss what its webhook told.

Events have the recorded shape (tests/data/label-studio/wire), wait 1 s and are sent once (FACTS.md A, LIVE.md 3, 9).
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.doubles.label_studio import TOKEN, LabelStudioServer, Reply

WIRE = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
NOT_FOUND: Reply = (404, {"detail": "Not found.", "status_code": 404})
IMPORT = 0.2
"""Seconds from the request of an import to its rows, whether its sender lives or not."""
Row = dict[str, Any]


def recorded(event: str) -> Row:
    """The body of a recorded event."""
    body: Row = json.loads((WIRE / f"single_choice-{event}.json").read_text(encoding="utf-8"))["body"]
    return body


def choice(label: str) -> list[Row]:
    """The result of an annotation that chooses a label."""
    region = {"id": "r1", "from_name": "label", "to_name": "text", "type": "choices", "origin": "manual"}
    return [region | {"value": {"choices": [label]}}]


class Truth(LabelStudioServer):
    """Project 4 with tasks, annotations and predictions by id.

    `heard` are the events that were answered (action, seconds, status), `lost` those that were not (action, error).
    """

    def __init__(self) -> None:
        super().__init__()
        made = recorded("08-webhook-annotation_created")
        self._task, self._annotation = made["task"], made["annotation"]
        self.project = made["project"] | {"token": TOKEN, "model_version": ""}
        self.tasks: dict[int, Row] = {}
        self.annotations: dict[int, Row] = {}
        self.predictions: dict[int, Row] = {}
        self.heard: list[tuple[str, float, int]] = []
        self.lost: list[tuple[str, str]] = []
        self.lock = threading.RLock()
        self._ids = dict.fromkeys(("task", "annotation", "prediction"), 0)
        self._last = datetime.now(UTC)
        self.http = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0))

    @property
    def key(self) -> str:
        """The project as backends are told of it."""
        return f"4.{int(datetime.fromisoformat(self.project['created_at']).timestamp())}"

    def unlabelled(self) -> set[int]:
        """The tasks that nobody has answered; a skip is no answer."""
        return set(self.tasks) - {x["task"] for x in self.annotations.values() if not x["was_cancelled"]}

    # What people do

    def connect(self, url: str) -> None:
        """Settings > Model > Connect Model."""
        status, reply = self._backend({"url": url, "title": "Alchemist", "project": 4})
        assert status == 201, reply
        self._look_at(self.backends[0])
        self.project["model_version"] = "Alchemist"

    def import_tasks(self, texts: Iterable[str]) -> list[int]:
        """Import; TASKS_CREATED tells the tasks."""
        with self.lock:
            made = [self._new_task({"text": text}) for text in texts]
            told = [self._shown(x) for x in made]
        self._tell("TASKS_CREATED", tasks=told)
        return [x["id"] for x in made]

    def rewrite(self, task: int, text: str) -> None:
        """Change a task's data: Label Studio tells nobody."""
        with self.lock:
            if task in self.tasks:
                self.tasks[task] |= {"data": {"text": text}, "updated_at": self._now()}

    def delete_tasks(self, tasks: Sequence[int]) -> None:
        """Delete tasks with all that hangs on them; the event tells of the tasks alone."""
        with self.lock:
            for rows in (self.annotations, self.predictions):
                for row in [x for x in rows.values() if x["task"] in tasks]:
                    del rows[row["id"]]
            gone = [{"id": x} for x in tasks if self.tasks.pop(x, None)]
        if gone:
            self._tell("TASKS_DELETED", tasks=gone)

    def annotate(self, task: int, label: str, annotator: int = 1, skipped: bool = False, ground: bool = False) -> None:
        """Submit or Skip, beginning with the prediction that is shown."""
        with self.lock:
            if task not in self.tasks:
                return
            began = next((x for x in self._of(self.predictions, task) if self._is_current(x)), None)
            made = self._new_annotation(task, choice(label) if label else [], annotator, began)
            made |= {"was_cancelled": skipped, "ground_truth": ground}
            told = deepcopy({"annotation": made, "task": self._shown(self.tasks[task])})
        self._tell("ANNOTATION_CREATED", trains=not ground, **told)

    def change(self, annotation: int, **what: Any) -> None:
        """Update an annotation: its `result`, `was_cancelled` or `ground_truth`."""
        with self.lock:
            if annotation not in self.annotations:
                return
            row = self.annotations[annotation]
            row |= what | {"updated_at": self._now()}
            told = deepcopy({"annotation": row, "task": self._shown(self.tasks[row["task"]])})
        self._tell("ANNOTATION_UPDATED", trains="ground_truth" not in what, **told)

    def delete(self, annotation: int) -> None:
        """Delete an annotation; the event does not say of which task."""
        with self.lock:
            if self.annotations.pop(annotation, None) is None:
                return
        self._tell("ANNOTATIONS_DELETED", annotations=[{"id": annotation}])

    def adopt(self, tasks: Sequence[int], annotator: int = 1) -> None:
        """Actions > Create Annotations From Predictions."""
        with self.lock:
            shown = [x for task in tasks for x in self._of(self.predictions, task) if self._is_current(x)]
            made = [self._new_annotation(x["task"], x["result"], annotator, x) for x in shown]
            told = deepcopy({"annotation": made, "task": [self._shown(self.tasks[x["task"]]) for x in made]})
        if made:
            self._tell("ANNOTATIONS_CREATED", **told)

    def describe(self, description: str) -> None:
        """Settings > General."""
        self.project["description"] = description
        self._tell("PROJECT_UPDATED")

    def train(self) -> None:
        """Settings > Model > Start Training."""
        self._post(f"{self.backends[0]['url']}/webhook", "START_TRAINING", {}, 100.0)

    # What the backend asks

    def serve(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Reply:
        if path == "/api/tasks/":
            return self._page(json.loads(query["query"])["filters"], query)
        if path == "/api/projects/4/model-versions/":
            with self.lock:
                return 200, dict(Counter(x["model_version"] for x in self.predictions.values()))
        if path == "/api/projects/4/import/predictions":
            return self._import(body)
        if path.startswith("/api/predictions/") and method == "DELETE":
            with self.lock:
                gone = self.predictions.pop(int(path.split("/")[3]), None)
            return (204, None) if gone else NOT_FOUND
        if path == "/api/projects/4/" and method == "PATCH":
            self.project |= body
            self._tell("PROJECT_UPDATED")
        if path == "/api/projects/4/":
            return 200, self.project | {"created_by": {"id": self.project["created_by"]}}
        if path.startswith("/api/ml"):
            return self._models(method, path, body, query)
        return super().serve(method, path, body, query)

    def _models(self, method: str, path: str, body: Any, query: Mapping[str, str]) -> Reply:
        """Every look at a backend, and every change of one, is health and setup."""
        if method == "PATCH" and self._ask("GET", f"{body['url']}/health", None, 1.0) is None:
            return 400, {"detail": f"Can't connect to ML backend {body['url']}, health check failed."}
        title = self.backends[0]["title"]
        reply = super().serve(method, path, body, query)
        for backend in self.backends:
            self._look_at(backend)
        if method == "PATCH" and self.project["model_version"] == title:
            self.project["model_version"] = self.backends[0]["title"]
        return reply

    def _page(self, filters: Mapping[str, Any], query: Mapping[str, str]) -> Reply:
        size, number = int(query["page_size"]), int(query.get("page", "1"))
        every: Callable[[Iterable[bool]], bool] = any if filters["conjunction"] == "or" else all
        with self.lock:
            said, predicted = _by_task(self.annotations), _by_task(self.predictions)
            rows = [
                _counted(x, said[n], predicted[n]) | {"annotations": said[n], "predictions": predicted[n]}
                for n, x in self.tasks.items()
            ]
            found = deepcopy([x for x in rows if every(_passes(x, one) for one in filters["items"])])
        page = found[(number - 1) * size : number * size]
        if not page and number > 1:
            return 404, {"detail": "Invalid page.", "status_code": 404}
        if query["fields"] == "task_only":
            page = [{k: v for k, v in x.items() if k not in ("annotations", "predictions")} for x in page]
        return 200, {"tasks": page, "total": len(found), "total_annotations": 0, "total_predictions": 0}

    def _import(self, rows: Sequence[Row]) -> Reply:
        """All rows at once; a task that is gone rejects them all."""
        time.sleep(IMPORT)
        with self.lock:
            if any(x["task"] not in self.tasks for x in rows):
                return 400, {"detail": "task ID couldn't be retrieved", "status_code": 400}
            for row in rows:
                self._new_prediction(row)
        return 201, {"created": len(rows)}

    # Rows

    def _now(self) -> str:
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _id(self, of: str) -> int:
        self._ids[of] += 1
        return self._ids[of]

    def _new_task(self, data: Row) -> Row:
        now = self._now()
        row = self._task | {"id": self._id("task"), "data": data, "created_at": now, "updated_at": now}
        self.tasks[row["id"]] = row
        return row

    def _new_annotation(self, task: int, result: list[Row], annotator: int, began: Row | None) -> Row:
        now = self._now()
        row = self._annotation | {"id": self._id("annotation"), "task": task, "result": deepcopy(result)}
        row |= {"completed_by": annotator, "updated_by": annotator, "created_at": now, "updated_at": now}
        row |= {"parent_prediction": began and began["id"], "prediction": deepcopy(began) or {}}
        self.annotations[row["id"]] = row
        return row

    def _new_prediction(self, given: Row) -> None:
        now = self._now()
        row = {"id": self._id("prediction"), "project": 4, "created_at": now, "updated_at": now}
        row |= {x: given[x] for x in ("task", "model_version", "score", "result")}
        self.predictions[row["id"]] = row

    def _of(self, rows: Mapping[int, Row], task: int) -> list[Row]:
        return [x for x in rows.values() if x["task"] == task]

    def _is_current(self, prediction: Row) -> bool:
        return bool(prediction["model_version"] == self.project["model_version"])

    def _shown(self, task: Row) -> Row:
        return deepcopy(_counted(task, self._of(self.annotations, task["id"]), self._of(self.predictions, task["id"])))

    # What the backend is told

    def _look_at(self, backend: Row) -> str | None:
        """Health and setup; the version that it says, None where it is away."""
        body = {"project": self.key, "schema": self.project["label_config"], "extra_params": None}
        body |= {"hostname": self.url, "access_token": TOKEN}
        healthy = self._ask("GET", f"{backend['url']}/health", None, 1.0)
        said = self._ask("POST", f"{backend['url']}/setup", body, 3.0) if healthy else None
        backend["state"] = "CO" if said else "DI"
        if said:
            backend["model_version"] = said["model_version"]
        return said["model_version"] if said else None

    def _ask(self, method: str, url: str, body: Any, seconds: float) -> Any:
        """The JSON that a call is answered with, None where it is not."""
        try:
            reply = self.http.request(method, url, json=body, timeout=seconds)
        except httpx.HTTPError:
            return None
        return reply.json() if reply.is_success else None

    def _tell(self, action: str, trains: bool = False, **parts: Any) -> None:
        """Send an event once; before it Start Training where the project trains with every annotation."""
        if trains and self.project["min_annotations_to_start_training"]:
            self.train()
        for hook in list(self.webhooks):
            self._post(hook["url"], action, parts, 1.0)

    def _post(self, url: str, action: str, parts: Mapping[str, Any], seconds: float) -> None:
        began = time.perf_counter()
        try:
            reply = self.http.post(url, json={"action": action, **parts, "project": self.project}, timeout=seconds)
        except httpx.HTTPError as error:
            self.lost.append((action, type(error).__name__))
        else:
            self.heard.append((action, time.perf_counter() - began, reply.status_code))


def _by_task(rows: Mapping[int, Row]) -> defaultdict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows.values():
        found[row["task"]].append(row)
    return found


def _counted(task: Row, annotations: Sequence[Row], predictions: Sequence[Row]) -> Row:
    """A task as Label Studio shows it, with its counts."""
    skipped = [x["was_cancelled"] for x in annotations]
    counts = {"total_annotations": skipped.count(False), "cancelled_annotations": skipped.count(True)}
    return task | counts | {"total_predictions": len(predictions), "is_labeled": counts["total_annotations"] > 0}


def _passes(task: Row, one: Mapping[str, Any]) -> bool:
    """Whether a task passes one filter of the Data Manager's."""
    column, value = one["filter"].removeprefix("filter:tasks:"), one["value"]
    if column == "annotators":
        return (not task["annotations"]) == value
    if column == "predictions_model_versions":
        return any(x["model_version"] in value for x in task["predictions"])
    return bool({"equal": task[column] == value, "greater": task[column] > value}[one["operator"]])
