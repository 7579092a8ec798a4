"""The starter library: every program keeps the contract, binds to a project, and votes as its cases say."""

from __future__ import annotations

import ast
import json
from collections.abc import Sequence
from typing import Any

import pytest

from alchemist.core.programs import Source, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.validation import MOST_SECONDS
from alchemist.core.votes import ABSTAIN, VoteBlock
from alchemist.resources import shipped
from alchemist.sandbox.check import check, parse
from alchemist.sandbox.contract import FORBIDDEN_ATTRIBUTES, FORBIDDEN_NAMES, MAX_SOURCE, MODULES, VERSION, Limits
from alchemist.sandbox.monty import vote
from alchemist.sandbox.rewrite import rewrite
from alchemist.writer.library import bound_to, normal

ROOT = shipped("programs")
PROGRAMS = sorted(path.relative_to(ROOT).with_suffix("").as_posix() for path in ROOT.rglob("*.py"))
FIELD = "body"
ODD: tuple[Any, ...] = (
    None,
    "",
    " \n\t ",
    7,
    4.5,
    True,
    ["a", "list"],
    {"a": "row"},
    "\ud800 half of a pair",
    "\x00\x1b[0m",
    "🙂" * 50,
    "你好，世界。" * 20,
    "!?.,;:'\"()[]{}<>" * 40,
    "İıßẞﬁǅ",
    "9" * 5_000,
)


def project(names: Sequence[str]) -> tuple[Question, LabelConfig]:
    """A project with these labels, one more, and its text in a field that no program is written for."""
    question = Question("question", "text", "choice", tuple(Label(x) for x in (*names, "none of these")), FIELD)
    return question, LabelConfig((question,), (Field(FIELD),))


def written(name: str) -> Source:
    return source((ROOT / f"{name}.py").read_text(encoding="utf-8"))


def header(name: str) -> dict[str, Any]:
    """The literal values of LABELS and FIELD."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(written(name).text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("LABELS", "FIELD")
    }


def returned(name: str) -> set[str]:
    """The roles that the program names below its header. One that it never returns only narrows the projects."""
    tree = ast.parse(written(name).text)
    label = next(x for x in tree.body if isinstance(x, ast.FunctionDef) and x.name == "label")
    return {str(x.value) for x in ast.walk(label) if isinstance(x, ast.Constant)} & set(header(name)["LABELS"])


def cases_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / f"{name}.cases.json").read_text(encoding="utf-8"))
    return found


def votes(block: VoteBlock) -> list[str | None]:
    """What the one program of a block said, task by task; a fault is named."""
    column = block.columns[0]
    return ["fault" if x < ABSTAIN else None if x == ABSTAIN else str(block.book[x]) for x in column.codes]


@pytest.mark.parametrize("name", PROGRAMS)
def test_votes_as_its_cases_say(name: str) -> None:
    told = cases_of(name)
    question, config = project(list(told["labels"].values()))
    tasks = [
        Task({FIELD if key == "text" else key: value for key, value in given.items()}) for given, _ in told["cases"]
    ]

    block = vote(question, [bound_to(written(name), question, config)], tasks)

    assert block.columns[0].fault is None
    said = [(given, vote) for (given, _), vote in zip(told["cases"], votes(block), strict=True)]
    assert said == [(given, role and told["labels"][role]) for given, role in told["cases"]]


@pytest.mark.parametrize("name", PROGRAMS)
def test_survives_odd_input(name: str) -> None:
    roles = list(header(name)["LABELS"])
    question, config = project(roles)
    bound = bound_to(written(name), question, config)
    long = " ".join(given["text"] or "" for given, _ in cases_of(name)["cases"])
    texts = (*ODD, "a" * 200_000, "word " * 40_000, "A1!" * 66_000, (long + " ") * (200_000 // (len(long) + 1)))
    tasks = [Task({}), Task({"text": long}), *(Task({FIELD: text}) for text in texts)]

    block = vote(question, [bound], tasks)

    assert block.columns[0].fault is None
    assert votes(block)[:6] == [None] * 6
    assert set(votes(block)) <= {None, *roles}
    assert block.columns[0].seconds < 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_binds_to_the_projects_own_words(name: str) -> None:
    question, config = project(list(header(name)["LABELS"]))
    bound = bound_to(written(name), question, config)

    check(written(name))
    check(bound)
    assert "LABELS" not in bound.text
    assert f"FIELD = {FIELD!r}" in bound.text
    assert not rewrite(parse(bound.text)).stateful


@pytest.mark.parametrize("name", PROGRAMS)
def test_binds_to_every_name_of_its_labels(name: str) -> None:
    labels: dict[str, list[str]] = header(name)["LABELS"]
    for role, others in labels.items():
        for other in others:
            names = [other if x == role else x for x in labels]
            question, config = project(names)
            bound = bound_to(written(name), question, config)
            assert role not in returned(name) or repr(other) in bound.text


@pytest.mark.parametrize("name", PROGRAMS)
def test_header_names_are_plain_and_apart(name: str) -> None:
    labels: dict[str, list[str]] = header(name)["LABELS"]
    meant = [{normal(x) for x in (role, *names)} for role, names in labels.items()]

    assert header(name)["FIELD"] == "text"
    assert not {"", "0", "1"} & set().union(*meant)
    assert sum(map(len, meant)) == len(set().union(*meant))
    assert set(labels) == set(cases_of(name)["labels"])


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_documented_and_has_cases(name: str) -> None:
    tree = ast.parse(written(name).text)
    label = next(x for x in tree.body if isinstance(x, ast.FunctionDef) and x.name == "label")
    told = cases_of(name)["cases"]
    said = [role for _, role in told]
    texts = [given.get("text") for given, _ in told]

    assert len((ast.get_docstring(label) or "").split()) >= 12
    assert len(told) >= 6
    assert "" in texts
    assert None in texts
    assert None in [role for given, role in told if given.get("text")]
    assert returned(name)
    assert returned(name) == {role for role in said if role}


def test_every_cases_file_has_a_program() -> None:
    cases = {path.relative_to(ROOT).as_posix().removesuffix(".cases.json") for path in ROOT.rglob("*.json")}
    assert cases == set(PROGRAMS)


def test_the_readme_says_what_the_sandbox_holds_programs_to() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    limits = Limits()

    for word in (*MODULES, *FORBIDDEN_NAMES, *FORBIDDEN_ATTRIBUTES):
        assert f"`{word}`" in text
    for number in (
        f"version {VERSION}.",
        f"{MAX_SOURCE:,} characters",
        f"{limits.task_seconds * 1000:g} ms a task on average, and {limits.feed_seconds:g} s for a batch",
        f"(its trial: {MOST_SECONDS * 1000:g} ms)",
        f"{limits.memory >> 20} MB",
        f"{limits.output:,} characters or items",
        f"| {limits.recursion} |",
    ):
        assert number in text
    assert limits.task_seconds > MOST_SECONDS  # or what the trial allows would run out of time in the sandbox


def test_the_example_in_the_readme_is_a_program() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    example = source(text.split("```python\n")[1].split("```")[0])
    question, config = project(["Refund", "Other"])
    tasks = [Task({FIELD: x}) for x in ("I want my money back", "I do not want a refund", "hello", None)]

    check(example)
    assert votes(vote(question, [bound_to(example, question, config)], tasks)) == ["Refund", None, None, None]
