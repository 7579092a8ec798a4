"""`alchemist cost`: what a project's programs cost, and what asking for every task would cost instead."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Column, Table

from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.core.ledger import (
    ANSWER,
    CHARACTERS,
    Call,
    PerTask,
    Price,
    Spent,
    break_even,
    dollars,
    per_task,
    saving,
    spent,
)
from alchemist.core.ports import Project
from alchemist.core.work import Work
from alchemist.labelstudio.heard import HeardProject
from alchemist.services import Services
from alchemist.state import ledger
from alchemist.state.memory import judged
from alchemist.trials import briefed
from alchemist.writer.asking import prompts


def run(number: int, as_json: bool) -> None:
    """What was spent and what it saved, as tables or as JSON."""
    services, project = opened(number)
    with console.status("making the prompt for each task"):
        told = _told(services, project)
    if as_json:
        print(json.dumps(told, indent=1))
    else:
        _show(told)


def _told(services: Services, project: Project) -> dict[str, Any]:
    """Everything as JSON values: sums in US dollars, counts of calls and tokens."""
    calls = ledger.calls(services.store.engine, project.key)
    total = spent(calls)
    compared, measured = comparisons(services, project, calls)
    purposes = sorted({x.purpose for x in calls})
    return {
        "project": project.id,
        "title": project.title,
        "spent": asdict(total),
        "purposes": [{"purpose": name} | asdict(spent(x for x in calls if x.purpose == name)) for name in purposes],
        "programs": _programs(services, project, calls),
        "prices": sorted({f"{x.model}: {x.priced}" for x in calls if x.priced}),
        "budget": budgets(services, project, total),
        "per_task": [_compared(x, total) for x in compared],
        "measured": measured,
    }


def budgets(services: Services, project: Project, total: Spent) -> dict[str, float | None]:
    """The budgets that are set, in US dollars, and what is spent of them or reserved."""
    return {
        "service_usd": dollars(services.settings.budget_usd),
        "service_spent_usd": ledger.total(services.store.engine),
        "project_usd": dollars(str(project.settings.get("budget_usd", ""))),
        "project_spent_usd": total.usd,
    }


def _programs(services: Services, project: Project, calls: Sequence[Call]) -> list[dict[str, Any]]:
    """What each program cost, the dearest first; a program of answers is the cost of all its calls."""
    names = {x["entry"].source.id: x["name"] for x in judged(services.store.engine, project.key)}
    edition = services.store.edition(project.key, project.serving or "")
    entries = [entry for panel in edition.panels for entry in panel.entries] if edition else []
    names |= {x.source.id: x.name for x in entries}
    voting = {x.source.id for x in entries}
    found = []
    for source in sorted({x.source for x in calls if x.source}):
        one = spent(x for x in calls if x.source == source)
        told = {"source": source, "name": names.get(source, source[:12]), "votes": source in voting}
        found.append(told | {"calls": one.calls, "usd": one.usd, "unknown": one.unknown})
    return sorted(found, key=lambda x: -float(x["usd"]))


def comparisons(
    services: Services, project: Project, calls: Sequence[Call]
) -> tuple[list[PerTask], dict[str, float | bool]]:
    """What asking for every task would cost, with the project's language model and with a cheap one; and what of it
    was measured in this project's own calls."""
    work = on_record(services, project)
    facts = work.studio.facts(work.config, work.store.record(work.key))
    asked = [prompts(briefed(work, facts, question), facts.tasks) for question in work.config.questions]
    lengths = [sum(len(x["content"]) for prompt in of_task for x in prompt) for of_task in zip(*asked, strict=True)]
    ratio = ledger.characters_per_token(services.store.engine, project.key)
    answers = [x.tokens_out for x in calls if x.purpose == ANSWER and x.tokens_out is not None]
    names = [len(name) for question in work.config.questions for name in question.label_names]
    label_alone = max(1.0, sum(names) / max(1, len(names)) / CHARACTERS)
    tokens_out = len(asked) * (sum(answers) / len(answers) if answers else label_alone)
    measured: dict[str, float | bool] = {
        "characters_per_token": ratio or CHARACTERS,
        "characters_per_token_measured": ratio is not None,
        "tokens_out_per_task": tokens_out,
        "tokens_out_measured": bool(answers),
    }
    models = dict.fromkeys([services.language_model(project), services.settings.cheap_llm])
    each = [per_task(x, services.price(project, x), lengths, ratio or CHARACTERS, tokens_out) for x in models]
    return each, measured


def on_record(services: Services, project: Project) -> Work:
    """The project at work as it is recorded: Label Studio is not asked, and nobody writes."""
    return services.work(project, lambda _: None, HeardProject("not asked"), services.folder)


def _compared(each: PerTask, total: Spent) -> dict[str, Any]:
    paid = 0.0 if total.unknown else total.usd
    return {
        "model": each.model,
        "price": price_json(each.price),
        "tasks": each.tasks,
        "tokens_in": round(each.tokens_in),
        "tokens_out": round(each.tokens_out),
        "usd": each.usd,
        "usd_per_1000": each.usd / each.tasks * 1_000 if each.usd is not None and each.tasks else None,
        "saving": saving(each, paid),
        "break_even": break_even(each, paid) if paid else None,
    }


