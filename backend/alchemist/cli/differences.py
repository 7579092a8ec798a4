"""`alchemist editions diff`: which programs and which answers differ between two editions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from alchemist.aggregation.weights import posterior
from alchemist.cli.editions import found
from alchemist.cli.panels import printable
from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.cli.standings import Recorded, recorded
from alchemist.core.answers import Answer
from alchemist.core.editions import Edition, Panel
from alchemist.core.kinds import KINDS
from alchemist.core.predictions import Prediction
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.predict import predict

EXAMPLES = 8
"""Tasks with another answer that are shown for a question, at most."""
CUT = 160
"""Characters of an example's field that are shown."""


@dataclass(frozen=True)
class Answered:
    """One task and what was answered to a question: by the old edition, the new one, and people. None: nothing."""

    task: Task
    old: Answer | None
    new: Answer | None
    people: Answer | None


def editions_diff(number: int, old_name: str, new_name: str) -> None:
    """Programs added and removed, answers that differ, and how many corrections each edition gets right."""
    services, project = opened(number)
    old, new = (found(services, project, name) for name in (old_name, new_name))
    known = recorded(services, project)
    predictions = [predict(x, known.facts.tasks, known.vote, posterior) for x in (old, new)]
    console.print(f"{old.name} -> {new.name}", style="bold", highlight=False)
    names = dict.fromkeys(panel.question.name for x in (old, new) for panel in x.panels)
    for name in names:
        before, after = (next((p for p in x.panels if p.question.name == name), None) for x in (old, new))
        question = (after or before or old.panels[0]).question
        console.print()
        console.print(printable(f"{name}: {', '.join(question.label_names)}"), style="bold", markup=False)
        _show_programs(before, after)
        _show_answers(question, answered(known, question, *predictions), old, new)
        for edition, panel in ((old, before), (new, after)):
            if panel and panel.weights.get("gold"):
                console.print(
                    f"{edition.name} has learned its weights from {panel.weights['gold']} of these corrections: how "
                    "many it gets right says more of how it fits them than of how it would do on others.",
                    highlight=False,
                )


def answered(
    known: Recorded, question: Question, old: Sequence[Prediction], new: Sequence[Prediction]
) -> list[Answered]:
    """The question's answers to every recorded task; predictions in the order of the tasks."""
    people = known.facts.corrections(question)
    return [
        Answered(task, x.said.get(question.name), y.said.get(question.name), people.get(task.key))
        for task, x, y in zip(known.facts.tasks, old, new, strict=True)
    ]


def _show_programs(old: Panel | None, new: Panel | None) -> None:
    before = {x.source.id: x for x in (old.entries if old else ())}
    after = {x.source.id: x for x in (new.entries if new else ())}
    for sign, style, those in (
        ("-", "red", [x for key, x in before.items() if key not in after]),
        ("+", "green", [x for key, x in after.items() if key not in before]),
    ):
        for x in those:
            console.print(printable(f"{sign} {x.name} ({x.writer})"), style=style, markup=False, highlight=False)
    console.print(f"{len(before.keys() & after.keys())} programs are in both", highlight=False)
    for panel, sign in ((old, "-"), (new, "+")):
        if panel and (old is None or new is None or old.weights["why"] != new.weights["why"]):
            console.print(f"{sign} weights: {printable(panel.weights['why'])}", markup=False, highlight=False)


def _show_answers(question: Question, given: Sequence[Answered], old: Edition, new: Edition) -> None:
    changed = [x for x in given if x.old != x.new]
    console.print(f"{len(changed):,} of {len(given):,} answers differ", highlight=False)
    counts = Counter((_said(x.old), _said(x.new)) for x in changed)
    if changed:
        table = Table("answer", "becomes", "tasks", "")
        for (before, after), count in counts.most_common():
            table.add_row(*cells(before, after, f"{count:,}"), Bar(len(changed), 0, count, width=20))
        console.print(table)
        _show_examples(question, changed)
    _show_right(question, given, old, new)


def _show_examples(question: Question, changed: Sequence[Answered]) -> None:
    """Some tasks with another answer, those that people answered first."""
    table = Table("task", "", "answer", "becomes", "people say")
    table.columns[1].header = Text(printable(question.field))
    for x in sorted(changed, key=lambda x: x.people is None)[:EXAMPLES]:
        text = str(x.task.fields.get(question.field, dict(x.task.fields)))
        text = text if len(text) <= CUT else text[: CUT - 3] + "..."
        table.add_row(
            *cells(str(x.task.id), text, _said(x.old), _said(x.new), "" if x.people is None else str(x.people))
        )
    console.print(table)


def _show_right(question: Question, given: Sequence[Answered], old: Edition, new: Edition) -> None:
    """How many corrections each edition gets right, and which of them the new one mends and breaks."""
    judges = [x for x in given if x.people is not None]
    if not judges:
        console.print("People have answered none of these tasks, so nothing says which edition is right.")
        return
    right = [(_is_right(question, x.old, x.people), _is_right(question, x.new, x.people)) for x in judges]
    table = Table("edition", "right", "", f"of {len(judges):,} corrections")
    for name, count in ((old.name, sum(x for x, _ in right)), (new.name, sum(y for _, y in right))):
        table.add_row(name, f"{count:,}", Bar(len(judges), 0, count, width=20), f"{100 * count / len(judges):.0f} %")
    console.print(table)
    mended, broken = right.count((False, True)), right.count((True, False))
    console.print(f"{new.name} mends {mended} and breaks {broken} of them", highlight=False)


def _is_right(question: Question, said: Answer | None, people: Answer | None) -> bool:
    return said is not None and people is not None and KINDS[question.kind].agree(said, people)


def _said(answer: Answer | None) -> str:
    return "no answer" if answer is None else str(answer)
