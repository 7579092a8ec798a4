# %% list
# why: 8 GB in one expression
# expect: fault
def label(task):
    x = [0] * 10**9
    return "yes"

# %% string
# why: 1 TB in one expression
# expect: fault
def label(task):
    x = "a" * 10**12
    return "yes"

# %% swallows-the-memory-error
# why: catches what would stop it
# expect: fault
def label(task):
    while True:
        try:
            x = "a" * 10**12
        except BaseException:
            pass

# %% grows-slowly
# why: small steps, no end
# expect: fault
def label(task):
    x = ["a"]
    while True:
        x = x + x

# %% dictionary
# why: a dictionary without an end
# expect: fault
def label(task):
    x = {}
    while True:
        x[len(x)] = "a" * 100

# %% nested-tuples
# why: a tuple without an end
# expect: fault
def label(task):
    x = ()
    while True:
        x = (x, x, "a" * 1000 + str(x is None))[:2] + (len(str(x)[:10]),)

# %% bytes
# why: 10 GB of zeros
# expect: fault
def label(task):
    return "yes" if bytes(10**10) else "no"

# %% join
# why: 10**10 characters by join
# expect: fault
def label(task):
    return "yes" if ("b" * 10**5).join(["a"] * 10**5) else "no"

# %% replace
# why: 10**10 characters by replace
# expect: fault
def label(task):
    return "yes" if ("a" * 10**5).replace("a", "b" * 10**5) else "no"

# %% percent-width
# why: ten characters of source, a gigabyte of blanks
# expect: fault
def label(task):
    return "yes" if "%1000000000d" % 1 else "no"

# %% f-string-width
# why: the same in an f-string
# expect: fault
def label(task):
    x = task["text"]
    return "yes" if f"{x:>999999999}" else "no"

# %% format-width
# why: the same by a method, the width from an argument
# expect: fault
def label(task):
    return "yes" if "{:>{}}".format("a", 10**9) else "no"

# %% float-precision
# why: a number with 10**9 decimals
# expect: fault
def label(task):
    return "yes" if format(1.5, ".999999999f") else "no"

# %% ljust
# why: pads to a gigabyte
# expect: fault
def label(task):
    return "yes" if task["text"].ljust(10**9) else "no"

# %% zfill
# why: pads to a gigabyte
# expect: fault
def label(task):
    return "yes" if task["text"].zfill(10**9) else "no"

# %% expandtabs
# why: each tab becomes 100 MB
# expect: fault
def label(task):
    return "yes" if ("\t" * 100).expandtabs(10**8) else "no"

# %% big-pattern
# why: a short pattern that is a large machine
# expect: fault or refused
import re

def label(task):
    return "yes" if re.search(r"((a{1,1000}){1,1000}){1,1000}", task["text"]) else "no"

# %% big-class
# why: a class of all of Unicode, 50,000 times
# expect: fault or refused
import re

def label(task):
    return "yes" if re.search(r"[\w\W\u4e00-\u9fff]{50000}", task["text"]) else "no"

# %% many-patterns
# why: fills the cache of patterns with large ones
# expect: fault or harmless
import re

def label(task):
    for n in range(300):
        re.search("[a-z]{200}|" + str(n), task["text"])
    return "yes"

# %% nested-groups
# why: a parser of patterns that calls itself
# expect: fault
import re

def label(task):
    return "yes" if re.search("(" * 100_000 + "a" + ")" * 100_000, task["text"]) else "no"

# %% json-indent
# why: indents by a gigabyte
# expect: fault
import json

def label(task):
    return "yes" if json.dumps([1, [2]], indent=10**9) else "no"

# %% counter-elements
# why: 10**12 elements of one
# expect: fault
import collections

def label(task):
    return "yes" if list(collections.Counter(a=10**12).elements()) else "no"

# %% normalise
# why: one character becomes 18
# expect: fault or harmless
import unicodedata

def label(task):
    return "yes" if unicodedata.normalize("NFKD", "\ufdfa" * 1_000_000) else "no"

# %% shift
# why: a number of 10**11 bits
# expect: fault
def label(task):
    return "yes" if 1 << 10**11 else "no"

# %% hexadecimal
# why: a number is written out
# expect: fault
def label(task):
    return "yes" if hex(1 << 4_000_000_000) else "no"

# %% decimal-written-out
# why: 13 characters that are written as a gigabyte
# expect: fault
import decimal

def label(task):
    return "yes" if f"{decimal.Decimal('1e999999999'):f}" else "no"

# %% strftime
# why: a date format that expands
# expect: fault
import datetime

def label(task):
    return "yes" if datetime.date(2000, 1, 1).strftime("%A" * 20_000_000) else "no"

# %% representation-of-shared-lists
# why: 60 levels of a list in itself twice: 2**60 characters
# expect: fault
def label(task):
    x = []
    for _ in range(60):
        x = [x, x]
    return "yes" if repr(x) else "no"

# %% deep-recursion-with-large-frames
# why: 200 frames, each with a megabyte
# expect: fault
def f(n):
    x = "a" * 1_000_000 + str(n)
    return f(n + 1) + x

def label(task):
    return f(0)

# %% leaks-by-cycles
# why: each task leaves cycles behind, until the next task has no memory
# expect: harmless or fault
def label(task):
    for _ in range(20_000):
        x = []
        x.append(x)
    return "yes"