def price_json(price: Price | None) -> dict[str, Any] | None:
    """A price as JSON values, US dollars per million tokens; None where it is not known."""
    if price is None:
        return None
    return {"in": price.usd_in, "cached": price.usd_cached, "out": price.usd_out, "source": price.source}


def _show(told: Mapping[str, Any]) -> None:
    total = told["spent"]
    table = table_of("purpose", "calls", "failed", "tokens in", "tokens out", "US $")
    for row in [*told["purposes"], {"purpose": "all"} | total]:
        counts = [f"{row[x]:,}" for x in ("calls", "failed", "tokens_in", "tokens_out")]
        table.add_row(*cells(row["purpose"], *counts, usd(row["usd"]) + (" + ?" if row["unknown"] else "")))
    console.print(table)
    if told["programs"]:
        table = table_of("program", "calls", "US $")
        for row in told["programs"]:
            name = row["name"] if row["votes"] else f"{row['name']} (does not vote)"
            table.add_row(*cells(name, f"{row['calls']:,}", "unknown" if row["unknown"] else usd(row["usd"])))
        console.print(table)
    table = table_of("asking for every task instead", "tasks", "tokens in", "tokens out", "US $", "saving", "even from")
    for row in told["per_task"]:
        counts = [f"{row[x]:,}" for x in ("tasks", "tokens_in", "tokens_out")]
        times = "-" if row["saving"] is None else f"{row['saving']:,.3g} x"
        even = "-" if row["break_even"] is None else f"{row['break_even']:,} tasks"
        table.add_row(*cells(row["model"], *counts, "unknown" if row["usd"] is None else usd(row["usd"]), times, even))
    console.print(table)
    for line in _lines(told):
        console.print(line, markup=False, highlight=False)


def _lines(told: Mapping[str, Any]) -> list[str]:
    """What the tables do not say by themselves."""
    total, measured = told["spent"], told["measured"]
    lines = [
        f"{total['tokens_cached']:,} of the tokens in came from the cache, {total['tokens_reasoning']:,} of the tokens "
        "out were thoughts."
        if total["calls"]
        else "No language model was asked for this project yet."
    ]
    if any(x["break_even"] is not None for x in told["per_task"]):
        lines.append(
            "Saving: what asking for every task costs, over what was spent (below 1: programs were dearer). "
            "Even from: the number of tasks from which on programs are the cheaper way."
        )
    lines += [f"paid at the price of {x}" for x in told["prices"]]
    for row in told["per_task"]:
        lines.append(f"{row['model']}: {price_words(row['price'])}")
    if total["unknown"]:
        lines.append(
            f"{total['unknown']:,} calls have no known price: they are in no sum, so no saving can be told. "
            "Set ALCHEMIST_LLM_PRICE for the next ones."
        )
    if total["open"]:
        lines.append(
            f"{total['open']:,} calls have no known bill (broken off, too late, or without a count of tokens); they "
            f"count at the most that they may have cost, {usd(total['usd_open'])}."
        )
    lines += budget_lines(told["budget"])
    said = "measured in this project's calls" if measured["characters_per_token_measured"] else "an estimate"
    lines.append(f"A token is {measured['characters_per_token']:.2f} characters of a prompt: {said}.")
    said = "measured in this project's calls" if measured["tokens_out_measured"] else "an estimate: the label alone"
    lines.append(f"The answer to a task is {measured['tokens_out_per_task']:.1f} tokens: {said}.")
    return lines


def budget_lines(budget: Mapping[str, float | None]) -> list[str]:
    """The budgets that are set, with what is spent of each or reserved."""
    lines = []
    for name, whose in (("service", "The budget of all projects"), ("project", "The budget of this project")):
        limit, gone = budget[f"{name}_usd"], budget[f"{name}_spent_usd"]
        if limit is not None:
            lines.append(f"{whose} is {usd(limit)}; {usd(gone or 0.0)} of it is spent or reserved.")
    return lines


def price_words(price: Mapping[str, Any] | None) -> str:
    """A price in words, or that it is not known."""
    if price is None:
        return "its price is not known; ALCHEMIST_LLM_PRICE sets that of the project's own language model"
    rates = f"${price['in']:g} in, ${price['cached']:g} from cache, ${price['out']:g} out per million tokens"
    return f"{rates} ({price['source']})"


def usd(amount: float) -> str:
    """US dollars, in cents or finer.

    >>> usd(12.5), usd(0.000125), usd(0.0)
    ('$12.50', '$0.000125', '$0.00')
    """
    return f"${amount:,.2f}" if amount >= 1 or not amount else f"${amount:.6f}"


def table_of(first: str, *others: str) -> Table:
    """A table whose figures stand flush right."""
    return Table(Column(first, overflow="fold"), *(Column(x, justify="right") for x in others))
