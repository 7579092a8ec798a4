from __future__ import annotations

import json
from pathlib import Path

import pytest

from alchemist.core.errors import BadInput, BadLabelConfig, BadTasks, FitError, NotFound

from .conftest import TWO_QUESTIONS

DATA = Path(__file__).parents[1] / "data"
YOUTUBE = DATA / "youtube"
REPLIES = DATA / "completions" / "youtube" / "first" / "replies"

LABELLED = [
    {"id": 1, "text": "http://a", "label": "spam"},
    {"id": 2, "text": "good song", "label": "ham"},
    {"id": 3, "text": "old song", "label": "ham"},
    {"id": 4, "text": "nothing", "label": "ham"},
]
TITANIC = (
    '<View><Table name="row" value="$row"/>'
    '<Choices name="fate" toName="row"><Choice value="died"/><Choice value="survived"/></Choices></View>'
)
QUIET = ("--combiner", "majority", "--json")


def choices(*labels: str) -> str:
    inner = "".join(f'<Choice value="{x}"/>' for x in labels)
    text = '<Text name="text" value="$text"/>'
    return f'<View>{text}<Choices name="label" toName="text">{inner}</Choices></View>'


def figures(result) -> dict:
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def refused(result, error: type[Exception]) -> Exception:
    assert type(result.exception) is error
    return result.exception


def test_the_figures_of_a_folder_of_programs(project):
    got = figures(project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET))
    for program in got["programs"]:
        assert program.pop("us_per_task") > 0
    assert got == {
        "n": 4,
        "accuracy": 0.75,
        "macro_f1": pytest.approx((1.0 + 0.8) / 2),
        "coverage": 0.75,
        "ece": pytest.approx(0.25),
        "log_loss": pytest.approx(0.3890484),
        "brier": 0.21875,
        "calibrated": False,
        "corrections": 0,
        "corrections_used": 0,
        "gold_only": None,
        "combiner": "majority",
        "combiner_note": "majority was asked for",
        "fitted_on": "the test votes (no --fit was given)",
        "seed": 0,
        "programs": [
            {"name": "links", "coverage": 0.25, "accuracy": 1.0, "faults": 0, "fault": None},
            {"name": "song", "coverage": 0.5, "accuracy": 1.0, "faults": 0, "fault": None},
        ],
        "left_out": [],
    }


def test_a_table_for_people_says_the_same(project):
    project.programs({"bad.py": "def label(task):\n    return {'a': 'spam'}[task['text']]\n", "none.md": "Nothing."})
    result = project.run("evaluate", "--test", project.tasks(LABELLED), "--combiner", "majority")
    assert result.exception is None
    said = " ".join(result.stdout.split())
    assert "bad" in said
    assert "left out: none: the reply holds no program" in said
    assert "weights: majority was asked for; fitted on the test votes (no --fit was given)" in said
    assert "n 4 accuracy 0.0000 macro F1 0.0000 coverage 0.0000 calibration error - log-loss 0.6931" in said


def test_a_fault_is_counted_and_told(project):
    project.programs({"bad.py": "def label(task):\n    return {'good song': 'spam'}[task['text']]\n"})
    (program,) = figures(project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET))["programs"]
    assert (program["faults"], program["coverage"], program["accuracy"]) == (3, 0.25, 0.0)
    assert program["fault"] == "raised: KeyError: 'http://a'"
    said = project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET[:2]).stdout
    assert "bad, its first fault: raised: KeyError: 'http://a'" in said


def test_no_name_is_cut_off_in_a_narrow_terminal(project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    name = "a_program_whose_name_is_longer_than_its_column"
    project.programs({f"{name}.py": "def label(task):\n    return 'spam'\n"})
    said = project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET[:2]).stdout
    assert "".join(x.split("│")[1].strip() for x in said.splitlines() if x.startswith("│")) == name


def test_without_corrections_none_are_counted(project):
    said = project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET[:2]).stdout
    assert "scores not calibrated: no corrections were given" in said


@pytest.mark.parametrize("record", ["plain", "data", "in data"])
def test_the_label_is_hidden_from_programs(project, record):
    shapes = {
        "plain": lambda x: x,
        "data": lambda x: {"id": x["id"], "data": {"text": x["text"]}, "label": x["label"]},
        "in data": lambda x: {"id": x["id"], "data": {"text": x["text"], "label": x["label"]}},
    }
    project.programs(
        {
            "peeks.py": "def label(task):\n    return task.get('label') or ('spam' if task['text'] == '' else None)\n",
            "names.py": "def label(task):\n    return 'spam' if len(task) != 2 or 'label' not in task else 'ham'\n",
        }
    )
    got = figures(project.run("evaluate", "--test", project.tasks(map(shapes[record], LABELLED)), *QUIET))
    names, peeks = got["programs"]
    assert (peeks["coverage"], peeks["faults"]) == (0.0, 0)
    assert (names["coverage"], names["accuracy"]) == (1.0, 0.75)


