"""Folders of programs, and binding them to a project's own labels and fields.

A program of the starter library says in a header which roles it votes for, by what names projects call them,
and which field it reads:

    LABELS = {"spam": ["spam", "junk"], "ham": ["ham", "not spam", "legitimate"]}
    FIELD = "text"

Its roles stand only in `return` statements. Binding takes the header away and writes the project's own names in.
A program without a header is taken as it stands.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alchemist.core.brief import Brief
from alchemist.core.errors import BadProgram, NotFound
from alchemist.core.programs import Entry, Source, source
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.syntax import tree_of
from alchemist.writer.replies import program_in


@dataclass(frozen=True)
class ProgramFile:
    """A file of a programs folder: its program, or the reason why there is none in it."""

    name: str
    source: Source | None
    problem: str = ""


def read_folder(folder: Path) -> list[ProgramFile]:
    """The programs of a folder and its subfolders, by path: `*.py`, and `*.md` replies of a language model.

    Raises `NotFound` when there is no such folder, or no program in it.
    """
    if not folder.is_dir():
        raise NotFound(f"there is no folder {folder}", "Name a folder that holds *.py or *.md programs.")
    found = [_read(path, folder) for path in sorted(folder.rglob("*")) if _is_program(path)]
    if not found:
        raise NotFound(f"{folder} holds no programs", "A program is a *.py file, or an *.md reply with one in it.")
    return found


class FolderWriter:
    """Programs that a person put into a folder."""

    name = "folder"

    def __init__(self, files: Sequence[ProgramFile]) -> None:
        self.files = files
        self._bound: dict[tuple[Question, LabelConfig], list[Entry]] = {}

    def write(self, brief: Brief) -> list[Entry]:
        """The folder's programs that fit the labels; looked for once for each question."""
        asked = (brief.question, brief.config)
        if asked not in self._bound:
            self._bound[asked] = bind(self.files, brief.question, brief.config)[0]
        return self._bound[asked]

    def repair(self, brief: Brief, entry: Entry, reason: str) -> Entry | None:
        """None: only the person who put a program into the folder changes it."""
        return None


def _is_program(path: Path) -> bool:
    return path.is_file() and path.suffix in (".py", ".md") and path.stem.upper() != "README"


def _read(path: Path, folder: Path) -> ProgramFile:
    name = path.relative_to(folder).with_suffix("").as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
        return ProgramFile(name, program_in(text) if path.suffix == ".md" else source(text))
    except (OSError, UnicodeDecodeError, BadProgram) as error:
        return ProgramFile(name, None, str(error))


def bind(
    files: Sequence[ProgramFile], question: Question, config: LabelConfig, choose: bool = True
) -> tuple[list[Entry], list[str]]:
    """The entries of a panel for this question, and a line for every file that gives none.

    With `choose`, a program without a header is left out where it does not seem to be about this question.
    """
    entries: list[Entry] = []
    left_out: list[str] = []
    for file in files:
        try:
            if file.source is None:
                raise BadProgram(file.problem)
            bound = bound_to(file.source, question, config, choose)
            if bound.id in {entry.source.id for entry in entries}:
                raise BadProgram("it is the same program as one before it")
            entries.append(Entry(file.name, bound, "folder" if bound == file.source else "library v1"))
        except BadProgram as error:
            left_out.append(f"{file.name}: {error.message}")
    return entries, left_out


def bound_to(program: Source, question: Question, config: LabelConfig, choose: bool = True) -> Source:
    """The program with the project's own label and field names. Raises `BadProgram` where it does not fit."""
    tree = _parse(program)
    header = _header(tree)
    if "LABELS" not in header:
        if choose:
            _check_fits(tree, question, config)
        return program
    roles = _roles(header["LABELS"], question)
    edits: list[tuple[ast.stmt | ast.expr, str]] = [
        (node, repr(roles[str(node.value)])) for node in _returned(tree) if node.value in roles
    ]
    for name, node in _assignments(tree):
        if name == "LABELS":
            edits.append((node, ""))
        elif name == "FIELD":
            edits.append((node.value, repr(_field(header.get("FIELD"), question, config))))
    return source(_edited(program.text, edits))


