"""The static check: does a source keep to the contract, as far as reading it can tell?"""

from __future__ import annotations

import ast
import warnings

from alchemist.core.errors import BadProgram
from alchemist.core.programs import Source
from alchemist.core.syntax import tree_of
from alchemist.sandbox.contract import FORBIDDEN_ATTRIBUTES, FORBIDDEN_NAMES, MAX_SOURCE, MODULES


def check(source: Source) -> None:
    """Pass silently, or raise `BadProgram` with the line and what to do."""
    tree = parse(source.text)
    for node in ast.walk(tree):
        _check_node(node)
    _check_label(tree)


def parse(text: str) -> ast.Module:
    """The syntax tree of a program. Raises `BadProgram` where Python cannot read it."""
    if len(text) > MAX_SOURCE:
        raise BadProgram(f"the program has {len(text):,} characters; {MAX_SOURCE:,} is the most")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "program", "exec", dont_inherit=True)  # finds what the parser alone lets pass; runs nothing
            return tree_of(text)
    except SyntaxError as error:
        raise BadProgram(f"not valid Python: {error.msg}", line=error.lineno or 0) from error
    except (ValueError, RecursionError, MemoryError, SystemError) as error:
        raise BadProgram(f"not valid Python: {error or 'nested too deeply'}") from error


def _check_label(tree: ast.Module) -> None:
    found = [x for x in tree.body if isinstance(x, ast.FunctionDef) and x.name == "label"]
    if len(found) != 1:
        raise BadProgram(
            f"{'no' if not found else 'more than one'} function named label at the top level",
            "Write one function: def label(task): ...",
        )
    taken = found[0].args
    if len(taken.posonlyargs) + len(taken.args) - len(taken.defaults) != 1 or any(
        default is None for default in taken.kw_defaults
    ):
        raise BadProgram("label must take one argument, the task", "def label(task): ...", found[0].lineno)


def _check_node(node: ast.AST) -> None:
    line = getattr(node, "lineno", 0)
    match node:
        case ast.Import(names=aliases):
            for alias in aliases:
                _check_module(alias.name, line)
                _check_dunder(alias.asname or "", line)
        case ast.ImportFrom(module=module, level=level, names=aliases):
            _check_module("." * level + (module or ""), line)
            for alias in aliases:
                if alias.name == "*":
                    raise BadProgram(f"imports everything from {module!r}", "Name what is needed.", line)
                _check_attribute(alias.name, line)
                _check_dunder(alias.asname or "", line)
        case ast.Name(id=name):
            _check_name(name, line)
        case ast.arg(arg=name) | ast.keyword(arg=str(name)):
            _check_dunder(name, line)
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            _check_name(name, line)
        case ast.Attribute(attr=attr, ctx=ctx, value=value):
            _check_attribute(attr, line)
            if isinstance(ctx, ast.Store | ast.Del) and not (isinstance(value, ast.Name) and value.id == "self"):
                raise BadProgram(f"sets the attribute {attr!r}", "Programs keep no state between tasks.", line)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            _check_dunder(name, line)
        case ast.MatchMapping(rest=str(name)):
            _check_dunder(name, line)
        case ast.MatchClass(kwd_attrs=names):
            for name in names:
                _check_attribute(name, line)
        case ast.Constant(value=int(number)) if abs(number) >> 10_000:
            raise BadProgram("holds a number of more than 3,000 digits", "Leave it out.", line)
        case ast.Nonlocal(names=names):
            for name in names:
                _check_dunder(name, line)
        case ast.Global():
            raise BadProgram("uses global", "Programs keep no state between tasks.", line)
        case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            raise BadProgram("uses async", "Write a plain function.", line)
        case ast.With():
            raise BadProgram("uses with", "Programs open nothing.", line)
        case _:
            pass


def _check_module(module: str, line: int) -> None:
    if module not in MODULES and module != "collections.abc":
        allowed = ", ".join(sorted(MODULES - {"__future__"}))
        raise BadProgram(f"imports {module!r}", f"Only these modules may be imported: {allowed}.", line)


def _check_name(name: str, line: int) -> None:
    _check_dunder(name, line)
    if name in FORBIDDEN_NAMES:
        raise BadProgram(f"uses {name!r}: {FORBIDDEN_NAMES[name]}", "Leave it out.", line)


def _check_attribute(name: str, line: int) -> None:
    _check_dunder(name, line)
    if name in FORBIDDEN_ATTRIBUTES:
        raise BadProgram(f"uses {name!r}: {FORBIDDEN_ATTRIBUTES[name]}", "Leave it out.", line)


def _check_dunder(name: str, line: int) -> None:
    if name.startswith("__") and name != "__init__":
        raise BadProgram(f"uses {name!r}: programs do not look behind their own values", "Leave it out.", line)
