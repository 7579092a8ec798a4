"""A project introduces itself, and what events lead to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alchemist.aggregation.weights import majority
from alchemist.core.brief import Writer
from alchemist.core.editions import Edition, Panel, Threshold
from alchemist.core.errors import NoPrograms, NotFound
from alchemist.core.programs import ASKED
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.meeting import adopt, fits, follow, limit, meet, roll_back
from alchemist.state.database import open_database
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
    program,
)

ENTRIES = [program("free", "spam"), program("love", "ham"), program("click", "spam")]


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def store(tmp_path: Path, calls: Calls) -> Any:
    engine = open_database(f"sqlite:///{tmp_path / 'alchemist.sqlite3'}")
    yield NotedStore(engine, calls)
    engine.dispose()


def introduce(store: NotedStore, writer: Writer | None, config: LabelConfig = CONFIG, **said: str) -> str:
    return meet(replace(PROJECT, **said), config, store, writer, majority, 7)


def test_a_first_meeting_gives_an_edition_that_counts_every_vote(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    (edition,) = store.kept
    assert (name, edition.number, edition.seed) == (edition.name, 1, 7)
    assert edition.panels == (
        Panel(QUESTION, tuple(ENTRIES), majority(tuple(x.source.id for x in ENTRIES), "no task was read yet")),
    )
    assert store.known == replace(PROJECT, serving=name)
    assert store.waiting == ["prepare"]
    (decision,) = store.decisions(KEY)
    assert (decision.candidate, decision.incumbent, decision.verdict, decision.actor) == (name, "", "promoted", "admin")


@pytest.mark.parametrize("writer", [None, GivenWriter([])])
def test_without_programs_there_is_no_edition_but_a_job(store: NotedStore, writer: GivenWriter | None) -> None:
    assert introduce(store, writer) == "alchemist-0"
    assert (store.kept, store.known, store.waiting) == ([], PROJECT, ["prepare"])


def test_a_config_that_asks_nothing_gets_no_job(store: NotedStore) -> None:
    assert introduce(store, GivenWriter(ENTRIES), LabelConfig((), ())) == "alchemist-0"
    assert (store.kept, store.waiting) == ([], [])


def test_the_serving_edition_is_kept(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    store.no_jobs()
    assert introduce(store, GivenWriter(ENTRIES)) == name
    assert len(store.kept) == 1
    assert store.waiting == ["prepare"]  # it is neither fitted nor published yet


def test_a_folder_with_other_programs_gives_another_edition(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    assert introduce(store, GivenWriter(ENTRIES[:1])) != name
    assert [len(x.panels[0].entries) for x in store.kept] == [3, 1]


def test_answers_to_single_tasks_beside_the_folders_programs_change_nothing(store: NotedStore) -> None:
    introduce(store, GivenWriter(ENTRIES))
    answers = replace(program("17", "spam"), writer=f"{ASKED}any")
    panel = store.kept[0].panels[0]
    with_answers = replace(store.kept[0], panels=(replace(panel, entries=(*panel.entries, answers)),))
    name = store.keep(KEY, with_answers, "fallback").name
    store.mark(KEY, serving=name, published=name)
    assert introduce(store, GivenWriter(ENTRIES)) == name


def test_a_published_edition_needs_no_job(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    store.mark(KEY, published=name)
    store.no_jobs()
    assert introduce(store, GivenWriter(ENTRIES)) == name
    assert store.waiting == []


def test_a_chosen_edition_that_is_not_published_yet_is_published(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    store.mark(KEY, chosen=name)
    store.no_jobs()
    introduce(store, GivenWriter(ENTRIES))
    assert store.waiting == ["publish"]


def test_a_first_edition_that_waits_to_be_published_is_not_prepared_again(store: NotedStore) -> None:
    introduce(store, None)
    name = introduce(store, GivenWriter(ENTRIES))
    store.mark(KEY, chosen=name, serving=None)
    store.no_jobs()
    assert introduce(store, None) == "alchemist-0"
    assert store.waiting == ["publish"]
    store.no_jobs()
    introduce(store, None, LabelConfig((TONE,), (Field("text"),)), label_config="<View>tone</View>")
    assert store.waiting == ["prepare"]


def test_other_labels_make_another_edition(store: NotedStore) -> None:
    first = introduce(store, GivenWriter(ENTRIES))
    store.mark(KEY, published=first)
    other = Question("label", "text", "choice", (Label("spam"), Label("eggs")), "text")
    config = LabelConfig((other,), (Field("text"),))
    second = introduce(store, GivenWriter(ENTRIES, questions=[other]), config)
    assert second.startswith("alchemist-2-")
    assert (store.known.serving, store.known.published) == (second, first)
    assert introduce(store, GivenWriter(ENTRIES)) == first


def test_a_question_that_is_added_gets_programs_too(store: NotedStore) -> None:
    introduce(store, GivenWriter(ENTRIES))
    name = introduce(store, GivenWriter(ENTRIES, questions=[QUESTION, TONE]), BOTH)
    edition = store.edition(KEY, name)
    assert edition is not None
    assert [panel.question.name for panel in edition.panels] == ["label", "tone"]


def test_a_question_that_is_added_is_written_for(store: NotedStore) -> None:
    name = introduce(store, GivenWriter(ENTRIES))
    store.mark(KEY, published=name)
    store.no_jobs()
    assert [introduce(store, None, BOTH, label_config="<View>both</View>") for _ in range(2)] == [name, name]
    assert store.waiting == ["prepare"]


def test_programs_that_fit_no_label_are_refused(store: NotedStore) -> None:
    store.save_project(PROJECT)
    with pytest.raises(NoPrograms, match="none of these programs fits"):
        adopt(PROJECT, {QUESTION: []}, store, majority, 0)


@pytest.mark.parametrize("step", ["keep", "decide", "mark serving chosen", "enqueue prepare"])
def test_a_crash_while_programs_are_adopted_leaves_nothing_behind(store: NotedStore, calls: Calls, step: str) -> None:
    """Edition, decision, serving and the job are written together."""
    store.save_project(PROJECT)
    steps = ["keep", "decide", "mark serving chosen", "enqueue prepare"]
    calls.crash_at = steps.index(step)
    with pytest.raises(Crash):
        adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0)
    assert (store.kept, store.decisions(KEY), store.known, store.waiting) == ([], [], PROJECT, [])
    edition = adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0)
    assert (store.kept, store.known.serving, store.waiting) == ([edition], edition.name, ["prepare"])


@pytest.mark.parametrize(
    ("served", "action", "body", "eager", "job"),
    [
        (False, "START_TRAINING", {}, False, "prepare"),
        (False, "ANNOTATION_CREATED", {}, True, "prepare"),
        (False, "TASKS_CREATED", {}, True, "prepare"),
        (False, "PROJECT_UPDATED", {}, True, None),
        (False, "TASKS_DELETED", {}, True, None),
        (True, "START_TRAINING", {}, True, "train"),
        (True, "START_TRAINING", {"trains_by_itself": True}, True, "review"),
        (True, "ANNOTATION_CREATED", {}, True, "review"),
        (True, "ANNOTATION_UPDATED", {}, False, "review"),
        (True, "ANNOTATIONS_CREATED", {}, True, "review"),
        (True, "ANNOTATIONS_DELETED", {}, True, "review"),
        (True, "TASKS_DELETED", {}, True, "review"),
        (True, "PROJECT_UPDATED", {}, True, None),
    ],
)
def test_what_an_event_leads_to(
    store: NotedStore, served: bool, action: str, body: dict[str, Any], eager: bool, job: str | None
) -> None:
    store.save_project(PROJECT)
    if served:
        adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0)
        store.no_jobs()
    follow(store.known, action, body, store, eager)
    assert store.waiting == ([job] if job else [])


def test_new_tasks_are_predicted_once_the_weights_are_fitted(store: NotedStore) -> None:
    store.save_project(PROJECT)
    adopted = adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0)
    store.no_jobs()
    follow(store.known, "TASKS_CREATED", {}, store, True)
    assert store.waiting == ["prepare"]
    store.no_jobs()
    panel = replace(adopted.panels[0], weights={**adopted.panels[0].weights, "left_out": []})
    fitted = store.keep(KEY, replace(adopted, panels=(panel,)), "fitted")
    store.mark(KEY, serving=fitted.name)
    follow(store.known, "TASKS_CREATED", {}, store, True)
    assert store.waiting == ["publish"]


def test_a_hundred_annotations_are_one_review(store: NotedStore) -> None:
    store.save_project(PROJECT)
    adopt(PROJECT, {QUESTION: ENTRIES}, store, majority, 0)
    store.no_jobs()
    for _ in range(100):
        follow(store.known, "ANNOTATION_CREATED", {}, store, True)
    assert store.waiting == ["review"]


def test_an_earlier_edition_is_chosen_again(store: NotedStore) -> None:
    first = introduce(store, GivenWriter(ENTRIES))
    second = introduce(store, GivenWriter(ENTRIES[:1]))
    store.no_jobs()
    assert roll_back(store.known, first, store).name == first
    assert (store.known.chosen, store.known.serving, store.waiting) == (first, second, ["publish"])
    decision = store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.verdict) == (first, second, "rolled back")
    with pytest.raises(NotFound, match="no edition 'alchemist-9-ffffff'"):
        roll_back(store.known, "alchemist-9-ffffff", store)


def test_another_threshold_makes_another_edition_of_the_same_panels(store: NotedStore) -> None:
    assert limit(PROJECT, Threshold(0.8), store) is None
    first = introduce(store, GivenWriter(ENTRIES))
    store.no_jobs()
    assert limit(store.known, Threshold(), store) is None
    edition = limit(store.known, Threshold(0.8), store)
    assert edition is not None
    assert (edition.panels, edition.threshold) == (store.kept[0].panels, Threshold(0.8))
    assert (store.known.chosen, store.known.serving, store.waiting) == (edition.name, first, ["publish"])
    decision = store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.actor) == (edition.name, first, "admin")
    assert decision.reason == "an admin set the threshold: answers with a score below 0.8 are withheld"
    assert limit(store.known, Threshold(0.8), store) is None
    back = limit(store.known, Threshold(), store)
    assert back is not None and back.name == first


def test_an_edition_that_was_chosen_again_stays_so_with_another_threshold(store: NotedStore) -> None:
    first = introduce(store, GivenWriter(ENTRIES))
    introduce(store, GivenWriter(ENTRIES[:1]))
    roll_back(store.known, first, store)
    edition = limit(store.known, Threshold(0.8), store)
    assert edition is not None
    decision = store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.verdict) == (edition.name, first, "rolled back")


def test_fits() -> None:
    edition = Edition(1, 0, (Panel(QUESTION, (), {}),))
    assert fits(edition, CONFIG)
    for other in (
        replace(QUESTION, name="other"),
        replace(QUESTION, labels=(Label("ham"), Label("spam"))),
        replace(QUESTION, labels=(Label("spam"), Label("ham"), Label("eggs"))),
        replace(QUESTION, field="body"),
    ):
        assert not fits(edition, LabelConfig((other,), (Field("text"),)))
    assert not fits(edition, LabelConfig((), ()))
