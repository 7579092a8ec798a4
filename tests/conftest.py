"""What all tests share: where the data sets are that may not be shipped, and how long hypothesis may take."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from alchemist.demo.processes import free_port

SAID = "said"
"""The property of a test that the closing summary shows."""
Say = Callable[[str, Any], None]
BESIDE = Path(__file__).parents[2] / "shared"

os.environ.pop("COLUMNS", None)  # a console made while it is set keeps that width for ever
importlib.import_module("alchemist.cli.screen")
settings.register_profile("alchemist", deadline=None)
settings.load_profile("alchemist")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with DIR/data/<set> and DIR/completions/<set>; default: ../shared beside the checkout",
    )


def own_port(wanted: int) -> int:
    """A free port; tests that run beside this one, in another worker of pytest-xdist, are given others."""
    return free_port(wanted + 2000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests did that differs from run to run: which step a kill hit, how many events were lost."""
    reports = [x for outcome in ("passed", "failed") for x in terminalreporter.stats.get(outcome, [])]
    said = [(x.nodeid, what) for x in reports if x.when == "call" for name, what in x.user_properties if name == SAID]
    if said:
        terminalreporter.section("what tests did")
    for test, what in said:
        terminalreporter.write_line(f"{test}: {what}")


@pytest.fixture(scope="session")
def shared(request: pytest.FixtureRequest) -> Path:
    """The folder with the data sets and recorded replies that may not be shipped."""
    given = request.config.getoption("--data")
    folder = given or BESIDE
    if (folder / "data").is_dir() and (folder / "completions").is_dir():
        return folder
    if given:
        raise pytest.UsageError(f"--data {given}: it holds no data/ and completions/ folders")
    pytest.skip(f"needs data sets that may not be shipped: there is no {BESIDE}, and no --data DIR was given")
