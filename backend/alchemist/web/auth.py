"""Basic auth on everything but `/health`. Label Studio's events cannot carry it, so `connect` gives them the header."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

OPEN = frozenset({"/health"})


def authorization(user: str, password: str) -> str:
    """The `Authorization` header of a user."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def guard(app: FastAPI, user: str, password: str) -> None:
    """Let nobody in who does not name the user and the password; without a user everybody may."""
    if not user:
        return

    @app.middleware("http")
    async def check(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        if request.url.path in OPEN or _allowed(request.headers.get("authorization", ""), user, password):
            return await answer(request)
        hint = "Set the user and password in Label Studio's Settings > Model, and run alchemist connect for its events."
        error = {"code": "unauthorized", "message": "a user and a password are needed", "hint": hint}
        return JSONResponse({"error": error}, 401, {"WWW-Authenticate": 'Basic realm="Alchemist"'})


def _allowed(header: str, user: str, password: str) -> bool:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(token, validate=True)
    except (binascii.Error, ValueError):
        return False
    said = f"{user}:{password}"  # browsers send UTF-8, Label Studio sends Latin-1
    return any(secrets.compare_digest(given, said.encode(x, "replace")) for x in ("utf-8", "latin-1"))
