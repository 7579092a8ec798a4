"""`alchemist editions`: two editions of three programs each, ten tasks, six of them answered by people."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alchemist.aggregation.weights import majority
from alchemist.cli import app
from alchemist.core.corrections import Annotation, News
from alchemist.core.decisions import PROMOTED, REJECTED, Decision
from alchemist.core.editions import Edition, Panel, Threshold
from alchemist.core.errors import AlchemistError, BadInput, NotFound
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, Judged, source
from alchemist.core.worth import worth
from alchemist.labelstudio.config import read_config
from alchemist.meeting import limit
from alchemist.services import Services
from alchemist.settings import Settings
from alchemist.state import jobs
from alchemist.state.schema import vote_blocks
from tests.doubles.work import program

KEY = "4.1"
XML = (
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="spam"/><Choice value="ham"/></Choices></View>'
)
TASKS = {
    1: "free song",
    2: "free click",
    3: "love song",
    4: "love",
    5: "free loved lyrics",
    6: "nothing",
    7: "free stuff",
    8: "click song",
    9: "love it",
    10: "hello",
}
PEOPLE = {1: "spam", 2: "spam", 3: "ham", 4: "ham", 5: "ham", 6: "ham"}
FREE, LOVE, LOVED = program("free", "spam"), program("love", "ham"), program("loved", "ham", "offline [/b]")
CLICK = program("click", "spam", "llm")


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A project that nothing is known of but its label config and its tasks."""
    monkeypatch.setenv("ALCHEMIST_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    services = Services(Settings(home=tmp_path))
    services.store.save_project(Project(KEY, XML, title="comments"))
    services.store.learn(KEY, News(data={n: {"text": text} for n, text in TASKS.items()}), 1.0)
    return services


def answer(services: Services) -> None:
    """People answer six of the tasks."""
    said = [
        Annotation(n, n, [{"from_name": "label", "value": {"choices": [x]}}], f"2026-11-20T12:00:0{n}Z")
        for n, x in PEOPLE.items()
    ]
    services.store.learn(KEY, News(annotations=said), 2.0)


def keep(services: Services, why: str, *entries: Entry, **weights: Any) -> Edition:
    """An edition of these programs, and the decision that promoted it."""
    (question,) = read_config(XML).questions
    panel = Panel(question, entries, majority(tuple(x.source.id for x in entries), why) | weights)
    edition = services.store.keep(KEY, Edition(0, 0, (panel,)), why)
    services.store.decide(KEY, Decision(edition.name, "", PROMOTED, "alchemist", why))
    return edition


@pytest.fixture
def two(services: Services) -> tuple[Edition, Edition]:
    """The first edition was, the second serves."""
    editions = (
        keep(services, "first weights", FREE, LOVE, LOVED, members=[FREE.source.id, LOVE.source.id, LOVED.source.id]),
        keep(services, "second weights", CLICK, LOVE, LOVED, gold=4),
    )
    services.store.mark(KEY, chosen=editions[1].name, serving=editions[1].name, published=editions[1].name)
    return editions


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, ["editions", *map(str, arguments), "--project", "4"], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def refused(*arguments: object) -> AlchemistError:
    result = CliRunner().invoke(app, ["editions", *map(str, arguments), "--project", "4"])
    assert isinstance(result.exception, AlchemistError)
    return result.exception


def cells(text: str) -> list[list[str]]:
    """The rows of every table in a text, without their headers and bars."""
    lines = [line.strip()[1:-1].split("│") for line in text.splitlines() if line.startswith("│")]
    return [[re.sub(r"[█▏▎▍▌▋▊▉▐▕]+", "", x).strip() for x in line] for line in lines]


def told(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


def open_kinds(services: Services) -> list[str]:
    return sorted(str(x["kind"]) for x in jobs.open_jobs(services.store.engine))


def test_list_tells_editions_and_decisions_newest_first(services: Services, two: tuple[Edition, Edition]) -> None:
    old, new = two
    services.store.decide(KEY, Decision("", new.name, REJECTED, "Start Training", "label: [/b] 3 right instead of 4"))
    run("rollback", "1")
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "now", run("list"))
    assert cells(text) == [
        ["", old.name, "now", "an admin chose this edition"],
        ["", "rolled back to", "by admin", ""],
        ["", f"{new.name} stays", "now", "label: [/b] 3 right instead of 4"],
        ["", "rejected", "by Start Training", ""],
        ["2", new.name, "now", "second weights"],
        ["", "serving", "by alchemist", ""],
        ["1", old.name, "now", "first weights"],
        ["", "chosen, not serving yet", "by alchemist", ""],
    ]
    assert f"{old.name} is being published, {new.name} serves until then" in text


def test_list_tells_what_keeps_the_chosen_edition_from_serving(
    services: Services, two: tuple[Edition, Edition]
) -> None:
    assert "published" not in run("list")
    services.store.mark(KEY, chosen=two[0].name)
    lost = f"{two[0].name} is chosen, and nothing publishes it: alchemist editions publish --project 4"
    assert lost in told(run("list"))
    run("publish")
    job = jobs.claim(services.store.engine, "worker", jobs.LEASE + 4e9)
    assert job is not None
    jobs.fail(services.store.engine, job, "Label Studio does not answer", 5e9)
    assert "serves until then; attempt 1 failed: Label Studio does not answer" in told(run("list"))


def test_list_of_a_project_without_editions(services: Services) -> None:
    assert told(run("list")).startswith("project 4 has no edition yet; annotate about twenty tasks")


def test_list_of_an_edition_without_a_decision_and_of_one_promoted_twice(services: Services) -> None:
    """The first schema kept no decisions; an edition of equal content is promoted again under its name."""
    (question,) = read_config(XML).questions
    panel = Panel(question, (FREE,), majority((FREE.source.id,)))
    name = services.store.keep(KEY, Edition(0, 0, (panel,)), "before decisions were kept").name
    assert [[x[0], x[1], x[3]] for x in cells(run("list"))] == [
        ["1", name, "before decisions were kept"],
        ["", "was", ""],
    ]
    for reason in ("once", "twice"):
        services.store.decide(KEY, Decision(name, "", PROMOTED, "review", reason))
    assert [[x[0], x[1], x[3]] for x in cells(run("list"))] == [
        ["", name, "twice"],
        ["", "promoted again", ""],
        ["1", name, "once"],
        ["", "was", ""],
    ]


def test_an_edition_that_serves_and_one_that_was(services: Services, two: tuple[Edition, Edition]) -> None:
    assert [x[1] for x in cells(run("list"))] == [two[1].name, "serving", two[0].name, "was"]


def test_show_holds_programs_against_peoples_answers(services: Services, two: tuple[Edition, Edition]) -> None:
    answer(services)
    text = run("show", 1)
    # coverage, right of the votes with Wilson's interval, overlap and conflict on task 5
    assert cells(text) == [
        ["free spam", "50 %", "67 % (21-94)", "", "17 %", "17 %"],
        ["love ham", "50 %", "100 % (44-100)", "", "17 %", "17 %"],
        ["loved ham", "17 %", "100 % (21-100)", "", "17 %", "17 %"],
        ["free spam", "folder", "spam 2/2, ham 0/1"],
        ["love ham", "folder", "ham 3/3"],
        ["loved ham", "offline [/b]", "ham 1/1"],
    ]
    assert f"{two[0].name}: was, made " in text
    assert "Weights: first weights" in text
    assert "On the 6 tasks that people answered." in text


def test_the_verdict_the_scores_and_the_threshold_are_told(services: Services) -> None:
    judged = asdict(worth([True] * 30, [True] * 20 + [False] * 10, 2))
    edition = keep(services, "weights", FREE, LOVE, gold=30, calibrated=True, worth=judged)
    services.store.mark(KEY, serving=edition.name)
    services.store.mark(KEY, serving=limit(services.store.project(KEY), Threshold(0.8), services.store).name)
    text = run("show")
    assert "Threshold: answers with a score below 0.8 are withheld\n" in text
    assert "Scores: roughly calibrated on 30 corrections\n" in text
    assert "Verdict: programs help: right on 30 of 30 corrections" in text


def test_show_as_json(services: Services, two: tuple[Edition, Edition]) -> None:
    answer(services)
    shown = json.loads(run("show", 1, "--json"))
    assert shown.pop("created_at") > 0
    (panel,) = shown.pop("panels")
    assert shown == {"edition": two[0].name, "number": 1, "became": "was", "why": "first weights"} | {
        "threshold": {"score": 0.0, "below": "withhold"}
    }
    programs = panel.pop("programs")
    assert panel == {
        "question": "label",
        "labels": ["spam", "ham"],
        "asked": True,
        "weights": {"kind": "majority", "why": "first weights", "gold": None, "calibrated": None},
        "scores": "not calibrated: too few corrections of tasks with a vote, or not the combiner auto",
        "worth": None,
        "corrections": 6,
        "tasks": 10,
    }
    measured = programs[0].pop("on_corrections")
    assert programs[0] == {
        "name": "free spam",
        "writer": "folder",
        "source": FREE.source.id,
        "counts": True,
        "coverage_of_tasks": 0.4,
    }
    assert [round(x, 3) for x in measured.pop("interval")] == [0.208, 0.939]
    assert {name: round(x, 3) if isinstance(x, float) else x for name, x in measured.items()} == {
        "coverage": 0.5,
        "accuracy": 0.667,
        "overlap": 0.167,
        "conflict": 0.167,
        "votes": 3,
        "right": 2,
        "faults": 0,
        "by_label": {"spam": {"votes": 2, "right": 2}, "ham": {"votes": 1, "right": 0}},
    }


def test_show_before_people_answered_anything(services: Services, two: tuple[Edition, Edition]) -> None:
    text = run("show")
    assert text.startswith(f"{two[1].name}: serving, made ")
    assert cells(text) == [
        ["click spam", "llm", "", "20 %"],
        ["love ham", "folder", "", "40 %"],
        ["loved ham", "offline [/b]", "", "10 %"],
    ]
    assert "of 10 tasks; people have answered none of them." in text


def test_show_tells_which_votes_do_not_count(services: Services) -> None:
    keep(services, "one of two", FREE, LOVE, members=[LOVE.source.id])
    assert [x[0] for x in cells(run("show", 1))] == ["free spam does not count", "love ham"]


def test_show_of_an_edition_whose_labels_are_asked_no_more(services: Services, two: tuple[Edition, Edition]) -> None:
    """Stored votes on what is asked now stay; the old edition is tried without them."""
    run("show")
    services.store.save_project(Project(KEY, XML.replace('"spam"', '"junk"')))
    asked = program("free", "junk")
    (question,) = read_config(XML.replace('"spam"', '"junk"')).questions
    panel = Panel(question, (asked,), majority((asked.source.id,), "other labels"))
    services.store.keep(KEY, Edition(0, 0, (panel,)), "other labels")
    run("show", 3)
    text = run("show", 1)
    assert "The label config does not ask this any more, or asks it otherwise." in text
    assert cells(text)[0][3] == "40 %"
    with services.store.engine.connect() as connection:
        assert [row.source for row in connection.execute(vote_blocks.select())] == [asked.source.id]


def test_diff_tells_programs_answers_and_corrections(services: Services, two: tuple[Edition, Edition]) -> None:
    answer(services)
    old, new = two
    text = run("diff", 1, 2)
    assert "- free spam (folder)\n+ click spam (llm)\n2 programs are in both\n" in text
    assert "- weights: first weights\n+ weights: second weights\n3 of 10 answers differ\n" in text
    assert cells(text) == [
        ["spam", "no answer", "2", ""],
        ["no answer", "spam", "1", ""],
        ["1", "free song", "spam", "no answer", "spam"],
        ["7", "free stuff", "spam", "no answer", ""],
        ["8", "click song", "no answer", "spam", ""],
        [old.name, "5", "", "83 %"],
        [new.name, "4", "", "67 %"],
    ]
    assert f"{new.name} mends 0 and breaks 1 of them" in text
    assert f"{new.name} has learned its weights from 4 of these corrections" in text
    assert f"{old.name} has learned" not in text
    assert f"{old.name} mends 1 and breaks 0 of them" in run("diff", 2, 1)


def test_diff_without_corrections_and_without_difference(services: Services, two: tuple[Edition, Edition]) -> None:
    text = run("diff", 2, 2)
    assert "0 of 10 answers differ" in text
    assert "3 programs are in both\n0 of" in text
    assert "People have answered none of these tasks, so nothing says which edition is right." in text


def test_what_tasks_and_fields_say_is_no_markup(services: Services, two: tuple[Edition, Edition]) -> None:
    hostile = XML.replace("$text", "$[/b]")
    services.store.save_project(Project(KEY, hostile))
    services.store.learn(KEY, News(data={11: {"[/b]": "[/i] click \x1b[31m"}}), 3.0)
    (question,) = read_config(hostile).questions
    for label in ("spam", "ham"):
        text = f"def label(task):\n    return {label!r} if 'click' in (task['[/b]'] or '') else None\n"
        one = Entry("[/u]", source(text), "[/s]")
        panel = Panel(question, (one,), majority((one.source.id,), f"[/{label}]"))
        services.store.keep(KEY, Edition(0, 0, (panel,)), "[/y]")
    told_by = run("diff", 3, 4)
    assert "- [/u] ([/s])\n+ [/u] ([/s])" in told_by
    assert "- weights: [/spam]\n+ weights: [/ham]" in told_by
    assert cells(told_by) == [["spam", "ham", "1", ""], ["11", "[/i] click  [31m", "spam", "ham", ""]]
    shown = run("show", 3)
    assert all(x in shown for x in ("\n[/y]\n", "│ [/u]    │ [/s] ", "Weights: [/spam]\n"))


def test_rollback_chooses_and_has_it_published(services: Services, two: tuple[Edition, Edition]) -> None:
    old, new = two
    text = told(run("rollback", old.name))
    assert text.startswith(f"{old.name} is chosen. The worker (")
    assert text.endswith(f"Until then {new.name} serves.")
    project = services.store.project(KEY)
    assert project is not None
    assert (project.chosen, project.serving, open_kinds(services)) == (old.name, new.name, ["publish"])
    decision = services.store.decisions(KEY)[0]
    assert (decision.candidate, decision.incumbent, decision.verdict) == (old.name, new.name, "rolled back")
    again = refused("rollback", 1)
    assert isinstance(again, BadInput)
    assert again.message == f"{old.name} is chosen already, and does not serve yet"
    assert len(services.store.decisions(KEY)) == 3


def test_rollback_to_what_serves_decides_nothing(services: Services, two: tuple[Edition, Edition]) -> None:
    assert run("rollback", 2) == f"{two[1].name} serves already\n"
    assert (len(services.store.decisions(KEY)), open_kinds(services)) == (2, [])


def test_rollback_takes_back_a_choice_that_is_not_published_yet(
    services: Services, two: tuple[Edition, Edition]
) -> None:
    run("rollback", 1)
    assert run("rollback", 2).startswith(f"{two[1].name} is chosen.")
    project = services.store.project(KEY)
    assert project is not None
    assert (project.chosen, project.serving) == (two[1].name, two[1].name)


def test_an_edition_that_answers_other_labels_is_not_published(
    services: Services, two: tuple[Edition, Edition]
) -> None:
    services.store.save_project(Project(KEY, XML.replace('"spam"', '"junk"')))
    for command in (["rollback", 1], ["publish"]):
        error = refused(*command)
        assert isinstance(error, BadInput)
        assert error.message.endswith(" answers what the label config does not ask any more, or asks otherwise")
    assert (len(services.store.decisions(KEY)), open_kinds(services)) == (2, [])


def test_publish_asks_for_the_chosen_edition_again(services: Services, two: tuple[Edition, Edition]) -> None:
    text = told(run("publish"))
    assert text.startswith(f"{two[1].name} is published again. The worker (")
    assert "Until then" not in text
    services.store.mark(KEY, chosen=two[0].name)
    assert told(run("publish")).endswith(f"Until then {two[1].name} serves.")
    assert open_kinds(services) == ["publish"]


@pytest.mark.parametrize("command", [["show"], ["publish"], ["show", "1"], ["rollback", "1"], ["diff", "1", "2"]])
def test_a_project_without_editions(services: Services, command: list[str]) -> None:
    error = refused(*command)
    assert isinstance(error, NotFound)
    assert error.message == "project 4 has no edition yet"
    assert error.hint.startswith("To get one, annotate about twenty tasks")


def test_an_edition_is_named_by_number_name_or_the_beginning_of_its_name(services: Services) -> None:
    names = [keep(services, f"number {n}", FREE).name for n in range(1, 13)]
    for named, number in (
        ("1", 1),
        ("12", 12),
        ("alchemist-1", 1),
        (names[9], 10),
        (names[9][:-2], 10),
        ("alchemist-2", 2),
    ):
        assert json.loads(run("show", named, "--json"))["number"] == number
    unknown, several = refused("show", "13"), refused("show", "alchemist")
    assert isinstance(unknown, NotFound)
    assert (unknown.message, unknown.hint) == (
        "project 4 has no edition '13'",
        "alchemist editions list --project 4 shows them.",
    )
    assert isinstance(several, BadInput)
    assert several.message == "'alchemist' is the beginning of 12 editions"


def test_a_project_that_is_not_known(services: Services) -> None:
    result = CliRunner().invoke(app, ["editions", "list", "--project", "9"])
    assert isinstance(result.exception, NotFound)
    assert result.exception.message == "project 9 has not introduced itself"


def test_programs_list_tells_what_voting_programs_are_worth(services: Services, two: tuple[Edition, Edition]) -> None:
    (question,) = read_config(XML).questions
    services.store.judge(KEY, question, [Judged(CLICK, True, ""), Judged(FREE, False, "too often wrong")])

    def listed() -> list[list[str]]:
        result = CliRunner().invoke(app, ["programs", "list", "--project", "4"], catch_exceptions=False)
        return cells(result.stdout)

    assert listed() == [
        *(["click spam", "votes", ""], ["llm", "", ""]),
        *(["free spam", "left out", "too often wrong"], ["folder", "", ""]),
        *(["love ham", "votes", ""], ["folder", "", ""]),
        *(["loved ham", "votes", ""], ["offline [/b]", "", ""]),
    ]
    answer(services)
    assert [row for row in listed() if row[1]] == [
        ["click spam", "votes", "100 % (21-100)", "17 %", ""],
        ["free spam", "left out", "", "", "too often wrong"],
        ["love ham", "votes", "100 % (44-100)", "50 %", ""],
        ["loved ham", "votes", "100 % (21-100)", "17 %", ""],
    ]


def test_long_names_of_programs_stay_whole(
    services: Services, two: tuple[Edition, Edition], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`programs show` wants the whole name, however narrow the terminal is."""
    monkeypatch.setenv("COLUMNS", "80")
    answer(services)
    name = "a_program_with_a_name_of_more_than_forty_characters"
    services.store.mark(KEY, serving=keep(services, "long", Entry(name, FREE.source, "offline")).name)
    listed = CliRunner().invoke(app, ["programs", "list", "--project", "4"], catch_exceptions=False).stdout
    assert "".join(row[0] for row in cells(listed)) == f"{name}offline"
    assert "".join(row[0] for row in cells(run("show"))) == 2 * name
