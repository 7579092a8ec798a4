"""Path 2: record, review, regenerate, validate, promote, publish."""

from __future__ import annotations

from dataclasses import replace

from alchemist.core.corrections import is_shown
from alchemist.core.decisions import PROMOTED, REJECTED, ROLLED_BACK, Decision
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import LanguageModelError, NoPrograms
from alchemist.core.jobs import PREPARE, PUBLISH, REGENERATE, THIN
from alchemist.core.ports import Facts
from alchemist.core.promotion import LEAST, Verdict, compare
from alchemist.core.work import Work
from alchemist.meeting import fits, unanswered
from alchemist.predict import predict
from alchemist.trials import briefed, fitted, outcomes, tried, unseen

NEW_CORRECTIONS = 20
"""Fewer new corrections than this are no cause to ask for programs, nor is less than half of what there were."""
MISTAKES = 5
"""Fewer shown corrections than this answered wrongly are no shortfall."""
SLICE = 200
"""Old predictions that are deleted at a time."""


def incumbent(work: Work) -> Edition | None:
    """The edition that was promoted last: it serves, or is about to. The label config may ask other things by now."""
    name = work.project.chosen or work.project.serving
    return work.store.edition(work.key, name) if name else None


def _fitting(work: Work) -> Edition | None:
    """The incumbent, if the label config still asks what it answers."""
    edition = incumbent(work)
    return edition if edition and fits(edition, work.config) else None


def record(work: Work, whole: bool = True) -> Facts:
    """Step 1: learn what the events said, and (`whole`) what Label Studio's API says, which knows of lost events."""
    while events := work.store.unlearned(work.key):
        news = work.studio.understand([(x.action, x.body) for x in events])
        work.store.learn(work.key, news, max(x.at for x in events), [x.id for x in events])
    if whole:
        began = work.clock()
        work.store.learn(work.key, work.studio.read(), began)
        work.store.mark(work.key, swept_at=began)
    return work.studio.facts(work.config, work.store.record(work.key))


def prepare(work: Work) -> str:
    """A project's first edition, or programs for the questions that have none; says in words what was done.

    May be stopped anywhere and run again: an edition of equal content is recognised. Raises `NoPrograms` when nothing
    can vote, and `LanguageModelError` when a question could not be written for, after the others were seen to.
    """
    if not work.config.questions:
        return "nothing to predict: the label config asks nothing that programs can answer"
    facts = record(work)
    before = incumbent(work)
    panels, trouble = with_programs(work, facts, before)
    edition = fitted(work, facts, panels)
    why = "; ".join(f"{x.question.name}: {x.weights['why']}" for x in edition.panels)
    reason = f"{why} ({facts.told_by})"
    promoted = promote(work, edition, before, Decision("", "", PROMOTED, "alchemist", reason, _counted(facts)))
    if trouble is not None:
        raise trouble
    return f"{promoted.name}: {reason}"


def with_programs(
    work: Work, facts: Facts, before: Edition | None
) -> tuple[tuple[Panel, ...], LanguageModelError | None]:
    """The panels of an edition, and new ones for every question that it does not answer as it is asked now.

    Programs of a question whose labels changed vote on, if they can. With the panels comes what kept the writer from
    writing for a question, if anything did.
    """
    panels: list[Panel] = []
    trouble: LanguageModelError | None = None
    for question in work.config.questions:
        known = next((x for x in (before.panels if before else ()) if x.question.name == question.name), None)
        if known is not None and known.question == question:
            panels.append(known)
            continue
        brief = briefed(work, facts, question)
        try:
            taken = tried(work, facts, brief, work.writer.write(brief), known.entries if known else ())
        except LanguageModelError as error:
            trouble = trouble or error
            continue
        if taken:
            panels.append(Panel(question, tuple(taken), {"left_out": []}))
    if trouble is not None and not panels:
        raise trouble
    if not panels:
        annotated = f"{len(facts.answered)} tasks are annotated so far"
        raise NoPrograms(
            f"no program can vote here yet ({work.writer.name} writer; {annotated})",
            "Annotate about twenty tasks, of every label, and press Start Training; or set OPENAI_API_KEY.",
        )
    return tuple(panels), trouble


