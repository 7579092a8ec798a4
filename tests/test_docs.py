"""README's tables say what the code says."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import yaml

from alchemist.cli.app import app
from alchemist.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rows(title: str) -> list[list[str]]:
    part = README.split(f"\n## {title}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_setting_is_in_readme_with_its_default_and_sentence() -> None:
    told = {row[0].strip("`"): (row[1].strip("`"), row[2]) for row in _rows("Settings")}
    real = {
        x.metadata["variable"]: ("the user's data folder" if x.name == "home" else str(x.default), x.metadata["says"])
        for x in fields(Settings)
    }
    assert told == real


def test_every_command_is_in_readme_with_its_sentence() -> None:
    told = {row[0].strip("`").removeprefix("alchemist "): row[1] for row in _rows("Commands")}
    groups = {x.name: x.typer_instance for x in app.registered_groups if x.typer_instance}
    commands = {name: x for x in app.registered_commands for name in [x.callback.__name__ if x.callback else ""]}
    for group, inner in groups.items():
        commands |= {f"{group} {x.name}": x for x in inner.registered_commands}
    assert told == {name: (x.callback.__doc__ or "").strip() for name, x in commands.items() if x.callback}


def test_every_file_that_readme_links_is_there() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []


def test_every_make_target_that_readme_names_is_there() -> None:
    named = set(re.findall(r"make (\w+)", README)) - {"sure"}
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert named <= targets


def test_compose_files_are_yaml_and_start_known_commands() -> None:
    commands = {x.callback.__name__ for x in app.registered_commands if x.callback}
    for name in ("compose.yml", "compose.stack.yml"):
        services = yaml.safe_load((ROOT / "docker" / name).read_text())["services"]
        own = [x for x in services.values() if "build" in x]
        assert own
        assert {x["command"][0] for x in own} <= commands
