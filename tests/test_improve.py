"""Path 2 on doubles: what is kept, in which order, and that a crash anywhere costs nothing."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.brief import Brief
from alchemist.core.editions import Edition, Panel
from alchemist.core.errors import LabelStudioAway, NoPrograms
from alchemist.core.ports import Facts, Project
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column, Rows, VoteBlock
from alchemist.improve import Parts, fits, meet, prepare, refitted

KEY = "4.1795174907"
QUESTION = Question("label", "text", "choice", (Label("spam"), Label("ham")), "text")
TONE = Question("tone", "text", "choice", (Label("good"), Label("bad")), "text")
CONFIG = LabelConfig((QUESTION,), (Field("text"),))
PROJECT = Project(KEY, "<View/>", "http://localhost:8080", "token")
ENTRIES = [
    Entry(word, source(f"def label(task):\n    return {word!r}\n"), "folder") for word in ("spam", "ham", "both")
]
TASKS = [Task({"text": "spam"}, 1), Task({"text": "spam ham"}, 2), Task({"text": "nothing"}, 3)]


class Crash(BaseException):
    """The process ends here."""


class Calls:
    """What was called, in order; `crash_at` ends the process before the call with that number."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.crash_at: int | None = None

    def note(self, call: str) -> None:
        if self.crash_at == len(self.made):
            self.crash_at = None
            raise Crash(call)
        self.made.append(call)


class MemoryStore:
    """A store in memory."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.known: dict[str, Project] = {}
        self.kept: dict[str, list[Edition]] = {}
        self.jobs: list[tuple[str, str, bool]] = []
        self.verdicts: list[tuple[str, str]] = []

    def project(self, key: str) -> Project | None:
        return self.known.get(key)

    def save_project(self, project: Project) -> None:
        old = self.known.get(project.key, project)
        said = {x: getattr(project, x) for x in ("label_config", "hostname", "access_token", "title")}
        self.known[project.key] = replace(old, **{name: value for name, value in said.items() if value})

    def mark(self, key: str, **what: str | None) -> None:
        self.calls.note("mark " + " ".join(sorted(what)))
        self.known[key] = replace(self.known[key], **what)

    def edition(self, key: str, name: str) -> Edition | None:
        return next((x for x in self.kept.get(key, []) if x.name == name), None)

    def keep(self, key: str, edition: Edition, why: str) -> Edition:
        self.calls.note("keep")
        editions = self.kept.setdefault(key, [])
        same = next((x for x in editions if x.hash == edition.hash), None)
        if same is None:
            same = replace(edition, number=len(editions) + 1)
            editions.append(same)
        return same

    def judge(self, key: str, question: Question, verdicts: Iterable[tuple[Entry, str]]) -> None:
        self.calls.note("judge")
        self.verdicts = [(entry.name, reason) for entry, reason in verdicts]

    def enqueue(self, kind: str, project: str, urgent: bool = False) -> None:
        self.jobs.append((kind, project, urgent))


class MemoryStudio:
    """A project in Label Studio, in memory. `refuse` are errors to raise from `publish`, in order."""

    def __init__(self, calls: Calls, unlabelled: Sequence[Task] = TASKS, answered: Sequence[Any] = ()) -> None:
        self.calls = calls
        self.facts = Facts("Comments", "", "", unlabelled, answered, "read")
        self.rows: list[tuple[Any, str, dict[str, Any]]] = []
        self.refuse: list[Exception] = []
        self.interrupted: list[bool] = []
        self.version = ""

    def read(self, config: LabelConfig) -> Facts:
        self.calls.note("read")
        return self.facts

    def publish(
        self, edition: Edition, tasks: Sequence[Task], predictions: Sequence[Prediction], interrupted: bool
    ) -> int:
        self.calls.note("publish")
        if self.refuse:
            raise self.refuse.pop(0)
        self.interrupted.append(interrupted)
        present = {(task, version) for task, version, _ in self.rows}
        new = [
            (task.id, edition.name, dict(x.answers))
            for task, x in zip(tasks, predictions, strict=True)
            if (task.id, edition.name) not in present
        ]
        self.rows += new
        return len(new)

    def point_at(self, edition: Edition) -> str:
        self.calls.note("point_at")
        self.version = edition.name
        return "title mode"


class GivenWriter:
    """Gives the programs that it was made with, to the questions that it was made for."""

    name = "given"

    def __init__(self, entries: Sequence[Entry] = ENTRIES, questions: Sequence[Question] = (QUESTION,)) -> None:
        self.entries = list(entries)
        self.questions = questions
        self.briefs: list[Brief] = []

    def write(self, brief: Brief) -> list[Entry]:
        self.briefs.append(brief)
        return self.entries if brief.question in self.questions else []


def vote(question: Question, sources: Sequence[Any], tasks: Sequence[Task]) -> VoteBlock:
    """The n-th label's program votes where the text names its label."""
    columns = []
    for number, program in enumerate(sources):
        words = question.label_names[number % len(question.labels)]
        codes = [number % len(question.labels) if words in task.fields["text"] else -1 for task in tasks]
        columns.append(Column(program.id, array("h", codes)))
    return VoteBlock(question.label_names, tuple(columns), len(tasks))


