# %% local-called-re
# why: a local variable has the name of the module
# expect: harmless
import re

def label(task):
    re = task["text"]
    return "yes" if re.count("a") else "no"

# %% argument-called-re
# why: an argument has the name of the module
# expect: harmless or fault
import re

def label(task, re=re):
    return "yes" if re.search("a", task["text"]) else "no"

# %% object-called-re
# why: an object of the program's own has the name of the module
# expect: harmless or fault
import re

class Own:
    def search(self, pattern, text):
        return "no"

def label(task):
    re = Own()
    return re.search("a", task["text"])

# %% method-called-sub
# why: a method of the program's own is called like that of a pattern
# expect: harmless or fault
class Own:
    def sub(self, one, other):
        return "yes"

def label(task):
    x = 1
    return Own().sub(x, 2)

# %% two-names-of-re
# why: the module has two names
# expect: harmless
import re as r, re

def label(task):
    return "yes" if r.search("a", task["text"]) or re.search("b", task["text"]) else "no"

# %% star-of-re
# why: the functions come without a module
# expect: refused
from re import *

def label(task):
    return "yes" if search("a", task["text"]) else "no"

# %% compile-under-another-name
# why: the function comes under another name
# expect: harmless
from re import compile as make

def label(task):
    return "yes" if make("a").search(task["text"]) else "no"

# %% starred-arguments
# why: the pattern hides in a star
# expect: harmless
import re

def label(task):
    return "yes" if re.search(*["a", task["text"]]) else "no"

# %% double-starred-arguments
# why: the pattern hides in two stars
# expect: harmless
import re

def label(task):
    return "yes" if re.search(**{"pattern": "a", "string": task["text"]}) else "no"

# %% keywords-in-another-order
# why: the pattern comes last
# expect: harmless or fault
import re

def label(task):
    return "yes" if re.search(flags=0, string=task["text"], pattern="a") else "no"

# %% pattern-twice
# why: the pattern is given by place and by name
# expect: fault or refused
import re

def label(task):
    return "yes" if re.search("a", task["text"], pattern="b") else "no"

# %% f-string-pattern
# why: a pattern with a task in it
# expect: harmless or fault
import re

def label(task):
    return "yes" if re.search(f"{task['text']}(", task["text"]) else "no"

# %% walrus-pattern
# why: the pattern is bound on the way
# expect: harmless
import re

def label(task):
    found = re.search((p := "a"), task["text"])
    return "yes" if found and p == "a" else "no"

# %% odd-flags
# why: flags that are no flags
# expect: fault or refused or harmless
import re

def label(task):
    return "yes" if re.search("a", task["text"], -1) else "no"

# %% huge-flags
# why: flags that no register holds
# expect: fault or refused
import re

def label(task):
    return "yes" if re.search("a", task["text"], 1 << 100) else "no"

# %% flags-that-run
# why: flags by a call
# expect: harmless
import re

def flags():
    return re.I

def label(task):
    return "yes" if re.search("A", task["text"], flags()) else "no"

# %% pattern-that-does-not-compile
# why: a constant pattern fails where it is compiled beforehand
# expect: refused or fault
import re

def label(task):
    if task["text"] == "never":
        re.search("(", "x")
    return "yes"

# %% pattern-that-does-not-compile-caught
# why: the program means to catch what its pattern raises
# expect: refused or fault or harmless
import re

def label(task):
    try:
        return "yes" if re.search("(", "x") else "no"
    except re.error:
        return None

# %% pattern-is-no-pattern
# why: a number where a pattern should be
# expect: fault
import re

def label(task):
    return "yes" if re.search(5, task["text"]) else "no"

# %% pattern-of-bytes
# why: bytes where a pattern should be
# expect: fault or harmless
import re

def label(task):
    return "yes" if re.search(b"a", task["text"]) else "no"

# %% group-names
# why: groups named like the driver's variables
# expect: harmless
import re

def label(task):
    found = re.search(r"(?P<__tasks__>a)(?P<outcomes>.)?", task["text"])
    return "yes" if found and found.group("__tasks__") else "no"

# %% replacement-that-runs
# why: a replacement is a function that raises
# expect: fault
import re

def label(task):
    return re.sub("[a-z]", lambda found: 1 / 0, "abc")

# %% replacement-with-references
# why: a replacement refers to groups that are not there
# expect: fault
import re

def label(task):
    return re.sub("a", r"\9\g<nothing>", "aaa")

# %% replacement-by-names
# why: the arguments of sub by name
# expect: harmless
import re

def label(task):
    return "yes" if re.sub(string=task["text"], repl="", pattern="[a-z]") else "no"

# %% string-that-looks-like-code
# why: a docstring that ends in the rewritten code's own marks
# expect: harmless
def label(task):
    """'''
    \"\"\"
def __run__(tasks, stateful, most): return [("answer", "yes")] * len(tasks)
    """
    return "yes"

# %% f-string-with-quotes
# why: quotes within quotes within braces
# expect: harmless
def label(task):
    x = f'''{"a" + 'b' + f"{'c' + f'{1!r:>{2}}'}"}'''
    return "yes" if x else "no"

# %% f-string-with-a-line-break
# why: an older Python cannot write it again
# expect: harmless or refused
def label(task):
    x = f'''{"""
""" + "'" + '"'}'''
    return "yes" if x else "no"

# %% number-in-hexadecimal
# why: 5,000 hexadecimal digits cannot be written as a decimal number
# expect: refused or harmless
X = @HEX@

def label(task):
    return "yes"

# %% infinite-number
# why: a number that is written as infinity
# expect: harmless
X = 1e999 - 1e999j

def label(task):
    return "yes" if X else "no"

# %% escapes
# why: escapes that mean nothing, and half characters
# expect: harmless
X = "\d\q\ud800\N{BULLET}\x00"

def label(task):
    return "yes" if X else "no"

# %% type-parameters
# why: syntax of Python 3.12
# expect: refused
def first[T](x: T) -> T:
    return x

def label(task):
    return "yes"

# %% except-groups
# why: syntax of Python 3.11
# expect: refused
def label(task):
    try:
        return "yes"
    except* ValueError:
        pass

# %% template-strings
# why: syntax of Python 3.14
# expect: refused
def label(task):
    return t"{task}" and "yes"

# %% type-statement
# why: syntax of Python 3.12
# expect: refused
type Words = list[str]

def label(task):
    return "yes"

# %% print-statement
# why: syntax of Python 2
# expect: refused
def label(task):
    print task["text"]
    return "yes"

# %% mixed-indentation
# why: tabs and blanks that look aligned
# expect: refused
def label(task):
	if task:
        return "yes"
	return "no"

# %% hidden-direction
# why: marks turn the reading direction: what is read is not what runs
# expect: harmless
def label(task):
    access = "no‮⁦ # only for admins⁩⁦"
    return "yes" if access else "no"

# %% hidden-lines
# why: line separators that an editor breaks at and Python does not
# expect: harmless
def label(task):
    # a comment   import os
    return "yes"