def review(work: Work, whole: bool = False) -> str:
    """Step 2: hold the votes against the corrections, fit the weights anew, decide whether a successor is due."""
    facts = record(work, whole)
    serving = _fitting(work)
    if serving is None:
        work.store.enqueue(PREPARE, work.key)
        return "there is no edition to review yet"
    said = _stood(facts, serving)
    if waiting := len({x.id for x in facts.unlabelled} - set(work.store.predictions(work.key, serving.name))):
        work.store.enqueue(PUBLISH, work.key)
        said.append(f"{waiting:,} unlabelled tasks wait for a prediction")
    decisions = work.store.decisions(work.key)
    if decisions and decisions[0].verdict == ROLLED_BACK:
        return "; ".join([*said, f"an admin chose {serving.name}: it stays until somebody presses Start Training"])
    tried_at = next((int(x.numbers.get("corrections", 0)) for x in decisions if x.actor == "review"), 0)
    learned = (int(x.weights.get("corrections", 0)) for x in serving.panels if "gold" in x.weights)
    behind = max([tried_at, *learned])
    if len(facts.answered) - behind >= max(NEW_CORRECTIONS / 2, behind / 4):
        serving, how = refit(work, facts, serving)
        said.append(how)
    cause = due(work, facts, serving)
    if cause:
        work.store.enqueue(PREPARE if unanswered(work.config, serving) else REGENERATE, work.key)
    return "; ".join([*said, cause or "no better programs are asked for yet"])


def _stood(facts: Facts, serving: Edition) -> list[str]:
    kept, seen = facts.stood.get(serving.name, (0, 0))
    return [f"annotators kept {kept} of {seen} answers of {serving.name}"] if seen else []


def refit(work: Work, facts: Facts, serving: Edition) -> tuple[Edition, str]:
    """The same programs with weights learned from more corrections, if they pass the gate and change an answer."""
    edition = fitted(work, facts, serving.panels)
    voting = work.store.voting(work.key, work.config, work.vote)
    before, after = (predict(x, facts.unlabelled, voting, work.evaluate) for x in (serving, edition))
    changed = sum(x.said != y.said for x, y in zip(before, after, strict=True))
    verdicts = [_weights_verdict(work, facts, panel) for panel in serving.panels] if changed else []
    worse = [x for x in verdicts if not x.promote]
    reason = "; ".join([*(x.reason for x in worse or verdicts), f"{changed:,} answers change"])
    decision = Decision("", serving.name, REJECTED, "review", f"weights: {reason}", _counted(facts, changed=changed))
    if worse or not changed:
        work.store.decide(work.key, decision)
        return serving, f"the weights stay: {reason}"
    promoted = promote(work, edition, serving, replace(decision, verdict=PROMOTED))
    return promoted, f"{promoted.name}: {reason}"


def _weights_verdict(work: Work, facts: Facts, panel: Panel) -> Verdict:
    """Whether weights learned from more corrections may follow: the programs are the same, so these judge them too.

    Weights that were learned already are judged on the corrections since then, and must lose none of them.
    """
    gold = int(panel.weights.get("gold", 0))
    known = unseen(work, facts, panel)
    new = {key: x for key, x in known.items() if not gold or facts.said_at[key] > panel.weights.get("until", "")}
    before = outcomes(work, facts, panel, new, frozen=True)
    after = outcomes(work, facts, panel, new)
    if not gold:
        verdict = compare(before, after)
        return replace(verdict, reason=f"{panel.question.name}: {verdict.reason}")
    right = sum(x is True for x in before), sum(x is True for x in after)
    learned = f"{panel.question.name}: learned from {len(known)} corrections instead of {gold}"
    counted = f"on the {len(new)} since then right on {right[1]} instead of {right[0]}"
    return Verdict(right[1] >= right[0], f"{learned}; {counted}", {"right_before": right[0], "right_after": right[1]})


def due(work: Work, facts: Facts, serving: Edition) -> str:
    """Why better programs should be asked for now; empty when they should not."""
    asked = (x for x in work.store.decisions(work.key) if x.actor != "review" and "corrections" in x.numbers)
    before = next((int(x.numbers["corrections"]) for x in asked), 0)
    new = len(facts.answered) - before
    if new < max(NEW_CORRECTIONS, before / 2):
        return ""
    for question in unanswered(work.config, serving):
        return f"programs are asked for: {new} new corrections, and nothing answers {question.name} yet"
    for panel in serving.panels:
        found = briefed(work, facts, panel.question, panel).shortfall
        if found is not None and len(found.mistakes) >= MISTAKES:
            return (
                f"better programs are asked for: {new} new corrections, and {len(found.mistakes)} of {found.size} "
                f"shown ones are answered wrongly for {panel.question.name}"
            )
    return ""


