"""Mail that a mail server hands over by LMTP: stored durably before it is told so, and the same from there on."""

import socket
from collections.abc import Callable, Sequence
from functools import partial

from mailcase import metrics
from mailcase.app import App
from mailcase.config import Config
from mailcase.daemon.ingest import owner_of, store_for
from mailcase.daemon.space import require_space
from mailcase.domain.inbox import Source
from mailcase.errors import Unavailable
from mailcase.log import get_logger
from mailcase.transport.lmtp import LmtpListener, LmtpPort
from mailcase.transport.lmtp_session import Office

log = get_logger(__name__)


def lmtp_port(config: Config) -> LmtpPort | None:
    """Return where to listen, or None when nothing is to."""
    settings = config.lmtp
    if settings.listen is None:
        return None
    return LmtpPort(
        listen=settings.listen,
        mode=int(settings.mode, 8),
        hostname=socket.getfqdn(),
    )


def lmtp_listener(app: App, has_mail: Callable[[], None]) -> LmtpListener | None:
    """Return the listener for every mailbox, or None when nothing is to listen; `has_mail` is called after each mail."""
    port = lmtp_port(app.config)
    if port is None:
        return None
    office = Office(
        find=partial(owner_of, app),
        max_bytes=lambda: app.config.limits.message_bytes,
        require_room=partial(_require_room, app),
        store=partial(_store, app, has_mail),
    )
    return LmtpListener(port, office)


def _require_room(app: App) -> None:
    try:
        require_space(app)
    except Unavailable as error:
        log.warning("lmtp.refused", error=str(error), remedy=error.remedy)
        raise


def _store(app: App, has_mail: Callable[[], None], raw: bytes, mailboxes: Sequence[str]) -> None:
    """Store a mail that was handed over. Raises Unavailable, whatever goes wrong: then it is offered again."""
    try:
        rows = store_for(app, raw, mailboxes, Source.LMTP)
    except Unavailable as error:
        log.warning("lmtp.refused", error=str(error), remedy=error.remedy)
        raise
    except Exception as error:
        log.exception("lmtp.failed")
        raise Unavailable(
            "a mail could not be stored", remedy="The log has the traceback; please report it."
        ) from error
    for name in mailboxes:
        metrics.STORED.labels(name).inc()
    log.info("inbox.stored", mailbox=", ".join(mailboxes), messages=len(rows), by="lmtp")
    has_mail()
