"""Every call of a language model, kept whole; and the budget, which all workers share because it is kept here."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.errors import BudgetSpent
from alchemist.core.ledger import BROKEN_OFF, Call, Price, Spent, largest
from alchemist.state.database import MANY, pieces, reading, writing
from alchemist.state.schema import llm_calls as table

_LOCK = 0x6C656467  # "ledg": on PostgreSQL two that reserve at once do so one after the other
PATIENCE = 120.0
"""Seconds to wait for the bills of calls that are under way."""
PAUSE = 0.5
"""Seconds between two looks at them."""
UNDER_WAY = 600.0
"""Seconds after which a call that has not ended was broken off."""
_COLUMNS = tuple(x.name for x in fields(Call) if x.name not in ("about", "row"))
_SHORT = tuple(x for x in _COLUMNS if x not in ("prompt", "reply"))


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many US dollars may be spent in all, and on one project; None sets no limit."""

    service: float | None = None
    project: float | None = None


def reserve(
    engine: Engine, project: str, call: Call, price: Price | None, budgets: Budgets, patience: float = PATIENCE
) -> Call:
    """The call, kept as one whose bill is not known, before it is sent: it counts at the most that it may cost.

    So a call that a kill breaks off stays paid for: nobody can tell whether it was billed. What is spent and what is
    reserved are added up in the transaction that reserves, so that no two workers take the last dollar. Where there
    is room once the calls that are under way cost less than was reserved for them, this waits, `patience` seconds at
    most. Raises `BudgetSpent` where a budget does not leave enough, or the price is not known and there is a budget.
    """
    if price is None and budgets != Budgets():
        raise BudgetSpent(
            f"there is a budget, and nobody knows what {call.model} costs, so nothing is sent to it",
            "Set ALCHEMIST_LLM_PRICE to its US dollars per million tokens, in/out; 0/0 for a machine of your own.",
        )
    ends = time.monotonic() + patience
    while True:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            if price is not None:
                usd = largest(price, call.prompt, _longest(connection, call))
                call = replace(call, usd=usd, priced=price.source)
            refusal = _refusal(connection, project, call.usd or 0.0, budgets)
            if refusal is None:
                return _begun(connection, project, replace(call, settled=False))
        error, may_pass = refusal
        if not may_pass or time.monotonic() > ends:
            raise error
        time.sleep(PAUSE)


def _begun(connection: sa.Connection, project: str, call: Call) -> Call:
    row = connection.execute(sa.insert(table).values(_row(project, call))).inserted_primary_key
    assert row is not None
    return replace(call, row=row[0])


def _longest(connection: sa.Connection, call: Call) -> int | None:
    """The tokens of the longest reply that this language model gave to a prompt of this purpose."""
    same = sa.and_(table.c.purpose == call.purpose, table.c.model == call.model)
    return connection.execute(sa.select(sa.func.max(table.c.tokens_out)).where(same)).scalar()


def _refusal(connection: sa.Connection, project: str, usd: float, budgets: Budgets) -> tuple[BudgetSpent, bool] | None:
    """Why a budget does not allow a call, and whether it may once the calls that are under way have ended."""
    limits = (
        (budgets.service, sa.true(), "the budget", "ALCHEMIST_BUDGET_USD"),
        (budgets.project, table.c.project == project, "the project's budget", "the project's budget_usd"),
    )
    for limit, where, whose, setting in limits:
        if limit is None:
            continue
        gone, under_way = _gone(connection, where)
        if gone + usd > limit:
            error = BudgetSpent(
                f"{whose} of ${limit:.2f} does not allow another call: ${gone:.4f} is spent or reserved, and the call "
                f"may cost up to ${usd:.4f}",
                f"Raise {setting} to go on; what was bought is kept, and predictions go on without it.",
            )
            return error, gone - under_way + usd <= limit
    return None


def _gone(connection: sa.Connection, where: sa.ColumnElement[bool]) -> tuple[float, float]:
    """US dollars that are spent or reserved, and those of them that are reserved by calls that are under way.

    One query: between two of them a call may end, and its bill would be missed in both.
    """
    under_way = sa.and_(table.c.error == BROKEN_OFF, table.c.created_at > time.time() - UNDER_WAY)
    wanted = sa.select(sa.func.sum(table.c.usd), sa.func.sum(sa.case((under_way, table.c.usd)))).where(where)
    gone, reserved = connection.execute(wanted).one()
    return float(gone or 0.0), float(reserved or 0.0)


