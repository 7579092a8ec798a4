"""The application: routes, one error shape, counters."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException

import alchemist
from alchemist.core.errors import AlchemistError
from alchemist.labelstudio.config import warm
from alchemist.services import Services
from alchemist.web import ml, pages
from alchemist.web.auth import guard
from alchemist.web.counters import Counters

log = logging.getLogger(__name__)


def create_app(services: Services) -> FastAPI:
    """The ML backend of these services."""
    warm()
    app = FastAPI(title="Alchemist for Label Studio", version=alchemist.__version__, openapi_url=None)
    app.state.services = services
    app.state.counters = counters = Counters()
    app.include_router(ml.router)
    app.include_router(pages.router)

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(counters.registry), media_type=CONTENT_TYPE_LATEST)

    @app.middleware("http")
    async def count(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        began = time.perf_counter()
        status = 500
        try:
            response = await answer(request)
            status = response.status_code
            return response
        finally:
            path = getattr(request.scope.get("route"), "path", "other")
            counters.request(path, status, time.perf_counter() - began)

    guard(app, services.settings.basic_auth_user, services.settings.basic_auth_pass)
    _map_errors(app)
    return app


def _map_errors(app: FastAPI) -> None:
    """Whatever happens, the answer is the one error shape and never a traceback."""

    @app.exception_handler(AlchemistError)
    async def known(request: Request, error: AlchemistError) -> JSONResponse:
        return JSONResponse(error.shape(), error.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(x) for x in first["loc"] if x != "body")
        message = f"{where}: {first['msg']}" if where else f"the body: {first['msg']}"
        if first["type"] == "json_invalid":
            message = "the request is not valid JSON"
        return _answer("bad_input", message, "Send what Label Studio 1.23.2 sends.", 400)

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        return _answer("not_found" if error.status_code == 404 else "http", str(error.detail), "", error.status_code)

    @app.exception_handler(Exception)
    async def unknown(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return _answer("error", "something went wrong here", "The server's log has the details.", 500)


def _answer(code: str, message: str, hint: str, status: int) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "hint": hint}}, status)