def _parse(program: Source) -> ast.Module:
    try:
        return tree_of(program.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadProgram(f"not valid Python: {error}") from error


def _assignments(tree: ast.Module) -> Iterator[tuple[str, ast.Assign]]:
    """What is assigned to a name at the top level."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name, node


def _header(tree: ast.Module) -> dict[str, object]:
    """The literal values of LABELS and FIELD, where they are assigned at the top level."""
    header: dict[str, object] = {}
    for name, node in _assignments(tree):
        if name in ("LABELS", "FIELD"):
            try:
                header[name] = ast.literal_eval(node.value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
    return header if isinstance(header.get("LABELS"), dict) else {}


def _roles(written: object, question: Question) -> dict[str, str]:
    """Role -> the project's label. Every role must have a label of its own."""
    roles: dict[str, str] = {}
    for role, names in written.items() if isinstance(written, Mapping) else ():
        if (
            not isinstance(role, str)
            or not isinstance(names, list | tuple)
            or not all(isinstance(x, str) for x in names)
        ):
            raise BadProgram("LABELS must map role names to lists of label names")
        wanted = {normal(str(x)) for x in (role, *names)}
        label = next((x.name for x in question.labels if normal(x.name) in wanted), None)
        if label is None:
            raise BadProgram(f"no label of {question.name!r} means {role!r}")
        roles[str(role)] = label
    if len(set(roles.values())) < len(roles):
        raise BadProgram(f"two of its labels are one label of {question.name!r}")
    return roles


def normal(name: str) -> str:
    """A label name without case, accents and punctuation, so that `Not-Spam` and `not spam` are one.

    >>> normal("Not-Spam "), normal("Négatif")
    ('not spam', 'negatif')
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join(re.findall(r"\w+", "".join(x for x in plain if not unicodedata.combining(x)).replace("_", " ")))


def _field(wanted: object, question: Question, config: LabelConfig) -> str:
    names = [field.name for field in config.fields]
    for name in (question.field, wanted):
        if isinstance(name, str) and name in names:
            return name
    return names[0] if names else str(wanted)


def _check_fits(tree: ast.Module, question: Question, config: LabelConfig) -> None:
    """A program without a header fits when what it returns are labels, and it reads a field of the project."""
    labels = set(question.label_names)
    returned = {str(x.value) for x in _returned(tree)}
    if returned - labels:
        raise BadProgram(f"it returns {sorted(returned - labels)[0]!r}, which is not a label of {question.name!r}")
    if not returned and not any(isinstance(x, ast.Constant) and x.value in labels for x in ast.walk(tree)):
        raise BadProgram(f"it names no label of {question.name!r}")
    read = _fields_read(tree)
    fields = {field.name for field in config.fields}
    if read and fields and not read & fields and not any(field.table for field in config.fields):
        raise BadProgram(f"it reads {', '.join(sorted(read))}; the project has {', '.join(sorted(fields))}")


def _returned(tree: ast.AST) -> Iterator[ast.Constant]:
    """The string constants that `label` returns as they stand."""
    label = next((x for x in ast.walk(tree) if isinstance(x, ast.FunctionDef) and x.name == "label"), None)
    if label is None:
        return
    nested = [x for x in ast.walk(label) if x is not label and isinstance(x, ast.FunctionDef)]
    inner = {node for function in nested for node in ast.walk(function)}
    for node in ast.walk(label):
        if isinstance(node, ast.Return) and node.value is not None and node not in inner:
            yield from _constants(node.value)


def _constants(value: ast.expr) -> Iterator[ast.Constant]:
    match value:
        case ast.Constant(value=str()):
            yield value
        case ast.IfExp(body=one, orelse=other):
            yield from _constants(one)
            yield from _constants(other)
        case _:
            return


def _fields_read(tree: ast.AST) -> set[str]:
    """Names in `task["name"]` and `task.get("name")`."""
    read = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id="task"), slice=ast.Constant(value=str(name))):
                read.add(name)
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="task"), attr="get"), args=[ast.Constant(value=str(name)), *_]
            ):
                read.add(name)
            case _:
                pass
    return read


def _edited(text: str, edits: Sequence[tuple[ast.stmt | ast.expr, str]]) -> str:
    """The text with nodes replaced, from the last to the first. Columns of `ast` are UTF-8 bytes."""
    lines = [line.encode() for line in text.split("\n")]
    for node, new in sorted(edits, key=lambda x: (x[0].lineno, x[0].col_offset), reverse=True):
        last = (node.end_lineno or node.lineno) - 1
        tail = lines[last][node.end_col_offset or 0 :]
        head = lines[node.lineno - 1][: node.col_offset]
        lines[node.lineno - 1 : last + 1] = [head + new.encode() + tail]
    return "\n".join(line.decode() for line in lines)