def fit(rows: Rows) -> dict[str, Any]:
    return majority(rows.source_ids, f"fitted on {rows.size}")


PARTS = Parts(vote, fit, posterior, 0)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def store(calls: Calls) -> MemoryStore:
    return MemoryStore(calls)


@pytest.fixture
def studio(calls: Calls) -> MemoryStudio:
    return MemoryStudio(calls)


@pytest.fixture
def run(store: MemoryStore, studio: MemoryStudio) -> Callable[..., str]:
    """Do the job once, with what the store knows of the project."""

    def job(writer: GivenWriter | None = None, config: LabelConfig = CONFIG) -> str:
        project = store.project(KEY)
        assert project is not None
        return prepare(project, config, store, studio, writer or GivenWriter(), PARTS, lambda _: None)

    return job


def test_a_first_meeting_gives_an_edition_that_counts_every_vote(store: MemoryStore) -> None:
    name = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 7)
    (edition,) = store.kept[KEY]
    assert (name, edition.number, edition.seed) == (edition.name, 1, 7)
    assert edition.panels == (
        Panel(QUESTION, tuple(ENTRIES), majority(tuple(x.source.id for x in ENTRIES), "no task was read yet")),
    )
    assert store.known[KEY] == replace(PROJECT, serving=name)
    assert {job[:2] for job in store.jobs} == {("prepare", KEY)}


@pytest.mark.parametrize("writer", [None, GivenWriter([])])
def test_without_programs_there_is_no_edition_but_a_job(store: MemoryStore, writer: GivenWriter | None) -> None:
    assert meet(PROJECT, CONFIG, store, writer, majority, 0) == "alchemist-0"
    assert (store.kept, store.known[KEY]) == ({}, PROJECT)
    assert store.jobs == [("prepare", KEY, False)]


def test_a_config_that_asks_nothing_gets_no_job(store: MemoryStore) -> None:
    assert meet(PROJECT, LabelConfig((), ()), store, GivenWriter(), majority, 0) == "alchemist-0"
    assert (store.kept, store.jobs) == ({}, [])


def test_the_serving_edition_is_kept(store: MemoryStore) -> None:
    name = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    store.jobs.clear()
    assert meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0) == name
    assert len(store.kept[KEY]) == 1
    assert store.jobs == [("prepare", KEY, False)]  # it is not published yet


def test_a_folder_with_other_programs_gives_another_edition(store: MemoryStore) -> None:
    name = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    assert meet(PROJECT, CONFIG, store, GivenWriter(ENTRIES[:1]), majority, 0) != name
    assert [len(x.panels[0].entries) for x in store.kept[KEY]] == [len(ENTRIES), 1]


def test_a_published_edition_needs_no_job(store: MemoryStore) -> None:
    name = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    store.mark(KEY, published=name)
    store.jobs.clear()
    assert meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0) == name
    assert store.jobs == []


def test_other_labels_make_another_edition(store: MemoryStore) -> None:
    first = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    store.mark(KEY, published=first)
    other = Question("label", "text", "choice", (Label("spam"), Label("eggs")), "text")
    config = LabelConfig((other,), (Field("text"),))
    second = meet(PROJECT, config, store, GivenWriter(questions=[other]), majority, 0)
    assert second.startswith("alchemist-2-")
    assert (store.known[KEY].serving, store.known[KEY].published) == (second, first)
    assert meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0) == first


def test_a_question_that_is_added_gets_programs_too(store: MemoryStore) -> None:
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    both = LabelConfig((QUESTION, TONE), (Field("text"),))
    name = meet(PROJECT, both, store, GivenWriter(questions=[QUESTION, TONE]), majority, 0)
    edition = store.edition(KEY, name)
    assert edition is not None
    assert [panel.question.name for panel in edition.panels] == ["label", "tone"]


def test_a_question_that_is_added_is_written_for(store: MemoryStore) -> None:
    name = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    store.mark(KEY, published=name)
    store.jobs.clear()
    added, both = replace(PROJECT, label_config="<View>both</View>"), LabelConfig((QUESTION, TONE), (Field("text"),))
    assert [meet(added, both, store, None, majority, 0) for _ in range(2)] == [name, name]
    assert store.jobs == [("prepare", KEY, True)]


def test_where_nothing_can_be_stored_nothing_is_published(
    store: MemoryStore, studio: MemoryStudio, run: Callable[..., str]
) -> None:
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    studio.publish = lambda *_: None
    assert "unlabelled tasks; title mode" in run()
    assert store.known[KEY].published == ""
    store.jobs.clear()
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    assert store.jobs == []


