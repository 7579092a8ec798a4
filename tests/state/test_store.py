"""What is kept about projects and their editions, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy.engine import Engine

from alchemist.core.editions import Edition, Panel
from alchemist.core.ports import Project
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Label, Question
from alchemist.state import jobs, memory
from alchemist.state.store import SqlStore

KEY = "4.1795174907"
QUESTION = Question("label", "text", "choice", (Label("spam", "1", "bad"), Label("ham")), "text")
PROGRAM = source("def label(task):\n    return 'spam'  # \u20ac\n")


def edition(seed: int = 0) -> Edition:
    weights = {"kind": "majority", "v": 1, "members": [PROGRAM.id], "params": {"pseudo": 1.0}, "why": "asked for"}
    return Edition(0, seed, (Panel(QUESTION, (Entry("all", PROGRAM, "folder"),), weights),))


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
    store.judge(KEY, QUESTION, [(entry, "it says the same of 9 tasks"), (other, "")])
    store.judge(KEY, QUESTION, [(entry, "")])
    store.judge("5.1", QUESTION, [(entry, "it fails")])
    found = {x["name"]: (x["question"], x["writer"], x["verdict"], x["reason"]) for x in memory.judged(engine, KEY)}
    assert found == {"all": ("label", "folder", "taken", ""), "none": ("label", "llm", "taken", "")}
    assert [(x["entry"], x["reason"]) for x in memory.judged(engine, "5.1")] == [(entry, "it fails")]


def test_events_and_tasks_are_remembered_by_project(engine: Engine) -> None:
    memory.record_event(engine, KEY, "TASKS_CREATED", {"tasks": [{"id": 1}]})
    memory.record_event(engine, KEY, "TASKS_DELETED", {"tasks": []})
    memory.record_event(engine, "5.1", "TASKS_DELETED", {})
    assert memory.heard_events(engine, KEY) == [
        ("TASKS_CREATED", {"tasks": [{"id": 1}]}),
        ("TASKS_DELETED", {"tasks": []}),
    ]
    memory.remember_tasks(engine, KEY, [(2, {"text": "b"}), (1, {"text": "a"}), (2, {"text": "c"})])
    memory.remember_tasks(engine, KEY, [(1, {"text": "\U0001f600"})])
    memory.remember_tasks(engine, KEY, [])
    assert memory.heard_tasks(engine, KEY) == {1: {"text": "\U0001f600"}, 2: {"text": "c"}}
    assert memory.heard_tasks(engine, "5.1") == {}


def test_enqueue_goes_to_the_jobs(store: SqlStore, engine: Engine) -> None:
    store.enqueue("prepare", KEY)
    store.enqueue("prepare", KEY, urgent=True)
    assert [(x["kind"], x["project"]) for x in jobs.open_jobs(engine)] == [("prepare", KEY)]
