"""Prompts: Jinja templates in `prompts/`, versioned by name, filled from a brief."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alchemist.core.brief import Brief, Exemplar, Mistake, Standing
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Source
from alchemist.core.questions import Question
from alchemist.resources import shipped
from alchemist.writer.exemplars import chosen
from alchemist.writer.focuses import Focus
from alchemist.writer.passages import Passage
from alchemist.writer.quoted import own_fields, quoted, shown

Prompt: TypeAlias = list[dict[str, str]]
"""Chat messages, each with its role and its content."""

WRITE = "write_program.v2"
IMPROVE = "improve_programs.v2"
REPAIR = "repair_program.v1"
GATHER = "gather_knowledge.v1"
AGAIN = "ask_again.v1"
WORDS_CHARACTERS = 4_000
"""Characters of the description, the instructions or a reason that a prompt shows, at most."""
PROGRAM_CHARACTERS = 100_000
"""Characters of a program that is to be mended: as many as the sandbox takes, for it must come back whole."""
NAME_CHARACTERS = 100
"""Characters of a field's name: in a table the tasks bring them."""
KNOWLEDGE_WORDS = 700
"""Words of knowledge that are asked for, at most."""
KNOWLEDGE_CHARACTERS = 8_000
"""Characters of the knowledge that a prompt quotes, at most: somewhat more than are asked for."""
REPLY_CHARACTERS = 8_000
"""Characters of a reply that is sent back, at most."""
TOKENS = {WRITE: 2_000, IMPROVE: 1_000, REPAIR: 500, GATHER: 2_000}
"""What the exemplars of a prompt may cost, in tokens."""
SAMPLES = 6
STANDINGS = 30
"""Programs that an improve prompt tells of: those that vote most."""
CONFUSIONS = 12
DOCSTRING_CHARACTERS = 400
_DOCSTRING = re.compile(r"""^def label\s*\([^)]*\)[^:\n]*:\s*\n\s*[rRuU]?(\"{3}|'{3}|"|')(.*?)\1""", re.M | re.S)


@dataclass(frozen=True, slots=True)
class Contract:
    """What a prompt tells of the contract; `lacks` is what a probe of the sandbox found missing."""

    modules: Sequence[str]
    lacks: Sequence[str] = ()