def test_the_label_of_a_table_is_no_column(project):
    project.config(TITANIC)
    project.programs({"peeks.py": "def label(task):\n    return 'died' if 'fate' in str(task) else 'survived'\n"})
    tasks = project.tasks([{"id": 1, "Age": 3, "fate": "survived"}, {"id": 2, "data": {"Age": 4}, "fate": "survived"}])
    got = figures(project.run("evaluate", "--test", tasks, "--label-field", "fate", *QUIET))
    assert (got["n"], got["accuracy"]) == (2, 1.0)


def test_labels_are_read_by_alias_and_from_annotations(project):
    given = [{"from_name": "label", "to_name": "text", "type": "choices", "value": {"choices": ["1"]}}]
    records = [
        {"id": 1, "text": "http://a", "label": "1"},
        {"id": 2, "data": {"text": "http://b"}, "annotations": [{"result": given}]},
        {"id": 3, "data": {"text": "c"}, "annotations": [{"result": [], "was_cancelled": True}, {"result": given}]},
    ]
    got = figures(project.run("evaluate", "--test", project.tasks(records), *QUIET))
    assert (got["n"], got["accuracy"]) == (3, pytest.approx(2 / 3))


@pytest.mark.parametrize("annotations", ["many", 3, [None], ["x"], [{"result": "x"}]])
def test_annotations_that_make_no_sense_are_no_label(project, annotations):
    test = project.tasks([{"data": {"text": "x"}, "annotations": annotations}])
    assert isinstance(project.run("evaluate", "--test", test).exception, BadTasks)


def test_of_several_annotations_ground_truth_counts_then_the_latest(project):
    def said(name, **more):
        return {"result": [{"from_name": "label", "value": {"choices": [name]}}], **more}

    first = [said("ham", updated_at="1"), said("1", updated_at="2"), said("ham", updated_at="3", was_cancelled=True)]
    second = [said("1", ground_truth=True, updated_at="1"), said("ham", updated_at="2")]
    test = project.tasks([{"data": {"text": "http"}, "annotations": x} for x in (first, second)])
    assert json.loads(project.run("evaluate", "--test", test, "--json").stdout)["accuracy"] == 1.0


def test_an_empty_file_is_told(project):
    assert str(project.run("evaluate", "--test", project.tasks([])).exception).endswith("holds no tasks")


def test_tasks_without_a_label_are_left_out_aloud(project):
    result = project.run("evaluate", "--test", project.tasks([*LABELLED, {"id": 5, "text": "x"}]), *QUIET)
    assert figures(result)["n"] == 4
    assert "1 of 5 tasks have no label and are left out" in result.stderr


def test_what_the_weights_were_fitted_on_is_said(project):
    fit = project.tasks([{"text": "http://c"}] * 7, "fit.jsonl")
    got = figures(project.run("evaluate", "--test", project.tasks(LABELLED), "--fit", fit, "--seed", 3, *QUIET))
    assert (got["fitted_on"], got["seed"]) == ("7 unlabelled tasks", 3)


def test_an_unknown_label_is_refused(project):
    error = refused(project.run("evaluate", "--test", project.tasks([*LABELLED, {"label": "eggs"}]), *QUIET), BadTasks)
    assert error.message == f"{project.folder / 'tasks.jsonl'}, task 5: 'eggs' is not a label of 'label'"
    assert error.hint == "Its labels are: ham, spam."


def test_no_label_at_all_is_refused(project):
    tasks = project.tasks(LABELLED)
    error = refused(project.run("evaluate", "--test", tasks, "--label-field", "gold", *QUIET), BadTasks)
    assert error.message == f"no task of {tasks} has a label in 'gold'"
    assert error.hint == "Name the field with --label-field."


def test_of_several_questions_one_must_be_named(project):
    project.config(TWO_QUESTIONS)
    tasks = project.tasks(LABELLED)
    error = refused(project.run("evaluate", "--test", tasks, *QUIET), BadInput)
    assert error.message == "the config asks several questions: label, tone"
    assert error.hint == "Choose one with --question."
    error = refused(project.run("evaluate", "--test", tasks, "--question", "mood", *QUIET), BadInput)
    assert error.message == "the config has no question 'mood'"
    assert figures(project.run("evaluate", "--test", tasks, "--question", "label", *QUIET))["n"] == 4


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--combiner", "dawid"), FitError),
        (("--programs", "/none"), NotFound),
        (("--config", "/none.xml"), BadLabelConfig),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused(project, arguments, error):
    refused(project.run("evaluate", "--test", project.tasks(LABELLED), "--json", *arguments), error)


