# %% driver-tasks
# why: the driver has all tasks in one list
# expect: refused
def label(task):
    raise ValueError(repr(__tasks__))

# %% driver-run
# why: calls the driver
# expect: refused
def label(task):
    return __run__([task], False, 10**9)

# %% driver-program
# why: calls what makes the program
# expect: refused
def label(task):
    return __program__()(task)

# %% driver-patterns
# why: the cache holds patterns of other tasks
# expect: refused
def label(task):
    raise ValueError(repr(__patterns__))

# %% driver-pattern
# why: a pattern that the rewriter named
# expect: refused
def label(task):
    raise ValueError(repr(__rx0__))

# %% driver-module
# why: the rewriter's own re
# expect: refused
def label(task):
    raise ValueError(repr(__re__))

# %% driver-limits
# why: reads and lifts the bound of its own answers
# expect: refused
__most__ = 10**12

def label(task):
    return "x" * 10**6

# %% driver-defined
# why: defines the driver anew
# expect: refused
def __run__(tasks, stateful, most):
    return [("answer", "yes")] * len(tasks)

def label(task):
    return "no"

# %% driver-imported-over
# why: an import gives the driver's name another meaning
# expect: refused or harmless
import math as __run__

def label(task):
    return "yes"

# %% driver-imported-over-from
# why: the same with `from`
# expect: refused or harmless
from math import pi as __tasks__

def label(task):
    return "yes"

# %% rewriter-imported-over
# why: the rewriter's function becomes another
# expect: refused or harmless or fault
import math as __rx__, re

def label(task):
    return "yes" if re.search(task["text"], "a") else "no"

# %% driver-by-except
# why: a handler binds the driver's name
# expect: refused or harmless
def label(task):
    try:
        1 / 0
    except ZeroDivisionError as __run__:
        return "yes"

# %% driver-by-nonlocal
# why: `nonlocal` reaches for the driver's name
# expect: refused
def label(task):
    nonlocal __run__
    return "yes"

# %% driver-by-global
# why: `global` reaches for the driver's name
# expect: refused
def label(task):
    global __run__
    __run__ = None
    return "yes"

# %% driver-by-match
# why: a pattern binds the driver's name
# expect: refused or harmless
match 1:
    case __program__:
        pass

def label(task):
    return "yes"

# %% driver-locals
# why: the names of the driver's own variables
# expect: fault
def label(task):
    raise ValueError(repr([tasks, outcomes, stateful, most]))

# %% driver-of-main
# why: the driver's module by its name
# expect: refused
import __main__

def label(task):
    raise ValueError(repr(__main__.__tasks__))

# %% leaves-a-name
# why: leaves names for the program that comes next
# expect: harmless
LEFT = "left by another program"

def helper(task):
    return LEFT

def label(task):
    return "yes"

# %% finds-a-name
# why: looks for the names that another program left
# expect: fault
def label(task):
    raise ValueError(repr([LEFT, helper]))

# %% shadows-builtins
# why: the driver calls functions of these names
# expect: harmless
len = str = list = isinstance = type = int = bool = float = tuple = None
Exception = BaseException = TypeError = None

def label(task):
    return "yes"

# %% shadows-builtins-by-functions
# why: the driver might call these
# expect: harmless
def isinstance(x, y):
    return False

def len(x):
    raise ValueError("called by the driver")

def str(x):
    raise ValueError("called by the driver")

def label(task):
    return "yes"

# %% shadows-the-driver's-variables
# why: the driver uses variables of these names
# expect: harmless
outcomes = tasks = task = most = stateful = answer = size = error = None

def label(task):
    return "yes"

# %% shadows-label
# why: the driver's variable is called label as well
# expect: harmless
def label(label):
    return "yes" if label["text"] else "no"

# %% shadows-by-a-class
# why: the exceptions that the driver catches are other classes here
# expect: fault or harmless
class BaseException:
    pass

class Exception:
    pass

def label(task):
    raise ValueError("past the driver")

# %% changes-the-answers
# why: an answer that changes after it was given
# expect: fault
def label(task):
    x = ["yes"]
    x.append(x)
    return x

# %% raises-a-class-of-its-own
# why: an exception that is none
# expect: fault or refused
class Own:
    pass

def label(task):
    raise Own()

# %% raises-a-group
# why: an exception with exceptions in it
# expect: fault
def label(task):
    raise ExceptionGroup("x", [ValueError("a")] * 1000)

# %% raises-nothing
# why: raises where there is nothing to raise
# expect: fault
def label(task):
    raise

# %% raises-from-itself
# why: an exception that is its own cause
# expect: fault
def label(task):
    error = ValueError("x")
    raise error from error

# %% stop-iteration
# why: ends the loop of whoever calls it
# expect: fault
def label(task):
    raise StopIteration

# %% generator-exit
# why: ends the generator of whoever calls it
# expect: fault
def label(task):
    raise GeneratorExit
