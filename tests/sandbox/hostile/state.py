# %% module-list
# why: remembers tasks in a list
# expect: harmless
SEEN = []

def label(task):
    SEEN.append(task["text"])
    return "yes" if len(SEEN) == 1 else "no"

# %% tells-what-it-saw
# why: says in a fault message what an earlier task said
# expect: harmless
SEEN = []

def label(task):
    SEEN.append(task["text"])
    if len(SEEN) > 1:
        raise ValueError(SEEN[0])
    return "yes"

# %% default-argument
# why: a default is made once
# expect: harmless
def label(task, seen=[]):
    seen.append(1)
    return "yes" if len(seen) == 1 else "no"

# %% default-of-a-helper
# why: the same, one call away
# expect: harmless
def count(seen={}):
    seen["n"] = seen.get("n", 0) + 1
    return seen["n"]

def label(task):
    return "yes" if count() == 1 else "no"

# %% function-attribute
# why: a function can hold values
# expect: refused
def label(task):
    label.seen = True
    return "yes"

# %% function-attribute-as-self
# why: whatever is called self may be given attributes
# expect: fault or refused
def label(task):
    self = label
    self.seen = task["text"]
    return "yes"

# %% module-attribute-as-self
# why: changes an imported module
# expect: fault or refused
import re

def label(task):
    self = re
    self.search = lambda *x: None
    return "yes"

# %% type-attribute-as-self
# why: changes a builtin type
# expect: fault or refused
def label(task):
    self = ValueError
    self.seen = task["text"]
    return "yes"

# %% class-attribute
# why: a class holds a list
# expect: harmless
class Seen:
    all = []

def label(task):
    Seen.all.append(1)
    return "yes" if len(Seen.all) == 1 else "no"

# %% class-attribute-as-self
# why: a class is given attributes under the name self
# expect: harmless
class Seen:
    n = 0

def label(task):
    self = Seen
    self.n = self.n + 1
    return "yes" if self.n == 1 else "no"

# %% closure
# why: a function inside of a function remembers
# expect: harmless
def counter():
    n = [0]
    def count():
        n[0] += 1
        return n[0]
    return count

count = counter()

def label(task):
    return "yes" if count() == 1 else "no"

# %% nonlocal
# why: legal only because the module became a function
# expect: refused or harmless
N = 0

def label(task):
    nonlocal N
    N += 1
    return "yes" if N == 1 else "no"

# %% nonlocal-in-a-helper
# why: the same, one call away, with the text of a task
# expect: refused or harmless
LAST = ""

def swap(text):
    nonlocal LAST
    before = LAST
    LAST = text
    return before

def label(task):
    before = swap(task["text"])
    if before:
        raise ValueError(before)
    return "yes"

# %% global
# why: changes a name of the module
# expect: refused
N = 0

def label(task):
    global N
    N += 1
    return "yes" if N == 1 else "no"

# %% cache
# why: lru_cache remembers arguments
# expect: harmless
import functools

@functools.lru_cache(maxsize=None)
def length(text):
    return len(text)

def label(task):
    length("x")
    return "yes" if length.cache_info().misses == 1 and length.cache_info().hits == 0 else "no"

# %% cache-by-a-call
# why: the same without a decorator
# expect: harmless
import functools

length = functools.lru_cache(len)

def label(task):
    length("x")
    return "yes" if length.cache_info().hits == 0 else "no"

# %% iterator
# why: an iterator knows how often it was asked
# expect: harmless
IDS = iter("yyyyyyyy")

def label(task):
    next(IDS)
    return "yes" if len(list(IDS)) == 7 else "no"

# %% count
# why: a counter of itertools
# expect: harmless
import itertools

IDS = itertools.count()

def label(task):
    return "yes" if next(IDS) == 0 else "no"

# %% count-under-the-name-of-a-pure-function
# why: `frozenset` is an iterator here
# expect: harmless or refused
from itertools import count as frozenset

IDS = frozenset(0)

def label(task):
    return "yes" if next(IDS) == 0 else "no"

# %% deque-under-the-name-of-a-pure-function
# why: `tuple` is a deque here
# expect: harmless or refused
from collections import deque as tuple

SEEN = tuple(())

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% list-under-the-name-of-a-pure-function
# why: `tuple` is list here
# expect: harmless or refused
tuple = list
SEEN = tuple(())

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% own-pure-function
# why: `tuple` is the program's own here
# expect: harmless or refused
def tuple(x):
    return []

SEEN = tuple(())

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% own-frozenset-with-a-list
# why: `frozenset` is list here, with a list in it
# expect: harmless or refused
frozenset = list
SEEN = frozenset(["a"])

