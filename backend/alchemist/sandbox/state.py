"""Could a program remember something from one task to the next? When in doubt, yes: then it is built anew each time.

Built once is a module of imports, plain functions, values that cannot change, and tables that are only read.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_READERS = frozenset(
    [
        "all",
        "any",
        "bool",
        "dict",
        "enumerate",
        "frozenset",
        "len",
        "list",
        "max",
        "min",
        "set",
        "sorted",
        "sum",
        "tuple",
    ]
)
_READING_METHODS = frozenset(["copy", "count", "get", "index", "intersection", "isdisjoint", "items", "keys", "values"])


def keeps_state(tree: ast.Module) -> bool:
    """Whether anything is made at module level that could change while tasks are labelled."""
    bound = list(_bound(tree))
    if {"frozenset", "tuple"} & set(bound) or bound.count("re") > 1:
        return True
    return not all(_fixed_statement(node, tree) for node in tree.body)


def _fixed_statement(node: ast.stmt, tree: ast.Module) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.FunctionDef(decorator_list=[], args=args):
            return all(_fixed(x) for x in [*args.defaults, *args.kw_defaults] if x is not None)
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=value)
        ):
            return value is None or _fixed(value) or (_table(value) and _only_read(name, tree))
        case ast.Expr(value=value):
            return _fixed(value)
        case _:
            return False


def _fixed(node: ast.expr) -> bool:
    """A value that cannot change."""
    match node:
        case ast.Constant() | ast.Name() | ast.Lambda(args=ast.arguments(defaults=[], kw_defaults=[])):
            return True
        case ast.Attribute(value=value) | ast.UnaryOp(operand=value):
            return _fixed(value)
        case ast.Tuple(elts=elements) | ast.JoinedStr(values=elements):
            return all(_fixed(x) for x in elements)
        case ast.FormattedValue(value=value, format_spec=spec):
            return _fixed(value) and (spec is None or _fixed(spec))
        case ast.BinOp(left=left, right=right):
            return _fixed(left) and _fixed(right)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile"), args=args, keywords=keywords):
            return all(_fixed(x) for x in [*args, *(x.value for x in keywords)])
        case ast.Call(func=ast.Name(id="frozenset" | "tuple"), args=[ast.List() | ast.Set() | ast.Tuple() as inner]):
            return all(_fixed(x) for x in inner.elts)
        case ast.Call(func=ast.Name(id="frozenset" | "tuple"), args=[inner]):
            return _words(inner)
        case _:
            return False


def _words(node: ast.expr) -> bool:
    """`"a b c".split()`, or a constant."""
    match node:
        case ast.Constant():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="split"), args=args):
            return all(_fixed(x) for x in args)
        case _:
            return False


def _table(node: ast.expr) -> bool:
    """A list, set or dictionary of values that cannot change."""
    match node:
        case ast.List(elts=elements) | ast.Set(elts=elements):
            return all(_fixed(x) for x in elements)
        case ast.Dict(keys=keys, values=values):
            return all(x is not None and _fixed(x) for x in [*keys, *values])
        case _:
            return _words(node)


def _only_read(name: str, tree: ast.Module) -> bool:
    """Whether the table is bound once and everything that is done with it only looks something up."""
    uses = [(node, parent) for node, parent in _with_parents(tree) if isinstance(node, ast.Name) and node.id == name]
    stores = [node for node, _ in uses if not isinstance(node.ctx, ast.Load)]
    readers = _READERS - set(_bound(tree))
    loads = [(node, parent) for node, parent in uses if isinstance(node.ctx, ast.Load)]
    return len(stores) == 1 and all(_reads(node, parent, readers) for node, parent in loads)


def _bound(tree: ast.AST) -> Iterator[str]:
    """Every name that the program gives a meaning of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()) | ast.alias(asname=str(name)) | ast.alias(name=name):
                yield name
            case _:
                pass


def _with_parents(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    for parent in ast.walk(tree):
        for node in ast.iter_child_nodes(parent):
            yield node, parent


def _reads(name: ast.Name, parent: ast.AST, readers: frozenset[str]) -> bool:
    match parent:
        case ast.Subscript(value=value, ctx=ast.Load()):
            return value is name or parent.slice is name
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is name
        case ast.Compare():
            return True
        case ast.Call(func=ast.Name(id=function), args=args):
            return args == [name] and function in readers
        case ast.Attribute(attr=attr):
            return attr in _READING_METHODS
        case _:
            return False
