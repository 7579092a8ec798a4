"""What all tests share: where the data sets are that may not be shipped, and how long hypothesis may take."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

BESIDE = Path(__file__).parents[2] / "shared"

settings.register_profile("alchemist", deadline=None)
settings.load_profile("alchemist")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder with DIR/data/<set> and DIR/completions/<set>; default: ../shared beside the checkout",
    )


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
