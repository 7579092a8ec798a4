# %% dunder-import
# why: imports by a call
# expect: refused
def label(task):
    return __import__("os").getcwd()

# %% dunder-import-built
# why: the name is put together at run time
# expect: refused
def label(task):
    return __builtins__["__imp" + "ort__"]("os").getcwd()

# %% importlib
# why: imports by a module
# expect: refused
import importlib

def label(task):
    return importlib.import_module("os").getcwd()

# %% sys-modules
# why: every loaded module stands there
# expect: refused
import sys

def label(task):
    return sys.modules["os"].getcwd()

# %% builtins
# why: the forbidden names stand in a module
# expect: refused
import builtins

def label(task):
    raise ValueError(builtins.open("@FILE@").read())

# %% builtins-from
# why: a forbidden name is imported under another
# expect: refused
from builtins import open as glance

def label(task):
    raise ValueError(glance("@FILE@").read())

# %% star
# why: `*` brings names that nobody reads in the source
# expect: refused
from decimal import *

def label(task):
    getcontext().prec = 3
    return "yes"

# %% star-of-a-clock
# why: `*` brings a module's own imports
# expect: refused or fault
from datetime import *

def label(task):
    raise ValueError(str(sys.modules))

# %% relative
# why: imports from where the backend lives
# expect: refused
from . import monty

def label(task):
    raise ValueError(repr(monty))

# %% relative-named
# why: climbs up the packages
# expect: refused
from ..alchemist.settings import Settings

def label(task):
    raise ValueError(repr(Settings()))

# %% backend
# why: imports the backend itself
# expect: refused
import alchemist.settings

def label(task):
    raise ValueError(repr(alchemist.settings.Settings()))

# %% sandbox
# why: imports the sandbox and starts its own, without limits
# expect: refused
import pydantic_monty

def label(task):
    return pydantic_monty.Monty()

# %% submodule
# why: a module inside of an allowed one
# expect: refused
import json.tool

def label(task):
    return json.tool.main()

# %% module-of-a-module
# why: an allowed module holds a forbidden one under a private name
# expect: fault
import collections

def label(task):
    raise ValueError(repr(collections._sys.modules))

# %% from-module-of-a-module
# why: the same, imported
# expect: refused
from collections import _sys

def label(task):
    raise ValueError(repr(_sys.modules))

# %% module-of-re
# why: re holds functools, enum and copyreg
# expect: fault
import re

def label(task):
    raise ValueError(repr(re.copyreg))

# %% enum-of-re
# why: from re come modules that are not allowed
# expect: refused
from re import enum

def label(task):
    raise ValueError(repr(enum.sys.modules))

# %% fullwidth-module
# why: Python reads fullwidth letters as plain ones: this is `import os`
# expect: refused
import ｏｓ

def label(task):
    return os.getcwd()

# %% fullwidth-open
# why: Python reads fullwidth letters as plain ones: this is `open`
# expect: refused
def label(task):
    raise ValueError(ｏｐｅｎ("@FILE@").read())

# %% mathematical-eval
# why: mathematical letters are normalised as well: this is `eval`
# expect: refused
def label(task):
    return 𝓮𝓿𝓪𝓵("1")

# %% long-s-class
# why: the long s is normalised in an attribute: this is `__class__`
# expect: refused
def label(task):
    raise ValueError(repr(task.__claſs__))

# %% ligature
# why: a ligature in a keyword hides a name from a search
# expect: refused
def label(task):
    return dict(__ﬁle__=1) and "yes"

# %% unicode-coding-line
# why: a coding line makes a comment to code, for whoever heeds it
# expect: harmless
# -*- coding: utf-7 -*-
# +AAo-import os
# +AAo-os.system('touch @WATCHED@/left')
def label(task):
    return "yes"

# %% future-braces
# why: an import from the future that does not exist
# expect: refused or harmless
from __future__ import braces

def label(task):
    return "yes"

# %% late-future
# why: an import from the future where it may not stand
# expect: refused or harmless
X = 1
from __future__ import annotations

def label(task):
    return "yes"

# %% future-as-a-module
# why: reads the module of the future
# expect: refused
import __future__

def label(task):
    raise ValueError(repr(__future__.__builtins__))

# %% import-in-a-class
# why: an import where a reader does not look
# expect: refused
class Words:
    def __init__(self):
        import os
        self.os = os

def label(task):
    return Words().os.getcwd()

# %% import-as-an-allowed-name
# why: a forbidden module under an allowed name
# expect: refused
import os as re

def label(task):
    return re.getcwd()