def test_preparing_publishes_before_it_serves_and_points(
    store: MemoryStore, studio: MemoryStudio, calls: Calls, run: Callable[..., str]
) -> None:
    first = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    calls.made.clear()
    said = run()
    assert calls.made == [
        "read",
        "keep",
        "mark importing",
        "publish",
        "mark importing published serving",
        "point_at",
    ]
    second = store.kept[KEY][1].name
    assert second != first
    known = store.known[KEY]
    assert (known.serving, known.published, known.importing, studio.version) == (second, second, None, second)
    assert said == f"{second} answers 2 of 3 unlabelled tasks, 3 stored now; title mode"
    assert [(task, version) for task, version, _ in studio.rows] == [(1, second), (2, second), (3, second)]
    # Every program that votes for spam counts: two of two, two of three, none.
    answers = [{name: (answer, round(score, 6)) for name, (answer, score) in x.items()} for *_, x in studio.rows]
    assert answers == [{"label": ("spam", 0.833333)}, {"label": ("spam", 0.625)}, {}]
    assert studio.interrupted == [False]


def test_preparing_without_an_edition_writes_one(
    store: MemoryStore, studio: MemoryStudio, calls: Calls, run: Callable[..., str]
) -> None:
    store.save_project(PROJECT)
    writer = GivenWriter()
    run(writer)
    assert [(x.title, x.question, list(x.unlabelled)) for x in writer.briefs] == [("Comments", QUESTION, TASKS)]
    assert store.verdicts == [("spam", ""), ("ham", ""), ("both", "")]
    assert calls.made[:3] == ["read", "judge", "keep"]
    assert store.known[KEY].published == store.kept[KEY][0].name == studio.version


def test_preparing_where_nothing_can_vote(
    store: MemoryStore, studio: MemoryStudio, calls: Calls, run: Callable[..., str]
) -> None:
    store.save_project(PROJECT)
    with pytest.raises(NoPrograms, match="no program can vote here yet"):
        run(GivenWriter([]))
    assert calls.made == ["read", "judge"]
    assert run(config=LabelConfig((), ())).startswith("nothing to predict: ")
    assert (studio.rows, store.kept, store.known[KEY]) == ([], {}, PROJECT)


def test_tasks_with_annotations_are_voted_on_but_not_published(
    store: MemoryStore, calls: Calls, run: Callable[..., str], studio: MemoryStudio
) -> None:
    studio.facts = replace(studio.facts, answered=[(Task({"text": "ham"}, 9), {"label": "ham"})])
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    run()
    assert [task for task, *_ in studio.rows] == [1, 2, 3]
    assert store.kept[KEY][1].panels[0].weights["why"] == "fitted on 4"


def test_an_error_in_publishing_leaves_what_serves(
    store: MemoryStore, studio: MemoryStudio, calls: Calls, run: Callable[..., str]
) -> None:
    first = meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    studio.refuse = [LabelStudioAway("nobody answers")]
    with pytest.raises(LabelStudioAway):
        run()
    assert (store.known[KEY].serving, store.known[KEY].published, studio.version) == (first, None, "")
    run()
    assert studio.interrupted == [True]
    assert store.known[KEY].serving == store.known[KEY].published == studio.version == store.kept[KEY][1].name


@pytest.mark.parametrize("step", range(6))
def test_a_crash_before_any_step_costs_nothing(
    step: int, store: MemoryStore, studio: MemoryStudio, calls: Calls, run: Callable[..., str]
) -> None:
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    calls.made.clear()
    calls.crash_at = step
    with pytest.raises(Crash):
        run()
    run()
    name = store.kept[KEY][1].name
    assert len(store.kept[KEY]) == 2
    assert [(task, version) for task, version, _ in studio.rows] == [(1, name), (2, name), (3, name)]
    known = store.known[KEY]
    assert (known.serving, known.published, known.importing, studio.version) == (name, name, None, name)


def test_preparing_twice_changes_nothing(store: MemoryStore, studio: MemoryStudio, run: Callable[..., str]) -> None:
    meet(PROJECT, CONFIG, store, GivenWriter(), majority, 0)
    run()
    assert run().endswith("2 of 3 unlabelled tasks, 0 stored now; title mode")
    assert (len(store.kept[KEY]), len(studio.rows)) == (2, 3)


def test_refitted_changes_the_weights_only() -> None:
    panel = Panel(QUESTION, tuple(ENTRIES[:2]), {"why": "before"})
    edition = Edition(3, 5, (panel, replace(panel, question=TONE)))
    blocks = {x.name: vote(x, [y.source for y in ENTRIES[:2]], TASKS[:n]) for x, n in ((QUESTION, 2), (TONE, 3))}
    seen: list[Rows] = []
    new = refitted(edition, blocks, lambda rows: seen.append(rows) or {"why": f"on {rows.size}"})
    assert [x.weights for x in new.panels] == [{"why": "on 2"}, {"why": "on 3"}]
    assert [replace(x, weights=panel.weights) for x in new.panels] == list(edition.panels)
    assert (new.number, new.seed) == (3, 5)
    assert [[list(x) for x in rows.codes] for rows in seen] == [[[0, 0], [-1, 1]], [[-1, -1, -1], [-1, -1, -1]]]


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
