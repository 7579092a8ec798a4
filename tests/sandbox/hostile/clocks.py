# %% time
# why: reads the clock
# expect: refused
import time

def label(task):
    return "yes" if time.time() % 2 < 1 else "no"

# %% sleep
# why: sleeps past every bound
# expect: refused
from time import sleep

def label(task):
    sleep(3600)
    return "yes"

# %% now
# why: reads the clock by a type that is allowed
# expect: refused
from datetime import datetime

def label(task):
    return "yes" if datetime.now().microsecond % 2 else "no"

# %% today-under-another-name
# why: the method is taken first and called later
# expect: refused
import datetime

read = datetime.date.today

def label(task):
    return "yes" if read().day % 2 else "no"

# %% now-by-match
# why: a class pattern reads the clock's method
# expect: refused or fault
import datetime

def label(task):
    match datetime.datetime:
        case type(now=read):
            return "yes" if read().microsecond % 2 else "no"

# %% time-zone
# why: the host's time zone is environment
# expect: harmless or fault
import datetime

def label(task):
    return "yes" if datetime.datetime(2000, 1, 1).astimezone().hour == 0 else "no"

# %% random
# why: votes by chance
# expect: refused
import random

def label(task):
    return random.choice(["yes", "no"])

# %% secrets
# why: chance of the operating system
# expect: refused
import secrets

def label(task):
    return "yes" if secrets.randbelow(2) else "no"

# %% uuid
# why: the host's address and clock
# expect: refused
import uuid

def label(task):
    raise ValueError(str(uuid.uuid1()))

# %% environment
# why: the environment holds keys
# expect: refused
import os

def label(task):
    raise ValueError(os.environ["@CANARY@"])

# %% environment-of-another-process
# why: /proc holds the environment of the backend
# expect: refused
def label(task):
    raise ValueError(open("/proc/self/environ").read())

# %% environment-by-name
# why: hopes that the host grants it
# expect: fault
def label(task):
    raise ValueError(environ["@CANARY@"])

# %% arguments
# why: the command line holds keys
# expect: refused
from sys import argv

def label(task):
    raise ValueError(repr(argv))

# %% platform
# why: tells which host it is
# expect: refused
import platform

def label(task):
    raise ValueError(platform.node())

# %% locale
# why: the host's locale is environment
# expect: refused
import locale

def label(task):
    raise ValueError(repr(locale.getlocale()))
