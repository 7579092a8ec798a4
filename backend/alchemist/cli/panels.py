"""What `evaluate` and `label` share: reading their files, voting with a bar, fitting a panel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from alchemist.aggregation.gold import fit_gold
from alchemist.cli.screen import aside
from alchemist.core.editions import Panel
from alchemist.core.errors import BadInput, BadLabelConfig
from alchemist.core.kinds import KINDS
from alchemist.core.programs import Entry
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.labelstudio.config import read_config
from alchemist.sandbox.monty import vote


@dataclass(frozen=True)
class Corrected:
    """Tasks that people answered, and the place of each answer among the question's labels."""

    tasks: Sequence[Task] = ()
    gold: Sequence[int] = ()


def config_of(path: Path) -> tuple[str, LabelConfig]:
    """The XML of a file and what it asks. Raises `BadLabelConfig` when nothing in it can be predicted."""
    try:
        xml = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadLabelConfig(f"{path} cannot be read: {why}") from error
    config = read_config(xml)
    if not config.questions:
        reasons = "; ".join(f"<{x.tag} name={x.name!r}>: {x.reason}" for x in config.unsupported)
        raise BadLabelConfig(f"{path} asks nothing that can be predicted", reasons or "It has no control tag.")
    return xml, config


def question_of(config: LabelConfig, name: str | None) -> Question:
    """The question asked for, or the only one."""
    names = ", ".join(x.name for x in config.questions)
    if name is None and len(config.questions) > 1:
        raise BadInput(f"the config asks several questions: {names}", "Choose one with --question.")
    found = config.questions[0] if name is None else config.question(name)
    if found is None:
        raise BadInput(f"the config has no question {name!r}", f"It has: {names}.")
    return found


def printable(text: str) -> str:
    """Text that a program or a project wrote, without what moves a terminal's cursor."""
    return "".join(x if x.isprintable() else " " for x in text)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What keeps a file or a folder from being written, as an error that names it."""
    try:
        yield
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error


@contextmanager
def progress() -> Iterator[Progress]:
    """A bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=aside, transient=True) as bars:
        yield bars


def votes_of(what: str, question: Question, entries: Sequence[Entry], tasks: Sequence[Task]) -> VoteBlock:
    """The votes of the entries on the tasks, with a bar that counts programs."""
    with progress() as bars:
        bar = bars.add_task(what, total=len(entries))
        return vote(question, [x.source for x in entries], tasks, on_column=lambda: bars.advance(bar))


def fitted(
    question: Question,
    entries: Sequence[Entry],
    block: VoteBlock,
    tasks: Sequence[Task],
    known: Corrected,
    combiner: str,
    seed: int,
) -> Panel:
    """A panel with weights fitted on the votes on these tasks and on corrections, which are none of these."""
    if known.tasks:
        block = _joined(block, votes_of("voting on the corrections", question, entries, known.tasks))
    rows = KINDS[question.kind].explode(question, block, [*tasks, *known.tasks])[0]
    with aside.status("fitting the weights"):
        weights = fit_gold(rows, [*[None] * len(tasks), *known.gold], combiner, seed)
    return Panel(question, tuple(entries), weights)


def _joined(one: VoteBlock, other: VoteBlock) -> VoteBlock:
    pairs = zip(one.columns, other.columns, strict=True)
    columns = tuple(replace(x, codes=x.codes + y.codes) for x, y in pairs)
    return VoteBlock(one.book, columns, one.size + other.size)
