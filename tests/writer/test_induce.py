"""Programs induced from a few annotated tasks: that they run, are honest and safe, and beat chance."""

from __future__ import annotations

import ast
import math
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemist.core.brief import Brief, Exemplar
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.sandbox.check import check, parse
from alchemist.sandbox.monty import vote
from alchemist.sandbox.rewrite import rewrite
from alchemist.writer.induce import induce
from alchemist.writer.induce.columns import Columns, columns_of
from alchemist.writer.induce.source import listed, program
from alchemist.writer.induce.teach import shares

SPAM = ["win", "prize", "cash", "claim", "offer", "urgent"]
HAM = ["dinner", "mother", "tomorrow", "walk", "garden", "sleepy"]
FILLER = ["the", "a", "to", "and", "we", "you", "it", "with", "for", "now"]


def brief_of(
    exemplars: Sequence[tuple[Mapping[str, Any], str]],
    unlabelled: Sequence[Mapping[str, Any]],
    labels: Sequence[str] = ("spam", "ham"),
    field: Field = Field("text"),  # noqa: B008 - frozen
    seed: int = 0,
) -> Brief:
    question = Question("label", field.name, "choice", tuple(Label(x) for x in labels), field.name)
    return Brief(
        title="",
        description="",
        instructions="",
        config=LabelConfig((question,), (field,)),
        question=question,
        exemplars=[Exemplar(Task(fields, f"e{n}"), label) for n, (fields, label) in enumerate(exemplars)],
        unlabelled=[Task(fields, f"u{n}") for n, fields in enumerate(unlabelled)],
        seed=seed,
    )