def test_a_folder_in_which_nothing_can_be_used_says_why(project):
    project.programs({"none.md": "Nothing."})
    error = refused(project.run("evaluate", "--test", project.tasks(LABELLED), *QUIET), BadInput)
    assert error.message == f"no program in {project.folder / 'programs'} can be used"
    assert error.hint == "none: the reply holds no program"


@pytest.mark.slow
def test_recorded_replies_reach_their_accuracy_on_youtube(project):
    project.config(choices("ham", "spam"))
    got = figures(
        project.run(
            "evaluate", "--test", YOUTUBE / "test.jsonl", "--fit", YOUTUBE / "train.jsonl", "--json", programs=REPLIES
        )
    )
    assert got["accuracy"] >= 0.98
    assert (got["n"], got["combiner"], got["left_out"]) == (250, "blend", [])
    assert got["fitted_on"] == "1468 unlabelled tasks"
    assert got["combiner_note"] == (
        "67% the majority, 33% Snorkel's label model, made no more certain than the majority "
        "and fitted on the votes of 1,468 tasks"
    )
    assert [program["faults"] for program in got["programs"]] == [0] * 10


def corrected(project, **more: str) -> list[str]:
    """Forty corrections of comments that the programs know half of, ids as in the test file, in a file."""
    texts = ["a song by Ann", "see http://b", "well", "hm"]
    labels = ["ham", "spam", "ham", "spam"]
    rows = [{"id": n, "text": f"{texts[n % 4]} {n}", "label": labels[n % 4]} | more for n in range(40)]
    return ["--corrections", str(project.tasks(rows, "gold.jsonl"))]


@pytest.mark.slow
def test_weights_learn_from_corrections_and_are_compared_with_a_classifier_alone(project):
    test = project.tasks(LABELLED)
    got = figures(project.run("evaluate", "--test", test, *corrected(project), "--combiner", "auto", "--json"))
    assert (got["corrections"], got["calibrated"], got["combiner"]) == (40, True, "joint")
    assert got["combiner_note"].startswith("learned from 20 corrections: ")  # of those that programs vote on
    assert "tasks without a vote are answered by the classifier" in got["combiner_note"]
    assert set(got["gold_only"]) == {"accuracy", "macro_f1", "log_loss"}
    assert 0 < got["brier"] < 2
    shown = " ".join(project.run("evaluate", "--test", test, *corrected(project), "--combiner", "auto").stdout.split())
    assert "scores calibrated, 40 of 40 corrections used; a classifier on the same corrections alone: accuracy" in shown


@pytest.mark.slow
def test_what_is_measured_on_is_not_learned_from(project):
    rows = [{"text": f"a song {n}", "label": "ham"} for n in range(12)]
    test, gold = project.tasks(rows[:4]), project.tasks([{"id": 9_000 + n} | row for n, row in enumerate(rows)], "gold")
    result = project.run("evaluate", "--test", test, "--corrections", gold, "--json", "--combiner", "auto")
    assert figures(result)["corrections"] == 8
    assert "4 of 12 corrections are test tasks too and are left out" in result.stderr


def test_a_majority_learns_nothing_from_corrections(project):
    got = figures(project.run("evaluate", "--test", project.tasks(LABELLED), *corrected(project), *QUIET))
    assert (got["combiner"], got["corrections"], got["calibrated"]) == ("majority", 40, False)


def test_a_label_that_is_none_is_refused_in_corrections_too(project):
    result = project.run("evaluate", "--test", project.tasks(LABELLED), *corrected(project, label="eggs"))
    told = f"{project.folder / 'gold.jsonl'}, task 1: 'eggs' is not a label of 'label'"
    assert refused(result, BadTasks).message == told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "config", "accuracy"),
    [
        ("youtube", choices("ham", "spam"), 0.98),
        ("sms", choices("ham", "spam"), 0.985),
        ("trec", choices("abbreviation", "description", "entity", "human", "location", "number"), 0.89),
        ("agnews", choices("World", "Sports", "Business", "Sci/Tech"), 0.83),
        ("titanic", TITANIC, 0.82),
    ],
)
def test_recorded_replies_reach_their_accuracy(project, shared, data, config, accuracy):
    project.config(config)
    folder = shared / "data" / data
    files = ("--test", folder / "test.jsonl", "--fit", folder / "train.jsonl")
    replies = shared / "completions" / data / "first" / "replies"
    for combiner in ("auto", "snorkel"):
        got = figures(project.run("evaluate", *files, "--json", "--combiner", combiner, programs=replies))
        assert got["accuracy"] >= accuracy
    assert got["left_out"] == []
