from __future__ import annotations

import array
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from alchemist.core.programs import source
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import Column, Fault
from alchemist.labelstudio.wire import read_records
from alchemist.sandbox.contract import Limits
from alchemist.sandbox.monty import vote
from alchemist.writer.library import read_folder

DATA = Path(__file__).parents[1] / "data"
TIGHT = Limits(feed_seconds=0.05, task_seconds=0.001, memory=32 << 20)

YES = "def label(task):\n    return 'yes'\n"
NEVER = "def label(task):\n    return None\n"
IS_A = "def label(task):\n    return 'yes' if task['text'] == 'a' else 'no'\n"
ONLY_A = "def label(task):\n    return 'yes' if task['text'] == 'a' else None\n"
FAILS_ON_B = "def label(task):\n    return {'a': 'yes', 'c': 'no'}[task['text']]\n"
LOOPS_ON_B = "def label(task):\n    while task['text'] == 'b':\n        pass\n    return 'yes'\n"


def matrix(columns: tuple[Column, ...]) -> list[list[int]]:
    return [column.codes.tolist() for column in columns]


def test_votes_stand_by_column_in_the_order_given(run):
    columns = run([IS_A, YES, NEVER, ONLY_A, FAILS_ON_B], ["a", "b", "c", "a"])
    assert matrix(columns) == [
        [0, 1, 1, 0],
        [0, 0, 0, 0],
        [-1, -1, -1, -1],
        [0, -1, -1, 0],
        [0, -2, 1, 0],
    ]
    assert [column.source_id for column in columns] == [source(x).id for x in (IS_A, YES, NEVER, ONLY_A, FAILS_ON_B)]
    assert [column.fault for column in columns] == [None] * 4 + [Fault("raised", "KeyError: 'b'", 1)]


def test_a_block_says_what_its_codes_stand_for_and_how_many_tasks_it_has():
    question = Question("topic", "text", "choice", (Label("Art", "1"), Label("Sport"), Label("Other")), "text")
    block = vote(question, [source("def label(task):\n    return task['text']\n")], [Task({"text": "Sport"}, 1)])
    assert (block.book, block.size) == (("Art", "Sport", "Other"), 1)
    assert block.columns[0].codes == array.array("h", [1])


def test_each_program_is_counted_as_it_ends():
    ended = []
    question = Question("label", "text", "choice", (Label("yes"), Label("no")), "text")
    vote(question, [source(x) for x in (YES, "broken", NEVER)], [Task({}, 1)], on_column=lambda: ended.append(1))
    assert len(ended) == 3


@pytest.mark.parametrize(("programs", "tasks", "expected"), [([], ["a"], []), ([YES], [], [[]]), ([], [], [])])
def test_nothing_to_vote_on_is_no_error(run, programs, tasks, expected):
    assert matrix(run(programs, tasks)) == expected


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("return task['missing']", Fault("raised", "KeyError: 'missing'", 0)),
        ("raise ValueError('no ' * 200)", Fault("raised", ("ValueError: " + "no " * 200)[:300], 0)),
        ("raise SystemExit", Fault("raised", "SystemExit: ", 0)),
        ("raise TimeoutError('mine')", Fault("timeout", "it did not end in time", 0)),
        ("return label(task)", Fault("raised", "RecursionError: maximum recursion depth exceeded", 0)),
        ("return 'maybe'", Fault("answer", "returned 'maybe', which is not a label of 'label'", 0)),
        ("return 0", Fault("answer", "returned int, expected one of the label names or None", 0)),
        ("return True", Fault("answer", "returned bool, expected one of the label names or None", 0)),
        ("return ['yes']", Fault("answer", "returned list, expected one of the label names or None", 0)),
        ("return float('nan')", Fault("answer", "returned float, expected one of the label names or None", 0)),
        ("return 10 ** 5000", Fault("output", "returned more than 10000 characters or items", 0)),
        ("return {'yes': 1}", Fault("answer", "returned dict", 0)),
        ("return {'yes'}", Fault("answer", "returned set", 0)),
        ("return label", Fault("answer", "returned function", 0)),
        ("return 'x' * 10_001", Fault("output", "returned more than 10000 characters or items", 0)),
        ("return ['x'] * 10_001", Fault("output", "returned more than 10000 characters or items", 0)),
        ("while True: pass", Fault("timeout", "it did not end in time", 0)),
        ("x = [0] * 10 ** 9", Fault("memory", "it used more than 32 MB", 0)),
        ("x = 'a' * 10 ** 9", Fault("memory", "it used more than 32 MB", 0)),
    ],
)
def test_a_fault_says_what_happened(run, body, fault):
    (column,) = run([f"def label(task):\n    {body}\n"], ["a"], TIGHT)
    assert (column.codes.tolist(), column.fault) == ([-2], fault)


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("import os\n" + YES, "line 1: imports 'os'"),
        ("def label(task)\n    return None\n", "line 1: not valid Python: expected ':'"),
        ("x = 1\n", "no function named label at the top level"),
        ("x = 1 / 0\n" + YES, "line 1: the sandbox cannot run it: ZeroDivisionError: division by zero"),
        ("raise TimeoutError('mine')\n" + YES, "line 1: the sandbox cannot run it: TimeoutError: mine"),
        ("x = " + "+".join("1" * 900) + "\n" + YES, ""),
    ],
)
def test_a_program_that_does_not_load_is_broken_on_every_task_and_costs_no_other_its_votes(run, program, message):
    broken, other = run([program, IS_A], ["a", "b"])
    assert broken.codes.tolist() == [-2, -2]
    assert (broken.fault.kind, broken.fault.task) == ("broken", 0)
    assert broken.fault.message.startswith(message)
    assert other.codes.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        ("{}['x']", "raised"),
        ("'maybe'", "answer"),
        ("'x' * 20_000", "output"),
        ("[0] * 10 ** 9", "memory"),
        ("[1 for _ in iter(int, 1) if False]", "timeout"),
    ],
)
def test_one_bad_task_costs_only_that_task(run, bad, kind):
    program = f"def label(task):\n    return {bad} if task['text'] == 'b' else 'yes'\n"
    (column,) = run([program], ["a", "a", "b", "a", "a"], TIGHT)
    assert column.codes.tolist() == [0, 0, -2, 0, 0]
    assert (column.fault.kind, column.fault.task) == (kind, 2)


