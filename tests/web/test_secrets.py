"""Secrets reach neither a page nor a log."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from alchemist.services import Services

WIRE = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
TOKEN = "5ec2e7a1b2c3d4e5f60718293a4b5c6d7e8f9012"
PROJECT_TOKEN = "pr0jectt0ken"
PASSWORD = "taskdatapassw0rd"


def recorded(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text())["body"]
    return body


def told(client: TestClient) -> None:
    """A session in which Label Studio tells its secrets."""
    assert client.post("/setup", json=recorded("single_choice-02-setup") | {"access_token": TOKEN}).status_code == 200
    asked = recorded("single_choice-07-predict")
    asked["params"] = {"login": "me", "password": PASSWORD, "context": None}
    assert client.post("/predict", json=asked).status_code == 200
    for name in ("single_choice-08-webhook-annotation_created", "single_choice-12-webhook-start_training"):
        event = recorded(name)
        event["project"] |= {"token": PROJECT_TOKEN, "task_data_password": PASSWORD, "task_data_login": "me"}
        assert client.post("/webhook", json=event).status_code == 201


def test_neither_pages_nor_logs_hold_a_secret(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        told(client)
        shown = [client.get("/").text, client.get("/", headers={"Accept": "text/html"}).text]
        shown += [client.get("/metrics").text, client.get("/versions").text, client.get("/health").text]
    for secret in (TOKEN, PROJECT_TOKEN, PASSWORD):
        assert all(secret not in text for text in shown)
        assert secret not in caplog.text


def test_secrets_of_an_event_are_not_kept(client: TestClient, services: Services) -> None:
    told(client)
    with services.store.engine.connect() as connection:
        tables = sa.inspect(services.store.engine).get_table_names()
        kept = "".join(str(connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()) for table in tables)
    assert TOKEN in kept
    assert PROJECT_TOKEN not in kept
    assert PASSWORD not in kept


def test_a_database_error_logs_no_token(
    client: TestClient, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with services.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE projects")
    with caplog.at_level(logging.DEBUG):
        reply = client.post("/setup", json=recorded("single_choice-02-setup") | {"access_token": TOKEN})
    assert reply.status_code in (500, 503)
    assert TOKEN not in reply.text
    assert TOKEN not in caplog.text
