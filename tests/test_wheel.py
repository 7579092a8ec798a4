from __future__ import annotations

import configparser
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

import pytest

import alchemist

ROOT = Path(__file__).parents[1]
INFO = f"label_studio_alchemist-{alchemist.__version__}.dist-info"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel of this checkout."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    built = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = out.iterdir()
    with zipfile.ZipFile(path) as opened:
        yield opened


def tracked(folder: str) -> dict[str, bytes]:
    """The files of a folder that git tracks, by path inside it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=ROOT, capture_output=True, text=True, check=True, timeout=30
    ).stdout.split("\0")
    return {path.removeprefix(f"{folder}/"): (ROOT / path).read_bytes() for path in listed if path}


def inside(wheel: zipfile.ZipFile, folder: str) -> dict[str, bytes]:
    return {x.removeprefix(folder + "/"): wheel.read(x) for x in wheel.namelist() if x.startswith(folder + "/")}


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["prompts", "programs"])
def test_what_travels_with_the_package_is_what_git_tracks(wheel, folder):
    assert inside(wheel, f"alchemist/_data/{folder}") == tracked(folder)


@pytest.mark.slow
def test_the_package_is_whole(wheel):
    packed = {x: y for x, y in inside(wheel, "alchemist").items() if not x.startswith("_data/")}
    assert packed == tracked("backend/alchemist")


@pytest.mark.slow
def test_nothing_else_is_in_it(wheel):
    assert {name.split("/")[0] for name in wheel.namelist()} == {"alchemist", INFO}


@pytest.mark.slow
def test_it_says_what_it_is_and_brings_the_command_and_the_licence(wheel):
    told = Parser().parsestr(wheel.read(f"{INFO}/METADATA").decode())
    assert (told["Name"], told["Version"], told["Requires-Python"]) == (
        "label-studio-alchemist",
        alchemist.__version__,
        "<3.14,>=3.11",
    )
    assert told["License-Expression"] == "Apache-2.0"
    entry_points = configparser.ConfigParser()
    entry_points.read_string(wheel.read(f"{INFO}/entry_points.txt").decode())
    assert dict(entry_points["console_scripts"]) == {"alchemist": "alchemist.cli:main"}
    assert f"{INFO}/licenses/LICENSE" in wheel.namelist()
