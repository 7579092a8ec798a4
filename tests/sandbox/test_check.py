from __future__ import annotations

import warnings

import pytest

from alchemist.core.errors import BadProgram
from alchemist.core.programs import source
from alchemist.sandbox.check import check
from alchemist.sandbox.contract import FORBIDDEN_NAMES, MODULES

BEHIND = "programs do not look behind their own values"
STATE = "programs keep no state between tasks"
MODULE_LIST = "bisect, collections, datetime, decimal, functools, itertools, json, math, re, typing, unicodedata"


def refused(text: str) -> BadProgram:
    with pytest.raises(BadProgram) as caught:
        check(source(text))
    return caught.value


def body(line: str) -> str:
    return f"import datetime\ndef label(task):\n    {line}\n    return None\n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import os", "imports 'os'"),
        ("import os.path", "imports 'os.path'"),
        ("import re, sys", "imports 'sys'"),
        ("import random as r", "imports 'random'"),
        ("import time", "imports 'time'"),
        ("from subprocess import run", "imports 'subprocess'"),
        ("from . import other", "imports '.'"),
        ("from .re import search", "imports '.re'"),
        ("import json.decoder", "imports 'json.decoder'"),
        ("from datetime import today", "uses 'today': programs read no clock"),
        ("from decimal import getcontext", f"uses 'getcontext': {STATE}"),
        ("eval('1')", "uses 'eval': programs run no code made at run time"),
        ("exec('1')", "uses 'exec': programs run no code made at run time"),
        ("compile('1', '', 'eval')", "uses 'compile': programs run no code made at run time"),
        ("__import__('os')", "uses '__import__': programs do not look behind their own values"),
        ("open('/etc/passwd')", "uses 'open': programs do no I/O"),
        ("input()", "uses 'input': programs do no I/O"),
        ("print(task)", "uses 'print': programs do no I/O"),
        ("breakpoint()", "uses 'breakpoint': programs do no I/O"),
        ("exit()", "uses 'exit': programs do no I/O"),
        ("x = open", "uses 'open': programs do no I/O"),
        ("globals()", f"uses 'globals': {BEHIND}"),
        ("locals()", f"uses 'locals': {BEHIND}"),
        ("vars(task)", f"uses 'vars': {BEHIND}"),
        ("getattr(task, 'get')", f"uses 'getattr': {BEHIND}"),
        ("setattr(task, 'x', 1)", f"uses 'setattr': {BEHIND}"),
        ("delattr(task, 'x')", f"uses 'delattr': {BEHIND}"),
        ("memoryview(b'')", f"uses 'memoryview': {BEHIND}"),
        ("super()", f"uses 'super': {BEHIND}"),
        ("hash('a')", "uses 'hash': it differs from run to run; programs must be deterministic"),
        ("id(task)", "uses 'id': it differs from run to run; programs must be deterministic"),
        ("().__class__", f"uses '__class__': {BEHIND}"),
        ("__builtins__", f"uses '__builtins__': {BEHIND}"),
        ("__name__", f"uses '__name__': {BEHIND}"),
        ("task.__init_subclass__", f"uses '__init_subclass__': {BEHIND}"),
        ("f(__x=1)", f"uses '__x': {BEHIND}"),
        ("g = lambda __x: 1", f"uses '__x': {BEHIND}"),
        ("__x = 1", f"uses '__x': {BEHIND}"),
        ("def __rx__(): pass", f"uses '__rx__': {BEHIND}"),
        ("def open(): pass", "uses 'open': programs do no I/O"),
        ("class __A: pass", f"uses '__A': {BEHIND}"),
        ("datetime.datetime.now()", "uses 'now': programs read no clock"),
        ("datetime.datetime.utcnow()", "uses 'utcnow': programs read no clock"),
        ("datetime.date.today()", "uses 'today': programs read no clock"),
        ("decimal.localcontext()", f"uses 'localcontext': {STATE}"),
        ("label.seen = 1", "sets the attribute 'seen'"),
        ("del label.seen", "sets the attribute 'seen'"),
        ("global seen", "uses global"),
        ("with task: pass", "uses with"),
        ("async def f(): pass", "uses async"),
        ("x = = 1", "not valid Python: invalid syntax"),
    ],
)
def test_what_the_contract_forbids_is_refused_with_its_line(line, message):
    error = refused(body(line))
    assert error.line == 3
    assert error.message == f"line 3: {message}"


