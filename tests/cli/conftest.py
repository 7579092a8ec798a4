"""The command line, run in this process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alchemist.cli import app

XML = (
    '<View><Header value="$label"/><Text name="text" value="$text"/>'
    '<Choices name="label" toName="text"><Choice value="ham"/><Choice value="spam" alias="1"/></Choices></View>'
)
TWO_QUESTIONS = (
    '<View><Text name="text" value="$text"/>'
    '<Choices name="label" toName="text"><Choice value="ham"/><Choice value="spam"/></Choices>'
    '<Choices name="tone" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>'
)
PROGRAMS = {
    "links.py": "def label(task):\n    return 'spam' if 'http' in task['text'] else None\n",
    "song.py": "def label(task):\n    return 'ham' if 'song' in task['text'] else None\n",
}


class Project:
    """A folder with a label config, programs and files of tasks; `run` gives it to the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config(XML)
        self.programs(PROGRAMS)

    def config(self, xml: str) -> None:
        (self.folder / "config.xml").write_text(xml, encoding="utf-8")

    def programs(self, programs: dict[str, str]) -> None:
        (self.folder / "programs").mkdir(exist_ok=True)
        for old in (self.folder / "programs").iterdir():
            old.unlink()
        for name, text in programs.items():
            (self.folder / "programs" / name).write_text(text, encoding="utf-8")

    def tasks(self, records: Iterable[dict], name: str = "tasks.jsonl") -> Path:
        path = self.folder / name
        path.write_text("".join(json.dumps(x) + "\n" for x in records), encoding="utf-8")
        return path

    def run(self, command: str, *arguments: object, programs: Path | None = None) -> Result:
        given = ["--config", self.folder / "config.xml", "--programs", programs or self.folder / "programs"]
        return CliRunner().invoke(app, [command, *map(str, [*given, *arguments])])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project of two programs that ask for spam and ham."""
    return Project(tmp_path)
