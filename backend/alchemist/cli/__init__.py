"""The command line."""

from __future__ import annotations

import sys

from alchemist.cli.app import app
from alchemist.core.errors import AlchemistError

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; an error that a person can mend is two lines and an exit code."""
    try:
        app()
    except AlchemistError as error:
        sys.stderr.write(f"Error: {error.message}\n")
        if error.hint:
            sys.stderr.write(f"{error.hint}\n")
        sys.exit(error.exit_code)