def regenerate(work: Work, actor: str, since: float) -> str:
    """Steps 3 to 5: ask for better programs, try them, and promote or reject what came; says what was decided.

    `since` is when the job was asked for: what was decided after that was decided by it, before it was stopped.
    """
    if any(x.at >= since and x.actor == actor for x in work.store.decisions(work.key)):
        return "this was decided already"
    facts = record(work)
    serving = _fitting(work)
    if serving is None or unanswered(work.config, serving):
        return prepare(work)
    panels, verdicts = [], []
    for panel in serving.panels:
        successor, verdict = succeed(work, facts, panel)
        panels.append(successor)
        verdicts.append(replace(verdict, reason=f"{panel.question.name}: {verdict.reason}"))
    reason = "; ".join(x.reason for x in verdicts)
    numbers = _counted(facts, **{k: v for x in verdicts for k, v in x.numbers.items()})
    if not any(x.promote for x in verdicts):
        work.store.decide(work.key, Decision("", serving.name, REJECTED, actor, reason, numbers))
        return f"{serving.name} stays: {reason}"
    decision = Decision("", "", PROMOTED, actor, reason, numbers)
    return f"{promote(work, fitted(work, facts, panels), serving, decision).name}: {reason}"


def succeed(work: Work, facts: Facts, panel: Panel) -> tuple[Panel, Verdict]:
    """The panel with new programs, or the panel as it is; and why."""
    held = {key: x for key, x in facts.corrections(panel.question).items() if not is_shown(work.key, key)}
    if len(held) < LEAST:  # nothing could be promoted: nobody is asked, and nothing paid
        return panel, compare([None] * len(held), [None] * len(held))
    brief = briefed(work, facts, panel.question, panel)
    entries = work.writer.write(brief)
    if {x.source.id for x in entries} <= {x.source.id for x in panel.entries}:
        return panel, Verdict(False, f"the {work.writer.name} writer has no new programs", {})
    taken = tried(work, facts, brief, entries, panel.entries)
    if {x.source.id for x in taken} == {x.source.id for x in panel.entries}:
        return panel, Verdict(False, f"none of {len(entries)} new programs may vote", {})
    candidate = replace(panel, entries=tuple(taken), weights={"left_out": []})
    before = outcomes(work, facts, panel, held, frozen=not panel.weights.get("gold"))
    verdict = compare(before, outcomes(work, facts, candidate, held))
    return (candidate if verdict.promote else panel), verdict


def promote(work: Work, edition: Edition, before: Edition | None, decision: Decision) -> Edition:
    """Step 5: keep the edition and the decision, and see to it that it is published: all of it or nothing."""
    store = work.store
    with store.together():
        kept = store.keep(work.key, edition, decision.reason)
        if kept.name != work.project.chosen:
            incumbent_name = before.name if before else ""
            store.decide(work.key, replace(decision, candidate=kept.name, incumbent=incumbent_name))
        store.mark(work.key, chosen=kept.name)
        store.enqueue(PUBLISH, work.key, urgent=True)
    return kept


def publish(work: Work) -> str:
    """Step 6: store the chosen edition's predictions in Label Studio, let it serve, point the project at it.

    In this order no task is ever predicted twice by one edition: Label Studio asks for what is missing only. May be
    stopped anywhere and run again.
    """
    store, studio, project = work.store, work.studio, work.project
    edition = _fitting(work)
    if edition is None:
        return "there is no edition to publish"
    facts = record(work, whole=project.importing is not None or work.clock() - (project.swept_at or 0) > 60)
    tasks = facts.unlabelled
    voting = store.voting(work.key, work.config, work.vote)
    predictions = predict(edition, tasks, voting, work.evaluate)
    interrupted = project.importing == edition.name
    store.mark(work.key, importing=edition.name)
    stored = studio.publish(edition, tasks, predictions, interrupted)
    store.predicted(work.key, edition.name, tasks, predictions)
    with store.together():
        published = "" if stored is None else edition.name
        store.mark(work.key, importing=None, serving=edition.name, published=published)
        if project.published not in (None, "", edition.name):
            store.enqueue(THIN, work.key, delay=60)
    how = studio.point_at(edition)
    answered = sum(bool(prediction.answers) for prediction in predictions)
    now = "" if stored is None else f", {stored:,} stored now"
    return f"{edition.name} answers {answered:,} of {len(tasks):,} unlabelled tasks{now}; {how}"


def thin(work: Work, keep: int) -> str:
    """Delete old editions' predictions, a slice at a time; the `keep` editions that were chosen last stay."""
    names = dict.fromkeys([work.project.serving, *(x.candidate for x in work.store.decisions(work.key))])
    kept = [x for x in names if x][:keep]
    deleted = work.studio.thin(kept, SLICE)
    if deleted == SLICE:
        work.store.enqueue(THIN, work.key, urgent=True, delay=10)
    return f"deleted {deleted} predictions of old editions"


def _counted(facts: Facts, **more: float) -> dict[str, float]:
    return {"corrections": len(facts.answered), **more}
