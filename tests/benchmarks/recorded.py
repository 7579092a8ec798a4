"""Votes to combine: of recorded replies of a language model, and of people's labeling functions.

A set of votes is named "youtube, ten" (completions/youtube/first), "youtube, twenty" (and second), "youtube, chosen"
(those of the twenty that are chosen), or "youtube, people" (data/youtube/weak_labels.npz, of WRENCH). Replies vote in
the sandbox; their votes are kept by content.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pydantic_monty

from alchemist import sandbox
from alchemist.core.choosing import choose
from alchemist.core.programs import Entry
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.core.tasks import Task, fields_of
from alchemist.core.votes import Column, Rows, VoteBlock
from alchemist.sandbox.monty import vote
from alchemist.writer.library import bind, read_folder

ROUNDS = {"ten": ("first",), "twenty": ("first", "second")}
SETS = (
    *("youtube, ten", "sms, ten", "trec, ten", "agnews, ten", "titanic, ten"),
    *("youtube, twenty", "sms, twenty", "trec, twenty", "agnews, twenty"),
    *("youtube, chosen", "sms, chosen", "trec, chosen", "agnews, chosen"),
    *("youtube, people", "sms, people", "trec, people"),
)
TARGET = 20
"""How many programs are chosen at most."""
SAMPLE = 1_000
"""The choice looks at votes on this many of the first train rows, and at no label."""


@dataclass(frozen=True)
class Voted:
    """Votes int16[rows, programs], -1 for none, and people's labels int[rows], as places in `labels`.

    `entries` are the programs; people's are none.
    """

    votes: np.ndarray
    gold: np.ndarray
    labels: tuple[str, ...]
    tasks: tuple[Task, ...]
    entries: tuple[Entry, ...] = ()

    def rows(self, places: Sequence[int] | np.ndarray) -> Rows:
        """Some of the rows, as combiners see them."""
        columns = tuple(array("h", column) for column in self.votes[places].T.tolist())
        names = tuple(f"program {n}" for n in range(len(columns)))
        return Rows(names, columns, len(self.labels), len(places), [self.tasks[place] for place in places])

    def only(self, programs: Sequence[int]) -> Voted:
        """The same rows with the votes of some programs, which are no people's."""
        return replace(self, votes=self.votes[:, list(programs)], entries=tuple(self.entries[x] for x in programs))


def arguments_of(parser: Any) -> None:
    """The options that say where the data is."""
    beside = Path(__file__).parents[3] / "shared"
    parser.add_argument("--data", type=Path, default=beside / "data", help="folder with <set>/train.jsonl")
    parser.add_argument("--completions", type=Path, default=beside / "completions", help="folder with <set>/first")
    parser.add_argument("--cache", type=Path, help="folder that keeps votes, by content")


def voted(name: str, part: str, data: Path, completions: Path, cache: Path | None) -> Voted:
    """The votes of a set on its train or test rows."""
    name, _, programs = name.partition(", ")
    if programs == "chosen":
        train, asked = (voted(f"{name}, twenty", x, data, completions, cache) for x in ("train", part))
        return asked.only(chosen(train))
    meta = json.loads((data / name / "meta.json").read_text(encoding="utf-8"))
    lines = (data / name / f"{part}.jsonl").read_text(encoding="utf-8").split("\n")
    records = [json.loads(line) for line in lines if line]
    table = meta.get("kind") == "tabular"
    field = Field("row" if table else "text", table)
    question = Question("label", field.name, "choice", tuple(Label(x) for x in meta["labels"]), field.name)
    tasks = [Task(fields_of({field.name: x["data" if table else "text"]}, [field]), x["id"]) for x in records]
    folders = [completions / name / x / "replies" for x in ROUNDS.get(programs, ())]
    entries = _entries(question, field, folders)
    people = programs == "people"
    votes = _people(data / name, part, records) if people else _replies(question, entries, tasks, cache)
    gold = np.array([meta["labels"].index(x["label"]) for x in records])
    return Voted(votes, gold, question.label_names, tuple(tasks), tuple(entries))


def chosen(train: Voted) -> list[int]:
    """The places of the programs that are taken for their votes on the first train rows, without any human label."""
    votes = train.votes[:SAMPLE]
    columns = [
        Column(entry.source.id, array("h", codes)) for entry, codes in zip(train.entries, votes.T.tolist(), strict=True)
    ]
    block = VoteBlock(train.labels, tuple(columns), len(votes))
    judged = choose(train.entries, block, [None] * len(votes), len(train.labels), TARGET)
    return [place for place, one in enumerate(judged) if one.taken]


def _people(folder: Path, part: str, records: Sequence[dict[str, Any]]) -> np.ndarray:
    kept = np.load(folder / "weak_labels.npz")
    places = {name: place for place, name in enumerate(kept[f"{part}_ids"].tolist())}
    votes: np.ndarray = kept[part][[places[x["id"]] for x in records]].astype(np.int16)
    return votes


def _entries(question: Question, field: Field, folders: Sequence[Path]) -> list[Entry]:
    files = [file for folder in folders for file in read_folder(folder)]
    return bind(files, question, LabelConfig((question,), (field,)), choose=False)[0]


def _replies(question: Question, entries: Sequence[Entry], tasks: Sequence[Task], cache: Path | None) -> np.ndarray:
    """Each program's votes, one column a program: from the cache, or from the sandbox."""
    files = {x.source.id: cache / f"{_content(question, x, tasks)}.npy" if cache else None for x in entries}
    columns = {name: np.load(path) for name, path in files.items() if path and path.exists()}
    missing = [x.source for x in entries if x.source.id not in columns]
    for column in vote(question, missing, tasks).columns if missing else ():
        columns[column.source_id] = np.maximum(np.frombuffer(column.codes, dtype=np.int16), -1)
        if path := files[column.source_id]:
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, columns[column.source_id])
    return np.stack([columns[x.source.id] for x in entries], axis=1)


def _content(question: Question, entry: Entry, tasks: Sequence[Task]) -> str:
    """What the votes follow from: the program, the labels, the tasks, the sandbox."""
    rooms = sorted(Path(next(iter(sandbox.__path__))).glob("*.py"))
    code = [hashlib.sha256(path.read_bytes()).hexdigest() for path in rooms]
    shown = [dict(task.fields) for task in tasks]
    parts = [entry.source.id, question.label_names, shown, code, pydantic_monty.__version__]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
