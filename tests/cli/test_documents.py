"""`alchemist documents`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from alchemist.cli import app
from alchemist.core.errors import AlchemistError, BadDocument, NotFound
from alchemist.core.ports import Project
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import documents
from tests.doubles.pdf import pdf

from .conftest import XML

KEY = "4.1"


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A project without documents, and three files beside it."""
    monkeypatch.setenv("ALCHEMIST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    services = Services(Settings(home=tmp_path))
    services.store.save_project(Project(KEY, XML))
    (tmp_path / "guide.md").write_text("# Links\n\nLinks are spam.\n\n# Songs\n\nSongs are ham.\n", encoding="utf-8")
    (tmp_path / "[b]law.pdf").write_bytes(pdf("The law."))
    (tmp_path / "scan.pdf").write_bytes(pdf(""))
    return services


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["documents", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0
    return " ".join(result.stdout.split())


def refused(*arguments: object) -> AlchemistError:
    error = CliRunner().invoke(app, ["documents", *map(str, arguments)]).exception
    assert isinstance(error, AlchemistError), error
    return error


def names(services: Services) -> list[str]:
    return [x.name for x in documents.listed(services.store.engine, KEY)]


def test_documents_are_added_listed_and_removed(services: Services, tmp_path: Path) -> None:
    assert run("list", "--project", 4) == "project 4 has no documents: alchemist documents add --project 4 FILE"
    said = run("add", "--project", 4, tmp_path / "guide.md", tmp_path / "[b]law.pdf")
    assert "guide.md is added (characters: 50, parts: 2)" in said
    assert "[b]law.pdf is added (characters: 8, parts: 1)" in said
    listed = run("list", "--project", 4)
    assert "guide.md │ 50 │ 2 │" in listed
    assert "[b]law.pdf │ 8 │ 1 │" in listed
    said = run("remove", "--project", 4, "guide.md")
    assert said == "guide.md is removed; programs that were written with it stay"
    assert names(services) == ["[b]law.pdf"]


def test_the_same_name_is_replaced_aloud(services: Services, tmp_path: Path) -> None:
    run("add", "--project", 4, tmp_path / "guide.md")
    (tmp_path / "guide.md").write_text("Other rules.\n", encoding="utf-8")
    assert "guide.md is replaced (characters: 13, parts: 1)" in run("add", "--project", 4, tmp_path / "guide.md")
    assert [x.content for x in documents.listed(services.store.engine, KEY)] == ["Other rules.\n"]


def test_who_adds_is_told_how_to_have_them_used(services: Services, tmp_path: Path) -> None:
    told = "To have them used: alchemist project set --project 4 way=documents"
    assert told in run("add", "--project", 4, tmp_path / "guide.md")
    services.store.set_settings(KEY, {"way": "documents"})
    assert told not in run("add", "--project", 4, tmp_path / "guide.md")


def test_where_one_cannot_be_read_none_is_kept(services: Services, tmp_path: Path) -> None:
    error = refused("add", "--project", 4, tmp_path / "guide.md", tmp_path / "scan.pdf")
    assert (type(error), error.message) == (BadDocument, "scan.pdf holds no text")
    assert names(services) == []


def test_what_is_not_known_is_refused(services: Services, tmp_path: Path) -> None:
    error = refused("remove", "--project", 4, "guide.md")
    assert (type(error), error.message) == (NotFound, "project 4 has no document 'guide.md'")
    for command in (
        ("add", "--project", 9, tmp_path / "guide.md"),
        ("list", "--project", 9),
        ("remove", "--project", 9, "a"),
    ):
        assert refused(*command).message == "project 9 has not introduced itself"
