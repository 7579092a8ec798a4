# %% open-a-secret
# why: reads a file of the host
# expect: refused
def label(task):
    raise ValueError(open("@FILE@").read())

# %% open-for-writing
# why: leaves a file behind
# expect: refused
def label(task):
    with open("@WATCHED@/left", "w") as file:
        file.write(task["text"])
    return "yes"

# %% open-under-another-name
# why: the name is stored first and called later
# expect: refused
def label(task):
    read = open
    raise ValueError(read("@FILE@").read())

# %% open-in-a-default
# why: the call hides in a default argument
# expect: refused
def label(task, text=open("@FILE@").read()):
    raise ValueError(text)

# %% open-from-a-table
# why: the name is looked up in a dictionary of functions
# expect: refused
def label(task):
    raise ValueError({"f": open}["f"]("@FILE@").read())

# %% pathlib
# why: reads without the name open
# expect: refused
from pathlib import Path

def label(task):
    raise ValueError(Path("@FILE@").read_text())

# %% io
# why: io.open is open
# expect: refused
import io

def label(task):
    raise ValueError(io.open("@FILE@").read())

# %% os-open
# why: file descriptors instead of files
# expect: refused
import os

def label(task):
    raise ValueError(os.read(os.open("@FILE@", os.O_RDONLY), 100))

# %% codecs
# why: codecs.open is open
# expect: refused
import codecs

def label(task):
    raise ValueError(codecs.open("@FILE@", encoding="utf-8").read())

# %% tempfile
# why: writes where everybody may write
# expect: refused
import tempfile

def label(task):
    tempfile.NamedTemporaryFile(dir="@WATCHED@", delete=False).write(b"x")
    return "yes"

# %% fileinput
# why: a module that opens files by name
# expect: refused
import fileinput

def label(task):
    raise ValueError(next(fileinput.input("@FILE@")))

# %% linecache
# why: reads any file as if it were source
# expect: refused
import linecache

def label(task):
    raise ValueError(linecache.getline("@FILE@", 1))

# %% sqlite
# why: a database library writes files
# expect: refused
import sqlite3

def label(task):
    sqlite3.connect("@WATCHED@/left.db").execute("create table t (x)")
    return "yes"

# %% shutil
# why: deletes a folder
# expect: refused
import shutil

def label(task):
    shutil.rmtree("@WATCHED@")
    return "yes"

# %% own-source
# why: reads itself and what stands beside it by __file__
# expect: refused
def label(task):
    raise ValueError(__file__)

# %% decimal-module-file
# why: the loader of an allowed module reads files
# expect: refused
import decimal

def label(task):
    raise ValueError(decimal.__loader__.get_data("@FILE@"))

# %% json-load-a-path
# why: hopes that json.load opens a path
# expect: fault
import json

def label(task):
    raise ValueError(json.load("@FILE@"))

# %% typing-io
# why: hopes that an alias of a type opens files
# expect: refused or fault
from typing import TextIO

def label(task):
    raise ValueError(TextIO("@FILE@").read())
