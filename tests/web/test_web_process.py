"""The web process stays light: torch, Snorkel and scikit-learn belong to the worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import json, sys
from pathlib import Path
from fastapi.testclient import TestClient
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.web.app import create_app

client = TestClient(create_app(Services(Settings(home=Path(sys.argv[1]), programs=sys.argv[2]))))
wire = Path(sys.argv[3])
for name in ("single_choice-02-setup", "single_choice-07-predict", "single_choice-12-webhook-start_training"):
    recorded = json.loads((wire / f"{name}.json").read_text())
    reply = client.post(recorded["path"], json=recorded["body"])
    assert reply.status_code < 300, reply.text
    if name.endswith("predict"):
        assert all(item["result"] for item in reply.json()["results"])
client.get("/", headers={"Accept": "text/html"})
heavy = {"torch", "snorkel", "sklearn", "scipy", "transformers"}
print(sorted({name.partition(".")[0] for name in sys.modules} & heavy))
"""


@pytest.mark.slow
def test_heavy_libraries_are_not_imported(tmp_path: Path, folder: Path) -> None:
    wire = Path(__file__).parents[1] / "data" / "label-studio" / "wire"
    arguments = [sys.executable, "-c", SCRIPT, str(tmp_path / "home"), str(folder), str(wire)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
