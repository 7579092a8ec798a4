"""`evaluate` and `label` with `--corrections`."""

from __future__ import annotations

import json

import pytest

from alchemist.core.errors import AlchemistError, BadTasks

from .conftest import TWO_QUESTIONS

WORDS = ("apple", "river", "stone", "cloud", "horse", "paper", "glass", "chair")
RIGHT = "def label(task):\n    return 'spam' if 'free' in task['text'] else 'ham'\n"
WRONG = "def label(task):\n    return 'ham' if 'free' in task['text'] else 'spam'\n"
COLUMNS = (
    '<View><Table name="row" value="$row"/>'
    '<Choices name="fate" toName="row"><Choice value="died"/><Choice value="survived"/></Choices></View>'
)
"""Of a table, every plain column is a field."""


def comments(first: int, size: int) -> list[dict]:
    """Comments that nothing else than their number and a few words tells apart; every third is spam."""
    return [
        {
            "id": n,
            "text": f"{'free' if n % 3 == 0 else 'my'} {WORDS[n % 8]} {WORDS[n // 8 % 8]} number {n}",
            "label": "spam" if n % 3 == 0 else "ham",
        }
        for n in range(first, first + size)
    ]


def figures(result) -> dict:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


@pytest.fixture
def misled(project):
    """A project most of whose programs are always wrong."""
    project.programs({"a.py": RIGHT, "b.py": WRONG, "c.py": WRONG + "\n# again\n", "d.py": WRONG + "\n# and again\n"})
    return project


def evaluated(project, *arguments: object) -> dict:
    test = project.tasks(comments(0, 60), "test.jsonl")
    return figures(project.run("evaluate", "--test", test, "--json", *arguments))


def test_weights_are_learned_from_corrections(misled):
    before = evaluated(misled)
    assert (before["accuracy"], before["calibrated"], before["corrections"], before["gold_only"]) == (0, False, 0, None)
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, 60)))
    assert got["accuracy"] == 1.0
    assert (got["corrections"], got["corrections_used"], got["calibrated"]) == (60, 60, True)
    assert got["brier"] < 0.2


def test_beside_it_stands_what_the_corrections_alone_would_reach(misled):
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, 60)))["gold_only"]
    assert got["accuracy"] > 0.9
    assert 0 < got["log_loss"] < 0.6


def test_a_table_for_people_says_the_same(misled):
    test, known = misled.tasks(comments(0, 60), "test.jsonl"), misled.tasks(comments(100, 60))
    said = " ".join(misled.run("evaluate", "--test", test, "--corrections", known).stdout.split())
    assert "scores calibrated, 60 of 60 corrections used; a classifier on the same corrections alone: accuracy" in said


def test_a_correction_of_a_task_that_is_measured_on_is_left_out_aloud(misled):
    known = [{**x, "id": x["id"] + 5000} for x in comments(40, 60)]  # the first twenty stand in the test file too
    test = misled.tasks(comments(0, 60), "test.jsonl")
    result = misled.run("evaluate", "--test", test, "--json", "--corrections", misled.tasks(known))
    assert figures(result)["corrections"] == 40
    assert "20 of 60 corrections are test tasks too and are left out" in " ".join(result.stderr.split())


def test_a_task_is_fitted_on_once(misled):
    fit = misled.tasks([{"id": x["id"], "text": x["text"]} for x in comments(100, 80)], "fit.jsonl")
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, 60)), "--fit", fit)
    assert got["fitted_on"] == "20 unlabelled tasks"


@pytest.mark.parametrize("combiner", ["majority", "snorkel"])
def test_a_combiner_that_learns_from_votes_alone_uses_no_corrections(misled, combiner):
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, 60)), "--combiner", combiner)
    assert (got["accuracy"], got["corrections"], got["corrections_used"]) == (0.0, 60, 0)
    assert got["gold_only"]["accuracy"] > 0.9


@pytest.mark.parametrize("size", [1, 5])
def test_few_corrections_change_nothing(misled, size):
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, size)))
    assert (got["corrections"], got["corrections_used"], got["calibrated"]) == (size, 0, False)
    assert got["gold_only"] is None