@pytest.mark.slow
def test_a_task_that_loops_for_ever_is_found_among_fifty(run):
    (column,) = run([LOOPS_ON_B], ["a"] * 33 + ["b"] + ["a"] * 16, TIGHT)
    assert column.codes.tolist() == [0] * 33 + [-2] + [0] * 16
    assert column.fault == Fault("timeout", "it did not end in time", 33)


@pytest.mark.slow
def test_a_program_that_never_ends_is_suspended(run):
    program = "def label(task):\n    while True:\n        pass\n"
    began = time.monotonic()
    slow, quick = run([program, IS_A], ["a"] * 2000, TIGHT)
    assert time.monotonic() - began < 15
    assert slow.codes.tolist() == [-2] * 2000
    assert slow.fault == Fault("timeout", "it did not end in time", 0)
    assert slow.suspended
    assert quick.codes.tolist() == [0] * 2000
    assert not quick.suspended


def test_after_too_many_timeouts_the_rest_is_suspended(run):
    (column,) = run([LOOPS_ON_B], ["b", "a", "a"], Limits(feed_seconds=0.03, task_seconds=0.001, timeouts=1))
    assert (column.codes.tolist(), column.suspended) == ([-2, -2, -2], True)
    (column,) = run([LOOPS_ON_B], ["a"] * 3, Limits(program_seconds=-1))
    assert column.codes.tolist() == [-2, -2, -2]
    assert column.fault == Fault("suspended", "suspended: it used up its time for this batch", 0)


@pytest.mark.parametrize(
    "keeps",
    [
        "SEEN = []\ndef label(task):\n    SEEN.append(1)\n    return 'yes' if len(SEEN) == 1 else 'no'\n",
        "SEEN = {}\ndef label(task):\n    SEEN['n'] = SEEN.get('n', 0) + 1\n"
        "    return 'yes' if SEEN['n'] == 1 else 'no'\n",
        "A = B = set()\ndef label(task):\n    A.add(len(A))\n    return 'yes' if len(B) == 1 else 'no'\n",
        "T = ([],)\ndef label(task):\n    T[0].append(1)\n    return 'yes' if len(T[0]) == 1 else 'no'\n",
        "def label(task, seen=[]):\n    seen.append(1)\n    return 'yes' if len(seen) == 1 else 'no'\n",
        "def add(seen=[]):\n    seen.append(1)\n    return len(seen)\n"
        "def label(task):\n    return 'yes' if add() == 1 else 'no'\n",
        "class Seen:\n    all = []\ndef label(task):\n"
        "    Seen.all.append(1)\n    return 'yes' if len(Seen.all) == 1 else 'no'\n",
        "class Seen:\n    def __init__(self):\n        self.n = 0\n    def add(self):\n        self.n += 1\n"
        "        return self.n\nONE = Seen()\ndef label(task):\n    return 'yes' if ONE.add() == 1 else 'no'\n",
        "def make():\n    n = [0]\n    def count():\n        n[0] += 1\n        return n[0]\n    return count\n"
        "count = make()\ndef label(task):\n    return 'yes' if count() == 1 else 'no'\n",
        "N = 0\ndef label(task):\n    nonlocal N\n    N += 1\n    return 'yes' if N == 1 else 'no'\n",
        "SEEN = [0]\ndef label(task):\n    max(SEEN, []).append(1)\n    return 'yes' if len(SEEN) == 2 else 'no'\n",
        "SEEN = []\ndef label(task):\n    min(SEEN, [9]).append(1)\n    return 'yes' if len(SEEN) == 1 else 'no'\n",
        "SEEN = []\ndef label(task):\n    sum([], SEEN).append(1)\n    return 'yes' if len(SEEN) == 1 else 'no'\n",
        "import itertools\nIDS = itertools.count(1)\ndef label(task):\n    return 'yes' if next(IDS) == 1 else 'no'\n",
    ],
)
def test_no_state_crosses_from_one_task_to_another(run, keeps):
    (column,) = run([keeps], ["a", "b", "c"])
    assert column.codes.tolist() in ([0, 0, 0], [-2, -2, -2])