def test_every_forbidden_name_is_refused_wherever_it_stands():
    for name in FORBIDDEN_NAMES:
        for text in (f"x = {name}", f"x = [{name}]", f"for {name} in []: pass", f"x = 1 if {name} else 2"):
            assert f"uses {name!r}" in refused(body(text)).message


def test_the_hint_names_the_modules_that_are_allowed():
    assert refused("import os\n").hint == f"Only these modules may be imported: {MODULE_LIST}."


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("x = 1\n", "no function named label at the top level", 0),
        ("", "no function named label at the top level", 0),
        ("label = lambda task: None\n", "no function named label at the top level", 0),
        ("if 1:\n    def label(task): return None\n", "no function named label at the top level", 0),
        ("class A:\n    def label(task): return None\n", "no function named label at the top level", 0),
        ("def label(task): return 1\n" * 2, "more than one function named label at the top level", 0),
        ("x = 1\ndef label(): return None\n", "label must take one argument, the task", 2),
        ("def label(task, other): return None\n", "label must take one argument, the task", 1),
        ("def label(*task): return None\n", "label must take one argument, the task", 1),
        ("def label(task, *, other): return None\n", "label must take one argument, the task", 1),
    ],
)
def test_there_must_be_one_function_label_of_one_task(text, message, line):
    error = refused(text)
    assert error.message == (f"line {line}: {message}" if line else message)


@pytest.mark.parametrize(
    "text",
    [
        "def label(task): return None",
        "def label(task: dict) -> str | None: return None",
        "def label(task, /): return None",
        "def label(item, *, least=3): return None",
        "def label(task, most=3): return None",
        "def helper(x): return x\ndef label(task): return helper(None)",
        "class Word:\n    def __init__(self, x):\n        self.x = x\ndef label(task): return Word(1).x and None",
        "def label(task):\n    now = task.get('now')\n    return now and None",
        "def label(task):\n    return next((x for x in task), None)",
        "def label(task):\n    try:\n        return task['a']\n    except KeyError:\n        return None",
        "from __future__ import annotations\ndef label(task): return None",
        "from collections.abc import Mapping\ndef label(task): return None",
        "import collections.abc\ndef label(task): return None",
    ],
)
def test_an_ordinary_program_passes(text):
    check(source(text))


def test_every_allowed_module_passes():
    for module in sorted(MODULES):
        check(source(f"from {module} import annotations\ndef label(task): return None"))
    for module in sorted(MODULES - {"__future__"}):
        check(source(f"import {module}\ndef label(task): return None"))


def test_an_odd_escape_is_a_warning_of_python_not_a_fault_of_the_program():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check(source("import re\ndef label(task): return re.search('\\d', '1') and None"))


@pytest.mark.parametrize(
    "text",
    [
        "n = 0\ndef label(task):\n    nonlocal n\n    n = n + 1\n    return None",
        "return 3\ndef label(task): return None",
        "def f(a, a): pass\ndef label(task): return None",
        "break\ndef label(task): return None",
    ],
)
def test_what_python_would_not_compile_is_refused_before_it_runs(text):
    assert refused(text).message.startswith(f"line {3 if 'nonlocal' in text else 1}: not valid Python: ")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#" * 100_001, "the program has 100,002 characters; 100,000 is the most"),
        ("def label(task): return '\0'", "not valid Python: "),
        ("def label(task): return " + "(" * 300 + ")" * 300, "line 1: not valid Python: too many nested parentheses"),
        ("def label(task): return " + "+".join("1" * 5000), "not valid Python: "),
    ],
)
def test_what_cannot_be_read_at_all_is_refused(text, message):
    assert refused(text).message.startswith(message)