def test_corrections_of_one_label_are_no_error(misled):
    known = [x for x in comments(100, 90) if x["label"] == "ham"]
    got = evaluated(misled, "--corrections", misled.tasks(known))
    assert got["corrections"] == 60
    assert 0 <= got["gold_only"]["accuracy"] <= 1


def test_a_label_that_nobody_gave_is_no_error(misled):
    labels = "".join(f'<Choice value="{x}"/>' for x in ("ham", "spam", *(f"other {n}" for n in range(30))))
    misled.config(
        '<View><Text name="text" value="$text"/>'
        f'<Choices name="label" toName="text" choice="single">{labels}</Choices></View>'
    )
    got = evaluated(misled, "--corrections", misled.tasks(comments(100, 60)))
    assert got["accuracy"] == 1.0


def test_the_corrections_of_a_table_are_read_without_their_label(project):
    project.config(COLUMNS)
    project.programs({"age.py": "def label(task):\n    return 'died' if task['Age'] > 50 else None\n"})
    people = [{"id": n, "Age": n % 90, "Fare": 7.5, "fate": "died" if n % 90 > 40 else "survived"} for n in range(150)]
    test, known = project.tasks(people[:50], "test.jsonl"), project.tasks(people[50:90])
    got = figures(project.run("evaluate", "--test", test, "--corrections", known, "--label-field", "fate", "--json"))
    assert got["corrections"] == 40
    assert got["gold_only"]["accuracy"] < 1.0  # of those under 40 it has seen too few: the label is no column


def test_corrections_without_a_label_are_refused(misled):
    test = misled.tasks(comments(0, 9), "test.jsonl")
    result = misled.run("evaluate", "--test", test, "--corrections", misled.tasks([{"text": "free"}]))
    assert type(result.exception) is BadTasks
    assert result.exception.hint == "Name the field with --label-field."


def test_a_correction_that_is_no_label_is_refused(misled):
    test = misled.tasks(comments(0, 9), "test.jsonl")
    result = misled.run("evaluate", "--test", test, "--corrections", misled.tasks([{"text": "x", "label": "eggs"}]))
    assert isinstance(result.exception, AlchemistError)
    assert "task 1: 'eggs' is not a label of 'label'" in str(result.exception)


def chosen(result) -> list[list[str]]:
    assert result.exception is None, result.exception
    predicted = [task["predictions"] for task in json.loads(result.stdout)]
    return [[x["value"]["choices"][0] for one in given for x in one["result"]] for given in predicted]


def test_label_learns_from_corrections(misled):
    tasks = misled.tasks([{"id": x["id"], "text": x["text"]} for x in comments(0, 12)], "new.jsonl")
    expected = [["1"] if n % 3 == 0 else ["ham"] for n in range(12)]
    assert chosen(misled.run("label", tasks)) != expected
    result = misled.run("label", tasks, "--corrections", misled.tasks(comments(100, 60)))
    assert chosen(result) == expected
    assert "60 corrections" in " ".join(result.stderr.split())


def test_label_learns_each_question_from_its_own_corrections(project):
    project.config(TWO_QUESTIONS)
    project.programs(
        {
            "spam.py": RIGHT,
            "tone.py": "def label(task):\n    return 'good' if 'free' in task['text'] else 'bad'\n",
        }
    )
    known = [{**x, "tone": "bad" if x["label"] == "spam" else "good"} for x in comments(100, 60)]
    tasks = project.tasks([{"id": x["id"], "text": x["text"]} for x in comments(0, 6)], "new.jsonl")
    said = chosen(project.run("label", tasks, "--corrections", project.tasks(known)))
    assert said[:2] == [["spam", "bad"], ["ham", "good"]]


def test_label_refuses_corrections_without_a_label(misled):
    tasks = misled.tasks([{"id": 1, "text": "free"}], "new.jsonl")
    result = misled.run("label", tasks, "--corrections", misled.tasks([{"text": "free"}]))
    assert type(result.exception) is BadTasks
    assert "has a label in 'label'" in str(result.exception)
