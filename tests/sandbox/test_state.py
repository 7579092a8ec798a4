from __future__ import annotations

import pytest

from alchemist.sandbox.check import parse
from alchemist.sandbox.state import keeps_state

PLAIN = "def label(task): return None\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import re\nfrom math import pi\n",
        '"""Words."""\nN = 3\nM: int = -2\nO = N + 1\nP = ("a", ("b", N))\nQ: int\n',
        "import re\nP = re.compile('a', re.I | re.M)\n",
        "W = frozenset({'a', 'b'})\nV = tuple(['a'])\nU = frozenset('a b'.split())\n",
        "low = lambda t: t.lower()\n",
        "def f(x, y=3, *, z=None): return x\n",
        "def f(x):\n    seen = []\n    seen.append(x)\n    return seen\n",
        "W = ['a']\n",
        "W: dict = {'a': ('b', 1)}\ndef f(x): return W[x] if x in W else W.get(x)\n",
        "W = {'a'}\ndef f(x): return [y for y in W] + sorted(W) + list(W)\n",
        "W = ['a']\ndef f(x):\n    for y in W:\n        x = x + y\n    return len(W), any(W), W.copy(), W[1:]\n",
        "W = {'a': 1}\ndef f(x): return sum(v for k, v in W.items()) + sum(W.values()) + max(W)\n",
        "W = 'a b c'.split()\ndef f(x): return x in W\n",
    ],
)
def test_values_that_cannot_change_and_tables_that_are_only_read_keep_no_state(text):
    assert keeps_state(parse(text + PLAIN)) is False


@pytest.mark.parametrize(
    "text",
    [
        "W = set()\n",
        "W = [x for x in 'ab']\n",
        "W = ('a', [])\n",
        "W = [[]]\n",
        "W = {'a': []}\n",
        "W = frozenset({('a', f([]))})\n",
        "ADD = [].append\n",
        "W = []\nADD = W.append\n",
        "W = []\ndef f(x): W.append(x)\n",
        "W = {}\ndef f(x): W[x] = 1\n",
        "W = {}\ndef f(x): return W.setdefault(x, 1)\n",
        "W = []\nV = W\n",
        "W = []\ndef f(x): return W\n",
        "W = []\ndef f(x): return x or W\n",
        "W = []\ndef f(x): return helper(W)\n",
        "W = []\ndef f(x): return helper(*W)\n",
        "W = []\ndef f(x, w=W): w.append(x)\n",
        "W = []\nf = lambda: W\n",
        "W = []\ndef sorted(x): return x\ndef f(x): sorted(W).append(x)\n",
        "W = []\ndef f(x, list): list(W).append(x)\n",
        "W = []\nfrom helpers import sorted\ndef f(x): sorted(W).append(x)\n",
        "W = []\ndef f(x): max(W, [0]).append(x)\n",
        "W = []\ndef f(x): min(W, [0]).append(x)\n",
        "W = []\ndef f(x): sum([], W).append(x)\n",
        "W = V = []\n",
        "W, V = [], []\n",
        "def f(x, seen=[]): return x\n",
        "def f(x, *, seen={}): return x\n",
        "low = lambda t, seen=[]: t\n",
        "class Seen:\n    all = []\n",
        "import functools\n@functools.cache\ndef f(x): return x\n",
        "import itertools\nIDS = itertools.count()\n",
        "if 1:\n    W = []\n",
        "for x in []: pass\n",
        "(W := [])\n",
    ],
)
def test_a_program_that_could_remember_something_keeps_state(text):
    assert keeps_state(parse(text + PLAIN)) is True
