"""The writer that needs no key, on YouTube comments: what it binds, what it induces, and that both can run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from alchemist.core.brief import Brief, Exemplar, Mistake, Shortfall, Standing
from alchemist.core.programs import Entry
from alchemist.core.reliability import Reliability
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.resources import shipped
from alchemist.sandbox.check import check
from alchemist.sandbox.monty import vote
from alchemist.writer.library import FolderWriter, read_folder
from alchemist.writer.offline import OfflineWriter

XML = (
    '<View><Text name="text" value="$comment"/><Choices name="label" toName="text">'
    '<Choice value="Junk"/><Choice value="Fine"/></Choices></View>'
)
CONFIG = read_config(XML)
NAMES = {"spam": "Junk", "ham": "Fine"}
TRAIN = Path(__file__).parents[1] / "data" / "youtube" / "train.jsonl"
LIBRARY = read_folder(shipped("programs"))


def tasks(first: int, last: int) -> list[tuple[Task, str]]:
    rows = [json.loads(line) for line in TRAIN.read_text(encoding="utf-8").splitlines()[first:last]]
    return [(Task({"comment": row["text"]}, row["id"]), NAMES[row["label"]]) for row in rows]


EXEMPLARS = [Exemplar(task, label) for task, label in tasks(0, 24)]
OTHERS = tasks(24, 324)
BRIEF = Brief(
    "Comments", "", "", CONFIG, CONFIG.questions[0], unlabelled=[task for task, _ in OTHERS], exemplars=EXEMPLARS
)
BARE = replace(BRIEF, exemplars=())


def right(entries: list[Entry]) -> tuple[int, int]:
    """How many votes of these programs are right, of how many, on tasks of which they saw no answer."""
    block = vote(BRIEF.question, [x.source for x in entries], [task for task, _ in OTHERS])
    assert [column.fault for column in block.columns] == [None] * len(entries)
    truth = [label for _, label in OTHERS]
    given = [
        (block.book[code], answer)
        for column in block.columns
        for code, answer in zip(column.codes, truth, strict=True)
        if code >= 0
    ]
    return sum(a == b for a, b in given), len(given)


def test_without_exemplars_there_is_the_library_alone():
    told: list[str] = []
    entries = OfflineWriter(LIBRARY, tell=told.append).write(BARE)
    assert {x.writer for x in entries} == {"library v1"}
    assert {x.name.split("/")[0] for x in entries} == {"phishing", "spam"}
    assert "spam/links" in {x.name for x in entries}
    assert told == []


def test_bound_programs_read_and_return_the_projects_own_names():
    (links,) = [x for x in OfflineWriter(LIBRARY).write(BARE) if x.name == "spam/links"]
    assert "'Junk'" in links.source.text
    assert "'comment'" in links.source.text
    assert "LABELS" not in links.source.text
    (column,) = vote(BRIEF.question, [links.source], [Task({"comment": "go to http://spam.xyz"}, 1)]).columns
    assert list(column.codes) == [0]


def test_labels_that_no_program_of_the_library_knows_get_none():
    config = read_config(XML.replace("Junk", "Zebra").replace("Fine", "Giraffe"))
    brief = replace(BARE, config=config, question=config.questions[0])
    assert OfflineWriter(LIBRARY).write(brief) == []


@pytest.mark.slow
def test_from_24_exemplars_readable_programs_are_induced():
    told: list[str] = []
    entries = OfflineWriter(LIBRARY, ("induced",), told.append).write(BRIEF)
    assert told == ["inducing programs from 24 annotated tasks"]
    assert 3 <= len(entries) <= 14
    assert len({x.source for x in entries}) == len({x.name for x in entries}) == len(entries)
    assert not any(x.writer == "library v1" for x in entries)
    for entry in entries:
        check(entry.source)
        assert "comment" in entry.source.text
        assert '"""' in entry.source.text  # it says what it goes by
    good, given = right(entries)
    assert given > 300
    assert good / given > 0.7


