"""Request bodies as JSON that holds only text: lone surrogates become question marks before anything sees them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from alchemist.core.text import clean


class _CleanRequest(Request):
    async def json(self) -> Any:
        """The body; cleaned only when an escape in it could be a surrogate, since that takes time."""
        value = await super().json()
        raw = await self.body()
        return clean(value) if b"\\ud" in raw or b"\\uD" in raw else value


class CleanRoute(APIRoute):
    """A route whose handler gets such bodies."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, given a request that cleans its body."""
        handler = super().get_route_handler()

        async def clean_handler(request: Request) -> Response:
            return await handler(_CleanRequest(request.scope, request.receive))

        return clean_handler
