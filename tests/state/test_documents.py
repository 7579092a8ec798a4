"""Documents of projects, in a database of each kind."""

from __future__ import annotations

import time

from sqlalchemy.engine import Engine

from alchemist.core.documents import Document
from alchemist.state import documents

KEY, OTHER = "4.1", "5.1"


def contents(engine: Engine, key: str = KEY) -> dict[str, str]:
    return {x.name: x.content for x in documents.listed(engine, key)}


def test_a_document_is_kept_as_it_is(engine: Engine) -> None:
    began = time.time()
    assert documents.add(engine, KEY, Document("été.md", "退款 'x'\n" * 100_000)) is False
    (kept,) = documents.listed(engine, KEY)
    assert (kept.name, kept.content) == ("été.md", "退款 'x'\n" * 100_000)
    assert began <= kept.added_at <= time.time()


def test_one_of_the_same_name_takes_its_place(engine: Engine) -> None:
    documents.add(engine, KEY, Document("a", "old"))
    assert documents.add(engine, KEY, Document("a", "new")) is True
    assert contents(engine) == {"a": "new"}


def test_documents_stand_by_name_each_in_its_project(engine: Engine) -> None:
    for name in ("b", "B", "é", "a"):
        documents.add(engine, KEY, Document(name, name))
    documents.add(engine, OTHER, Document("a", "other"))
    assert list(contents(engine)) == ["B", "a", "b", "é"]
    assert contents(engine, OTHER) == {"a": "other"}


def test_a_document_is_removed_from_its_project_alone(engine: Engine) -> None:
    documents.add(engine, KEY, Document("a", "one"))
    documents.add(engine, OTHER, Document("a", "other"))
    assert documents.remove(engine, KEY, "a") is True
    assert documents.remove(engine, KEY, "a") is False
    assert (contents(engine), contents(engine, OTHER)) == ({}, {"a": "other"})
