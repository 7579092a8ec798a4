"""Files that travel with the package: `prompts/` and `programs/`."""

from __future__ import annotations

from pathlib import Path

from alchemist.core.errors import NotFound


def shipped(name: str) -> Path:
    """The shipped folder of that name: inside the installed package, or at the top of a checkout."""
    package = Path(__file__).parent
    for folder in (package / "_data" / name, package.parent.parent / name):
        if folder.is_dir():
            return folder
    raise NotFound(f"the shipped folder {name!r} is missing", "Reinstall label-studio-alchemist.")
