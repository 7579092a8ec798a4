# %% while
# why: a loop that never ends
# expect: fault
def label(task):
    while True:
        pass

# %% while-at-the-top
# why: never ends while it loads
# expect: fault or refused
while True:
    pass

def label(task):
    return "yes"

# %% swallows-the-timeout
# why: catches what would stop it
# expect: fault
def label(task):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass

# %% loops-in-finally
# why: goes on where cleaning up is done
# expect: fault
def label(task):
    try:
        while True:
            pass
    finally:
        while True:
            pass

# %% loops-on-one-task
# why: five tasks are quick, one never ends
# expect: fault
def label(task):
    while task["n"] == 3:
        pass
    return "yes"

# %% recursion
# why: calls itself for ever
# expect: fault
def label(task):
    return label(task)

# %% mutual-recursion-caught
# why: catches the end of the stack and goes on
# expect: fault or harmless
def other(task):
    try:
        return label(task)
    except RecursionError:
        return "yes"

def label(task):
    return other(task)

# %% exponential-recursion
# why: shallow, and never ends
# expect: fault
def f(n):
    return f(n - 1) + f(n - 1) if n else 1

def label(task):
    return "yes" if f(100) else "no"

# %% endless-generator
# why: a generator without an end
# expect: fault or refused
def forever():
    while True:
        yield 1

def label(task):
    return "yes" if sum(forever()) else "no"

# %% iter-with-a-sentinel
# why: an iterator without an end
# expect: fault
def label(task):
    return "yes" if [1 for _ in iter(int, 1)] else "no"

# %% count
# why: an iterator without an end
# expect: fault
import itertools

def label(task):
    return "yes" if sum(itertools.count()) else "no"

# %% cycle
# why: an iterator without an end, inside of a builtin
# expect: fault
import itertools

def label(task):
    return "yes" if all(itertools.cycle([1])) else "no"

# %% repeat
# why: an iterator without an end, asked for what is not in it
# expect: fault
import itertools

def label(task):
    return "yes" if 2 in itertools.repeat(1) else "no"

# %% drain-into-a-deque
# why: a deque of length 0 takes everything and keeps nothing
# expect: fault
import collections
import itertools

def label(task):
    return "yes" if collections.deque(itertools.repeat(1), maxlen=0) else "no"

# %% product
# why: 10**24 combinations
# expect: fault
import itertools

def label(task):
    return "yes" if max(itertools.product(range(1000), repeat=8)) else "no"

# %% permutations
# why: 20! permutations
# expect: fault
import itertools

def label(task):
    return "yes" if sum(1 for _ in itertools.permutations(range(20))) else "no"

# %% long-range
# why: a range that takes days
# expect: fault
def label(task):
    return "yes" if sum(range(10**12)) else "no"

# %% long-range-searched
# why: looks through a range for what cannot be in it
# expect: fault or harmless
def label(task):
    return "yes" if 0.5 in range(10**15) else "no"

# %% nested-quantifiers
# why: backtracks exponentially in Python's own engine
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.search(r"(a+)+$", "a" * 60 + "b") else "no"

# %% backreference
# why: a back reference keeps a linear engine from helping
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.search(r"^(a+)+\1$", "a" * 100 + "b") else "no"

# %% lookahead
# why: the same with a look-ahead
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.search(r"(?=(a|aa)+$)(a|aa)+c", "a" * 100 + "b") else "no"

# %% pattern-from-the-task
# why: the task says what is searched for
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.search("(" * 60 + task["text"] + "+)+" * 60 + "$", "a" * 60 + "b") else "no"

# %% quadratic-search
# why: 500,000 starts, each to the end
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.findall(r"a*b", "a" * 500_000) else "no"

# %% sort-with-a-slow-key
# why: each comparison takes long
# expect: fault
def label(task):
    return "yes" if sorted(range(1000), key=lambda x: sum(range(10**6))) else "no"

# %% sort-with-an-inconsistent-key
# why: an order that is none
# expect: fault or harmless
import functools

def label(task):
    return "yes" if sorted(range(2000), key=functools.cmp_to_key(lambda a, b: 1)) else "no"

