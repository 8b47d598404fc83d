"""The pages: /healthz (is the process alive), /readyz (does it do its work), /metrics (Prometheus).

There is no customer data in them, and nothing can be changed by them.
"""

from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from mailcase import metrics
from mailcase.app import App
from mailcase.daemon.canaries import CanaryStanding
from mailcase.daemon.health import Condition
from mailcase.daemon.supervise import Daemon
from mailcase.web.gauges import Gauges
from mailcase.web.standing import Standing, is_well, look

OK, UNWELL = 200, 503  # RFC 9110 sections 15.3.1 and 15.6.4


def pages(app: App, daemon: Daemon) -> Starlette:
    """Return the application of the pages, for any ASGI server."""
    registry = CollectorRegistry()
    registry.register(Gauges(lambda: look(app, daemon.health)))

    def healthz(_request: Request) -> Response:
        """Say whether every thread lives: when not, only a new process helps."""
        status = {True: ("alive", OK), False: ("a thread has died; the log says why", UNWELL)}[daemon.is_alive]
        return JSONResponse({"status": status[0]}, status_code=status[1])

    def readyz(_request: Request) -> Response:
        standing = look(app, daemon.health)
        return JSONResponse(_shown(standing, daemon), status_code=OK if standing.is_ready else UNWELL)

    def scrape(_request: Request) -> Response:
        content = generate_latest(metrics.REGISTRY) + generate_latest(registry)
        return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", scrape)],
    )


def _shown(standing: Standing, daemon: Daemon) -> dict[str, Any]:
    return {
        "status": "ready" if standing.is_ready else "not ready",
        "since": _moment(daemon.health.started_at),
        "database": standing.database_error or "ok",
        "mailboxes": {one.mailbox: _condition(one) | _lag(standing, one.mailbox) for one in standing.mailboxes},
        "canaries": {name: _canary(one) for name, one in standing.canaries.items()},
        "threads": {name: _condition(one) for name, one in standing.conditions.items() if not one.mailbox},
        "held": standing.held,
        "outbox": dict(standing.unsent),
        "slowed": [
            {"until": _moment(one.until), "times": one.times, "answer": one.response} for one in standing.pauses
        ],
    }


def _canary(one: CanaryStanding) -> dict[str, Any]:
    newest = next(iter(one.flights), None)
    return {
        "sent_at": _moment(newest.sent_at if newest else None),
        "round_trip_s": one.round_trip_s,
        "missed_since": _moment(one.missed_since),
    }


def _condition(one: Condition) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "failing_since": _moment(one.failing_since),
        "failures": one.failures,
        "error": one.error,
        "remedy": one.remedy,
    }
    if not one.mailbox:
        return facts
    return {
        "is_well": is_well(one),
        "is_polled_by_another_daemon": one.is_elsewhere,
        "connected_since": _moment(one.connected_since),
        "looked_at": _moment(one.looked_at),
        "last_mail_at": _moment(one.last_mail_at),
    } | facts


def _lag(standing: Standing, mailbox: str) -> dict[str, Any]:
    return {} if standing.database_error else {"lag_s": round(standing.lag_s(mailbox), 3)}


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
