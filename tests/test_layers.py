"""Imports go down, and each library is used by the parts that are there for it (DESIGN.md 3)."""

import ast
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "backend" / "alchemist"
RANKS = (
    ("__version__", "core", "settings", "resources"),
    (
        *("predict", "improve", "fallback", "forecast", "meeting", "trials"),
        *("labelstudio", "sandbox", "aggregation", "writer", "state", "queue"),
    ),
    ("parts", "services"),
    ("web", "worker", "plugin", "demo"),
    ("cli", "__main__"),
)
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}
SIDEWAYS = {
    ("settings", "core"),
    ("resources", "core"),
    ("__main__", "cli"),
    ("services", "parts"),
    ("trials", "predict"),
    ("improve", "predict"),
    ("improve", "trials"),
    ("improve", "meeting"),
    ("fallback", "improve"),
    ("fallback", "meeting"),
    ("fallback", "predict"),
    ("fallback", "trials"),
    ("forecast", "improve"),
    ("forecast", "meeting"),
    ("forecast", "trials"),
}
LIBRARIES = {
    "aggregation": "numpy scipy sklearn snorkel threadpoolctl torch",
    "cli": "rich typer uvicorn",
    "demo": "httpx label_studio_sdk rich",
    "labelstudio": "httpx label_studio_sdk pydantic",
    "plugin": "flask label_studio_ml",
    "queue": "redis rq",
    "sandbox": "pydantic_monty",
    "settings": "platformdirs",
    "state": "alembic sqlalchemy",
    "web": "fastapi jinja2 prometheus_client starlette",
    "writer": "genai_prices jinja2 numpy openai pypdf scipy sklearn threadpoolctl",
}


def imports() -> set[tuple[str, str]]:
    found = set()  # (part, module) of every import statement, those inside functions too
    for path in PACKAGE.rglob("*.py"):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                found |= {(part, start + name.name) for name in node.names}
    return found


def test_imports_go_only_to_a_lower_rank():
    own = {(part, x.split(".")[1]) for part, x in imports() if x.startswith("alchemist.")}
    assert {(a, b) for a, b in own if a != b and RANK[b] >= RANK[a]} - SIDEWAYS == set()


def test_each_library_is_imported_only_where_it_belongs():
    used = {(part, x.split(".")[0]) for part, x in imports() if x.split(".")[0] not in sys.stdlib_module_names}
    assert {(part, x) for part, x in used if x not in ["alchemist", *LIBRARIES.get(part, "").split()]} == set()