# %% sort-changes-its-list
# why: the list grows while it is sorted
# expect: fault or harmless
def label(task):
    x = [3, 1, 2]
    x.sort(key=lambda y: x.append(y) or y)
    return "yes"

# %% grows-while-iterated
# why: a list that grows as fast as it is read
# expect: fault
def label(task):
    x = [1]
    for y in x:
        x.append(y)
    return "yes"

# %% huge-power
# why: a number of 10**9 digits, in one operation
# expect: fault
def label(task):
    return "yes" if 7 ** (10**9) % 2 else "no"

# %% tower-of-powers
# why: an exponent too large for any memory
# expect: fault
def label(task):
    return "yes" if 9**9**9**9 else "no"

# %% constant-tower
# why: the same at the top, where a compiler may fold it
# expect: fault or refused
X = 9**9**9

def label(task):
    return "yes"

# %% modular-power
# why: one call of arithmetic that takes minutes
# expect: fault
def label(task):
    return "yes" if pow(3, 10**3000, 10**30000 + 1) else "no"

# %% factorial
# why: one call of arithmetic that takes long
# expect: fault
import math

def label(task):
    return "yes" if math.factorial(10**7) else "no"

# %% binomial
# why: one call of arithmetic that takes long
# expect: fault
import math

def label(task):
    return "yes" if math.comb(10**7, 5 * 10**6) else "no"

# %% squaring
# why: numbers that double at every step
# expect: fault
def label(task):
    x = 3
    while True:
        x = x * x

# %% digits
# why: turning digits into a number is quadratic
# expect: fault
def label(task):
    return "yes" if int("9" * 10_000_000) else "no"

# %% digits-back
# why: turning a number into digits is quadratic
# expect: fault
def label(task):
    return "yes" if str(1 << 30_000_000) else "no"

# %% decimal-precision
# why: a division with 10**9 digits
# expect: fault
import decimal

def label(task):
    return "yes" if decimal.Context(prec=10**9).divide(decimal.Decimal(1), decimal.Decimal(3)) else "no"

# %% decimal-power
# why: exponents that no memory holds
# expect: fault or harmless
import decimal

def label(task):
    return "yes" if decimal.Decimal("1e999999") ** decimal.Decimal("1e9") else "no"

# %% decimal-to-integer
# why: 13 characters that are 10**9 digits
# expect: fault
import decimal

def label(task):
    return "yes" if int(decimal.Decimal("1e999999999")) else "no"

# %% nested-json
# why: a parser that calls itself 500,000 times
# expect: fault
import json

def label(task):
    return "yes" if json.loads("[" * 500_000 + "]" * 500_000) else "no"

# %% json-of-itself
# why: writes a list that holds itself
# expect: fault
import json

def label(task):
    x = []
    x.append(x)
    return "yes" if json.dumps(x) else "no"

# %% equal-to-itself
# why: compares two lists that hold themselves
# expect: fault or harmless
def label(task):
    x = []
    x.append(x)
    y = []
    y.append(y)
    return "yes" if x == y else "no"

# %% deep-list-dropped
# why: a list of 300,000 levels is freed by a function that calls itself
# expect: fault or harmless
def label(task):
    x = []
    for _ in range(300_000):
        x = [x]
    x = None
    return "yes"

# %% unknown-names
# why: every unknown name asks the host
# expect: fault or harmless
def label(task):
    for _ in range(1000):
        try:
            unknown
        except NameError:
            pass
    return "yes"

# %% quadratic-count
# why: native loops between which no clock is read
# expect: fault
def label(task):
    x = "a" * 5_000_000
    return "yes" if sum(x.count("a") for _ in range(10_000)) else "no"

# %% shared-lists-compared
# why: 60 levels of a list in itself twice: 2**60 comparisons
# expect: fault
def label(task):
    x = []
    y = []
    for _ in range(60):
        x = [x, x]
        y = [y, y]
    return "yes" if x == y else "no"

# %% empty-pattern-replaced
# why: a replacement at every place of a long text, in one call
# expect: fault
import re

def label(task):
    return "yes" if re.sub("", "x" * 10_000, "a" * 100_000) else "no"

# %% defs-in-defs
# why: 90 functions inside of each other take a compiler exponential time
# expect: fault or refused
@DEFS@
def label(task):
    return "yes"
