"""What is done to a source before Monty runs it. The source that people see stays as written.

- The module body becomes the body of a function, so that a program's names shadow nothing of the driver's,
  and a program that could keep state at module level is built anew for each task.
- Constant patterns are compiled once; other `re.f(pattern, ...)` calls go through a small cache, as CPython does.
- `next(<generator expression>)` goes through `iter`: it is a list in Monty.
- `re.sub` and `re.subn` with a callable go through a helper: Monty's take strings only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from alchemist.core.syntax import tree_of
from alchemist.sandbox.state import keeps_state

PRELUDE = """
import re as __re__
__patterns__ = {}

def __rx__(pattern, flags=0):
    if not isinstance(pattern, str):
        return pattern
    key = (pattern, flags)
    found = __patterns__.get(key)
    if found is None:
        if len(__patterns__) >= 500:
            __patterns__.clear()
        found = __re__.compile(pattern, flags)
        __patterns__[key] = found
    return found

def __subn__(compiled, replacement, text, count=0):
    if isinstance(replacement, str):
        found = len(list(compiled.finditer(text)))
        return compiled.sub(replacement, text, count), min(found, count) if count else found
    parts = []
    end = 0
    done = 0
    for match in compiled.finditer(text):
        if count and done >= count:
            break
        parts.append(text[end:match.start()])
        parts.append(replacement(match))
        end = match.end()
        done += 1
    parts.append(text[end:])
    return "".join(parts), done

def __sub__(compiled, replacement, text, count=0):
    if isinstance(replacement, str):
        return compiled.sub(replacement, text, count)
    return __subn__(compiled, replacement, text, count)[0]
"""

_FLAGS_AT = {
    "search": 2,
    "match": 2,
    "fullmatch": 2,
    "findall": 2,
    "finditer": 2,
    "split": 3,
    "sub": 4,
    "subn": 4,
}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Code that defines `__program__() -> label`; `lines` maps its lines to the source's."""

    code: str
    stateful: bool
    lines: dict[int, int]


def rewrite(tree: ast.Module) -> Rewritten:
    """Rewrite a checked program. The tree is changed in place."""
    stateful = keeps_state(tree)
    regexes = _Regexes({name.asname or name.name for name in _imports(tree) if name.name == "re"})
    tree = regexes.visit(tree)
    body = [x for x in tree.body if not (isinstance(x, ast.ImportFrom) and x.module == "__future__")]
    (shell,) = tree_of("def __program__(): pass").body
    assert isinstance(shell, ast.FunctionDef)
    shell.body = [*body, ast.Return(ast.Name("label", ast.Load()))]
    hoisted: list[ast.stmt] = [
        ast.Assign(
            [ast.Name(f"__rx{n}__", ast.Store())],
            ast.Call(ast.Name("__rx__", ast.Load()), list(key), []),
            lineno=key[0].lineno,
        )
        for n, key in enumerate(regexes.constants)
    ]
    module = ast.Module([*hoisted, shell], [])
    code = PRELUDE + ast.unparse(ast.fix_missing_locations(module))
    return Rewritten(code, stateful, _lines(module, code))


def _imports(tree: ast.Module) -> Iterator[ast.alias]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from node.names


def _lines(module: ast.Module, code: str) -> dict[int, int]:
    """Line of the rewritten code -> line of the source, by walking both trees side by side."""
    first = len(PRELUDE.splitlines())
    again = tree_of(code.removeprefix(PRELUDE))
    return {
        node.lineno + first: origin.lineno
        for origin, node in zip(ast.walk(module), ast.walk(again), strict=False)
        if isinstance(node, ast.stmt) and isinstance(origin, ast.stmt)
    }


class _Regexes(ast.NodeTransformer):
    """Collects constant patterns as `__rx0__, __rx1__, ...` and sends the others through the cache."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.constants: list[tuple[ast.expr, ...]] = []
        self._known: dict[str, int] = {}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp() as inner, *_]):
                node.args[0] = ast.Call(ast.Name("iter", ast.Load()), [inner], [])
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if name in self.names:
                if attr == "compile":
                    return self._compile(node)
                if attr in _FLAGS_AT:
                    return self._method(node, attr)
            case ast.Call(func=ast.Attribute(value=owner, attr="sub" | "subn" as attr), args=[_, _, *_]):
                return _substitute(owner, attr, node.args, node.keywords)
            case _:
                pass
        return node

    def _compile(self, node: ast.Call) -> ast.expr:
        if any(x.arg not in ("pattern", "flags") for x in node.keywords) or not (node.args or node.keywords):
            return node
        named = {x.arg: x.value for x in node.keywords}
        pattern = node.args[0] if node.args else named.get("pattern")
        flags = node.args[1] if len(node.args) > 1 else named.get("flags")
        return node if pattern is None else self._pattern(pattern, flags)

    def _method(self, node: ast.Call, attr: str) -> ast.expr:
        """`re.f(pattern, rest, flags)` -> `<compiled>.f(rest)`."""
        args, keywords = list(node.args), list(node.keywords)
        if not args or any(isinstance(x, ast.Starred) for x in args) or any(x.arg is None for x in keywords):
            return node
        flags = args.pop(_FLAGS_AT[attr]) if len(args) > _FLAGS_AT[attr] else None
        flags = next((x.value for x in keywords if x.arg == "flags"), flags)
        keywords = [x for x in keywords if x.arg != "flags"]
        compiled = self._pattern(args.pop(0), flags)
        if attr in ("sub", "subn"):
            return _substitute(compiled, attr, args, keywords)
        return ast.Call(ast.Attribute(compiled, attr, ast.Load()), args, keywords)

    def _pattern(self, pattern: ast.expr, flags: ast.expr | None) -> ast.expr:
        key = (pattern,) if flags is None else (pattern, flags)
        if not isinstance(pattern, ast.Constant) or not (flags is None or self._flags(flags)):
            return ast.Call(ast.Name("__rx__", ast.Load()), list(key), [])
        written = "|".join(ast.unparse(x) for x in key)
        number = self._known.setdefault(written, len(self._known))
        if number == len(self.constants):
            self.constants.append(tuple(_through(x, self.names) for x in key))
        return ast.Name(f"__rx{number}__", ast.Load())

    def _flags(self, node: ast.expr) -> bool:
        match node:
            case ast.Constant():
                return True
            case ast.Attribute(value=ast.Name(id=name)):
                return name in self.names
            case ast.BinOp(left=left, right=right):
                return self._flags(left) and self._flags(right)
            case _:
                return False


def _substitute(compiled: ast.expr, attr: str, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.expr:
    """`<compiled>.sub(replacement, text)`, through the helper unless the replacement is a constant."""
    if attr == "sub" and args and isinstance(args[0], ast.Constant):
        return ast.Call(ast.Attribute(compiled, attr, ast.Load()), args, keywords)
    renamed = {"repl": "replacement", "string": "text"}
    return ast.Call(
        ast.Name(f"__{attr}__", ast.Load()),
        [compiled, *args],
        [ast.keyword(renamed.get(x.arg or "", x.arg), x.value) for x in keywords],
    )


def _through(node: ast.expr, names: set[str]) -> ast.expr:
    """The same expression outside the program, where the module is called `__re__`."""
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in names:
            return ast.Attribute(ast.Name("__re__", ast.Load()), attr, ast.Load())
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(_through(left, names), op, _through(right, names))
        case _:
            return node
