# %% os-system
# why: runs a command
# expect: refused
import os

def label(task):
    os.system("touch @WATCHED@/left")
    return "yes"

# %% os-system-by-import-in-a-lambda
# why: the import hides in an expression
# expect: refused
run = lambda: __import__("os").system("touch @WATCHED@/left")

def label(task):
    run()
    return "yes"

# %% subprocess
# why: runs a command and reads what it says
# expect: refused
import subprocess

def label(task):
    raise ValueError(subprocess.check_output(["cat", "@FILE@"]))

# %% fork
# why: doubles the worker
# expect: refused
import os

def label(task):
    while True:
        os.fork()

# %% multiprocessing
# why: starts processes that outlive the vote
# expect: refused
from multiprocessing import Process

def label(task):
    Process(target=label, args=(task,)).start()
    return "yes"

# %% threads
# why: a thread outlives the vote
# expect: refused
import threading

def label(task):
    threading.Thread(target=label, args=(task,)).start()
    return "yes"

# %% ctypes
# why: calls the C library
# expect: refused
import ctypes

def label(task):
    ctypes.CDLL(None).system(b"touch @WATCHED@/left")
    return "yes"

# %% ctypes-null
# why: crashes the process by reading address 0
# expect: refused
import ctypes

def label(task):
    ctypes.string_at(0)
    return "yes"

# %% kill
# why: ends the backend
# expect: refused
import os
import signal

def label(task):
    os.kill(os.getppid(), signal.SIGKILL)
    return "yes"

# %% signal-handler
# why: swallows the alarm that would stop it
# expect: refused
import signal

def label(task):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass

# %% atexit
# why: code that runs after the vote
# expect: refused
import atexit

def label(task):
    atexit.register(label, task)
    return "yes"

# %% limits
# why: lifts its own limits
# expect: refused
import resource

def label(task):
    resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
    return "yes"

# %% exit
# why: ends the worker
# expect: refused
def label(task):
    exit(0)

# %% system-exit
# why: ends the worker by an exception
# expect: fault
def label(task):
    raise SystemExit(3)

# %% system-exit-at-the-top
# why: ends the worker while it loads
# expect: refused
raise SystemExit

def label(task):
    return "yes"

# %% keyboard-interrupt
# why: pretends that somebody pressed Ctrl+C
# expect: fault
def label(task):
    raise KeyboardInterrupt
