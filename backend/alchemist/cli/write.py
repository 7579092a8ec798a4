"""`alchemist write`: programs from a few annotated tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from alchemist.cli.evaluate import labelled
from alchemist.cli.panels import config_of, console, printable, question_of, writing
from alchemist.core.brief import Brief, Exemplar, Writer
from alchemist.core.errors import BadInput, NoPrograms
from alchemist.core.programs import Entry
from alchemist.core.questions import Question
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
    with console.status("writing programs") as status:
        entries = _writer(settings, writer_name, parts, question, status.update).write(brief)
        status.update(f"trying {len(entries)} programs")
        sample = [*tasks, *unlabelled][:SAMPLE]
        known = {x.task.key: x.answer for x in exemplars}
        judged = judge(question, entries, sample, known, vote, settings.keep_programs)
    taken = [x.entry for x in judged if x.taken]
    for x in judged:
        word = "taken" if x.taken else "left out"
        console.print(f"{word}: {x.entry.name} ({x.entry.writer}): {printable(x.reason)}", markup=False)
    if not taken:
        raise NoPrograms("no program may vote", "Give more annotated tasks, or another writer.")
    save(taken, out)
    console.print(f"{len(taken)} programs written to {out}", markup=False)


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
    settings: Settings, name: str | None, parts: str, question: Question, tell: Callable[[str], None]
) -> Writer:
    if settings.writes_with(name) == "offline":
        if parts not in (*PARTS, "both"):
            raise BadInput(f"--parts is {parts!r}", "Choose library, induced or both.")
        return OfflineWriter(read_folder(shipped("programs")), PARTS if parts == "both" else (parts,), tell)
    from alchemist.writer.endpoint import Endpoint
    from alchemist.writer.llm import LlmWriter
    from alchemist.writer.prompts import Contract

    contract = Contract(sorted(MODULES - {"__future__"}), lacks())
    endpoint = Endpoint(settings.llm, settings.openai_api_key, settings.openai_base_url, lambda _: None)
    return LlmWriter(endpoint, contract, tell)
