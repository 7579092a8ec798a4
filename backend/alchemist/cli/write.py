"""`alchemist write`: programs from a few annotated tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from alchemist.cli.corrections import labelled
from alchemist.cli.panels import config_of, printable, question_of, writing
from alchemist.cli.screen import aside
from alchemist.core.brief import Brief, Exemplar, Writer
from alchemist.core.errors import BadInput, BadSetting, NoPrograms
from alchemist.core.ledger import Call, spent
from alchemist.core.overrides import WAYS
from alchemist.core.programs import Entry
from alchemist.labelstudio.wire import read_records, tasks_of
from alchemist.resources import shipped
from alchemist.sandbox.contract import MODULES
from alchemist.sandbox.monty import lacks, vote
from alchemist.settings import Settings, read_settings
from alchemist.trials import SAMPLE, judge
from alchemist.writer.library import read_folder
from alchemist.writer.offline import PARTS, OfflineWriter


def run(
    config_file: Path,
    exemplar_file: Path,
    out: Path,
    unlabelled_file: Path | None,
    label_field: str,
    asked: str | None,
    writer_name: str | None,
    parts: str,
    title: str,
    description: str,
    way: str | None,
    documents: Sequence[Path],
    seed: int | None,
) -> None:
    """Write, check, and put the programs that may vote into a folder."""
    settings = read_settings()
    _, config = config_of(config_file)
    question = question_of(config, asked)
    records, gold = labelled(read_records(exemplar_file), question, label_field, exemplar_file)
    tasks = tasks_of(records, config, hidden=label_field)
    exemplars = [Exemplar(x, question.label_names[y]) for x, y in zip(tasks, gold, strict=True)]
    unlabelled = tasks_of(read_records(unlabelled_file), config, hidden=label_field) if unlabelled_file else []
    brief = Brief(
        title,
        description,
        "",
        config,
        question,
        exemplars,
        unlabelled,
        seed=settings.seed if seed is None else seed,
    )
    calls: list[Call] = []
    with aside.status("writing programs") as status:
        writer = _writer(settings, writer_name, parts, way, documents, status.update, calls.append)
        try:
            entries = writer.write(brief)
        finally:
            _tell_cost(calls, settings)
        status.update(f"trying {len(entries)} programs")
        sample = [*tasks, *unlabelled][:SAMPLE]
        known = {x.task.key: x.answer for x in exemplars}
        judged = judge(question, entries, sample, known, vote, settings.keep_programs)
    taken = [x.entry for x in judged if x.taken]
    for x in judged:
        word = "taken" if x.taken else "left out"
        aside.print(f"{word}: {x.entry.name} ({x.entry.writer}): {printable(x.reason)}", markup=False)
    if not taken:
        raise NoPrograms("no program may vote", "Give more annotated tasks, or another writer.")
    save(taken, out)
    aside.print(f"{len(taken)} programs written to {out}", markup=False)


def save(entries: Sequence[Entry], out: Path) -> list[Path]:
    """Write programs into a folder, one file each; files that are there already are not touched."""
    with writing(out):
        out.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, entry in enumerate(entries):
        slug = re.sub(r"[^a-z0-9]+", "_", entry.name.lower()).strip("_") or "program"
        path = out / f"{number:02d}_{slug}.py"
        if path.exists() and path.read_text(encoding="utf-8") != entry.source.text:
            raise BadInput(f"{path} is there already and differs", "Name an empty folder.")
        with writing(path):
            path.write_text(entry.source.text, encoding="utf-8")
        paths.append(path)
    return paths


def _writer(
    settings: Settings,
    name: str | None,
    parts: str,
    way: str | None,
    documents: Sequence[Path],
    tell: Callable[[str], None],
    keep: Callable[[Call], None],
) -> Writer:
    if settings.writes_with(name) == "offline":
        if parts not in (*PARTS, "both"):
            raise BadInput(f"--parts is {parts!r}", "Choose library, induced or both.")
        if way or documents:
            raise BadInput("--way and --document are for a language model", "Add --writer llm.")
        return OfflineWriter(read_folder(shipped("programs")), PARTS if parts == "both" else (parts,), tell)
    from alchemist.writer.documents import read_documents
    from alchemist.writer.endpoint import Endpoint
    from alchemist.writer.llm import LlmWriter
    from alchemist.writer.prices import price_of
    from alchemist.writer.prompts import Contract

    way = way or ("documents" if documents else settings.way)
    if way not in WAYS:
        raise BadInput(f"--way is {way!r}", f"Choose {', '.join(WAYS[:-1])} or {WAYS[-1]}.")
    if documents and way != "documents":
        raise BadInput(f"--way {way} uses no documents", "Leave --document out, or say --way documents.")
    given = read_documents(documents, _say)
    if not settings.openai_api_key and not settings.openai_base_url:
        raise BadSetting("there is no key for a language model", "Set OPENAI_API_KEY, or choose --writer offline.")
    contract = Contract(sorted(MODULES - {"__future__"}), lacks())
    price = price_of(settings.llm, settings.openai_base_url, settings.llm_price)
    endpoint = Endpoint(settings.llm, settings.openai_api_key, settings.openai_base_url, keep, price=price)
    return LlmWriter(endpoint, contract, tell, way, given, settings.ask_for)


def _tell_cost(calls: Sequence[Call], settings: Settings) -> None:
    """What was paid for the language model; these calls are in no ledger, and no budget is held against them."""
    from alchemist.writer.prices import price_of

    if not calls:
        return
    price = price_of(settings.llm, settings.openai_base_url, settings.llm_price)
    if price is None:
        _say(f"{settings.llm}: {spent(calls).words} (no price is known; ALCHEMIST_LLM_PRICE sets it)")
        return
    billed = [x for x in calls if x.usd is not None]
    _say(f"{settings.llm}: {spent(billed).words} ({price.source})")
    if other := len(calls) - len(billed):
        _say(f"{other} more without a known bill: broken off, too late, or without a count of tokens")


def _say(words: str) -> None:
    aside.print(printable(words), markup=False)
