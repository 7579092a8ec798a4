"""What `/metrics` counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.web.app import create_app


def samples(client: TestClient) -> dict[tuple[str, ...], float]:
    """Every sample by its name and labels' values."""
    reply = client.get("/metrics")
    assert reply.status_code == 200
    families = text_string_to_metric_families(reply.text)
    return {(x.name, *x.labels.values()): x.value for family in families for x in family.samples}


def test_counts(client: TestClient, introduce: Callable[..., str], ask: Callable[..., list[Any]]) -> None:
    introduce()
    ask([{"id": 1, "data": {"text": "check out"}}, {"id": 2, "data": {"text": "nothing"}}, None])
    ask([{"id": 3, "data": {"text": "I love it"}}])
    for action in ("START_TRAINING", "ANNOTATION_CREATED", "ANNOTATION_CREATED", "<script>", "\ud7ff" * 9):
        client.post("/webhook", json={"action": action, "project": {"id": 4}})
    client.get("/health")
    client.get("/nothing")
    client.get("/nothing/else")
    client.post("/predict", json=[])
    counted = samples(client)
    assert counted["alchemist_tasks_total", "predicted"] == 2
    assert counted["alchemist_tasks_total", "unanswered"] == 2
    assert counted["alchemist_events_total", "START_TRAINING"] == 1
    assert counted["alchemist_events_total", "ANNOTATION_CREATED"] == 2
    assert counted["alchemist_events_total", "other"] == 2
    assert counted["alchemist_requests_total", "/setup", "200"] == 1
    assert counted["alchemist_requests_total", "/predict", "200"] == 2
    assert counted["alchemist_requests_total", "/predict", "400"] == 1
    assert counted["alchemist_requests_total", "/webhook", "201"] == 5
    assert counted["alchemist_requests_total", "/health", "200"] == 1
    assert counted["alchemist_requests_total", "other", "404"] == 2
    assert counted["alchemist_request_seconds_count", "/predict"] == 3
    assert not [key for key in counted if "nothing" in str(key) or "script" in str(key)]


def test_two_servers_count_for_themselves(client: TestClient, services: Services) -> None:
    other = TestClient(create_app(services))
    other.get("/health")
    assert ("alchemist_requests_total", "/health", "200") not in samples(client)
    assert samples(other)["alchemist_requests_total", "/health", "200"] == 1


class Failing(Services):
    """Services that fail to meet."""

    def meet(self, project: object) -> str:
        raise RuntimeError("unexpected")


def test_internal_errors_are_counted(tmp_path: Path) -> None:
    client = TestClient(create_app(Failing(Settings(home=tmp_path))), raise_server_exceptions=False)
    assert client.post("/setup", json={"project": "4.1", "schema": ""}).status_code == 500
    assert samples(client).get(("alchemist_requests_total", "/setup", "500")) == 1