def messages(template: str, values: Mapping[str, Any]) -> Prompt:
    """A filled template as chat messages: its `# System` part, if it has one, and its `# User` part.

    Raises `jinja2.UndefinedError` when a variable is missing.
    """
    environment = Environment(
        loader=FileSystemLoader(shipped("prompts")), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["json"] = partial(json.dumps, ensure_ascii=False)  # Jinja's own writes é as \u00e9
    text = environment.get_template(f"{template}.md.jinja").render(values)
    system, user = text.split("# User\n", 1)
    parts = {"system": system.removeprefix("# System\n"), "user": re.sub(r"\n{3,}", "\n\n", user)}
    return [{"role": role, "content": text.strip()} for role, text in parts.items() if text.strip()]


def asked_again(asked: Prompt, reply: str, reason: str) -> Prompt:
    """The messages that ask once more after a reply that cannot be used, for this reason."""
    said = {"role": "assistant", "content": quoted(reply, REPLY_CHARACTERS)}
    return [*asked, said, *messages(AGAIN, {"reason": quoted(reason, WORDS_CHARACTERS)})]


def gather_values(brief: Brief, contract: Contract) -> dict[str, Any]:
    """What `gather_knowledge` is filled with."""
    return {
        **_project_values(brief, contract),
        "exemplars": _exemplar_values(brief.exemplars, (), GATHER),
        "samples": [shown(x) for x in brief.unlabelled[:SAMPLES]],
        "words": KNOWLEDGE_WORDS,
    }


def write_values(brief: Brief, contract: Contract, idea: str, knowledge: str = "") -> dict[str, Any]:
    """What `write_program` is filled with; `beside_values` are added for each program."""
    return {
        **_project_values(brief, contract),
        "exemplars": _exemplar_values(brief.exemplars, (), WRITE),
        "samples": [shown(x) for x in brief.unlabelled[:SAMPLES]],
        "knowledge": quoted(knowledge, KNOWLEDGE_CHARACTERS),
        "idea": idea,
    }


def beside_values(passages: Sequence[Passage], taken: Sequence[Source], ideas: Sequence[str]) -> dict[str, Any]:
    """What is told with an idea or a focus: passages of documents, the programs that came before it in the same run,
    and the ideas of those that are written at the same time.
    """
    return {
        "passages": [quoted(str(x), WORDS_CHARACTERS) for x in passages],
        "taken": [quoted(says) for says in (docstring(x.text) for x in taken) if says],
        "beside": list(ideas),
    }


def improve_values(brief: Brief, contract: Contract, focus: Focus, knowledge: str = "") -> dict[str, Any]:
    """What `improve_programs` is filled with for one focus; the brief must have a shortfall.

    The mistakes that the focus shows do not stand among the exemplars too. `beside_values` are added.
    """
    assert brief.shortfall is not None
    short = brief.shortfall
    told = {x.task.key for x in focus.mistakes}
    rest = [x for x in brief.exemplars if x.task.key not in told]
    most = sorted(short.standings, key=lambda x: -x.reliability.votes)[:STANDINGS]
    return {
        **_project_values(brief, contract),
        "exemplars": _exemplar_values(rest, short.mistakes, IMPROVE),
        "samples": [],
        "knowledge": quoted(knowledge, KNOWLEDGE_CHARACTERS),
        "standings": [
            {"says": quoted(docstring(x.entry.source.text) or x.entry.name), "fares": fares(x, brief.question)}
            for x in short.standings
            if x in most
        ],
        "size": short.size,
        "confusions": [{"people": a, "programs": b, "count": n} for a, b, n in short.confusions[:CONFUSIONS]],
        "mistakes": [{"task": shown(x.task), "people": x.answer, "programs": x.predicted} for x in focus.mistakes],
        "conflicting": [shown(x) for x in focus.conflicting],
        "uncovered": [shown(x) for x in focus.uncovered],
        "focus": focus.words,
    }


def repair_values(brief: Brief, contract: Contract, program: Source, reason: str) -> dict[str, Any]:
    """What `repair_program` is filled with: the whole program, and the reason why it was left out."""
    return {
        **_project_values(brief, contract),
        "exemplars": _exemplar_values(brief.exemplars, (), REPAIR),
        "program": quoted(program.text.strip(), PROGRAM_CHARACTERS),
        "reason": quoted(reason, WORDS_CHARACTERS),
    }


def _project_values(brief: Brief, contract: Contract) -> dict[str, Any]:
    """What every template tells of the project and of the contract."""
    return {
        "title": quoted(brief.title),
        "description": quoted(brief.description, WORDS_CHARACTERS),
        "instructions": quoted(brief.instructions, WORDS_CHARACTERS),
        "question": brief.question.name,
        "labels": [{"name": x.name, "hint": quoted(x.hint or "")} for x in brief.question.labels],
        "fields": field_texts(brief),
        "contract": {"returns": KINDS[brief.question.kind].contract, **asdict(contract)},
    }


def _exemplar_values(exemplars: Sequence[Exemplar], mistakes: Sequence[Mistake], template: str) -> list[dict[str, Any]]:
    return [{"task": shown(x.task), "answer": x.answer} for x in chosen(exemplars, mistakes, TOKENS[template])]


def fares(standing: Standing, question: Question) -> str:
    """How a program fares on the corrected tasks, in words: coverage, accuracy with its interval, errors by label."""
    held = standing.reliability
    faults = f"; it failed on {held.faults}" if held.faults else ""
    if not held.votes or held.accuracy is None:
        return f"it voted on none of them{faults}"
    book = KINDS[question.kind].book(question)
    wrong = [
        f"{json.dumps(book[code], ensure_ascii=False)} ({voted - right} of {voted})"
        for code, (voted, right) in sorted(held.by_label.items())
        if voted > right
    ]
    low, high = held.interval
    return (
        f"it voted on {held.votes} of them ({100 * held.coverage:.0f} %) and was right on {100 * held.accuracy:.0f} % "
        f"(95 % interval: {100 * low:.0f} to {100 * high:.0f} %)"
        + (f"; it was wrong where people say {', '.join(wrong)}" if wrong else "")
        + faults
    )


def field_texts(brief: Brief) -> list[str]:
    """The name of every field with the types of its values in the tasks at hand."""
    tasks = [own_fields(x) for x in [*(x.task for x in brief.exemplars), *brief.unlabelled][:200]]
    names = dict.fromkeys([*(x.name for x in brief.config.fields), *(name for task in tasks for name in task)])
    texts = []
    for name in names:
        types = {type(x[name]).__name__ for x in tasks if x.get(name) is not None}
        if types or not tasks or not any(x.table for x in brief.config.fields if x.name == name):
            texts.append(f"{quoted(' '.join(name.split()), NAME_CHARACTERS)} ({' or '.join(sorted(types)) or 'str'})")
    return texts


def docstring(text: str) -> str:
    """What a program says of itself, in one line."""
    found = _DOCSTRING.search(text)
    return " ".join(found.group(2).split())[:DOCSTRING_CHARACTERS] if found else ""