def keep(engine: Engine, project: str, call: Call) -> None:
    """Keep how a call ended, in the place where it was reserved; one that was not is kept as it is."""
    with writing(engine) as connection:
        if call.row is None:
            connection.execute(sa.insert(table).values(_row(project, call)))
            return
        known = asdict(call)
        changes = {name: known[name] for name in _COLUMNS}
        connection.execute(sa.update(table).where(table.c.id == call.row).values(changes))


def _row(project: str, call: Call) -> dict[str, object]:
    known = asdict(call)
    row = {name: known[name] for name in _COLUMNS}
    recalled_by = prompt_hash(call.about or call.prompt)
    return row | {"project": project, "prompt_hash": recalled_by, "created_at": time.time()}


def kept_reply(engine: Engine, project: str, model: str, prompt: str) -> str | None:
    """What the model answered to this very prompt before, so that a worker that died does not pay twice.

    `prompt` is what the call was `about` where it was about something.
    """
    wanted = (
        sa.select(table.c.reply)
        .where(
            table.c.project == project,
            table.c.prompt_hash == prompt_hash(prompt),
            table.c.model == model,
            table.c.error == "",
            table.c.reply != "",
        )
        .order_by(table.c.id.desc())
    )
    with reading(engine) as connection:
        return connection.execute(wanted).scalars().first()


def calls(engine: Engine, project: str) -> list[Call]:
    """Every call for a project, the oldest first, without the texts of prompts and replies."""
    wanted = sa.select(*(table.c[name] for name in _SHORT)).where(table.c.project == project).order_by(table.c.id)
    with reading(engine) as connection:
        return [Call(**row, prompt="", reply="") for row in connection.execute(wanted).mappings()]


def paid(engine: Engine, project: str) -> Spent:
    """How many calls there were for a project, what they cost, and how many have no known price; nothing else."""
    wanted = sa.select(sa.func.count(), sa.func.sum(table.c.usd), sa.func.count(table.c.usd))
    with reading(engine) as connection:
        count, usd, priced = connection.execute(wanted.where(table.c.project == project)).one()
    return Spent(calls=count, usd=usd or 0.0, unknown=count - priced)


def total(engine: Engine) -> float:
    """US dollars that are spent or reserved by all projects."""
    with reading(engine) as connection:
        return _gone(connection, sa.true())[0]


def characters_per_token(engine: Engine, project: str) -> float | None:
    """How many characters of this project's prompts were one token; None as long as no endpoint told.

    Prompts that were forgotten with the project's tasks say nothing.
    """
    counted = sa.and_(table.c.project == project, table.c.tokens_in > 0, table.c.prompt != "")
    wanted = sa.select(sa.func.sum(sa.func.length(table.c.prompt)), sa.func.sum(table.c.tokens_in)).where(counted)
    with reading(engine) as connection:
        characters, tokens = connection.execute(wanted).one()
    return float(characters) / float(tokens) if tokens else None


def answers(engine: Engine, project: str, purpose: str, abouts: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Language model and latest reply of the calls of this purpose, by what they were about, out of these.

    The reply is empty where none came; a failure that cost nothing is as if nobody had called.
    """
    counts = sa.or_(table.c.error == "", sa.func.coalesce(table.c.usd, 1.0) > 0)
    wanted = (
        sa.select(table.c.prompt_hash, table.c.model, table.c.reply, table.c.error)
        .where(table.c.project == project, table.c.purpose == purpose, counts)
        .order_by(table.c.id)
    )
    found: dict[str, tuple[str, str]] = {}
    with reading(engine) as connection:
        for place, model, reply, error in connection.execute(wanted):
            if not error or place not in found:
                found[place] = (model, "" if error else reply)
    places = {about: prompt_hash(about) for about in abouts}
    return {about: found[place] for about, place in places.items() if place in found}


def credit(engine: Engine, project: str, purpose: str, abouts: Iterable[str], source: str) -> float | None:
    """Note that a program came of the calls about these; US dollars for them, None where a price is not known."""
    known, usd = True, 0.0
    with writing(engine) as connection:
        for some in pieces([prompt_hash(x) for x in abouts], MANY):
            of_call = sa.and_(table.c.project == project, table.c.purpose == purpose, table.c.prompt_hash.in_(some))
            connection.execute(sa.update(table).where(of_call).values(source=source))
            unknown = sa.func.count().filter(table.c.usd.is_(None))
            count, paid = connection.execute(sa.select(unknown, sa.func.sum(table.c.usd)).where(of_call)).one()
            known, usd = known and not count, usd + (paid or 0.0)
    return usd if known else None


def prompt_hash(prompt: str) -> str:
    """SHA-256 of a prompt, or of what a call is about."""
    return hashlib.sha256(prompt.encode()).hexdigest()
