"""`alchemist cost --dry-run`: what the next run would send and cost. Nothing is sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from alchemist.cli.cost import budget_lines, budgets, comparisons, on_record, price_json, price_words, table_of, usd
from alchemist.cli.projects import cells, opened
from alchemist.cli.screen import console
from alchemist.core.ledger import ANSWER, CHARACTERS, LARGEST_OUT, MARGIN, Call, forecast, spent
from alchemist.core.overrides import share
from alchemist.core.ports import Project
from alchemist.core.tasks import Task
from alchemist.forecast import next_briefs, rehearse
from alchemist.labelstudio.config import read_config
from alchemist.services import Services
from alchemist.state import ledger

USUAL_OUT = LARGEST_OUT / MARGIN
"""Tokens of a usual reply as long as there is none to go by."""


def run(number: int, as_json: bool) -> None:
    """What Start Training would send and cost, as a table or as JSON."""
    services, project = opened(number)
    with console.status("rehearsing the next run"):
        told = _told(services, project)
    if as_json:
        print(json.dumps(told, indent=1))
    else:
        _show(told)


def _told(services: Services, project: Project) -> dict[str, Any]:
    """The forecast as JSON values: counts of calls and tokens, sums in US dollars."""
    calls = ledger.calls(services.store.engine, project.key)
    model = services.language_model(project)
    price = services.price(project, model)
    work = on_record(services, project)
    facts = work.studio.facts(work.config, work.store.record(work.key))
    told = {
        "project": project.id,
        "title": project.title,
        "unlabelled": len(facts.unlabelled),
        "annotated": len(facts.answered),
        "model": model,
        "price": price_json(price),
        "budget": budgets(services, project, spent(calls)),
        "fallback": _fallback(services, project, calls, facts.tasks),
    }
    ratio = ledger.characters_per_token(services.store.engine, project.key) or CHARACTERS
    replies, seen = _replies(calls, model)
    rehearsal = services.rehearsal(project, int(replies[0] * ratio))
    if rehearsal is None:
        return told | {"calls": 0, "why": [_other_writer(services)]}
    work, endpoint = rehearsal
    briefs, why = next_briefs(work, facts)
    rehearse(work, briefs)
    found = forecast(price, endpoint.prompts, endpoint.mending, endpoint.known, ratio, replies)
    return told | asdict(found) | {"replies": replies, "replies_seen": seen, "why": why}


def _other_writer(services: Services) -> str:
    if services.files:
        return "the programs of a folder are used here: no language model is asked for any"
    return "the offline writer writes here, for want of OPENAI_API_KEY or by writer=offline: no language model is asked"


def _replies(calls: Sequence[Call], model: str) -> tuple[tuple[float, float], int]:
    """The tokens of a usual and of the largest likely reply that writes a program; how many came to go by."""
    seen = [x.tokens_out for x in calls if x.model == model and x.purpose != ANSWER and x.tokens_out and not x.error]
    if not seen:
        return (USUAL_OUT, float(LARGEST_OUT)), 0
    return (sum(seen) / len(seen), float(MARGIN * max(seen))), len(seen)


def _fallback(
    services: Services, project: Project, calls: Sequence[Call], tasks: Sequence[Task]
) -> dict[str, float | None]:
    """Single tasks that the fallback would ask about after the run, at most, and what that costs in US dollars."""
    wanted = int(share(services.setting(project, "fallback")) * len(tasks))
    questions = read_config(project.label_config).questions if wanted else ()
    asker = services.asker(project, lambda _: None)
    left = sum(max(0, wanted - len(asker.known(question, tasks))) for question in questions)
    if not left:
        return {"calls": 0, "usd": 0.0}
    each = comparisons(services, project, calls)[0][0]
    prompts = each.tasks * len(questions)
    return {"calls": left, "usd": None if each.usd is None else each.usd / prompts * left}


def _show(told: Mapping[str, Any]) -> None:
    if "least" in told:
        table = table_of("what the next run would send", "calls", "tokens in", "US $, at least", "US $, at most")
        least, most = ("unknown" if told[x] is None else usd(told[x]) for x in ("least", "most"))
        table.add_row(*cells(f"to {told['model']}", f"{told['calls']:,}", f"{told['tokens_in']:,.0f}", least, most))
        console.print(table)
    for line in _lines(told):
        console.print(line, markup=False, highlight=False)


def _lines(told: Mapping[str, Any]) -> list[str]:
    """What the table does not say by itself."""
    lines = list(told["why"])
    if told["calls"]:
        usual, longest = told["replies"]
        seen = f"{told['replies_seen']:,} replies so far" if told["replies_seen"] else "an estimate: no reply came yet"
        lines.append(
            f"At least: {told['calls']:,} replies of {usual:,.0f} tokens. At most: {told['repairs']:,} calls more, to "
            f"mend every program as often as that is tried, and {longest:,.0f} tokens a reply ({seen})."
        )
    if told.get("known"):
        lines.append(f"{told['known']:,} more prompts were answered before and cost nothing.")
    if told["fallback"]["calls"]:
        amount = "at a price that is not known" if told["fallback"]["usd"] is None else usd(told["fallback"]["usd"])
        lines.append(f"After it the fallback would ask about {told['fallback']['calls']:,} single tasks: {amount}.")
    lines.append(f"{told['model']}: {price_words(told['price'])}")
    recorded = (
        f"Reckoned with {told['unlabelled']:,} unlabelled and {told['annotated']:,} annotated tasks, as recorded."
    )
    return [*lines, *budget_lines(told["budget"]), f"{recorded} Nothing was sent."]
