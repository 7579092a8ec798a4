# %% class-bases-subclasses
# why: the old way from any value to every class
# expect: refused
def label(task):
    for one in ().__class__.__bases__[0].__subclasses__():
        if one.__name__ == "Popen":
            one("touch @WATCHED@/left", shell=True)
    return "yes"

# %% mro
# why: the same without a dunder
# expect: refused or fault
def label(task):
    raise ValueError(repr(type(task).mro()[-1]))

# %% format-class
# why: a format string reads attributes that nobody sees in the source
# expect: fault
def label(task):
    raise ValueError("{0.__class__}".format(task))

# %% format-globals
# why: a format string walks from a function to the driver's names
# expect: fault
def label(task):
    raise ValueError("{0.__globals__[__tasks__]}".format(label))

# %% format-map
# why: the same by another method
# expect: fault
def label(task):
    raise ValueError("{x.__globals__}".format_map({"x": label}))

# %% format-nested
# why: the field's name is put together inside of the format string
# expect: fault or harmless
def label(task):
    raise ValueError("{0:{1.__class__}}".format("", task))

# %% getattr
# why: an attribute by a name that is built at run time
# expect: refused
def label(task):
    raise ValueError(repr(getattr(task, "__cl" + "ass__")))

# %% getattr-under-another-name
# why: the same through map
# expect: refused
def label(task):
    raise ValueError(repr(list(map(getattr, [label], ["__globals__"]))))

# %% attrgetter
# why: getattr of another module
# expect: refused
from operator import attrgetter

def label(task):
    raise ValueError(repr(attrgetter("__globals__")(label)))

# %% match-class
# why: a class pattern reads an attribute by keyword
# expect: refused or harmless
def label(task):
    match label:
        case object(__globals__=names):
            raise ValueError(repr(names))
    return "yes"

# %% match-class-of-a-task
# why: the same on a dictionary
# expect: refused or harmless
def label(task):
    match task:
        case dict(__class__=found):
            raise ValueError(repr(found))
    return "yes"

# %% match-mapping-rest
# why: binds a name that the driver uses
# expect: refused or harmless
def label(task):
    match task:
        case {"text": _, **__tasks__}:
            return "yes"
    return "no"

# %% vars
# why: looks into every name
# expect: refused
def label(task):
    raise ValueError(repr(vars()))

# %% globals
# why: looks into every name
# expect: refused
def label(task):
    raise ValueError(repr(globals()))

# %% locals-in-a-comprehension
# why: the frame of the caller
# expect: refused
def label(task):
    raise ValueError(repr([locals() for _ in "a"]))

# %% dir
# why: lists the names there are
# expect: fault
def label(task):
    raise ValueError(repr(dir()))

# %% function-globals
# why: a function knows the module it is from
# expect: refused
def label(task):
    raise ValueError(repr(label.__globals__))

# %% closure
# why: cells hold what a function has seen
# expect: refused
def label(task):
    raise ValueError(repr(label.__closure__))

# %% code
# why: a function's code can be replaced
# expect: refused
def label(task):
    label.__code__ = (lambda task: "no").__code__
    return "yes"

# %% frame-of-a-generator
# why: a generator has a frame, and a frame has all names
# expect: fault
def label(task):
    g = (x for x in "a")
    raise ValueError(repr(g.gi_frame.f_back.f_globals))

# %% traceback
# why: a traceback has frames
# expect: refused
def label(task):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError(repr(error.__traceback__.tb_frame.f_back.f_locals))

# %% context
# why: an exception remembers the one before it
# expect: refused
def label(task):
    try:
        1 / 0
    except ZeroDivisionError as error:
        raise ValueError(repr(error.__context__))

# %% gc
# why: the collector knows every object
# expect: refused
import gc

def label(task):
    raise ValueError(repr(gc.get_objects()))

# %% inspect
# why: walks the stack
# expect: refused
import inspect

def label(task):
    raise ValueError(repr(inspect.stack()))

# %% name-mangling
# why: inside a class, __x means _Class__x: a dunder in disguise
# expect: refused
class Words:
    def __init__(self):
        self.x = __tasks

def label(task):
    return Words().x

# %% partial
# why: the function inside of a partial one
# expect: fault
import functools

def label(task):
    raise ValueError(repr(functools.partial(label).func.func_globals))

# %% addresses
# why: addresses differ with what was there before
# expect: harmless
def label(task):
    keep = [[] for _ in task["text"]]
    return "yes" if int(repr(lambda: keep).split("0x")[1].split(">")[0], 16) % 64 < 32 else "no"

# %% addresses-of-iterators
# why: the same by another representation, which tells what was there before: the trial in reversed order finds it
# expect: impure
def label(task):
    return "yes" if int(repr(iter(task["text"])).split("0x")[1].split(">")[0], 16) % 128 < 64 else "no"

# %% hash
# why: hashes differ from run to run
# expect: refused
def label(task):
    return "yes" if hash(task["text"]) % 2 else "no"

# %% order-of-a-set
# why: the order of a set may differ from run to run
# expect: harmless
def label(task):
    return "yes" if "".join({"zeta", "alpha", "mu", task["text"]})[0] in "za" else "no"

# %% f-string-debug
# why: `=` in an f-string names what it reads
# expect: refused
def label(task):
    raise ValueError(f"{__tasks__=}")

# %% type-of-type
# why: makes a class out of strings
# expect: fault
def label(task):
    hidden = type("Hidden", (Exception,), {"__str__": lambda self: "x" * 10**9})
    raise hidden()

# %% get-type-hints
# why: evaluates annotations that are strings
# expect: refused or fault
import typing

def label(task: "open('@FILE@').read()"):
    raise ValueError(repr(typing.get_type_hints(label)))
