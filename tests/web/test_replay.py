"""Every recorded request of Label Studio 1.23.2 gets the answer that Label Studio 1.23.2 needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from alchemist.labelstudio.convert import refusals
from alchemist.services import Services
from alchemist.state.jobs import open_jobs

WIRE = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
RECORDED = {path.stem: json.loads(path.read_text()) for path in sorted(WIRE.glob("*.json"))}
CONFIGS = sorted({name.rsplit("-02-", 1)[0] for name in RECORDED if name.endswith("-02-setup")})

REASONS = {
    "image_choice": {"bird": "programs read text and tables; this config shows only <Image>"},
    "multi_choice": {"tags": 'choice="multiple" comes later; single and single-radio are predicted'},
    "ner": {"label": "questions of kind spans come later"},
    "number": {"n": "questions of kind number come later"},
    "pairwise": {"pw": "questions of kind pairwise come later"},
    "rating": {"stars": "questions of kind rating come later"},
    "taxonomy": {"tax": "questions of kind taxonomy come later"},
    "textarea": {"answer": "questions of kind text come later"},
}
"""By config and control: why it is not predicted."""


def send(client: TestClient, name: str) -> Any:
    """The recorded request, byte for byte as `requests` writes JSON."""
    recorded = RECORDED[name]
    headers = {key: value for key, value in recorded["headers"].items() if key in ("User-Agent", "Content-Type")}
    content = None if recorded["body"] is None else json.dumps(recorded["body"]).encode()
    return client.request(recorded["method"], recorded["path"], headers=headers, content=content)


def named(config: str, call: str) -> list[str]:
    return [name for name in RECORDED if name.startswith(f"{config}-") and f"-{call}" in name]


def test_every_config_was_recorded() -> None:
    assert len(RECORDED) == 56
    assert CONFIGS == [
        "image_choice",
        "multi_choice",
        "ner",
        "number",
        "pairwise",
        "rating",
        "single_choice",
        "taxonomy",
        "textarea",
        "two_controls",
    ]


@pytest.mark.parametrize("name", RECORDED)
def test_one_request_to_a_backend_that_knows_nothing(name: str, client: TestClient) -> None:
    reply = send(client, name)
    assert 200 <= reply.status_code < 300
    assert reply.headers["content-type"] == "application/json"
    answer = reply.json()
    assert isinstance(answer, dict)
    if name.endswith("-setup"):
        assert isinstance(answer["model_version"], str)
    if name.endswith("-predict"):
        assert len(answer["results"]) == len(RECORDED[name]["body"]["tasks"])
    if name.endswith("-versions"):
        assert (reply.status_code, answer) == (200, {"versions": []})


@pytest.mark.parametrize("config", CONFIGS)
def test_a_whole_session(config: str, client: TestClient) -> None:
    version = ""
    for name in (x for x in RECORDED if x.startswith(f"{config}-")):
        body = RECORDED[name]["body"]
        reply = send(client, name)
        assert 200 <= reply.status_code < 300, name
        if name.endswith("-setup"):
            version = reply.json()["model_version"]
        if name.endswith("-predict"):
            results = reply.json()["results"]
            assert len(results) == len(body["tasks"])
            for item in results:
                assert item == [] or refusals(body["label_config"], item) == []
                assert item == [] or item["model_version"] == version
    assert version != ""


def test_single_choice_is_predicted(client: TestClient) -> None:
    version = send(client, "single_choice-02-setup").json()["model_version"]
    assert version.startswith("alchemist-1-")
    reply = send(client, "single_choice-07-predict").json()
    assert reply["model_version"] == version
    assert [x["result"][0]["value"] for x in reply["results"]] == [{"choices": ["spam"]}] * 2
    assert [x["score"] for x in reply["results"]] == [0.75, 0.75]
    first = reply["results"][0]["result"][0]
    assert {key: first[key] for key in ("from_name", "to_name", "type", "score")} == {
        "from_name": "label",
        "to_name": "text",
        "type": "choices",
        "score": 0.75,
    }


def test_predict_needs_no_setup_before_it(client: TestClient) -> None:
    results = send(client, "single_choice-07-predict").json()["results"]
    assert [x["result"][0]["value"] for x in results] == [{"choices": ["spam"]}] * 2
    assert send(client, "single_choice-02-setup").json()["model_version"] == results[0]["model_version"]


@pytest.mark.parametrize("config", sorted(REASONS))
def test_other_configs_get_empty_lists_and_a_reason(config: str, client: TestClient) -> None:
    assert send(client, f"{config}-02-setup").json() == {"model_version": "alchemist-0"}
    for name in named(config, "07-predict"):
        tasks = RECORDED[name]["body"]["tasks"]
        assert send(client, name).json()["results"] == [[] for _ in tasks]
    (project,) = client.get("/").json()["projects"]
    assert project["edition"] == "alchemist-0"
    assert {x["name"]: x["reason"] for x in project["unsupported"]} == REASONS[config]
    page = client.get("/", headers={"Accept": "text/html,*/*"}).text
    for control, reason in REASONS[config].items():
        escaped = reason.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
        assert f"name=&#34;{control}&#34;" in page or f'name="{control}"' in page
        assert f"{escaped}." in page


def test_choices_that_no_program_fits_say_so(client: TestClient) -> None:
    assert send(client, "two_controls-02-setup").json() == {"model_version": "alchemist-0"}
    results = send(client, "two_controls-07-predict").json()["results"]
    assert results == [[] for _ in RECORDED["two_controls-07-predict"]["body"]["tasks"]]
    (project,) = client.get("/").json()["projects"]
    assert [(x["name"], x["reason"]) for x in project["questions"]] == [
        ("topic", "no program votes on it yet"),
        ("tone", "no program votes on it yet"),
    ]
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert page.count("Not predicted: no program votes on it yet.") == 2


def test_versions_lists_the_editions_on_get_and_post(client: TestClient) -> None:
    version = send(client, "single_choice-02-setup").json()["model_version"]
    for reply in (client.get("/versions"), client.post("/versions"), client.post("/versions", json={})):
        assert (reply.status_code, reply.json()) == (200, {"versions": [version]})
    assert client.post("/versions", json={"project": "4.1795174907"}).json() == {"versions": [version]}
    assert client.post("/versions", json={"project": "5.1795174907"}).json() == {"versions": []}


def test_start_training_is_queued_and_events_tell_the_title(client: TestClient, services: Services) -> None:
    send(client, "single_choice-02-setup")
    reply = send(client, "single_choice-12-webhook-start_training")
    assert (reply.status_code, reply.json()) == (201, {"status": "ok", "job": "train 4.1795174907"})
    (project,) = client.get("/").json()["projects"]
    assert project["title"] == "single_choice"
    assert project["job"]["kind"] == "prepare"  # the next one
    assert sorted(str(x["kind"]) for x in open_jobs(services.store.engine)) == ["prepare", "train"]


def test_two_label_studios_with_the_same_project_id_do_not_mix(client: TestClient, services: Services) -> None:
    near, far = "4.1795174907", "4.1600000000"
    body = RECORDED["single_choice-02-setup"]["body"]
    other = body["schema"].replace('"ham"', '"eggs"').replace("$text", "$body")
    first = client.post("/setup", json=body | {"project": near}).json()["model_version"]
    second = client.post("/setup", json=body | {"project": far, "schema": other}).json()["model_version"]
    assert (first[:12], second) == ("alchemist-1-", "alchemist-0")

    send(client, "single_choice-12-webhook-start_training")  # created 2026-11-20, as `near`
    assert {x.key: x.title for x in services.store.projects()} == {near: "single_choice", far: ""}

    asked = RECORDED["single_choice-07-predict"]["body"]
    assert client.post("/predict", json=asked | {"project": far, "label_config": other}).json()["results"] == [[], []]
    assert all(client.post("/predict", json=asked | {"project": near}).json()["results"])
    assert client.post("/versions", json={"project": far}).json() == {"versions": []}


def test_the_nearest_time_of_creation_is_meant(services: Services, introduce: Callable[..., str]) -> None:
    for key in ("4.1600000000", "4.1795174907", "14.1795174907"):
        introduce(key=key)

    def heard(told: tuple[int, float | None] | None) -> str | None:
        return services.hear(told, "PROJECT_UPDATED", {})

    assert heard((4, 1795178507.0)) == "4.1795174907"  # one time zone away
    assert heard((4, 1600003600.0)) == "4.1600000000"
    assert heard((14, 0.0)) == "14.1795174907"
    assert heard((14, None)) == "14.1795174907"
    assert heard((5, 1795174907.0)) is None
    assert heard(None) is None
