"""`alchemist doubts`: forty comments that people answered, two of them wrongly, and three programs that know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from alchemist.aggregation.weights import majority
from alchemist.cli import app
from alchemist.core.corrections import Annotation, News
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import NotFound
from alchemist.core.ports import Project
from alchemist.labelstudio.config import read_config
from alchemist.services import Services
from alchemist.settings import Settings
from tests.doubles.work import program

pytestmark = pytest.mark.slow

KEY = "4.1"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
ENTRIES = [program("free", "spam"), program("click", "spam"), program("love", "ham")]
TEXTS = {n: "click here, free" if n % 2 else "I love this song" for n in range(1, 41)}
WRONG = (6, 7)


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    monkeypatch.setenv("ALCHEMIST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    services = Services(Settings(home=tmp_path))
    services.store.save_project(Project(KEY, XML, "http://studio.example/", title="comments"))
    services.store.learn(KEY, News(data={n: {"text": text} for n, text in TEXTS.items()}), 1.0)
    (question,) = read_config(XML).questions
    panel = Panel(question, tuple(ENTRIES), majority([x.source.id for x in ENTRIES]))
    services.store.mark(KEY, serving=services.store.keep(KEY, Edition(0, 0, (panel,)), "given").name)
    return services


def people_say(services: Services, size: int, wrong: tuple[int, ...] = WRONG) -> None:
    said = {n: "spam" if (n % 2 == 1) != (n in wrong) else "ham" for n in range(1, size + 1)}
    annotations = [
        Annotation(n, n, [{"from_name": "label", "value": {"choices": [label]}}], "2026-11-20T12:00:00Z")
        for n, label in said.items()
    ]
    services.store.learn(KEY, News(annotations=annotations), 2.0)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["doubts", "--project", "4", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return " ".join(result.stdout.split())


def test_labels_that_programs_contradict_are_listed_with_a_link_and_who_contradicts(services: Services) -> None:
    people_say(services, 40)
    told = json.loads(run("--json"))
    (question,) = told["questions"]
    assert (question["question"], question["judged"]) == ("label", 40)
    assert {x["task"]: (x["given"], x["instead"]) for x in question["doubts"]} == {
        6: ("spam", "ham"),
        7: ("ham", "spam"),
    }
    by = {x["task"]: x["programs"] for x in question["doubts"]}
    assert by == {6: ["love ham"], 7: ["free spam", "click spam"]}
    assert all(-1 <= x["margin"] < 0 for x in question["doubts"])
    assert question["doubts"][0]["link"].startswith("http://studio.example/projects/4/data?task=")
    text = run()
    assert "label: 2 of 40 labels that people gave are worth a second look" in text
    assert "free spam, click spam" in text
    assert text.endswith("A task opens at http://studio.example/projects/4/data?task=NUMBER")


def test_nothing_to_doubt_and_too_few_to_compare_are_said(services: Services) -> None:
    people_say(services, 19)
    assert run() == "label: 19 labels can be compared, 20 are needed"
    people_say(services, 40, wrong=())
    assert run() == "label: 0 of 40 labels that people gave are worth a second look"


def test_a_project_without_an_edition(services: Services) -> None:
    services.store.mark(KEY, serving=None)
    result = CliRunner().invoke(app, ["doubts", "--project", "4"])
    assert isinstance(result.exception, NotFound)


def test_an_edition_whose_labels_are_others_by_now_doubts_nobody(services: Services) -> None:
    people_say(services, 40)
    services.store.save_project(Project(KEY, XML.replace("ham", "other")))
    result = CliRunner().invoke(app, ["doubts", "--project", "4"])
    assert isinstance(result.exception, NotFound)
    assert "no edition that answers what its label config asks" in str(result.exception)
