"""`alchemist programs` and `alchemist project`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from alchemist.aggregation.weights import majority
from alchemist.cli import app
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, source
from alchemist.labelstudio.config import read_config
from alchemist.meeting import adopt
from alchemist.services import Services
from alchemist.settings import Settings

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