def label(task):
    SEEN.append("b")
    return "yes" if len(SEEN) == 2 else "no"

# %% deque-under-the-name-of-the-compiler
# why: the rewriter's own function is a deque here
# expect: harmless or refused
import re
from collections import deque as __rx__

SEEN = re.compile("a" + "b")

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 3 else "no"

# %% something-else-with-compile
# why: `re` is the program's own here, and compiles to a list
# expect: harmless or refused
class Own:
    def __init__(self):
        self.made = []
    def compile(self, text):
        return self.made

re = Own()
SEEN = re.compile("a")

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% compile-with-a-walrus
# why: a list is made in the flags of a pattern
# expect: harmless or fault or refused
import re

WORD = re.compile("a", flags=(SEEN := []) and 0 or 0)

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% walrus-in-an-f-string
# why: a list is made inside of a string
# expect: harmless or fault or refused
NAME = f"{(SEEN := [])}"

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% walrus-in-the-format-of-an-f-string
# why: a list is made inside of the width of a string
# expect: harmless or fault or refused
NAME = f"{1:{(SEEN := []) or ''}}"

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% walrus-in-an-annotation
# why: a list is made where nobody looks
# expect: harmless or fault or refused
def helper(x: (SEEN := [])):
    return x

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% starred-target
# why: a star makes a list out of a tuple
# expect: harmless
*SEEN, = ()

def label(task):
    SEEN.append(1)
    return "yes" if len(SEEN) == 1 else "no"

# %% table-through-max
# why: max hands out the list itself
# expect: harmless
W = [3]

def label(task):
    max(W, [1]).append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-min
# why: min hands out the list itself
# expect: harmless
W = [3]

def label(task):
    min(W, [9]).append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-sum
# why: sum starts with the list itself
# expect: harmless
W = []

def label(task):
    x = sum([], W)
    x.append(1)
    return "yes" if len(W) == 1 else "no"

# %% table-through-get
# why: get hands out its default
# expect: harmless
W = [3]

def label(task):
    task.get("nothing", W).append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-or
# why: `or` hands out the list itself
# expect: harmless
W = [3]

def label(task):
    (None or W).append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-choice
# why: a conditional hands out the list itself
# expect: harmless
W = [3]

def label(task):
    x = W if task else None
    x.append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-match
# why: a pattern binds the list itself
# expect: harmless
W = [3]

def label(task):
    match W:
        case x:
            x.append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-display
# why: a list of the list
# expect: harmless
W = [3]

def label(task):
    [W][0].append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-an-argument
# why: a helper is given the list
# expect: harmless
W = [3]

def add(*x):
    x[0].append(1)

def label(task):
    add(*[W])
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-copy-that-is-none
# why: `list` is the program's own here and hands out what it gets
# expect: harmless
W = [3]
list = lambda x: x

def label(task):
    list(W).append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-reader-of-a-lambda
# why: the argument of a lambda is called like a reader
# expect: harmless
W = [3]
use = lambda len: len(W)

def label(task):
    use(lambda x: x.append(1))
    return "yes" if W[-1] == 1 and W[0] == 3 and W[1:] == [1] else "no"

# %% table-through-a-reader-of-a-handler
# why: an except clause gives `len` another meaning
# expect: harmless
W = [3]

def label(task):
    try:
        raise ValueError
    except ValueError as len:
        pass
    x = [y for y in [W]]
    x[0].append(1)
    return "yes" if W == [3, 1] else "no"

# %% table-through-a-slice-target
# why: a slice of the table is assigned
# expect: harmless
W = [3]

def label(task):
    W[1:] = [len(W)]
    n = W[1]
    W[0:0] = [0]
    return "yes" if W == [0, 3, 1] else "no"

# %% table-through-a-loop-target
# why: the loop variable is an item of the table
# expect: harmless
W = [0]

def label(task):
    n = W[0]
    for W[0] in range(n + 2):
        pass
    return "yes" if W[0] == 1 else "no"

# %% table-through-augmented-assignment
# why: += on an item
# expect: harmless
W = {"n": 0}

def label(task):
    W["n"] += 1
    return "yes" if W["n"] == 1 else "no"

# %% table-through-the-task
# why: the list is put into the task and changed there
# expect: harmless
W = [3]

def label(task):
    task["w"] = W
    task["w"].append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-type's-method
# why: the method is taken from the type
# expect: harmless or fault
W = [3]

