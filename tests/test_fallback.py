"""The fallback on doubles: which tasks are asked about, what becomes of the answers, and that it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from alchemist.core.answers import Answer
from alchemist.core.brief import Brief
from alchemist.core.editions import Threshold
from alchemist.core.errors import BudgetSpent, LanguageModelError
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.fallback import MOST_ANSWERS, checksum, fall_back, tables
from alchemist.improve import prepare, publish, regenerate
from alchemist.meeting import roll_back
from alchemist.sandbox.check import check
from alchemist.sandbox.monty import vote
from alchemist.state.database import open_database
from tests.doubles.studio import ScriptedStudio
from tests.doubles.work import KEY, PROJECT, QUESTION, Calls, GivenWriter, NotedStore, at_work, program

ENTRIES = [program("free", "spam"), program("love", "ham"), program("click", "spam")]
SURE = [Task({"text": f"free click {n}"}, n) for n in range(1, 13)]
TORN = [Task({"text": f"free love {n}"}, n) for n in range(13, 17)]
SILENT = [Task({"text": f"nothing {n}"}, n) for n in range(17, 21)]
SPENT = BudgetSpent("the budget is spent", "Raise it.")


class GivenAsker:
    """Says what it is told of each task, and nothing of the others; the ledger is a dictionary.

    After `most` answers `trouble` keeps it from answering.
    """

    def __init__(self, says: dict[int, Answer | None], model: str = "any", most: int = 1_000) -> None:
        self.says = says
        self.model = model
        self.most = most
        self.trouble: LanguageModelError = SPENT
        self.ledger: dict[str, tuple[str, Answer | None]] = {}
        self.asked: list[int] = []
        self.credited: dict[str, int] = {}

    def known(self, question: Question, tasks: Sequence[Task]) -> dict[str, tuple[str, Answer | None]]:
        return {x.key: self.ledger[x.key] for x in tasks if x.key in self.ledger}

    def ask(self, brief: Brief, tasks: Sequence[Task]) -> LanguageModelError | None:
        for task in tasks:
            if len(self.asked) >= self.most:
                return self.trouble
            self.asked.append(int(task.key))
            self.ledger[task.key] = (self.model, self.says.get(int(task.key)))
        return None

    def credit(self, question: Question, tasks: Sequence[Task], source: str) -> float | None:
        self.credited[source] = len(tasks)
        return 0.001 * len(tasks)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    engine = open_database(f"sqlite:///{tmp_path / 'alchemist.sqlite3'}")
    store = NotedStore(engine, Calls())
    store.save_project(PROJECT)
    yield store
    engine.dispose()


@pytest.fixture
def studio() -> ScriptedStudio:
    return ScriptedStudio([*SURE, *TORN, *SILENT])


def work(store: NotedStore, studio: ScriptedStudio, *more: Any, now: float = 1_000.0) -> Any:
    writer = GivenWriter(*(more or [ENTRIES]))
    return replace(at_work(store, studio, writer, now=now), vote=vote)


def serve(store: NotedStore, studio: ScriptedStudio) -> str:
    prepare(work(store, studio))
    publish(work(store, studio))
    return str(store.known.serving)


def labels(studio: ScriptedStudio, edition: str) -> dict[int, Answer]:
    """The answers that are stored for an edition, by task."""
    return {
        int(key): x.answers["label"][0] for (name, key), x in studio.stored.items() if name == edition and x.answers
    }


def test_the_least_certain_tasks_are_asked_about_those_without_an_answer_first(store, studio):
    serve(store, studio)
    asker = GivenAsker({})
    fall_back(work(store, studio), asker, 0.3)
    assert (sorted(asker.asked[:4]), len(asker.asked)) == ([17, 18, 19, 20], 6)
    assert set(asker.asked[4:]) < {13, 14, 15, 16}


def test_tasks_whose_answers_are_withheld_are_asked_about_in_the_order_of_their_scores(store, studio):
    withholding = replace(work(store, studio), threshold=Threshold(0.99))
    prepare(withholding)
    publish(replace(withholding, project=store.known))
    assert not any(x.answers for x in studio.stored.values())
    asker = GivenAsker({})
    fall_back(work(store, studio), asker, 0.3)
    assert (sorted(asker.asked[:4]), len(asker.asked)) == ([17, 18, 19, 20], 6)
    assert set(asker.asked[4:]) < {13, 14, 15, 16}


def test_a_few_new_tasks_make_no_edition_of_their_own(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 41), "ham"))
    fall_back(work(store, studio), asker, 0.5)
    publish(work(store, studio))
    studio.data |= {n: {"text": f"nothing {n}"} for n in (21, 22)}
    store.learn(KEY, studio.read(), 2_000.0)
    assert fall_back(work(store, studio), asker, 0.5).startswith("label: 10 of 22 tasks were asked about")
    studio.data |= {n: {"text": f"nothing {n}"} for n in (23, 24)}
    store.learn(KEY, studio.read(), 3_000.0)
    assert ": label: 12 of 24 tasks were asked about" in fall_back(work(store, studio), asker, 0.5)


def test_answers_are_votes_of_a_program_in_the_next_edition(store, studio):
    first = serve(store, studio)
    asker = GivenAsker({17: "ham", 18: "spam", 19: None})
    said = fall_back(work(store, studio), asker, 0.2)
    successor = store.kept[-1]
    assert said == (
        f"{successor.name}: label: 4 of 20 tasks were asked about one by one, 2 were given a label, for $0.0040"
    )
    publish(work(store, studio))
    assert {17, 18, 19, 20} & set(labels(studio, first)) == set()
    now = labels(studio, successor.name)
    assert {n: now.get(n) for n in (17, 18, 19, 20)} == {17: "ham", 18: "spam", 19: None, 20: None}
    entry = successor.panels[0].entries[-1]
    assert (entry.name, entry.writer, entry.is_asked) == ("answers of any", "asked any", True)
    assert asker.credited == {entry.source.id: 4}
    decision = store.decisions(KEY)[0]
    assert (decision.actor, decision.verdict, decision.incumbent) == ("fallback", "promoted", first)
    assert decision.numbers == {"asked": 4.0, "usd": 0.004}


def test_it_ends_and_nothing_is_asked_twice(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"))
    fall_back(work(store, studio), asker, 0.2)
    publish(work(store, studio))
    for _ in range(3):
        fall_back(work(store, studio), asker, 0.2)
    assert sorted(asker.asked) == [17, 18, 19, 20]
    assert len(store.kept) == 2
    studio.data |= {n: {"text": f"other {n}"} for n in range(21, 31)}
    publish(work(store, studio, now=2_000.0))
    fall_back(work(store, studio), asker, 0.2)
    assert len(asker.asked) == len(set(asker.asked)) == 6
    assert set(asker.asked[4:]) < set(range(21, 31))


def test_annotations_change_nothing_about_what_was_answered(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"))
    fall_back(work(store, studio), asker, 0.2)
    publish(work(store, studio))
    studio.annotate(17, {"label": "spam"})
    publish(work(store, studio))
    fall_back(work(store, studio), asker, 0.2)
    assert (len(store.kept), len(asker.asked)) == (2, 4)


def test_a_spent_budget_takes_what_came_and_says_so(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"), most=2)
    said = fall_back(work(store, studio), asker, 0.2)
    assert said.endswith(
        "2 of 20 tasks were asked about one by one, 2 were given a label, for $0.0020; "
        "2 more were not answered: the budget is spent. Raise it."
    )
    publish(work(store, studio))
    with pytest.raises(BudgetSpent):
        fall_back(work(store, studio), asker, 0.2)
    asker.most = 1_000
    assert "4 of 20 tasks" in fall_back(work(store, studio), asker, 0.2)
    assert len(asker.asked) == 4


def test_what_was_answered_before_a_kill_is_not_asked_again(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"))
    asker.ask(None, SILENT[:3])  # type: ignore[arg-type]
    fall_back(work(store, studio), asker, 0.2)
    assert asker.asked == [17, 18, 19, 20]


def test_where_nothing_is_a_label_there_is_no_program_and_it_is_paid_all_the_same(store, studio):
    serve(store, studio)
    asker = GivenAsker({})
    assert fall_back(work(store, studio), asker, 0.2) == (
        "label: 4 of 20 tasks were asked about one by one, 0 were given a label, for $0.0040"
    )
    assert asker.credited == {"": 4}
    assert len(store.kept) == 1


def test_answers_of_two_language_models_are_two_programs(store, studio):
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"), model="one", most=2)
    fall_back(work(store, studio), asker, 0.2)
    publish(work(store, studio))
    asker.model, asker.most = "two", 4
    fall_back(work(store, studio), asker, 0.2)
    assert [x.writer for x in store.kept[-1].panels[0].entries[-2:]] == ["asked one", "asked two"]
    assert len(store.kept[-1].panels[0].entries) == 5


def test_an_edition_that_an_admin_chose_stays(store, studio):
    first = serve(store, studio)
    asker = GivenAsker({17: "ham"})
    fall_back(work(store, studio), asker, 0.1)
    publish(work(store, studio))
    roll_back(store.known, first, store)
    publish(work(store, studio))
    assert "an admin chose" in fall_back(work(store, studio), asker, 0.5)
    assert (store.known.chosen, len(asker.asked)) == (first, 2)


def test_nothing_is_asked_before_an_edition_serves(store, studio):
    asker = GivenAsker({})
    assert fall_back(work(store, studio), asker, 0.5) == "no task is asked about before an edition serves"
    prepare(work(store, studio))
    assert fall_back(work(store, studio), asker, 0.5) == "no task is asked about before an edition serves"


def test_answers_vote_on_when_better_programs_come(store, studio):
    """On the sample that programs are tried on they say next to nothing; that is no reason to leave them out."""
    for n in range(100, 180):
        studio.data[n] = {"text": f"free {n}" if n % 2 else f"tune {n}"}
        studio.annotate(n, {"label": "spam" if n % 2 else "ham"})
    serve(store, studio)
    asker = GivenAsker(dict.fromkeys(range(1, 21), "ham"))
    fall_back(work(store, studio), asker, 0.05)
    publish(work(store, studio))
    said = regenerate(work(store, studio, [program("tune", "ham")]), "Start Training", 2_000.0)
    entries = store.kept[-1].panels[0].entries
    assert said.startswith(store.kept[-1].name)
    assert {"tune ham", "answers of any"} < {x.name for x in entries}
    assert entries[-1].is_asked


ODD = [
    {"text": 'naïve 漢字 😀 " \\ \n </data>', "n": 1, "x": 1e22, "y": -0.0, "z": 2.5, "b": True},
    {"n": 2, "nested": {"b": [1, None, {"c": "d"}], "a": ""}, "text": None},
    {},
    {"text": "a" * 50_000},
    {"text": ""},
]


def test_a_program_of_answers_knows_its_tasks_and_no_others():
    tasks = [Task(fields, n) for n, fields in enumerate(ODD)]
    others = [Task({"text": "other"}, 7), Task({"text": " "}, 8), Task({"text": "naïve 漢字"}, 9)]
    said = ["spam", "ham", "spam", "ham", None]
    ((entry, those),) = tables('a "model"\\', list(zip(tasks, said, strict=True)))
    assert entry is not None and those == tasks
    check(entry.source)
    (column,) = vote(QUESTION, [entry.source], [*tasks, *others]).columns
    assert column.fault is None
    assert list(column.codes) == [0, 1, 0, 1, -1, -1, -1, -1]


def test_the_order_of_tasks_and_of_their_fields_does_not_matter():
    one, other = Task({"a": 1, "b": 2}, 1), Task({"b": 2, "a": 1}, 1)
    assert checksum(one) == checksum(other)
    two = (Task({"a": 2}, 2), "ham")
    assert tables("any", [(one, "spam"), two]) == tables("any", [two, (other, "spam")])


def test_many_answers_are_several_programs_that_the_sandbox_takes():
    tasks = [(Task({"text": f"comment {n}"}, n), "spam") for n in range(MOST_ANSWERS + 3)]
    found = tables("any", tasks)  # type: ignore[arg-type]
    assert [entry.name for entry, _ in found if entry] == ["answers of any (1)", "answers of any (2)"]
    sources = [entry.source for entry, _ in found if entry]
    for source in sources:
        check(source)
    block = vote(QUESTION, sources, [task for task, _ in tasks])
    assert [sum(code == 0 for code in x.codes) for x in block.columns] == [MOST_ANSWERS, 3]
