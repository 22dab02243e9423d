"""What the web process tells whoever runs it: a log line and figures of every request, for Prometheus.

Paths are counted by route, so that no draft's address becomes a label; queries and bodies are never told.
"""

from __future__ import annotations

import logging
import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drafter.work.figures import WorkFigures

log = logging.getLogger("drafter.access")

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REQUESTS = Counter(
    "drafter_http_requests", "Requests by route and status", ["route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "drafter_http_seconds",
    "Time to the end of an answer that is not a stream",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=REGISTRY,
)
STREAMS = Gauge("drafter_http_streams", "Event streams that are open", registry=REGISTRY)
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Routes that are asked all day: counted, not logged."""


class Watch:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, stream = time.perf_counter(), 500, False

        async def note(message: Message) -> None:
            nonlocal status, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                kinds = [value for name, value in message["headers"] if name.lower() == b"content-type"]
                if any(kind.startswith(b"text/event-stream") for kind in kinds):
                    stream = True
                    STREAMS.inc()
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            seconds = time.perf_counter() - began
            route = route_of(scope)
            REQUESTS.labels(route, str(status)).inc()
            if stream:
                STREAMS.dec()
            else:
                SECONDS.labels(route).observe(seconds)
            if route not in QUIET:
                log.info(
                    "request",
                    extra={
                        "method": scope["method"],
                        "route": route,
                        "status": status,
                        "ms": round(seconds * 1000),
                    },
                )


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered; «other» where none did."""
    return str(getattr(scope.get("route"), "path", "") or "other")


class Figures:
    """What /metrics answers: of this process's requests, and of the work of all processes on the database."""

    def __init__(self, database: Engine) -> None:
        self._works = CollectorRegistry()
        self._works.register(WorkFigures(database))

    def answer(self) -> Response:
        """The figures as they are now, in Prometheus' format."""
        told = generate_latest(REGISTRY) + generate_latest(self._works)
        return Response(told, media_type=CONTENT_TYPE_LATEST)