def messages(count: int, seed: int) -> list[tuple[dict[str, Any], str]]:
    """Texts that hold three words of their label among filler, spam with a number."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        label = dice.choice(["spam", "ham"])
        words = dice.sample(SPAM if label == "spam" else HAM, 3) + dice.sample(FILLER, 5)
        dice.shuffle(words)
        rows.append(({"text": " ".join(words) + (" call 0800555" if label == "spam" else "")}, label))
    return rows


def passengers(count: int, seed: int) -> list[tuple[dict[str, Any], str]]:
    """Rows whose label is that of the class, and mostly that of a number; some cells are missing."""
    dice = random.Random(seed)
    rows = []
    for _ in range(count):
        label = dice.choice(["yes", "no"])
        price = dice.gauss(60 if label == "yes" else 20, 12)
        row = {
            "kind": "gold" if label == "yes" else "tin",
            "price": None if dice.random() < 0.1 else f"{price:.2f}",
            "loyal": dice.random() < (0.8 if label == "yes" else 0.3),
            "name": dice.choice(["Ann", "Bob", "Cid", "Dan"]) + f" {dice.randrange(10**6)}",
        }
        rows.append(({"row": row, **row}, label))
    return rows


def texts_brief(seed: int = 0) -> Brief:
    return brief_of(messages(16, seed), [fields for fields, _ in messages(200, seed + 1)], seed=seed)


def table_brief() -> Brief:
    unlabelled = [fields for fields, _ in passengers(200, 1)]
    return brief_of(passengers(16, 0), unlabelled, ("yes", "no"), Field("row", table=True))


def block_of(brief: Brief, entries: Sequence[Entry], rows: Sequence[Mapping[str, Any]]) -> VoteBlock:
    return vote(brief.question, [x.source for x in entries], [Task(fields) for fields in rows])


def accuracies(brief: Brief, entries: Sequence[Entry], rows: Sequence[tuple[dict[str, Any], str]]) -> list[float]:
    """Of every program, the share right of what it answers."""
    block = block_of(brief, entries, [fields for fields, _ in rows])
    gold = [brief.question.label_names.index(label) for _, label in rows]
    assert [column.fault for column in block.columns] == [None] * len(entries)
    return [float(np.mean([a == b for a, b in zip(x.codes, gold, strict=True) if a >= 0])) for x in block.columns]


@pytest.fixture(scope="module")
def texts() -> list[Entry]:
    return induce(texts_brief())


@pytest.fixture(scope="module")
def table() -> list[Entry]:
    return induce(table_brief())


def test_texts_give_programs_of_different_ideas(texts: list[Entry]) -> None:
    assert 4 <= len(texts) <= 12
    assert len({x.source.id for x in texts}) == len({x.name for x in texts}) == len(texts)
    assert {x.writer for x in texts} == {"induced"}
    assert min(accuracies(texts_brief(), texts, messages(80, 9))) > 0.75


def test_tables_give_programs_of_different_columns(table: list[Entry]) -> None:
    assert {"points of the columns", "decision list", "column price"} <= {x.name for x in table}
    assert min(accuracies(table_brief(), table, passengers(80, 9))) > 0.65


@pytest.mark.parametrize("of", ["texts", "table"])
def test_every_program_passes_the_check_and_keeps_no_state(of: str, request: pytest.FixtureRequest) -> None:
    for entry in request.getfixturevalue(of):
        check(entry.source)
        assert entry.source == source(entry.source.text)
        assert not rewrite(parse(entry.source.text)).stateful


@pytest.mark.parametrize("of", ["texts", "table"])
def test_the_docstring_tells_the_evidence(of: str, request: pytest.FixtureRequest) -> None:
    for entry in request.getfixturevalue(of):
        written = ast.get_docstring(ast.parse(entry.source.text).body[-1])  # type: ignore[arg-type]
        assert written
        assert "Learned from 16 annotated and 200 unlabelled tasks" in " ".join(written.split())
    assert "prize" in texts_doc(request.getfixturevalue("texts"))


def texts_doc(entries: Sequence[Entry]) -> str:
    return str(ast.get_docstring(ast.parse(entries[0].source.text).body[-1]))  # type: ignore[arg-type]


def test_the_same_brief_gives_the_same_programs(texts: list[Entry], table: list[Entry]) -> None:
    assert induce(texts_brief()) == texts
    assert induce(table_brief()) == table


def test_many_weak_cues_vote_by_the_weights_that_they_show(texts: list[Entry]) -> None:
    """Worked by hand from what stands in the source: sums over the root of the number of known items."""
    (entry,) = [x for x in texts if x.name == "weighted words"]
    said = {
        node.targets[0].id: ast.literal_eval(node.value)  # type: ignore[attr-defined]
        for node in ast.parse(entry.source.text).body
        if isinstance(node, ast.Assign)
    }
    assert said["LABELS"] == ("spam", "ham")
    weights, start = said["WEIGHTS"], said["START"]
    assert max(abs(x) for row in weights.values() for x in row) == 20
    assert all(weights[word][0] > 0 > weights[word][1] for word in ("prize", "cash", "claim"))
    assert all(weights[word][1] > 0 > weights[word][0] for word in ("dinner", "garden", "walk"))
    lead = float(re.search(r"must lead by ([\d.]+)", entry.source.text.replace("\n    ", " "))[1])  # type: ignore[index]
    rows = [fields for fields, _ in messages(60, 3)]
    expected = []
    for fields in rows:
        known = [weights[word] for word in set(fields["text"].split()) if word in weights]
        spam, ham = (start[n] + sum(x[n] for x in known) / math.sqrt(len(known)) for n in (0, 1))
        expected.append(-1 if abs(spam - ham) < lead else int(ham > spam))
    assert {0, 1} <= set(expected)
    assert list(block_of(texts_brief(), [entry], rows).columns[0].codes) == expected


def test_difficult_exemplars_count_more() -> None:
    """Twelve tasks say that the otter is ham, eight say spam: these win where they count twice."""
    rows = [({"text": f"the otter went {n} home"}, "ham") for n in range(12)]
    rows += [({"text": f"the otter went {n} home"}, "spam") for n in range(8)]
    rows += [({"text": f"a beaver came {n} back"}, "spam") for n in range(12)]
    brief = brief_of(rows, [])
    plain, mended = induce(brief), induce(brief, {f"e{n}" for n in range(12, 20)})
    assert plain[0].name == mended[0].name == "many weak cues"
    otter = [{"text": "the otter went home"}]
    assert block_of(brief, plain, otter).columns[0].codes[0] == 1
    assert block_of(brief, mended, otter).columns[0].codes[0] == 0
    told = "32 annotated, 8 that earlier programs got wrong counting 2 times, and 0 unlabelled"
    assert all(told in " ".join(x.source.text.split()) for x in mended)


def test_no_evidence_no_answer(texts: list[Entry], table: list[Entry]) -> None:
    empty = block_of(texts_brief(), texts, [{}, {"text": None}, {"text": ""}, {"text": "  "}])
    assert [list(x.codes) for x in empty.columns] == [[-1] * 4] * len(texts)
    unrelated = block_of(texts_brief(), texts, [{"text": "Xylophonist Bjørk quizzically"}])
    points = [x.codes[0] for x, entry in zip(unrelated.columns, texts, strict=True) if entry.name != "surface"]
    assert points == [-1] * len(points)
    nothing = block_of(table_brief(), table, [{}, {"row": None, "kind": None, "price": "", "loyal": None}])
    assert [list(x.codes) for x in nothing.columns] == [[-1, -1]] * len(table)


def test_odd_values_are_no_faults(texts: list[Entry], table: list[Entry]) -> None:
    odd: list[Any] = [3, True, ["a"], {"a": 1}, 1e400, "nan", "1e999", "\ud800", "win " * 5000]
    block = block_of(texts_brief(), texts, [{"text": value} for value in odd])
    assert [x.fault for x in block.columns] == [None] * len(texts)
    block = block_of(table_brief(), table, [dict.fromkeys(("kind", "price", "loyal", "name"), x) for x in odd])
    assert [x.fault for x in block.columns] == [None] * len(table)


def test_no_exemplars_no_programs() -> None:
    assert induce(brief_of([], [fields for fields, _ in messages(50, 1)])) == []


def test_an_answer_that_is_no_label_is_no_exemplar() -> None:
    assert induce(brief_of([({"text": "win a prize"}, "eggs")] * 9, [{"text": "hello"}] * 50)) == []


def test_one_label_seen_gives_keywords_for_it_alone() -> None:
    brief = brief_of([x for x in messages(20, 0) if x[1] == "spam"], [fields for fields, _ in messages(200, 1)], seed=0)
    entries = induce(brief)
    assert [x.name for x in entries][:1] == ["words of spam"]
    rows = messages(60, 5)
    block = block_of(brief, entries, [fields for fields, _ in rows])
    assert set(block.columns[0].codes) == {0, -1}
    assert min(accuracies(brief, entries, rows)) > 0.9


def test_a_label_with_a_single_exemplar_is_known() -> None:
    rows = messages(40, 0)
    spam = next(x for x in rows if x[1] == "spam")
    brief = brief_of([spam, *[x for x in rows if x[1] == "ham"][:8]], [fields for fields, _ in messages(200, 1)])
    entries = induce(brief)
    block = block_of(brief, entries, [fields for fields, _ in messages(60, 5)])
    assert any(0 in x.codes for x in block.columns)


def test_without_unlabelled_tasks_and_with_very_few_exemplars() -> None:
    for count in (2, 3, 5, 12):
        for seed in range(3):
            for entry in induce(brief_of(messages(count, seed), [])):
                check(entry.source)


def test_a_text_beside_numbers_and_categories() -> None:
    table = passengers(600, 0)
    yes, no = ([fields["row"] for fields, label in table if label == x] for x in ("yes", "no"))
    rows = [({**fields, **(yes if label == "spam" else no).pop()}, label) for fields, label in messages(220, 0)]
    brief = brief_of(rows[:20], [fields for fields, _ in rows[20:]])
    entries = induce(brief)
    assert 6 <= len(entries) <= 12
    assert accuracies(brief, entries, rows[20:])[0] > 0.9


NASTY = st.text(st.characters(exclude_categories=()), max_size=12) | st.sampled_from(
    [
        '"""',
        "'''",
        "\\",
        '\\"""',
        "{label}",
        "{0}",
        "a\nb",
        "\r",
        "\u2028",
        "\ufeff",
        "return",
        "#",
        "); import os",
        "é" * 9,
    ]
)