def label(task):
    list.append(W, 1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-bisect
# why: insort changes its argument
# expect: harmless
import bisect

W = [3]

def label(task):
    bisect.insort(W, 5)
    return "yes" if len(W) == 2 else "no"

# %% table-through-the-items-of-a-name
# why: a name in a table is a list of its own
# expect: harmless
INNER = []
W = {"a": INNER}

def label(task):
    W["a"].append(1)
    return "yes" if len(W["a"]) == 1 else "no"

# %% table-through-the-values-of-a-name
# why: the same, as a loop
# expect: harmless
INNER = [1]
W = (INNER,)

def label(task):
    for x in W:
        x.append(1)
    return "yes" if len(W[0]) == 2 else "no"

# %% table-through-an-alias
# why: a second name for the table
# expect: harmless
W = [3]
V = W

def label(task):
    V.append(1)
    return "yes" if len(W) == 2 else "no"

# %% table-through-a-default
# why: a default is the table itself
# expect: harmless
W = [3]

def add(x=W):
    x.append(1)
    return len(x)

def label(task):
    return "yes" if add() == 2 else "no"

# %% table-compared-with-a-walrus
# why: a walrus inside of a comparison binds the table
# expect: harmless
W = [3]

def label(task):
    if (x := W) == [3]:
        x.append(1)
        return "yes"
    return "no"

# %% table-as-a-default-of-get
# why: a dictionary hands out the dictionary inside of it
# expect: harmless
W = {"a": {}}

def label(task):
    x = W.get("a")
    x[len(x)] = 1
    return "yes" if len(x) == 1 else "no"

# %% growing-by-reading
# why: a defaultdict grows when it is read
# expect: harmless
import collections

W = collections.defaultdict(list)

def label(task):
    n = len(W)
    W[task["text"]]
    return "yes" if n == 0 else "no"

# %% object
# why: an object with a counter
# expect: harmless
class Seen:
    def __init__(self):
        self.n = 0
    def add(self):
        self.n += 1
        return self.n

ONE = Seen()

def label(task):
    return "yes" if ONE.add() == 1 else "no"

# %% exception-kept
# why: an exception made once holds a list
# expect: harmless or fault
E = ValueError("x")

def label(task):
    try:
        raise E
    except ValueError as error:
        n = len(error.args)
        raise

# %% decimal-context
# why: the context of decimal outlives the task
# expect: refused
import decimal

def label(task):
    n = decimal.getcontext().prec
    decimal.getcontext().prec = 3
    return "yes" if n == 28 else "no"

# %% decimal-default-context
# why: contexts that are constants of the module
# expect: fault or refused or harmless
import decimal

def label(task):
    self = decimal.DefaultContext
    n = self.prec
    self.prec = 3
    return "yes" if n == 28 else "no"

# %% cache-of-patterns
# why: the cache of patterns is one for all tasks
# expect: harmless
import re

def label(task):
    for n in range(501):
        re.search(task["text"][:5] + str(n), "")
    return "yes" if re.compile("a") is re.compile("a") else "no"

# %% cache-of-patterns-by-equal-keys
# why: True, 1 and 1.0 are one key of the cache
# expect: harmless or fault
import re

def label(task):
    return "yes" if re.search("A", "a", [2, 0, True][task["n"] % 3]) else "no"

# %% task-changed
# why: changes the task for whoever comes next
# expect: harmless
def label(task):
    task["text"] = "changed"
    task["list"].append(1)
    task.pop("n")
    return "yes" if len(task["list"]) == 1 else "no"

# %% warnings
# why: a warning is shown once
# expect: refused
import warnings

def label(task):
    warnings.warn("x")
    return "yes"

# %% leaves-less-memory
# why: what one task leaves behind is missing for the next
# expect: harmless or fault
KEEP = []

def label(task):
    KEEP.append("a" * 12_000_000)
    return "yes"

# %% leaves-less-time
# why: what one task uses is missing for the next
# expect: harmless or fault
def label(task):
    n = 0
    while n < 20_000:
        n = n + 1
    return "yes"

# %% decimal-default-context-by-a-method
# why: a method is called with the context in the place of self
# expect: fault or refused or harmless
import decimal

class Own:
    def swap(self):
        n = self.prec
        self.prec = 3
        return n

def label(task):
    return "yes" if Own.swap(decimal.DefaultContext) == 28 else "no"

# %% decimal-default-context-by-an-argument
# why: an argument is called self, and tells the length of the text before
# expect: fault or refused or harmless
from decimal import BasicContext

def swap(self, n):
    before = self.prec
    self.prec = n
    return before

def label(task):
    return "yes" if swap(BasicContext, len(task["text"])) == 9 else "no"

# %% decimal-traps
# why: the traps of a context are a table that all tasks share
# expect: fault or refused or harmless
import decimal

def label(task):
    traps = decimal.ExtendedContext.traps
    before = traps[decimal.Inexact]
    traps[decimal.Inexact] = True
    return "no" if before else "yes"
