"""Path 2 on doubles: what is kept, in which order, what is decided, and that a crash anywhere costs nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alchemist.aggregation.weights import majority
from alchemist.core.corrections import is_shown
from alchemist.core.decisions import Decision
from alchemist.core.errors import LabelStudioAway, LanguageModelError, NoPrograms
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.improve import prepare, publish, regenerate, review, thin
from alchemist.meeting import adopt, roll_back
from alchemist.state.database import open_database
from tests.doubles.studio import ScriptedStudio
from tests.doubles.work import (
    BOTH,
    CONFIG,
    KEY,
    PROJECT,
    QUESTION,
    TONE,
    Calls,
    Crash,
    GivenWriter,
    NotedStore,
    at_work,
    program,
)

ENTRIES = [program("free", "spam"), program("love", "ham"), program("click", "spam")]
TASKS = [Task({"text": "free click"}, 1), Task({"text": "free love"}, 2), Task({"text": "nothing"}, 3)]
NOT_DUE = "no better programs are asked for yet"
WEAK, STRONG = program("song", "spam"), program("song", "ham")


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def store(tmp_path: Path, calls: Calls) -> Any:
    engine = open_database(f"sqlite:///{tmp_path / 'alchemist.sqlite3'}")
    store = NotedStore(engine, calls)
    store.save_project(PROJECT)
    yield store
    engine.dispose()


@pytest.fixture
def studio(calls: Calls) -> ScriptedStudio:
    studio = ScriptedStudio(TASKS)
    studio.note = calls.note
    return studio


def both_jobs(store: NotedStore, studio: ScriptedStudio, writer: GivenWriter, config: LabelConfig = CONFIG) -> str:
    """Prepare and publish, as a worker does one after the other."""
    prepare(at_work(store, studio, writer, config))
    return publish(at_work(store, studio, writer, config))


def answers(studio: ScriptedStudio, edition: str) -> dict[str, dict[str, Any]]:
    """What is stored for an edition: answer and rounded score by question, by task."""
    return {
        task: {name: (answer, round(score, 3)) for name, (answer, score) in x.answers.items()}
        for (name, task), x in studio.stored.items()
        if name == edition
    }


def test_a_first_edition_is_kept_with_its_decision_and_published_next(
    store: NotedStore, studio: ScriptedStudio, calls: Calls
) -> None:
    writer = GivenWriter(ENTRIES)
    said = prepare(at_work(store, studio, writer))
    (edition,) = store.kept
    assert calls.made == [
        "read",
        "learn",
        "mark swept_at",
        "judge",
        "keep",
        "decide",
        "mark chosen",
        "enqueue publish",
    ]
    assert said == f"{edition.name}: {store.decisions(KEY)[0].reason}"
    assert said.endswith(": label: fitted on 3 tasks and 0 corrections (read 3 unlabelled and 0 annotated tasks)")
    (brief,) = writer.briefs
    assert (brief.title, brief.question, list(brief.unlabelled)) == ("YouTube comments", QUESTION, TASKS)
    assert store.verdicts == {"free spam": "", "love ham": "", "click spam": ""}
    assert (store.known.chosen, store.known.serving, store.known.published) == (edition.name, None, None)
    assert store.waiting == ["publish"]
    (decision,) = store.decisions(KEY)
    assert (decision.candidate, decision.verdict, decision.actor) == (edition.name, "promoted", "alchemist")
    assert decision.numbers == {"corrections": 0}


def test_an_edition_is_published_before_it_serves_and_is_pointed_at(
    store: NotedStore, studio: ScriptedStudio, calls: Calls
) -> None:
    work = GivenWriter(ENTRIES)
    prepare(at_work(store, studio, work))
    calls.made.clear()
    said = publish(at_work(store, studio, work))
    assert calls.made == [
        "mark importing",
        "publish",
        "predicted",
        "mark importing published serving",
        "point_at",
    ]
    (edition,) = store.kept
    known = store.known
    assert (known.serving, known.published, known.importing) == (edition.name, edition.name, None)
    assert studio.pointed_at == edition.name
    assert said == f"{edition.name} answers 2 of 3 unlabelled tasks, 3 stored now; title mode"
    # Two votes of two, two votes against each other, none: (votes + 1/2) / (all + 1).
    given = answers(studio, edition.name)
    assert given["1"] == {"label": ("spam", 0.833)}
    assert given["2"]["label"][1] == 0.5
    assert given["3"] == {}
    assert store.predictions(KEY, edition.name)[1]["label"][0] == "spam"
    assert studio.interrupted == [False]


def test_preparing_where_nothing_can_vote(store: NotedStore, studio: ScriptedStudio) -> None:
    with pytest.raises(NoPrograms, match="no program can vote here yet"):
        prepare(at_work(store, studio, GivenWriter([])))
    assert prepare(at_work(store, studio, GivenWriter([]), LabelConfig((), ()))).startswith("nothing to predict: ")
    assert (studio.stored, store.kept, store.known.chosen) == ({}, [], None)


def test_tasks_with_annotations_are_voted_on_but_not_published(store: NotedStore, studio: ScriptedStudio) -> None:
    studio.data[9] = {"text": "love"}
    studio.annotate(9, {"label": "ham"})
    both_jobs(store, studio, GivenWriter(ENTRIES))
    assert sorted(task for _, task in studio.stored) == ["1", "2", "3"]
    assert store.kept[0].panels[0].weights["why"] == "fitted on 4 tasks and 1 corrections"


def test_an_error_in_publishing_leaves_what_serves(store: NotedStore, studio: ScriptedStudio) -> None:
    first = adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0).name
    prepare(at_work(store, studio, GivenWriter(ENTRIES)))
    studio.refuse = [LabelStudioAway("nobody answers")]
    with pytest.raises(LabelStudioAway):
        publish(at_work(store, studio, GivenWriter(ENTRIES)))
    assert (store.known.serving, store.known.published, studio.pointed_at) == (first, None, "")
    publish(at_work(store, studio, GivenWriter(ENTRIES)))
    assert studio.interrupted == [True]
    assert store.known.serving == store.known.published == studio.pointed_at == store.kept[1].name


@pytest.mark.parametrize("step", range(19))
def test_a_crash_before_any_step_costs_nothing(
    step: int, store: NotedStore, studio: ScriptedStudio, calls: Calls
) -> None:
    calls.crash_at = step
    crashed = 0
    for _ in range(2):
        for job in (prepare, publish):
            try:
                job(at_work(store, studio, GivenWriter(ENTRIES)))
            except Crash:
                crashed += 1
    assert crashed == 1
    (edition,) = store.kept
    assert sorted(studio.stored) == [(edition.name, "1"), (edition.name, "2"), (edition.name, "3")]
    known = store.known
    assert (known.serving, known.published, known.importing) == (edition.name, edition.name, None)
    assert [x.candidate for x in store.decisions(KEY)] == [edition.name]
    assert studio.pointed_at == edition.name


def test_preparing_twice_changes_nothing(store: NotedStore, studio: ScriptedStudio) -> None:
    both_jobs(store, studio, GivenWriter(ENTRIES))
    said = both_jobs(store, studio, GivenWriter(ENTRIES))
    assert said.endswith("2 of 3 unlabelled tasks, 0 stored now; title mode")
    assert (len(store.kept), len(studio.stored), len(store.decisions(KEY))) == (1, 3, 1)


def test_where_nothing_can_be_stored_nothing_is_published(store: NotedStore, studio: ScriptedStudio) -> None:
    studio.publish = lambda *_: None  # type: ignore[method-assign]
    assert both_jobs(store, studio, GivenWriter(ENTRIES)).endswith("of 3 unlabelled tasks; title mode")
    assert store.known.published == ""
    assert store.known.serving == store.kept[0].name


def test_programs_of_a_person_that_fail_the_trial_stay_but_do_not_count(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    given = [*ENTRIES, program("crash", "spam")]
    adopt(PROJECT, {QUESTION: given}, store, majority, 0)
    prepare(at_work(store, studio, GivenWriter(given)))
    panel = store.kept[1].panels[0]
    assert list(panel.entries) == given
    assert panel.weights["left_out"] == [given[3].source.id]
    assert panel.weights["members"] == [x.source.id for x in ENTRIES]
    assert store.verdicts["crash spam"] == "it fails on 3 of 3 tasks: ValueError: boom"


def test_a_program_that_fails_goes_back_to_the_writer_twice(store: NotedStore, studio: ScriptedStudio) -> None:
    broken, still = program("crash", "spam"), replace(program("crash", "ham"), name="crash spam")
    mended = replace(program("win", "spam"), name="crash spam")
    writer = GivenWriter([ENTRIES[0], broken], repaired={"crash spam": still})
    repair = writer.repair

    def once_more(brief: Any, entry: Any, reason: str) -> Any:
        found = repair(brief, entry, reason)
        writer.repaired = {"crash spam": mended}
        return found

    writer.repair = once_more  # type: ignore[method-assign]
    studio.data[4] = {"text": "win"}
    prepare(at_work(store, studio, writer))
    assert writer.complaints == [("crash spam", "it fails on 4 of 4 tasks: ValueError: boom")] * 2
    assert [x.source for x in store.kept[0].panels[0].entries] == [ENTRIES[0].source, mended.source]


def test_a_writer_that_cannot_repair_costs_only_the_program(store: NotedStore, studio: ScriptedStudio) -> None:
    class Refuses(GivenWriter):
        def repair(self, *_: Any) -> Any:
            raise LanguageModelError("no money")

    prepare(at_work(store, studio, Refuses([*ENTRIES, program("crash", "spam")])))
    assert list(store.kept[0].panels[0].entries) == ENTRIES


def test_a_question_without_programs_does_not_stand_in_the_way(store: NotedStore, studio: ScriptedStudio) -> None:
    class OneOnly(GivenWriter):
        def write(self, brief: Any) -> Any:
            if brief.question == TONE:
                raise LanguageModelError("no answer")
            return super().write(brief)

    with pytest.raises(LanguageModelError):
        prepare(at_work(store, studio, OneOnly(ENTRIES), BOTH))
    assert [x.question.name for x in store.kept[0].panels] == ["label"]
    publish(at_work(store, studio, OneOnly(ENTRIES), BOTH))
    assert store.known.serving == store.kept[0].name


def test_a_question_that_is_removed_costs_the_others_nothing(store: NotedStore, studio: ScriptedStudio) -> None:
    writer = GivenWriter(ENTRIES, questions=[QUESTION, TONE])
    writer.given = [ENTRIES, [program("nice", "good"), program("awful", "bad")]]
    studio.data[4] = {"text": "nice awful"}
    both_jobs(store, studio, writer, BOTH)
    assert [x.question.name for x in store.kept[0].panels] == ["label", "tone"]
    writer = GivenWriter([])
    both_jobs(store, studio, writer, CONFIG)
    assert writer.briefs == []
    assert [list(x.entries) for x in store.kept[1].panels] == [ENTRIES]


def test_a_label_that_goes_takes_its_programs_along(store: NotedStore, studio: ScriptedStudio) -> None:
    both_jobs(store, studio, GivenWriter(ENTRIES))
    other = Question("label", "text", "choice", (Label("ham"), Label("eggs")), "text")
    config = LabelConfig((other,), (Field("text"),))
    writer = GivenWriter([program("nothing", "eggs")], questions=[other])
    both_jobs(store, studio, writer, config)
    panel = store.kept[1].panels[0]
    assert panel.question == other
    assert [x.name for x in panel.entries] == ["love ham", "nothing eggs"]
    assert "which is not a label" in store.verdicts["free spam"] or "fails on" in store.verdicts["free spam"]


def corrected(studio: ScriptedStudio, size: int, text: str = "song", label: str = "ham", first: int = 100) -> None:
    """Annotators answer so many tasks that say this."""
    for number in range(first, first + size):
        studio.data[number] = {"text": f"{text} {number}"}
        studio.annotate(number, {"label": label})


def running(store: NotedStore, studio: ScriptedStudio, entries: Any = None) -> str:
    """A project whose programs take every song for spam."""
    both_jobs(store, studio, GivenWriter(entries or [ENTRIES[0], WEAK]))
    store.no_jobs()
    return store.kept[-1].name


def test_better_programs_are_promoted_with_their_reason(store: NotedStore, studio: ScriptedStudio) -> None:
    first = running(store, studio)
    corrected(studio, 60)
    writer = GivenWriter([STRONG])
    said = regenerate(at_work(store, studio, writer), "Start Training", since=0)
    second = store.kept[-1]
    assert store.known.chosen == second.name != first
    assert store.waiting == ["publish"]
    assert STRONG.source.id in {x.source.id for x in second.panels[0].entries}
    decision = store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.actor) == (second.name, first, "Start Training")
    assert decision.numbers["corrections"] == 60
    assert said == f"{second.name}: {decision.reason}"
    publish(at_work(store, studio, writer))
    assert studio.pointed_at == second.name


def test_the_writer_sees_shown_corrections_only(store: NotedStore, studio: ScriptedStudio) -> None:
    running(store, studio)
    corrected(studio, 60)
    writer = GivenWriter([STRONG])
    regenerate(at_work(store, studio, writer), "Start Training", since=0)
    (brief,) = writer.briefs
    shown = {str(n) for n in range(100, 160) if is_shown(KEY, n)}
    assert {x.task.key for x in brief.exemplars} == shown
    assert brief.shortfall is not None
    assert {x.task.key for x in brief.shortfall.mistakes} == shown
    assert brief.shortfall.confusions == [("ham", "spam", len(shown))]
    assert brief.shortfall.size == len(shown)
    weak = next(x for x in brief.shortfall.standings if x.entry == WEAK)
    assert (weak.reliability.votes, weak.reliability.right) == (len(shown), 0)
    assert not shown & {x.key for x in (*brief.shortfall.conflicting, *brief.shortfall.uncovered)}


def test_programs_that_are_no_better_are_rejected_with_the_reason(store: NotedStore, studio: ScriptedStudio) -> None:
    first = running(store, studio, [ENTRIES[0], STRONG])
    corrected(studio, 60)
    said = regenerate(at_work(store, studio, GivenWriter([program("1", "spam")])), "Start Training", since=0)
    assert said.startswith(f"{first} stays: label: ")
    decision = store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.verdict) == ("", first, "rejected")
    assert (store.known.chosen, store.waiting, len(store.kept)) == (first, [], 1)


def test_without_enough_held_corrections_nobody_is_asked(store: NotedStore, studio: ScriptedStudio) -> None:
    first = running(store, studio)
    corrected(studio, 12)
    held = sum(not is_shown(KEY, n) for n in range(100, 112))
    assert 0 < held < 10
    writer = GivenWriter([STRONG])
    said = regenerate(at_work(store, studio, writer), "Start Training", since=0)
    assert said == f"{first} stays: label: too few held corrections to tell: {held}, {10 - held} more needed"
    assert writer.briefs == []


def test_a_job_that_was_decided_before_it_was_stopped_decides_nothing_again(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    running(store, studio)
    corrected(studio, 60)
    writer = GivenWriter([STRONG])
    regenerate(at_work(store, studio, writer), "Start Training", since=1_000)
    assert regenerate(at_work(store, studio, writer), "Start Training", since=1_000) == "this was decided already"
    assert len(writer.briefs) == 1


def test_a_review_asks_for_programs_when_enough_is_wrong(store: NotedStore, studio: ScriptedStudio) -> None:
    running(store, studio)
    corrected(studio, 10)
    assert review(at_work(store, studio, GivenWriter([])), whole=True).endswith(NOT_DUE)
    assert store.waiting == []
    corrected(studio, 20, first=200)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    shown = sum(is_shown(KEY, n) for n in [*range(100, 110), *range(200, 220)])
    assert said.endswith(
        f"better programs are asked for: 30 new corrections, and {shown} of {shown} shown ones are answered wrongly "
        "for label"
    )
    assert store.waiting == ["regenerate"]


def test_a_review_asks_for_nothing_when_all_is_well(store: NotedStore, studio: ScriptedStudio) -> None:
    running(store, studio, [ENTRIES[0], STRONG])
    corrected(studio, 60)
    assert review(at_work(store, studio, GivenWriter([])), whole=True).endswith(NOT_DUE)
    assert store.waiting == []


def test_a_review_finds_tasks_of_which_no_event_told(store: NotedStore, studio: ScriptedStudio) -> None:
    running(store, studio, [ENTRIES[0], STRONG])
    studio.data |= {901: {"text": "my song"}, 902: {"text": "check out"}}
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert said.startswith("2 unlabelled tasks wait for a prediction; ")
    assert store.waiting == ["publish"]
    publish(at_work(store, studio, GivenWriter([])))
    assert {"901", "902"} <= set(answers(studio, store.kept[-1].name))
    store.no_jobs()
    assert review(at_work(store, studio, GivenWriter([])), whole=True) == NOT_DUE
    assert store.waiting == []


def test_a_review_tells_how_many_pre_annotations_stood(store: NotedStore, studio: ScriptedStudio) -> None:
    name = running(store, studio)
    spam = [{"from_name": "label", "value": {"choices": ["spam"]}}]
    shown = {"model_version": name, "result": spam}
    studio.annotate(1, {"label": "spam"}, shown=shown)
    studio.annotate(2, {"label": "ham"}, shown=shown)
    studio.annotate(3, {"label": "ham"})
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert said.startswith(f"annotators kept 1 of 2 answers of {name}; ")


def test_a_review_learns_weights_that_answer_better(store: NotedStore, studio: ScriptedStudio) -> None:
    """Two programs say spam of every song and one says ham; the corrections say who is right."""
    entries = [WEAK, program("son", "spam"), STRONG]
    studio.data[4] = {"text": "song of today"}
    studio.data[5] = {"text": "son"}
    first = running(store, studio, entries)
    corrected(studio, 40)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    second = store.kept[-1]
    assert (store.known.chosen, second.panels[0].entries) == (second.name, store.kept[0].panels[0].entries)
    assert second.name != first
    assert said == f"{second.name}: {store.decisions(KEY)[0].reason.removeprefix('weights: ')}; " + NOT_DUE
    assert "2 answers change" in said
    assert store.decisions(KEY)[0].actor == "review"
    assert store.waiting == ["publish"]


def test_of_too_many_programs_the_old_ones_worst_on_shown_corrections_go(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    words = [f"word{n}" for n in range(19)]
    for n, word in enumerate(words):
        studio.data[500 + n] = {"text": word}
    running(store, studio, [WEAK, *(program(word, "spam") for word in words)])
    corrected(studio, 60)
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=0)
    assert [x.name for x in store.kept[-1].panels[0].entries] == [*(f"{x} spam" for x in words), "song ham"]


def test_weights_are_learned_from_what_no_program_was_computed_from(store: NotedStore, studio: ScriptedStudio) -> None:
    corrected(studio, 60)
    induced = program("song", "ham", "induced")
    both_jobs(store, studio, GivenWriter([ENTRIES[0], induced]))
    held = sum(not is_shown(KEY, n) for n in range(100, 160))
    weights = store.kept[0].panels[0].weights
    assert weights["why"] == f"fitted on 63 tasks and {held} corrections"
    assert weights["corrections"] == 60


def test_an_edition_that_was_never_tried_may_be_reviewed_and_followed(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    """Programs of a person before the job that fits them, and editions of version 0.1.0 as it was first."""
    first = adopt(PROJECT, {QUESTION: [ENTRIES[0], WEAK]}, store, majority, 0).name
    corrected(studio, 60)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert "better programs are asked for: 60 new corrections" in said
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=0)
    assert store.decisions(KEY)[0].incumbent == first
    assert store.known.chosen not in (None, first)


def test_a_review_of_a_project_without_an_edition_prepares_it(store: NotedStore, studio: ScriptedStudio) -> None:
    assert review(at_work(store, studio, GivenWriter([]))) == "there is no edition to review yet"
    assert store.waiting == ["prepare"]


def test_what_events_told_is_learned_without_the_api(store: NotedStore, studio: ScriptedStudio, calls: Calls) -> None:
    running(store, studio)
    result = [{"from_name": "label", "value": {"choices": ["ham"]}}]
    body = {
        "annotation": {"id": 7, "task": 77, "result": result, "updated_at": "2026-11-20T12:00:00Z"},
        "task": {"id": 77, "data": {"text": "song"}},
    }
    store.hear(KEY, "ANNOTATION_CREATED", body)
    calls.made.clear()
    review(at_work(store, studio, GivenWriter([])))
    assert "read" not in calls.made
    record = store.record(KEY)
    assert record.data[77][1] == {"text": "song"}
    assert [(x.id, x.task, x.result) for x in record.annotations] == [(7, 77, result)]
    assert store.unlearned(KEY) == []


def test_rolling_back_brings_the_old_answers_back(store: NotedStore, studio: ScriptedStudio) -> None:
    first = running(store, studio)
    corrected(studio, 60)
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=0)
    publish(at_work(store, studio, GivenWriter([])))
    roll_back(store.known, first, store)
    publish(at_work(store, studio, GivenWriter([])))
    assert (store.known.serving, store.known.chosen, studio.pointed_at) == (first, first, first)
    assert store.decisions(KEY)[0].verdict == "rolled back"


def test_what_an_admin_chose_stays_until_start_training(store: NotedStore, studio: ScriptedStudio) -> None:
    first = running(store, studio)
    corrected(studio, 60)
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=0)
    publish(at_work(store, studio, GivenWriter([])))
    roll_back(store.known, first, store)
    store.no_jobs()
    corrected(studio, 30, first=1_000)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert said == f"an admin chose {first}: it stays until somebody presses Start Training"
    assert (store.waiting, store.known.chosen) == ([], first)
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=2e9)
    assert store.known.chosen != first


def test_learned_weights_follow_learned_weights_only_if_they_lose_nothing_since(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    """Ninety songs were called spam long ago, and are told of late; those told of since are called ham."""
    studio.data[4] = {"text": "song of today"}
    running(store, studio, [WEAK, STRONG, ENTRIES[0]])
    corrected(studio, 40)
    review(at_work(store, studio, GivenWriter([])), whole=True)
    second = store.kept[-1].name
    publish(at_work(store, studio, GivenWriter([])))
    corrected(studio, 90, label="spam", first=300)
    studio.annotations[-90:] = [replace(x, updated_at="2020") for x in studio.annotations[-90:]]
    corrected(studio, 20, first=500)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert (
        "the weights stay: label: learned from 150 corrections instead of 40; on the 20 since then right on 0" in said
    )
    assert store.known.chosen == second
    corrected(studio, 40, label="spam", first=700)
    said = review(at_work(store, studio, GivenWriter([])), whole=True)
    assert "learned from 190 corrections instead of 40; on the 60 since then right on 40 instead of 20" in said
    assert store.known.chosen != second


def test_a_refit_that_was_rejected_is_not_tried_again_before_there_is_more(
    store: NotedStore, studio: ScriptedStudio
) -> None:
    first = running(store, studio, [ENTRIES[0], STRONG])
    corrected(studio, 20)
    assert "the weights stay: " in review(at_work(store, studio, GivenWriter([])), whole=True)
    (decision, _) = store.decisions(KEY)
    assert (decision.verdict, decision.actor, decision.incumbent) == ("rejected", "review", first)
    corrected(studio, 9, first=300)
    assert "the weights stay" not in review(at_work(store, studio, GivenWriter([])), whole=True)
    corrected(studio, 1, first=400)
    assert "the weights stay" in review(at_work(store, studio, GivenWriter([])), whole=True)


def test_old_predictions_go_slowly_and_the_last_editions_stay(store: NotedStore, studio: ScriptedStudio) -> None:
    for name in ("old", "older"):
        for task in range(150):
            studio.stored[(name, str(task))] = None  # type: ignore[assignment]
    first = running(store, studio)
    store.decide(KEY, Decision("other", first, "promoted", "admin", ""))
    assert thin(at_work(store, studio, GivenWriter([])), keep=2) == "deleted 200 predictions of old editions"
    assert store.waiting == ["thin"]
    store.no_jobs()
    assert thin(at_work(store, studio, GivenWriter([])), keep=2) == "deleted 100 predictions of old editions"
    assert store.waiting == []
    assert {name for name, _ in studio.stored} == {first}


def test_a_second_edition_asks_for_thinning(store: NotedStore, studio: ScriptedStudio) -> None:
    running(store, studio)
    corrected(studio, 60)
    regenerate(at_work(store, studio, GivenWriter([STRONG])), "Start Training", since=0)
    store.no_jobs()
    publish(at_work(store, studio, GivenWriter([])))
    assert store.waiting == ["thin"]


def test_a_writer_that_has_no_new_programs_changes_nothing(store: NotedStore, studio: ScriptedStudio) -> None:
    """A folder of more programs than may vote would otherwise lose some, and get them back, again and again."""
    first = running(store, studio, ENTRIES)
    corrected(studio, 60)
    said = regenerate(at_work(store, studio, GivenWriter(ENTRIES[:1])), "Start Training", since=0)
    assert said == f"{first} stays: label: the given writer has no new programs"
    assert [x.name for x in store.kept] == [first]
