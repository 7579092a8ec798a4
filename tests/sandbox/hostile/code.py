# %% eval
# why: code out of a string
# expect: refused
def label(task):
    return eval("open('@FILE@').read()")

# %% eval-of-the-task
# why: a task's text becomes code
# expect: refused
def label(task):
    return eval(task["text"])

# %% exec
# why: statements out of a string
# expect: refused
def label(task):
    exec("import os; os.system('touch @WATCHED@/left')")
    return "yes"

# %% compile
# why: code that is compiled now and run later
# expect: refused
def label(task):
    return compile("1", "", "eval")

# %% decorator
# why: a decorator is a call without parentheses
# expect: refused
@exec
@input
def label(task):
    return "yes"

# %% lambda-in-a-default
# why: code that runs while a function is made
# expect: refused
def label(task, run=(lambda: open("@FILE@").read())()):
    raise ValueError(run)

# %% annotation
# why: annotations run while a function is made
# expect: refused
def helper(x: open("@WATCHED@/left", "w")):
    return x

def label(task):
    return "yes"

# %% metaclass
# why: code that runs while a class is made
# expect: refused
class Meta(type):
    def __new__(cls, name, bases, names):
        raise ValueError(repr(names))

class Words(metaclass=Meta):
    pass

def label(task):
    return "yes"

# %% init-subclass
# why: code that runs while another class is made
# expect: refused
class Words:
    def __init_subclass__(cls):
        open("@WATCHED@/left", "w")

class More(Words):
    pass

def label(task):
    return "yes"

# %% getattr-method
# why: code that runs at every dot
# expect: refused
class Any:
    def __getattr__(self, name):
        return name

def label(task):
    return Any().yes

# %% class-getitem
# why: code that runs at a subscript of a class
# expect: refused
class Any:
    def __class_getitem__(cls, name):
        return "yes"

def label(task):
    return Any["x"]

# %% del-method
# why: code that runs when nobody looks
# expect: refused
class Mine:
    def __del__(self):
        open("@WATCHED@/left", "w")

def label(task):
    Mine()
    return "yes"

# %% eq-by-assignment
# why: a method with a forbidden name is assigned, not defined
# expect: refused
class Mine:
    def same(self, other):
        return True
    __eq__ = same

def label(task):
    return Mine()

# %% context-manager
# why: `with` calls methods that nobody sees called
# expect: refused
def label(task):
    with task as opened:
        return opened

# %% async-label
# why: a coroutine instead of an answer
# expect: refused
async def label(task):
    return "yes"

# %% breakpoint
# why: waits for a person
# expect: refused
def label(task):
    breakpoint()
    return "yes"

# %% input
# why: reads standard input
# expect: refused
def label(task):
    return input()

# %% pickle
# why: unpickling is code
# expect: refused
import pickle

def label(task):
    return pickle.loads(b"cos\nsystem\n(S'touch @WATCHED@/left'\ntR.")

# %% marshal
# why: bytecode out of bytes
# expect: refused
import marshal

def label(task):
    return marshal.loads(task["text"])

# %% types
# why: functions made by hand
# expect: refused
from types import FunctionType

def label(task):
    return FunctionType(label, {})

# %% namedtuple
# why: namedtuple once was exec of a template with the names in it
# expect: fault
from collections import namedtuple

def label(task):
    raise ValueError(repr(namedtuple("A", ["x", "__class__", "y=open('@FILE@')"])))

# %% fractions-of-a-name
# why: the forbidden name never stands in the source
# expect: fault
def label(task):
    run = "".join(map(chr, [101, 118, 97, 108]))
    return run("1")

# %% two-labels
# why: the reader sees one function, the second one runs
# expect: refused
def label(task):
    return "yes"

def label(task):
    return "no"

# %% label-is-replaced
# why: the reader sees one function, another one runs
# expect: refused or harmless
def label(task):
    return "yes"

label = lambda task: "no"

# %% label-is-removed
# why: there is a function, and then there is none
# expect: refused or fault
def label(task):
    return "yes"

label = None

# %% return-at-the-top
# why: ends the function that the source is put into
# expect: refused
return open
def label(task):
    return "yes"

# %% return-of-another-function
# why: hands out another function in place of label
# expect: refused
def other(task):
    return "no"

return other

def label(task):
    return "yes"

# %% yield-at-the-top
# why: turns the function that the source is put into into a generator
# expect: refused
yield 1

def label(task):
    return "yes"
