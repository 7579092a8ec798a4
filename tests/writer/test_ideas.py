"""What each of the first programs is asked to be about."""

from __future__ import annotations

import pytest

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.writer.ideas import COLUMNS, COMPARED, DECISIONS, MANY, TEXTS, ideas_for, short, unused

COMMENTS = [
    "check out my new channel now",
    "this is the best song ever made",
    "who is here in this year",
    "a b c d e f",
]
TEXT = [Task({"text": text}, n) for n, text in enumerate(COMMENTS)]
ROWS = [Task({"age": 20 + n, "sex": "fm"[n % 2], "row": {"age": 20 + n}}, n) for n in range(12)]
MIXED = [Task({"text": f"{TEXT[n % 4].fields['text']} {n}", "stars": n}, n) for n in range(12)]
TWO_TEXTS = [Task({"text": f"{COMMENTS[n]} {n}", "answer": f"{COMMENTS[3 - n]} {n}"}, n) for n in range(4)]
CHINESE = [Task({"text": text}, n) for n, text in enumerate(["我要退款，谢谢", "这首歌真好听", "请订阅我的频道"])]

OF_TEXTS = {idea.name for ideas in TEXTS.values() for idea in ideas}
OF_COLUMNS = {idea.name for ideas in COLUMNS.values() for idea in ideas}


def brief(tasks: list[Task], labels: int = 2, tag: str = "Text") -> Brief:
    choices = "".join(f'<Choice value="label {n}"/>' for n in range(labels))
    shown = f'<{tag} name="text" value="$text"/>'
    config = read_config(f'<View>{shown}<Choices name="label" toName="text">{choices}</Choices></View>')
    exemplars = [Exemplar(x, "label 0") for x in tasks[:1]]
    return Brief("", "", "", config, config.questions[0], exemplars, tasks[1:])


def names(brief: Brief, wanted: int = 20) -> set[str]:
    return {name for name, _ in ideas_for(brief, wanted)}


def test_as_many_as_are_wanted_each_another() -> None:
    for wanted in (1, 7, 20, 100):
        found = ideas_for(brief(TEXT), wanted)
        assert len(found) == len({x.name for x in found}) == len({x.words for x in found}) == wanted


def test_fewer_are_the_beginning_of_more() -> None:
    assert ideas_for(brief(TEXT), 7) == ideas_for(brief(TEXT), 20)[:7]


@pytest.mark.parametrize("tasks", [TEXT, ROWS, MIXED], ids=["texts", "columns", "both"])
def test_surface_structure_and_meaning_are_asked_for_outright_from_the_beginning(tasks: list[Task]) -> None:
    first = [x.words.split()[0].strip(":,") for x in ideas_for(brief(tasks), 4)]
    assert first == ["Surface", "Structure", "Meaning", "A"]


@pytest.mark.parametrize(
    ("tasks", "texts", "columns"),
    [(TEXT, True, False), (CHINESE, True, False), (ROWS, False, True), (MIXED, True, True), ([], True, False)],
    ids=["texts", "Chinese", "columns", "both", "unknown"],
)
def test_ideas_are_about_what_the_tasks_hold(tasks: list[Task], texts: bool, columns: bool) -> None:
    found = names(brief(tasks), 25)
    assert (bool(found & OF_TEXTS), bool(found & OF_COLUMNS)) == (texts, columns)
    assert found >= {x.name for x in DECISIONS}


def test_of_a_table_without_tasks_the_columns_are_asked_about() -> None:
    found = names(brief([], tag="Table"))
    assert (bool(found & OF_TEXTS), bool(found & OF_COLUMNS)) == (False, True)


def test_several_texts_are_compared() -> None:
    assert COMPARED.name in names(brief(TWO_TEXTS))
    assert COMPARED.name not in names(brief(TEXT), 50)


def test_after_the_general_ideas_each_label_is_looked_for() -> None:
    found = ideas_for(brief(TEXT, labels=3), 26)[17:]
    assert [x.name for x in found] == [
        "surface of label 0",
        "structure of label 1",
        "meaning of label 2",
        "structure of label 0",
        "meaning of label 1",
        "surface of label 2",
        "meaning of label 0",
        "surface of label 1",
        "structure of label 2",
    ]
    assert found[0].words == (
        'Surface: words, signs, values and forms. Look only for "label 0", and abstain on all else.'
    )


def test_many_labels_are_shared_out_early_and_every_one_is_looked_for() -> None:
    found = ideas_for(brief(TEXT, labels=95), 20)
    special = [x for x in found if "Look only for" in x.words]
    assert special == found[1::2]
    assert all(x.words.count('"label ') in (9, MANY) for x in special)
    assert all(any(f'"label {n}"' in x.words for x in special) for n in range(95))


def test_when_all_are_used_up_they_begin_again_for_other_evidence() -> None:
    found = ideas_for(brief(TEXT), 24)[-1]
    assert found.name == "keywords 2"
    assert found.words.endswith(" This is the program number 2 of this idea: use other evidence than those before it.")


def test_a_name_is_short_and_used_once() -> None:
    assert short("a\nlong " + "label " * 9) == "a long label label label label"
    assert unused("a", {"a", "a 2"}) == "a 3"
    long = ["x" * 40 + "1", "x" * 40 + "2"]
    choices = "".join(f'<Choice value="{x}"/>' for x in long)
    config = read_config(
        f'<View><Text name="text" value="$text"/><Choices name="label" toName="text">{choices}</Choices></View>'
    )
    found = ideas_for(Brief("", "", "", config, config.questions[0]), 60)
    assert len({x.name for x in found}) == 60
