# %% huge-string
# why: an answer of 10 MB
# expect: fault
def label(task):
    return "yes" * 3_000_000

# %% huge-list
# why: an answer of a million items
# expect: fault
def label(task):
    return ["yes"] * 1_000_000

# %% empty-strings
# why: a million items that are counted by their characters are nothing
# expect: fault
def label(task):
    return [""] * 1_000_000

# %% empty-tuples
# why: the same with tuples
# expect: fault
def label(task):
    return [()] * 1_000_000

# %% large-number
# why: one number of 10 MB
# expect: fault
def label(task):
    return 1 << 80_000_000

# %% shared-number
# why: one number of 1 MB, handed out for every task
# expect: fault
X = 1 << 8_000_000

def label(task):
    return X

# %% list-of-itself
# why: an answer without a bottom
# expect: fault
def label(task):
    x = []
    x.append(x)
    return x

# %% deep-list
# why: an answer of 100,000 levels
# expect: fault
def label(task):
    x = []
    for _ in range(100_000):
        x = [x]
    return x

# %% list-within-the-recursion-bound
# why: an answer as deep as the driver may look
# expect: fault
def label(task):
    x = []
    for _ in range(180):
        x = [x]
    return x

# %% shared-lists
# why: small in memory, 2**60 when counted
# expect: fault
def label(task):
    x = []
    for _ in range(60):
        x = [x, x]
    return x

# %% own-class
# why: an object whose methods the driver might call
# expect: fault
class Answer:
    def __init__(self):
        self.text = "yes"

def label(task):
    return Answer()

# %% own-equality
# why: an answer that equals every label
# expect: refused
class Answer:
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 0

def label(task):
    return Answer()

# %% own-length
# why: an answer that says it is short
# expect: refused
class Answer(list):
    def __len__(self):
        return 0

def label(task):
    return Answer([1] * 10**6)

# %% subclass-of-str
# why: a string with methods of its own
# expect: refused
class Answer(str):
    def upper(self):
        while True:
            pass

def label(task):
    return Answer("yes")

# %% named-tuple
# why: a tuple that is more than a tuple
# expect: fault
import collections

def label(task):
    return collections.namedtuple("Answer", "text")("yes")

# %% the-class-itself
# why: a type is no answer
# expect: fault
def label(task):
    return str

# %% the-function-itself
# why: a function is no answer
# expect: fault
def label(task):
    return label

# %% the-task-itself
# why: hands the task back
# expect: fault
def label(task):
    return task

# %% dictionary
# why: a dictionary is no answer
# expect: fault
def label(task):
    return {"yes": 1}

# %% bytes
# why: bytes are no text
# expect: fault
def label(task):
    return b"yes"

# %% iterator
# why: an answer that is made while it is read
# expect: fault
def label(task):
    return iter(["yes"])

# %% endless-range
# why: an answer of 10**30 items in no memory
# expect: fault
def label(task):
    return range(10**30)

# %% not-a-number
# why: a number that equals nothing
# expect: fault
def label(task):
    return float("nan")

# %% index
# why: a label by its place
# expect: fault
def label(task):
    return 0

# %% truth
# why: a truth value is a number is a place
# expect: fault
def label(task):
    return True

# %% almost-a-label
# why: a label with a NUL behind it
# expect: fault
def label(task):
    return "yes\0"

# %% looks-like-a-label
# why: a Cyrillic letter that looks like a Latin one
# expect: fault
def label(task):
    return "уes"

# %% surrogate
# why: half a character cannot cross to the backend
# expect: fault
def label(task):
    return "\ud800"

# %% markup
# why: a message for whoever shows it as a page
# expect: fault
def label(task):
    return "<script>alert(1)</script>"

# %% terminal
# why: a message that takes over the terminal it is shown in
# expect: fault
def label(task):
    raise ValueError("\x1b[2J\x1b]0;owned\x07\r\x08 [red]x[/nope]")

# %% forged-log-line
# why: a message with a line break forges a line of the log
# expect: fault
def label(task):
    raise ValueError("x\n2026-01-01 00:00:00 ERROR alchemist: all projects deleted")

# %% huge-message
# why: a fault message of 10 MB
# expect: fault
def label(task):
    raise ValueError("x" * 10_000_000)

# %% huge-name
# why: the class of an exception is named in the message
# expect: fault or refused
class @LONG@(Exception):
    pass

def label(task):
    raise @LONG@

# %% message-that-runs
# why: the text of an exception is made by the program, in the driver
# expect: refused
class Own(Exception):
    def __str__(self):
        while True:
            pass

def label(task):
    raise Own

# %% message-of-an-argument
# why: an exception shows its arguments by their own methods
# expect: fault
def label(task):
    x = []
    for _ in range(60):
        x = [x, x]
    raise ValueError(x)

# %% prints
# why: floods standard output
# expect: refused
def label(task):
    while True:
        print(task["text"] * 1000)

# %% prints-to-the-log
# why: floods standard error
# expect: refused
import sys

def label(task):
    sys.stderr.write("x" * 10**9)
    return "yes"

# %% warns
# why: floods the log with warnings
# expect: refused
import warnings

def label(task):
    warnings.warn("x" * 10**6)
    return "yes"

# %% assert
# why: an assertion shows what was compared
# expect: fault
def label(task):
    assert task["text"] == "x" * 1_000_000, "y" * 1_000_000

# %% driver-outcome
# why: returns what the driver itself returns
# expect: fault
def label(task):
    return [("answer", "yes")] * 6

# %% pretends-to-be-the-timeout
# why: raises what the sandbox raises at its bound
# expect: fault
def label(task):
    raise TimeoutError("it did not end in time")

# %% pretends-to-be-out-of-memory
# why: raises what the sandbox raises at its bound
# expect: fault
def label(task):
    raise MemoryError("x")
