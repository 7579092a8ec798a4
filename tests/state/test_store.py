"""What is kept about projects and their editions, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from alchemist.core.corrections import Annotation, News, Record
from alchemist.core.decisions import Decision
from alchemist.core.documents import Document
from alchemist.core.editions import Edition, Panel
from alchemist.core.ledger import Call
from alchemist.core.ports import Project
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry, Judged, Source, source
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.state import documents, jobs, ledger, memory
from alchemist.state.schema import editions as editions_table
from alchemist.state.store import SqlStore
from tests.doubles.work import CONFIG, program, vote

KEY = "4.1795174907"
QUESTION = Question("label", "text", "choice", (Label("spam", "1", "bad"), Label("ham")), "text")
PROGRAM = source("def label(task):\n    return 'spam'  # \u20ac\n")
OTHER = source("def label(task):\n    return None\n")


def panel(name: str = "label", *programs: Source) -> Panel:
    """A panel of these programs, or of the one that says spam of everything."""
    some = programs or (PROGRAM,)
    members = [x.id for x in some]
    weights = {"kind": "majority", "v": 1, "members": members, "params": {"pseudo": 1.0}, "why": "asked for"}
    entries = tuple(Entry("none" if x == OTHER else "all", x, "folder") for x in some)
    return Panel(replace(QUESTION, name=name), entries, weights)


def edition(seed: int = 0) -> Edition:
    return Edition(0, seed, (panel(),))


def test_a_project_is_created(store: SqlStore) -> None:
    assert store.project(KEY) == Project(KEY, "<View/>", "http://localhost:8080", "token")
    assert store.project("5.1") is None
    assert [x.key for x in store.projects()] == [KEY]


def test_an_update_keeps_what_is_ours(store: SqlStore) -> None:
    ours = {"serving": "alchemist-1-abcdef", "published": "alchemist-1-abcdef", "note": "done"}
    store.mark(KEY, importing="alchemist-2-abcdef", **ours)
    store.set_settings(KEY, {"writer": "offline"})
    store.save_project(Project(KEY, "<View>2</View>", "http://other", "new", "Title"))
    assert store.project(KEY) == Project(
        KEY,
        "<View>2</View>",
        "http://other",
        "new",
        "Title",
        importing="alchemist-2-abcdef",
        settings={"writer": "offline"},
        **ours,
    )
    store.mark(KEY, importing=None)
    assert store.project(KEY).importing is None


def test_what_is_not_told_is_not_changed(store: SqlStore) -> None:
    store.save_project(Project(KEY, title="Title"))
    store.save_project(Project(KEY))
    assert store.project(KEY) == Project(KEY, "<View/>", "http://localhost:8080", "token", "Title")


def test_no_token_goes_to_an_address_that_did_not_bring_it(store: SqlStore) -> None:
    store.save_project(Project(KEY, hostname="http://localhost:8080"))
    assert store.project(KEY).access_token == "token"
    store.save_project(Project(KEY, hostname="http://elsewhere"))
    assert (store.project(KEY).hostname, store.project(KEY).access_token) == ("http://elsewhere", "")


def test_projects_stand_by_key_and_do_not_mix(store: SqlStore) -> None:
    store.save_project(Project("12.1"))
    store.save_project(Project("11.1"))
    store.mark("11.1", serving="alchemist-9-aaaaaa")
    store.mark("nobody.1", note="nothing happens")
    assert [(x.key, x.serving) for x in store.projects()] == [
        ("11.1", "alchemist-9-aaaaaa"),
        ("12.1", None),
        (KEY, None),
    ]


def test_editions_are_numbered(store: SqlStore) -> None:
    first = store.keep(KEY, edition(0), "the first")
    second = store.keep(KEY, edition(1), "the second")
    other = store.keep("5.1", edition(0), "of another project")
    assert [first.number, second.number, other.number] == [1, 2, 1]
    assert first.name == f"alchemist-1-{edition(0).hash[:6]}"
    assert [(x["number"], x["name"], x["why"]) for x in store.editions(KEY)] == [
        (2, second.name, "the second"),
        (1, first.name, "the first"),
    ]
    assert store.editions("6.1") == []


def test_equal_content_is_one_edition(store: SqlStore) -> None:
    first = store.keep(KEY, edition(0), "the first")
    store.keep(KEY, edition(1), "the second")
    assert store.keep(KEY, replace(edition(0), number=77), "again") == first
    assert [x["number"] for x in store.editions(KEY)] == [2, 1]


def test_an_edition_is_read_back_as_it_was(store: SqlStore, engine: Engine) -> None:
    kept = store.keep(KEY, edition(3), "kept")
    for reader in (store, SqlStore(engine)):
        assert reader.edition(KEY, kept.name) == kept
        assert reader.edition(KEY, "alchemist-9-abcdef") is None
        assert reader.edition("5.1", kept.name) is None
    assert kept == replace(edition(3), number=1)


def test_threads_that_keep_get_a_number_each(store: SqlStore, at_once: Callable[..., list[Any]]) -> None:
    kept = at_once(lambda seed: store.keep(KEY, edition(seed), "at once"), list(range(8)))
    assert sorted(x.number for x in kept) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert {x.seed: x.name for x in kept} == {x: f"alchemist-{kept[x].number}-{edition(x).hash[:6]}" for x in range(8)}


def test_threads_that_keep_the_same_get_the_same(store: SqlStore, at_once: Callable[..., list[Any]]) -> None:
    kept = at_once(lambda _: store.keep(KEY, edition(0), "at once"), list(range(8)))
    assert {x.number for x in kept} == {1}
    assert len(store.editions(KEY)) == 1


def test_threads_that_introduce_a_project(store: SqlStore, at_once: Callable[..., list[Any]]) -> None:
    at_once(lambda n: store.save_project(Project("7.1", f"<View>{n}</View>", "http://h", "t")), list(range(8)))
    assert [x.key for x in store.projects()] == [KEY, "7.1"]


def test_a_token_is_not_shown(store: SqlStore) -> None:
    store.save_project(Project(KEY, access_token="5ecret"))
    assert "5ecret" not in repr(store.project(KEY)) + repr(store.projects())


def test_programs_are_kept_with_their_verdicts(store: SqlStore, engine: Engine) -> None:
    entry, other = Entry("all", PROGRAM, "folder"), Entry("none", source("def label(task):\n    return None\n"), "llm")
    store.judge(KEY, QUESTION, [Judged(entry, False, "it says the same of 9 tasks"), Judged(other, True, "1st")])
    store.judge(KEY, QUESTION, [Judged(entry, True, "")])
    store.judge("5.1", QUESTION, [Judged(entry, False, "it fails")])
    found = {x["name"]: (x["question"], x["writer"], x["verdict"], x["reason"]) for x in memory.judged(engine, KEY)}
    assert found == {"all": ("label", "folder", "taken", ""), "none": ("label", "llm", "taken", "1st")}
    assert [(x["entry"], x["reason"]) for x in memory.judged(engine, "5.1")] == [(entry, "it fails")]


def test_enqueue_goes_to_the_jobs(store: SqlStore, engine: Engine) -> None:
    store.enqueue("prepare", KEY)
    store.enqueue("prepare", KEY, urgent=True)
    assert [(x["kind"], x["project"]) for x in jobs.open_jobs(engine)] == [("prepare", KEY)]


def test_enqueue_may_be_for_later(store: SqlStore, engine: Engine) -> None:
    before = time.time()
    store.enqueue("thin", KEY, delay=60)
    store.enqueue("review", KEY, urgent=True, delay=5)
    dues = {x["kind"]: x["due"] for x in jobs.open_jobs(engine)}
    assert 60 <= dues["thin"] - before < 63
    assert 5 <= dues["review"] - before < 8


# Editions as they are written


def rows(engine: Engine, words: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(x) for x in connection.execute(sa.text(words))]


def test_an_edition_is_written_with_its_panels_by_hash(store: SqlStore, engine: Engine) -> None:
    two = Edition(0, 5, (panel(), panel("other", OTHER, PROGRAM)))
    kept = store.keep(KEY, two, "two panels")
    ((content,),) = rows(engine, "SELECT content FROM editions")
    assert json.loads(content) == {"v": 2, "number": 1, "seed": 5, "panels": [x.hash for x in two.panels]}
    written = {x: json.loads(y) for x, y in rows(engine, "SELECT hash, content FROM panels")}
    assert written[panel("other", OTHER, PROGRAM).hash] == {
        "question": {
            "name": "other",
            "to_name": "text",
            "kind": "choice",
            "labels": [["spam", "1", "bad"], ["ham", None, None]],
            "field": "text",
        },
        "entries": [["none", OTHER.id, "folder"], ["all", PROGRAM.id, "folder"]],
        "weights": {
            "kind": "majority",
            "v": 1,
            "members": [OTHER.id, PROGRAM.id],
            "params": {"pseudo": 1.0},
            "why": "asked for",
        },
    }
    assert sorted(rows(engine, "SELECT id, text FROM sources")) == sorted((x.id, x.text) for x in (PROGRAM, OTHER))
    assert SqlStore(engine).edition(KEY, kept.name) == kept == replace(two, number=1)
    assert kept.hash == two.hash


def test_panels_and_sources_are_kept_once(store: SqlStore, engine: Engine) -> None:
    editions = [
        store.keep(KEY, Edition(0, 0, (panel(), panel("other"))), "first"),
        store.keep(KEY, Edition(0, 0, (panel(), panel("other", OTHER, PROGRAM))), "second"),
        store.keep(KEY, Edition(0, 0, (panel(),)), "third"),
        store.keep("5.1", Edition(0, 9, (panel("other"), panel())), "of another project"),
    ]
    assert sorted(rows(engine, "SELECT hash FROM panels")) == sorted(
        (x.hash,) for x in (panel(), panel("other"), panel("other", OTHER, PROGRAM))
    )
    assert sorted(rows(engine, "SELECT id FROM sources")) == sorted([(PROGRAM.id,), (OTHER.id,)])
    fresh = SqlStore(engine)
    assert [fresh.edition(KEY, x.name) for x in editions[:3]] == editions[:3]
    assert fresh.edition("5.1", editions[3].name) == editions[3]


def test_an_edition_of_the_first_schema_is_read(store: SqlStore, engine: Engine) -> None:
    content = {
        "v": 1,
        "number": 3,
        "seed": 0,
        "panels": [
            {
                "question": {
                    "name": "label",
                    "to_name": "text",
                    "kind": "choice",
                    "labels": [["spam", "1", "bad"], ["ham", None, None]],
                    "field": "text",
                },
                "entries": [["all", PROGRAM.text, "folder"]],
                "weights": panel().weights,
            }
        ],
    }
    row = {"name": f"alchemist-3-{edition(0).hash[:6]}", "hash": edition(0).hash, "content": json.dumps(content)}
    with engine.begin() as connection:
        connection.execute(sa.insert(editions_table).values(project=KEY, number=3, why="old", created_at=1.5, **row))
    assert store.edition(KEY, row["name"]) == replace(edition(0), number=3)
    assert store.keep(KEY, edition(0), "again") == replace(edition(0), number=3)
    assert store.keep(KEY, edition(1), "new").number == 4


def test_threads_that_keep_the_same_programs_in_another_order(
    store: SqlStore, engine: Engine, at_once: Callable[..., list[Any]]
) -> None:
    texts = [source(f"def label(task):\n    return {n}\n") for n in range(12)]

    def work(n: int) -> None:
        some = texts if n % 2 else texts[::-1]
        SqlStore(engine).keep(f"{n}.1", Edition(0, n, (panel("one", *some), panel("two", *some[1:]))), "at once")
        SqlStore(engine).judge(f"{n}.1", QUESTION, [Judged(Entry("x", x, "llm"), True, "") for x in some])

    at_once(work, list(range(8)))
    assert [store.editions(f"{n}.1")[0]["number"] for n in range(8)] == [1] * 8
    assert len(rows(engine, "SELECT hash FROM panels")) == 4
    assert len(rows(engine, "SELECT id FROM sources")) == 12


# Decisions and predictions


def test_decisions_are_kept_newest_first(store: SqlStore) -> None:
    first = Decision("alchemist-1-aaaaaa", "", "promoted", "alchemist", "the first", {"corrections": 20, "p": 0.5})
    second = Decision("alchemist-2-bbbbbb", "alchemist-1-aaaaaa", "rejected", "Start Training", "no \u20ac better")
    before = time.time()
    for decision in (first, second):
        store.decide(KEY, decision)
    store.decide("5.1", first)
    found = store.decisions(KEY)
    assert [replace(x, at=0.0) for x in found] == [second, first]
    assert before <= found[1].at <= found[0].at <= time.time()
    assert [x.candidate for x in store.decisions("5.1")] == ["alchemist-1-aaaaaa"]
    assert store.decisions("6.1") == []


def test_predictions_are_kept_by_edition(store: SqlStore) -> None:
    tasks = [Task({}, 3), Task({}, 1), Task({}, "x"), Task({})]
    said = [Prediction({"label": ("spam", 0.75), "tone": ("good", 0.5)}), Prediction({})]
    store.predicted(KEY, "alchemist-1-aaaaaa", tasks, [*said, *said])
    store.predicted(KEY, "alchemist-2-bbbbbb", tasks[:1], said[1:])
    store.predicted("5.1", "alchemist-1-aaaaaa", tasks[1:2], said[:1])
    both = {"label": ("spam", 0.75), "tone": ("good", 0.5)}
    assert store.predictions(KEY, "alchemist-1-aaaaaa") == {3: both, 1: {}}
    assert store.predictions(KEY, "alchemist-2-bbbbbb") == {3: {}}
    assert store.predictions("5.1", "alchemist-1-aaaaaa") == {1: both}
    assert store.predictions(KEY, "alchemist-3-cccccc") == {}
    store.predicted(KEY, "alchemist-1-aaaaaa", [Task({}, 1), Task({}, 2)], said)
    assert store.predictions(KEY, "alchemist-1-aaaaaa") == {1: both, 2: {}}
    store.predicted(KEY, "alchemist-1-aaaaaa", [], [])
    assert store.predictions(KEY, "alchemist-1-aaaaaa") == {}
    assert store.predictions("5.1", "alchemist-1-aaaaaa") == {1: both}


def test_the_score_of_a_prediction_is_kept(store: SqlStore, engine: Engine) -> None:
    said = [Prediction({"label": ("spam", 0.75), "tone": ("good", 0.5)}), Prediction({})]
    store.predicted(KEY, "alchemist-1-aaaaaa", [Task({}, 1), Task({}, 2)], said)
    assert rows(engine, "SELECT task, score FROM predictions ORDER BY task") == [(1, 0.375), (2, 0.0)]


def test_many_predictions_are_kept_some_at_a_time(store: SqlStore, engine: Engine) -> None:
    commits: list[object] = []
    tasks = [Task({}, n) for n in range(4_500)]
    store.predicted(KEY, "alchemist-1-aaaaaa", [Task({}, n) for n in range(4_000, 5_200)], [Prediction({})] * 1_200)
    sa.event.listen(engine, "commit", commits.append)
    store.predicted(KEY, "alchemist-1-aaaaaa", tasks, [Prediction({"label": ("ham", n / 8192)}) for n in range(4_500)])
    assert len(commits) == 5
    kept = store.predictions(KEY, "alchemist-1-aaaaaa")
    assert kept == {n: {"label": ("ham", n / 8192)} for n in range(4_500)}


def test_forgetting_keeps_editions_decisions_and_programs(store: SqlStore, engine: Engine) -> None:
    kept = store.keep(KEY, edition(), "kept")
    store.decide(KEY, Decision(kept.name, "", "promoted", "alchemist", "good"))
    store.judge(KEY, QUESTION, [Judged(Entry("all", PROGRAM, "folder"), True, "")])
    store.mark(KEY, serving=kept.name, chosen=kept.name, swept_at=5.0)
    for key in (KEY, "5.1"):
        store.hear(key, "TASKS_CREATED", {})
        documents.add(engine, key, Document("handbook.md", "What spam is."))
        ledger.keep(engine, key, Call("write", "any", "the text of a task", "spam", "", 0.1, usd=0.5))
        store.learn(key, News(data={1: {"text": "a"}}, annotations=[Annotation(2, 1, [], "a")]), 1)
        store.predicted(key, kept.name, [Task({}, 1)], [Prediction({})])
        voting = store.voting(key, CONFIG, vote)
        voting(CONFIG.questions[0], [program("a", "spam").source], [Task({"text": "a"}, 1, 0)])
    store.forget(KEY)
    assert store.record(KEY) == Record(("", "", ""), {}, [])
    assert store.unlearned(KEY) == []
    assert store.predictions(KEY, kept.name) == {}
    for name in ("tasks", "annotations", "events", "predictions", "vote_blocks", "documents"):
        assert rows(engine, f"SELECT project FROM {name}") == [("5.1",)]
    texts = rows(engine, "SELECT project, prompt, reply, usd FROM llm_calls ORDER BY id")
    assert texts == [(KEY, "", "", 0.5), ("5.1", "the text of a task", "spam", 0.5)]
    fresh = SqlStore(engine)
    assert fresh.edition(KEY, kept.name) == kept
    assert [x.candidate for x in fresh.decisions(KEY)] == [kept.name]
    assert [x["name"] for x in memory.judged(engine, KEY)] == ["all"]
    project = fresh.project(KEY)
    assert (project.serving, project.chosen, project.swept_at) == (kept.name, kept.name, 5.0)