def test_a_task_that_a_program_changes_is_whole_for_the_next_program(run):
    changes = "def label(task):\n    task['text'] = 'z'\n    task['list'].append(1)\n    return 'yes'\n"
    looks = "def label(task):\n    return 'yes' if task == {'text': 'a', 'list': []} else 'no'\n"
    assert matrix(run([changes, looks, changes, looks], [{"text": "a", "list": []}])) == [[0]] * 4


@pytest.mark.parametrize(
    "shadows",
    [
        "len = str = list = isinstance = BaseException = None\n",
        "def len(x): return 0\ndef str(x): return 'no'\ndef isinstance(x, y): return False\n",
        "outcomes = tasks = task = most = stateful = size = answer = None\n",
        "class TypeError: pass\nclass Exception: pass\n",
        "re = iter = next = None\n",
    ],
)
def test_names_that_a_program_shadows_are_its_own_affair(run, shadows):
    pattern = (
        "import re\ndef label(task):\n    return 'yes' if len(re.findall('a', str(task['text']))) == 1 else 'no'\n"
    )
    assert matrix(run([shadows + YES, pattern, shadows + IS_A, pattern], ["a", "b"])) == [
        [0, 0],
        [0, 1],
        [0, 1],
        [0, 1],
    ]


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        ("a\ud800b", "x == 'a?b'"),
        ("a\U0001f600\u00e9\u0000b", "len(x) == 5 and x[1] == '\\U0001f600'"),
        ("x" * 1_000_000, "len(x) == 1000000"),
        (math.nan, "x != x"),
        (math.inf, "x > 10 ** 300"),
        (2**64, "x == 2 ** 64"),
        (-(10**400), "x == -10 ** 400"),
        (True, "x is True"),
        (None, "x is None"),
        (["a\udfffb", {"k\ud800": [None, 1.5]}], "x == ['a?b', {'k?': [None, 1.5]}]"),
        ({"a": {"b": [1, {"c": ""}]}}, "x['a']['b'][1]['c'] == ''"),
    ],
)
def test_any_json_value_reaches_a_program(run, value, expression):
    program = f"def label(task):\n    x = task['x']\n    return 'yes' if {expression} else 'no'\n"
    (column,) = run([program], [{"x": value}])
    assert (column.codes.tolist(), column.fault) == ([0], None)


@pytest.mark.parametrize("depth", [100, 400, 900])
def test_deeply_nested_data_costs_at_most_its_own_task(run, depth):
    nested: list = []
    for _ in range(depth):
        nested = [nested]
    (column,) = run([YES], [{"x": 1}, {"x": nested}, {"x": 2}])
    assert column.codes.tolist() in ([0, 0, 0], [0, -2, 0])


@pytest.mark.slow
def test_eight_threads_at_once_get_equal_votes(run):
    programs = [IS_A, LOOPS_ON_B, FAILS_ON_B, "import re\n" + ONLY_A]
    alone = matrix(run(programs, ["a", "b", "c"], TIGHT))
    assert alone == [[0, 1, 1], [0, -2, 0], [0, -2, 1], [0, -1, -1]]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: matrix(run(programs, ["a", "b", "c"], TIGHT)), range(16)))
    assert together == [alone] * 16


def recorded() -> tuple[list, list[dict], Question]:
    records = read_records(DATA / "youtube" / "test.jsonl")
    files = read_folder(DATA / "completions" / "youtube" / "first" / "replies")
    return (
        [x.source for x in files],
        records,
        Question("label", "text", "choice", (Label("ham"), Label("spam")), "text"),
    )


@pytest.mark.slow
def test_recorded_replies_vote_as_python_itself_does():
    sources, records, question = recorded()
    expected = []
    for program in sources:
        namespace: dict = {}
        exec(program.text, namespace)
        answers = [namespace["label"]({"text": x["text"]}) for x in records]
        expected.append([-1 if x is None else ("ham", "spam").index(x) for x in answers])
    block = vote(question, sources, [Task({"text": x["text"]}, x["id"]) for x in records])
    assert [column.fault for column in block.columns] == [None] * 10
    assert matrix(block.columns) == expected


@pytest.mark.slow
def test_the_order_of_the_tasks_does_not_matter():
    sources, records, question = recorded()
    tasks = [Task({"text": x["text"]}, x["id"]) for x in records]
    forwards = matrix(vote(question, sources, tasks).columns)
    backwards = matrix(vote(question, sources, tasks[::-1]).columns)
    assert [codes[::-1] for codes in backwards] == forwards
