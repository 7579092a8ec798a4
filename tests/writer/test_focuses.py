"""What each mending program is asked to look at."""

from __future__ import annotations

from alchemist.core.brief import Exemplar, Mistake, Shortfall, Standing
from alchemist.core.programs import Entry, source
from alchemist.core.reliability import Reliability
from alchemist.core.tasks import Task
from alchemist.writer.focuses import focuses

NOBODY = Reliability(0, 0, 0, 0, 0, 0, {})


def mistakes(answer: str, predicted: str | None, ids: range) -> list[Mistake]:
    return [Mistake(Task({"text": f"text {n}"}, n), answer, predicted) for n in ids]


def shown(exemplars: dict[str, int]) -> list[Exemplar]:
    return [
        Exemplar(Task({"text": "x"}, f"{answer} {n}"), answer)
        for answer, count in exemplars.items()
        for n in range(count)
    ]


def tasks(name: str, count: int) -> list[Task]:
    return [Task({"text": name}, f"{name} {n}") for n in range(count)]


WRONG = [
    *mistakes("a", "b", range(20)),
    *mistakes("b", "a", range(100, 104)),
    *mistakes("c", None, range(200, 203)),
    *mistakes("c", "a", range(300, 302)),
    *mistakes("b", "c", range(400, 401)),
]
SHORT = Shortfall(
    100,
    (),
    [("a", "b", 20), ("b", "a", 4), ("c", None, 3), ("c", "a", 2), ("b", "c", 1)],
    WRONG,
    tasks("conflicting", 30),
    tasks("uncovered", 30),
)
SHOWN = shown({"a": 80, "b": 12, "c": 8})


def test_each_looks_at_something_else():
    found = focuses(SHORT, SHOWN)
    assert [x.name for x in found] == [
        "mend a->b",
        "mend b->a",
        "mend c->a",
        "mend c",
        "mend uncovered",
        "mend conflicts",
    ]
    assert len({x.words for x in found}) == 6


def test_each_sees_its_own_mistakes_first_and_another_share_of_the_rest():
    first, second, third, weak, uncovered, conflicts = focuses(SHORT, SHOWN)
    assert [x.task.id for x in first.mistakes] == list(range(12))
    assert [x.task.id for x in second.mistakes] == [100, 101, 102, 103, 12, 13, 14, 15, 16, 17]
    assert [x.task.id for x in third.mistakes] == [300, 301, 18, 19, 200, 201, 202, 400]
    # what others were shown already comes again only where it is what the focus is about
    assert [x.task.id for x in weak.mistakes] == [200, 201, 202, 300, 301]
    assert [x.task.id for x in uncovered.mistakes] == [200, 201, 202]
    assert conflicts.mistakes == []


def test_unlabelled_tasks_go_where_they_are_the_focus_and_a_few_to_the_others():
    found = focuses(SHORT, SHOWN)
    assert [len(x.conflicting) for x in found] == [3, 3, 3, 3, 3, 12]
    assert [len(x.uncovered) for x in found] == [3, 3, 3, 3, 12, 3]
    assert [x.id for x in found[1].conflicting] == ["conflicting 1", "conflicting 7", "conflicting 13"]
    assert [x.id for x in found[5].conflicting][:2] == ["conflicting 0", "conflicting 1"]


def test_the_weakest_label_is_the_one_that_is_surely_missed_often():
    """One miss of one says less than eight misses of ten."""
    wrong = [*mistakes("rare", "a", range(1)), *mistakes("weak", "a", range(10, 18))]
    short = Shortfall(50, (), [], wrong)
    assert focuses(short, shown({"rare": 1, "weak": 10, "a": 39}))[0].name == "mend weak"


def test_where_little_is_known_there_are_four_all_the_same():
    found = focuses(Shortfall(0, (), (), ()), [])
    assert [x.name for x in found] == [
        "mend exceptions",
        "mend by new evidence",
        "mend by precise rules",
        "mend by combination",
    ]
    assert all(not (x.mistakes or x.conflicting or x.uncovered) for x in found)


def test_a_name_that_is_taken_gets_a_number():
    standings = [
        Standing(Entry(name, source(f"# {name}\n"), "llm"), NOBODY) for name in ("mend a->b", "mend c", "mend c 2")
    ]
    short = Shortfall(SHORT.size, standings, SHORT.confusions, WRONG)
    assert [x.name for x in focuses(short, SHOWN)][:4] == ["mend a->b 2", "mend b->a", "mend c->a", "mend c 3"]


def test_long_and_odd_labels_make_short_names_and_stand_in_quotes():
    odd = 'a "very"\n' + "long label " * 9
    found = focuses(Shortfall(9, (), [(odd, "b", 1)], mistakes(odd, "b", range(1))), [])
    assert found[0].name == 'mend a "very" long label long label->b'
    assert found[0].words.startswith('Items to which people answer "a \\"very\\"\\nlong label ')