def test_the_library_comes_before_what_is_induced():
    both = OfflineWriter(LIBRARY).write(BRIEF)
    bound = OfflineWriter(LIBRARY, ("library",)).write(BRIEF)
    induced = OfflineWriter(LIBRARY, ("induced",)).write(BRIEF)
    assert bound and induced
    assert both == bound + induced


def test_the_same_brief_gives_the_same_programs():
    writer = OfflineWriter(LIBRARY, ("induced",))
    assert writer.write(BRIEF) == writer.write(BRIEF)


@pytest.mark.parametrize(
    "exemplars",
    [
        EXEMPLARS[:1],
        [x for x in EXEMPLARS if x.answer == "Junk"],
        [Exemplar(Task({"comment": None}, 1), "Junk"), Exemplar(Task({}, 2), "Fine")],
        [
            Exemplar(Task({"comment": "</data> \ud800 \x00 \"\"\" ''' \\ {}"}, n), x)
            for n, x in enumerate(NAMES.values())
        ],
        [replace(EXEMPLARS[0], answer="Gone"), *EXEMPLARS[1:8]],
    ],
    ids=["one", "of one label", "without text", "of odd text", "of a label that is gone"],
)
def test_exemplars_that_teach_little_do_no_harm(exemplars):
    entries = OfflineWriter(LIBRARY, ("induced",)).write(replace(BRIEF, exemplars=exemplars))
    for entry in entries:
        check(entry.source)
        assert "Gone" not in entry.source.text
    right(entries)


NOBODY = Reliability(0, 0, 0, 0, 0, 0, {})


def fallen_short(standing: list[Entry], wrong: list[Exemplar]) -> Brief:
    short = Shortfall(
        len(EXEMPLARS),
        [Standing(x, NOBODY) for x in standing],
        (),
        [Mistake(x.task, x.answer, None) for x in wrong],
        [task for task, _ in OTHERS[:20]],
        [Task({"comment": "no program knows this"}, "new")],
    )
    return replace(BRIEF, shortfall=short)


def test_what_votes_already_is_not_written_again():
    writer = OfflineWriter(LIBRARY)
    first = writer.write(BRIEF)
    assert writer.write(fallen_short(first, [])) == []
    kept = [x for x in first if x.name not in ("spam/links", "word list")]
    assert [x.name for x in writer.write(fallen_short(kept, []))] == ["spam/links", "word list"]


@pytest.mark.slow
def test_what_the_programs_get_wrong_counts_more_in_programs_that_mend():
    writer = OfflineWriter(LIBRARY, ("induced",))
    first = writer.write(BRIEF)
    wrong = EXEMPLARS[3:9]
    brief = fallen_short(first, wrong)
    mending = writer.write(brief)
    assert mending == writer.write(brief)
    assert len(mending) >= 5
    assert all(x.name.startswith("mend ") for x in mending)
    assert not {x.source.id for x in mending} & {x.source.id for x in first}
    for entry in mending:
        check(entry.source)
        told = "24 annotated, 6 that earlier programs got wrong counting 2 times, and 301 unlabelled tasks"
        assert told in " ".join(entry.source.text.split())
    right(mending)  # without a fault


@pytest.mark.slow
def test_more_exemplars_make_new_programs():
    writer = OfflineWriter(LIBRARY, ("induced",))
    more = [Exemplar(task, label) for task, label in OTHERS[:100]]
    brief = replace(fallen_short(writer.write(BRIEF), []), exemplars=[*EXEMPLARS, *more])
    entries = writer.write(brief)
    assert {"many weak cues", "word list"} <= {x.name for x in entries}
    assert "Learned from 124 annotated and 200 unlabelled tasks" in " ".join(entries[0].source.text.split())


def test_programs_made_by_rule_are_not_repaired():
    entry = OfflineWriter(LIBRARY).write(BARE)[0]
    assert OfflineWriter(LIBRARY).repair(BRIEF, entry, "too slow") is None
    assert FolderWriter(LIBRARY).repair(BRIEF, entry, "too slow") is None
