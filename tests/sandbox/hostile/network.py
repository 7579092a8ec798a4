# %% socket
# why: sends the task to a listener
# expect: refused
import socket

def label(task):
    socket.create_connection(("127.0.0.1", @PORT@)).sendall(task["text"].encode())
    return "yes"

# %% urllib
# why: an address carries the task away
# expect: refused
from urllib.request import urlopen

def label(task):
    urlopen("http://127.0.0.1:@PORT@/" + task["text"])
    return "yes"

# %% http-client
# why: a connection by another module
# expect: refused
import http.client

def label(task):
    http.client.HTTPConnection("127.0.0.1", @PORT@).request("GET", "/")
    return "yes"

# %% requests
# why: a library of the environment
# expect: refused
def label(task):
    import requests
    return requests.get("http://127.0.0.1:@PORT@/").text

# %% httpx
# why: a library of the environment, imported where it fails silently
# expect: refused
def label(task):
    try:
        import httpx
        httpx.get("http://127.0.0.1:@PORT@/")
    except Exception:
        pass
    return "yes"

# %% asyncio
# why: asynchronous connections
# expect: refused
import asyncio

async def tell():
    await asyncio.open_connection("127.0.0.1", @PORT@)

def label(task):
    asyncio.run(tell())
    return "yes"

# %% smtplib
# why: mails the task away
# expect: refused
import smtplib

def label(task):
    smtplib.SMTP("127.0.0.1", @PORT@)
    return "yes"

# %% ssl
# why: asks a host for its certificate
# expect: refused
import ssl

def label(task):
    return ssl.get_server_certificate(("127.0.0.1", @PORT@))

# %% xmlrpc
# why: calls a function of another host
# expect: refused
import xmlrpc.client

def label(task):
    return xmlrpc.client.ServerProxy("http://127.0.0.1:@PORT@/").label(task)

# %% logging-handler
# why: a log handler is a connection
# expect: refused
import logging.handlers

def label(task):
    logging.handlers.SocketHandler("127.0.0.1", @PORT@).send(b"x")
    return "yes"

# %% webbrowser
# why: starts a browser
# expect: refused
import webbrowser

def label(task):
    webbrowser.open("http://127.0.0.1:@PORT@/")
    return "yes"

# %% service-by-name
# why: looks for the sandbox's host as if it granted functions
# expect: fault
def label(task):
    raise ValueError(fetch("http://127.0.0.1:@PORT@/"))