@settings(max_examples=15)
@given(labels=st.tuples(NASTY, NASTY).filter(lambda x: x[0] != x[1]), word=NASTY, column=NASTY)
def test_hostile_names_and_texts_stay_values(labels: tuple[str, str], word: str, column: str) -> None:
    def row(n: int) -> dict[str, Any]:
        said = (f"win {word}" if n % 2 else f"walk {word}{word}") + f" friend number {n % 5}"
        return {"text": said, column: word if n % 3 == n % 2 else "other"}

    brief = brief_of([(row(n), labels[n % 2]) for n in range(12)], [row(n) for n in range(40)], labels)
    for entry in induce(brief):
        check(entry.source)
        assert entry.source == source(entry.source.text)
        constants = {x.value for x in ast.walk(ast.parse(entry.source.text)) if isinstance(x, ast.Constant)}
        assert constants & set(labels)
        assert all(x.isalnum() or x in " _" for x in entry.name)


@given(NASTY, NASTY)
def test_a_docstring_holds_anything(one: str, other: str) -> None:
    entry = program("x", listed([one, other]) + one + other, "", "return None")
    function = ast.parse(entry.source.text).body[-1]
    assert isinstance(function, ast.FunctionDef)
    assert [type(x) for x in function.body] == [ast.Expr, ast.Return]


def test_columns_are_sorted_by_what_they_hold() -> None:
    columns = columns_of([Task(fields) for fields, _ in passengers(100, 0)], "row")
    assert (columns.texts, columns.numbers, columns.categories) == ((), ("price",), ("kind", "loyal"))
    assert columns.shorts == ("name",)
    pictures = [Task({"image": f"s3://bucket/{n}.png", "text": f"a picture of number {n} thing"}) for n in range(30)]
    assert columns_of(pictures, "text") == Columns(("text",))


def test_shares_bend_to_even_ones_where_chance_explains_them() -> None:
    assert shares(np.array([13.0, 11.0])).tolist() == [0.5, 0.5]
    assert shares(np.array([22.0, 2.0])).round(2).tolist() == [0.88, 0.12]
    assert shares(np.array([12.0, 10.0, 1.0])).round(2).tolist() == [0.47, 0.47, 0.06]


def test_chinese_is_read_without_spaces() -> None:
    dice = random.Random(0)
    good, bad = "喜欢很好美丽高兴", "讨厌糟糕失望难过"
    rows = []
    for n in range(150):
        words = "".join(dice.sample(good if n % 2 else bad, 4))
        rows.append(({"text": f"我们今天{words}的"}, "good" if n % 2 else "bad"))
    brief = brief_of(rows[:14], [fields for fields, _ in rows[14:]], ("good", "bad"))
    assert accuracies(brief, induce(brief), rows[14:])[0] > 0.9
