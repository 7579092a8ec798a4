from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import alchemist

COMMAND = Path(sys.executable).with_name("alchemist")
HEAVY = (
    "torch",
    "snorkel",
    "sklearn",
    "fastapi",
    "sqlalchemy",
    "alembic",
    "numpy",
    "label_studio_sdk",
    "pydantic_monty",
)


def said(*command: object) -> str:
    done = subprocess.run([str(x) for x in command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_the_command_answers_for_help():
    text = said(COMMAND, "--help")
    assert text.lstrip().startswith("Usage: alchemist [OPTIONS] COMMAND [ARGS]...")
    assert [x for x in ("evaluate", "label", "serve", "worker", "demo") if f"\n  {x} " not in text] == []


@pytest.mark.slow
def test_the_module_answers_as_the_command_does():
    assert said(sys.executable, "-m", "alchemist", "--version") == f"alchemist {alchemist.__version__}\n"


@pytest.mark.slow
def test_an_error_is_two_lines_and_an_exit_code():
    command = [COMMAND, "evaluate", "--config", "/none.xml", "--programs", "/none", "--test", "/none.jsonl"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == ("Error: /none.xml cannot be read: No such file or directory\n")


@pytest.mark.slow
def test_nothing_heavy_is_imported_before_a_command_is_called():
    code = f"import sys, alchemist.cli.app; print([x for x in {HEAVY} if x in sys.modules])"
    assert said(sys.executable, "-c", code) == "[]\n"
