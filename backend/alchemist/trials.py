"""What is asked of a writer, and what its programs are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from alchemist.core.answers import Answer, Posterior
from alchemist.core.brief import Brief, Exemplar
from alchemist.core.choosing import choose
from alchemist.core.corrections import is_shown
from alchemist.core.doubts import Doubt, doubts
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import LanguageModelError
from alchemist.core.kinds import KINDS
from alchemist.core.ports import Facts, Vote
from alchemist.core.programs import LEARNERS, Entry, Judged
from alchemist.core.questions import Question
from alchemist.core.shortfall import gold_codes, shortfall
from alchemist.core.tasks import Task
from alchemist.core.validation import verdicts
from alchemist.core.votes import Rows, VoteBlock
from alchemist.core.work import Gold, Work
from alchemist.core.worth import LEAST, Worth, too_early, worth
from alchemist.predict import combine

SAMPLE = 1_000
"""Tasks that programs are tried on before they may vote."""
REPAIRS = 2
"""How often a program that fails goes back to the writer."""


def briefed(work: Work, facts: Facts, question: Question, panel: Panel | None = None) -> Brief:
    """What the writer is told: shown corrections only, and where the panel falls short if there is one."""
    shown = _shown(work, facts, question)
    brief = Brief(
        facts.title,
        facts.description,
        facts.instructions,
        work.config,
        question,
        tuple(Exemplar(task, shown[task.key]) for task, _ in facts.answered if task.key in shown),
        tuple(facts.unlabelled),
        seed=work.seed,
    )
    if panel is None:
        return brief
    tasks = [x for x in facts.tasks if x.key in shown or x.key not in facts.corrections(question)]
    voting = work.store.voting(work.key, work.config, work.vote)
    block = voting(question, [x.source for x in panel.entries], tasks)
    answers = combine(panel, block, tasks, work.seed, work.evaluate)
    agree = KINDS[question.kind].agree
    return replace(brief, shortfall=shortfall(panel.entries, block, answers, tasks, shown, agree))


def _shown(work: Work, facts: Facts, question: Question) -> dict[str, Answer]:
    return {key: answer for key, answer in facts.corrections(question).items() if is_shown(work.key, key)}


def tried(work: Work, facts: Facts, brief: Brief, entries: Sequence[Entry], old: Sequence[Entry] = ()) -> list[Entry]:
    """Step 4: `old` programs and new ones that may vote, tried on a sample, mended if they fail, and then chosen.

    What a language model answered for single tasks votes on: on a sample it says next to nothing.
    """
    answers = [x for x in old if x.is_asked]
    old = [x for x in old if not x.is_asked]
    sample = _sample(facts)
    shown = _shown(work, facts, brief.question)
    known = {x.source.id for x in old}
    new = list({x.source.id: x for x in entries if x.source.id not in known}.values())
    work.tell(f"trying {len(new)} programs for {brief.question.name}")
    asked = [*old, *new]
    judged = judge(brief.question, asked, sample, shown, work.vote, work.target)
    for _ in range(REPAIRS):
        failed = [x for x in judged if not x.taken and x.mendable and x.entry not in old]
        mended = _mended(work, brief, failed)
        if not mended:
            break
        work.store.judge(work.key, brief.question, [x for x in judged if x.entry.source.id in mended])
        asked = [mended.get(entry.source.id, entry) for entry in asked]
        judged = judge(brief.question, asked, sample, shown, work.vote, work.target)
    work.store.judge(work.key, brief.question, judged)
    return [*(x.entry for x in judged if x.taken), *answers]


def _mended(work: Work, brief: Brief, failed: Sequence[Judged]) -> dict[str, Entry]:
    """The successors of programs that failed, by the id of the source that they replace."""
    mended: dict[str, Entry] = {}
    for one in failed:
        try:
            successor = work.writer.repair(brief, one.entry, one.reason)
        except LanguageModelError:
            return mended  # the others vote meanwhile
        if successor is not None:
            mended[one.entry.source.id] = successor
    return mended


def judge(
    question: Question,
    entries: Sequence[Entry],
    sample: Sequence[Task],
    known: Mapping[str, Answer],
    vote: Vote,
    target: int | None = None,
) -> list[Judged]:
    """A word on every program, in order: each is tried, then `target` of those that passed are taken.

    None takes all that are no near copies and not poor. `known`: people's answers by task key.
    """
    sources = [entry.source for entry in entries]
    forwards = vote(question, sources, sample)
    backwards = vote(question, sources, sample[::-1])
    gold, labels = gold_codes(forwards, sample, known), len(question.labels)
    trial = verdicts(entries, forwards, backwards, gold, labels)
    passed = [place for place, one in enumerate(trial) if one.taken]
    block = VoteBlock(forwards.book, tuple(forwards.columns[x] for x in passed), forwards.size)
    chosen = dict(zip(passed, choose([entries[x] for x in passed], block, gold, labels, target), strict=True))
    return [chosen.get(place, one) for place, one in enumerate(trial)]


def fitted(work: Work, facts: Facts, panels: Sequence[Panel]) -> Edition:
    """An edition of these panels, with weights for the votes on all tasks and every correction that may judge them."""
    work.tell(f"voting on {len(facts.tasks):,} tasks")
    weighed = []
    for panel in panels:
        panel = panel if "left_out" in panel.weights else _tried_alone(work, facts, panel)
        known = {"left_out": panel.weights["left_out"], "corrections": len(facts.answered)}
        known["until"] = max(facts.said_at.values(), default="")
        rows = _rows(work, facts, panel)
        known["worth"] = asdict(_worth(work, facts, panel, rows))
        known["doubts"] = len(_doubts(work, rows))
        weighed.append(replace(panel, weights=work.fit(*rows) | known))
    return Edition(0, work.seed, tuple(weighed), work.threshold)


def _tried_alone(work: Work, facts: Facts, panel: Panel) -> Panel:
    """Programs that a person gave stay in their panel, but the votes of those that fail the trial do not count."""
    shown = _shown(work, facts, panel.question)
    judged = judge(panel.question, panel.entries, _sample(facts), shown, work.vote)
    work.store.judge(work.key, panel.question, judged)
    return replace(panel, weights={"left_out": [x.entry.source.id for x in judged if not x.taken]})


def _sample(facts: Facts) -> list[Task]:
    return [*(task for task, _ in facts.answered), *facts.unlabelled][:SAMPLE]


def _rows(work: Work, facts: Facts, panel: Panel) -> tuple[Rows, Gold, Gold]:
    """The votes on all tasks, the corrections that may judge them, and those that programs were computed from."""
    voting = work.store.voting(work.key, work.config, work.vote)
    block = voting(panel.question, [x.source for x in panel.entries], facts.tasks)
    rows = KINDS[panel.question.kind].explode(panel.question, block, facts.tasks)[0]
    rows = rows.without(panel.weights.get("left_out", ()))
    known, judges = facts.corrections(panel.question), unseen(work, facts, panel)
    taught = {key: x for key, x in known.items() if key not in judges}
    return rows, gold_codes(block, facts.tasks, judges), gold_codes(block, facts.tasks, taught)


def unseen(work: Work, facts: Facts, panel: Panel) -> dict[str, Answer]:
    """The corrections that none of the programs was computed from: only these can say how good their votes are."""
    known = facts.corrections(panel.question)
    if not any(x.writer in LEARNERS for x in panel.entries):
        return known
    return {key: answer for key, answer in known.items() if not is_shown(work.key, key)}


def outcomes(
    work: Work, facts: Facts, panel: Panel, judges: Mapping[str, Answer], frozen: bool = False
) -> list[bool | None]:
    """Whether the panel's answer to each judging correction is right, None without an answer.

    With the weights that it has (`frozen`), or with weights that have not seen the correction that they answer.
    """
    rows, gold, taught = _rows(work, facts, panel)
    posteriors = work.evaluate(panel.weights, rows) if frozen else work.cross_fit(rows, gold, taught)
    return _right(work, facts, panel.question, posteriors, judges)


def _worth(work: Work, facts: Facts, panel: Panel, rows: tuple[Rows, Gold, Gold]) -> Worth:
    """What the panel is worth beside a classifier on the same labels, on corrections that neither has seen."""
    judges = unseen(work, facts, panel)
    if len(judges) < LEAST:
        return too_early(len(judges))
    ours, alone = (_right(work, facts, panel.question, x(*rows), judges) for x in (work.cross_fit, work.alone))
    return worth(ours, alone, len(panel.question.labels))


def doubted(work: Work, facts: Facts, panel: Panel) -> list[tuple[Task, Doubt]]:
    """The corrections that are worth a second look, the gravest doubt first; too few of them raise no doubt."""
    return [(facts.tasks[x.place], x) for x in _doubts(work, _rows(work, facts, panel))]


def _doubts(work: Work, rows: tuple[Rows, Gold, Gold]) -> list[Doubt]:
    _, gold, _ = rows
    few = sum(x is not None for x in gold) < LEAST
    return [] if few else doubts(gold, work.cross_fit(*rows))


def _right(
    work: Work, facts: Facts, question: Question, posteriors: Sequence[Posterior], judges: Mapping[str, Answer]
) -> list[bool | None]:
    kind = KINDS[question.kind]
    answers = kind.assemble(question, [posteriors], [f"{work.seed}:{task.key}" for task in facts.tasks])
    return [
        kind.agree(said[0], judges[task.key]) if said else None
        for task, said in zip(facts.tasks, answers, strict=True)
        if task.key in judges
    ]
