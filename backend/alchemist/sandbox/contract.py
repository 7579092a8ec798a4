"""What a labeling program must keep to, and the bounds it runs in. `programs/README.md` says it in prose."""

from __future__ import annotations

from dataclasses import dataclass

VERSION = 1

MODULES = frozenset(
    {
        "__future__",
        "bisect",
        "collections",
        "datetime",
        "decimal",
        "functools",
        "itertools",
        "json",
        "math",
        "re",
        "typing",
        "unicodedata",
    }
)
"""The modules that a program may import."""

FORBIDDEN_NAMES = {
    **dict.fromkeys(("eval", "exec", "compile", "__import__"), "programs run no code made at run time"),
    **dict.fromkeys(("open", "input", "print", "breakpoint", "exit", "quit", "help"), "programs do no I/O"),
    **dict.fromkeys(
        ("globals", "locals", "vars", "getattr", "setattr", "delattr", "memoryview", "super"),
        "programs do not look behind their own values",
    ),
    **dict.fromkeys(("hash", "id"), "it differs from run to run; programs must be deterministic"),
}

FORBIDDEN_ATTRIBUTES = {
    **dict.fromkeys(("now", "utcnow", "today"), "programs read no clock"),
    **dict.fromkeys(
        ("getcontext", "setcontext", "localcontext", "DefaultContext", "BasicContext", "ExtendedContext"),
        "programs keep no state between tasks",
    ),
}

MAX_SOURCE = 100_000
"""Characters of source, at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use.

    A feed of n tasks gets `feed_seconds + n * task_seconds`: more than a program's trial allows, since on a busy
    machine it takes longer. A program gets `program_seconds` of wall clock for each thousand tasks begun, and is
    suspended for the rest after `timeouts` tasks that never ended. `memory` is bytes of interpreter heap, `output` the
    characters and items of one answer.
    """

    feed_seconds: float = 0.5
    task_seconds: float = 0.015
    program_seconds: float = 20.0
    timeouts: int = 3
    memory: int = 256 << 20
    output: int = 10_000
    recursion: int = 200
