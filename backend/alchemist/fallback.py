"""The fallback: a language model answers the least certain tasks one by one, and its answers are votes like others."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alchemist.core.answers import Answer
from alchemist.core.brief import Asker
from alchemist.core.decisions import PROMOTED, ROLLED_BACK, Decision
from alchemist.core.editions import Panel
from alchemist.core.errors import LanguageModelError
from alchemist.core.ports import Facts
from alchemist.core.programs import ASKED, Entry, source
from alchemist.core.tasks import Task
from alchemist.core.work import Work
from alchemist.improve import incumbent, promote, record
from alchemist.meeting import fits
from alchemist.predict import combine
from alchemist.trials import briefed, fitted

MODULUS = 1_000_000_000_000_037
"""Checksums are less than this prime: among a million tasks, two of 5,000 answers stand for another task by chance in
one case of 200,000."""
MOST_ANSWERS = 5_000
"""Answers in one program: its source stays under what the sandbox takes."""
GROWTH = 0.1
"""New answers wait until there are more than this share of the old ones: an edition with them is published whole."""

_PROGRAM = '''\
import json

ANSWERS = (
{answers}
)


def label(task: dict) -> str | None:
    """{says}"""
    key = str(int(json.dumps(task, sort_keys=True).encode().hex(), 16) % {modulus}).zfill(16)
    for name, keys in ANSWERS:
        if key in keys:
            return name
    return None
'''


def fall_back(work: Work, asker: Asker, share: float) -> str:
    """Have the least certain tasks answered, and promote an edition in which the answers vote; says what was done.

    Of all tasks no more than `share` (0..1) are ever asked about, each once, and a few new ones wait for more
    (`GROWTH`). What was answered is in the ledger, so this may be stopped anywhere and run again. Raises
    `LanguageModelError` when no answer came.
    """
    serving = incumbent(work)
    if serving is None or serving.name != work.project.serving or not fits(serving, work.config):
        return "no task is asked about before an edition serves"
    decisions = work.store.decisions(work.key)
    if decisions and decisions[0].verdict == ROLLED_BACK:
        return f"an admin chose {serving.name}: no task is asked about until it has a successor"
    facts = record(work, whole=False)
    asked = [_asked(work, facts, asker, share, panel) for panel in serving.panels]
    reason = "; ".join(x.words for x in asked)
    trouble = next((x.trouble for x in asked if x.trouble is not None), None)
    if all(x.panel == panel for x, panel in zip(asked, serving.panels, strict=True)):
        if trouble is not None:
            raise trouble
        return reason
    edition = fitted(work, facts, [x.panel for x in asked])
    numbers = {"asked": float(sum(x.count for x in asked))}
    if all(x.usd is not None for x in asked):
        numbers["usd"] = sum(x.usd or 0.0 for x in asked)
    promoted = promote(work, edition, serving, Decision("", "", PROMOTED, "fallback", reason, numbers))
    return f"{promoted.name}: {reason}"


@dataclass(frozen=True)
class _Asked:
    """What came of asking about one question: its panel with the answers, how many there are, and what they cost."""

    panel: Panel
    count: int
    usd: float | None
    words: str
    trouble: LanguageModelError | None


def _asked(work: Work, facts: Facts, asker: Asker, share: float, panel: Panel) -> _Asked:
    question = panel.question
    before = asker.known(question, facts.tasks)
    wanted = int(share * len(facts.tasks)) - len(before)
    left = [x for x in facts.unlabelled if x.key not in before]
    tasks = least_certain(work, panel, left)[:wanted] if wanted > GROWTH * len(before) else []
    trouble = asker.ask(briefed(work, facts, question), tasks) if tasks else None
    known = asker.known(question, facts.tasks)
    entries: list[Entry] = []
    usd: float | None = 0.0
    for model in sorted({model for model, _ in known.values()}):
        of_model = [(task, known[task.key][1]) for task in facts.tasks if known.get(task.key, ("",))[0] == model]
        for entry, those in tables(model, of_model):
            entries += [entry] if entry else []
            cost = asker.credit(question, those, entry.source.id if entry else "")
            usd = None if usd is None or cost is None else usd + cost
    words = f"{question.name}: {_counted(known, len(facts.tasks), usd)}"
    if trouble is not None:
        words += f"; {len(tasks) - len(known) + len(before)} more were not answered: {trouble.message}. {trouble.hint}"
    others = [x for x in panel.entries if not x.is_asked]
    return _Asked(replace(panel, entries=(*others, *entries)), len(known), usd, words.strip(), trouble)


def _counted(known: Mapping[str, tuple[str, Answer | None]], tasks: int, usd: float | None) -> str:
    labels = sum(answer is not None for _, answer in known.values())
    cost = "at a price that is not known" if usd is None else f"for ${usd:.4f}"
    return f"{len(known):,} of {tasks:,} tasks were asked about one by one, {labels:,} were given a label, {cost}"


def least_certain(work: Work, panel: Panel, tasks: Sequence[Task]) -> list[Task]:
    """The tasks without an answer first, then by the score of the panel's answer, withheld or not, lowest first."""
    voting = work.store.voting(work.key, work.config, work.vote)
    block = voting(panel.question, [x.source for x in panel.entries], tasks)
    answers = combine(panel, block, tasks, work.seed, work.evaluate)
    scores = [-1.0 if answer is None else answer[1] for answer in answers]
    return [tasks[place] for place in sorted(range(len(tasks)), key=scores.__getitem__)]


def checksum(task: Task) -> str:
    """What a program knows a task by: 16 digits that it reckons itself of all fields, whatever their order."""
    return str(int(json.dumps(dict(task.fields), sort_keys=True).encode().hex(), 16) % MODULUS).zfill(16)


def tables(model: str, answered: Sequence[tuple[Task, Answer | None]]) -> list[tuple[Entry | None, list[Task]]]:
    """Programs that give these answers, as many as the size of a source asks for, each with the tasks that it is of.

    None stands for a program where no answer is a label.
    """
    in_order = sorted(answered, key=lambda x: x[0].key)  # the same answers make the same programs
    found: list[tuple[Entry | None, list[Task]]] = []
    for number, start in enumerate(range(0, len(in_order), MOST_ANSWERS), 1):
        some = in_order[start : start + MOST_ANSWERS]
        keys: dict[str, set[str]] = {}
        for task, label in some:
            if label is not None:
                keys.setdefault(str(label), set()).add(checksum(task))
        name = f"answers of {model}" + (f" ({number})" if len(in_order) > MOST_ANSWERS else "")
        entry = Entry(name, source(_written(model, keys)), f"{ASKED}{model}") if keys else None
        found.append((entry, [task for task, _ in some]))
    return found


def _written(model: str, keys: Mapping[str, set[str]]) -> str:
    rows = []
    for label, those in sorted(keys.items()):
        figures = textwrap.fill(" ".join(sorted(those)), 110)
        rows.append(f'    ({label!r}, """\n{figures}\n"""),')
    count = sum(map(len, keys.values()))
    who = re.sub(r"[^\w .:/-]", " ", model)
    says = f"What {who} said of {count:,} single tasks that were least certain, known by a checksum of their fields."
    return _PROGRAM.format(answers="\n".join(rows), says=says, modulus=MODULUS)
