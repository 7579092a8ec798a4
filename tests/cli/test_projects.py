"""`alchemist programs` and `alchemist project`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from alchemist.aggregation.weights import majority
from alchemist.cli import app
from alchemist.core.documents import Document
from alchemist.core.errors import BadInput
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, Judged, source
from alchemist.labelstudio.config import read_config
from alchemist.meeting import adopt
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import documents

from .conftest import TWO_QUESTIONS

KEY = "4.1"


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A project of two questions with a program each."""
    monkeypatch.setenv("ALCHEMIST_HOME", str(tmp_path))
    services = Services(Settings(home=tmp_path))
    project = Project(KEY, TWO_QUESTIONS, title="[/b] title")
    services.store.save_project(project)
    given = {
        question: [Entry(f"[/{name}]", source(f"def label(task):\n    return {name!r}\n"), "folder")]
        for question, name in zip(read_config(TWO_QUESTIONS).questions, ("ham", "good"), strict=True)
    }
    adopt(project, given, services.store, majority, 0)
    return services


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(x) for x in arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_what_projects_and_programs_are_called_is_no_markup(services: Services) -> None:
    assert "[/b] title" in run("project", "list")
    assert "[/good]" in run("programs", "list", "--project", 4)


def test_a_setting_without_a_value_is_refused_with_the_names_there_are(services: Services) -> None:
    error = CliRunner().invoke(app, ["project", "set", "--project", "4", "threshold"]).exception
    assert isinstance(error, BadInput)
    assert error.message == "'threshold' is not name=value"
    assert "budget_usd" in error.hint


def test_who_wants_documents_used_is_told_where_there_are_none(services: Services) -> None:
    told = " ".join(run("project", "set", "--project", 4, "way=documents").split())
    assert "The project has no documents yet: alchemist documents add --project 4 FILE" in told
    documents.add(services.store.engine, KEY, Document("a.md", "Links are spam."))
    assert "no documents" not in run("project", "set", "--project", 4, "way=documents")
    documents.remove(services.store.engine, KEY, "a.md")
    assert "no documents" not in run("project", "set", "--project", 4, "way=direct")


def test_why_a_program_is_left_out_is_told_to_the_end(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    entry = Entry("eggs", source("def label(task):\n    return 'eggs'\n"), "llm own")
    why = "it fails on 296 of 325 tasks: returned 'eggs', which is not a label of 'label'; " * 2 + "whatever."
    question = read_config(TWO_QUESTIONS).questions[0]
    services.store.judge(KEY, question, [Judged(entry, False, why)])
    said = run("programs", "list", "--project", 4)
    assert "llm own" in said
    assert "whatever." in said
    assert said.count("program ") == 2  # a table for each question


def test_where_there_is_nothing_to_list_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALCHEMIST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    assert "no project has introduced itself yet" in run("project", "list")
    Services(Settings(home=tmp_path)).store.save_project(Project(KEY, TWO_QUESTIONS))
    assert "project 4 has no programs yet: annotate about twenty tasks" in run("programs", "list", "--project", 4)


def test_importing_for_one_question_leaves_the_others(services: Services, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "spam.py").write_text("def label(task):\n    return 'spam' if task.get('text') else None\n")
    assert "has 1 programs of the folder" in run("programs", "import", "--project", 4, tmp_path / "new")
    edition = services.serving(KEY)
    assert edition is not None
    assert {x.question.name: [y.name for y in x.entries] for x in edition.panels} == {
        "label": ["spam"],
        "tone": ["[/good]"],
    }
