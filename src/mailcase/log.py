"""Logs: events with keys, readable on a terminal and JSON elsewhere; never a body, a secret or a whole address."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, form: str, stream: TextIO | None = None) -> None:
    """Set up logging for the process.

    `level` is a key of `LEVELS`; `form` is `console`, `json`, or `auto` for console on a terminal and JSON elsewhere.
    Lines go to standard error, so that standard output stays what a command prints.
    """
    out = stream or sys.stderr
    is_console = form == "console" or (form == "auto" and out.isatty())
    renderer: Any = (  # structlog's renderers share no type
        structlog.dev.ConsoleRenderer(colors=out.isatty()) if is_console else structlog.processors.JSONRenderer()
    )
    steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if is_console else "iso", utc=not is_console),
        structlog.processors.format_exc_info,
        _mask_addresses,
    ]
    structlog.configure(
        processors=[*steps, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    # Libraries speak through the standard library; their warnings are lines like ours.
    libraries = logging.StreamHandler(out)
    last = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    libraries.setFormatter(
        structlog.stdlib.ProcessorFormatter(processors=last, foreign_pre_chain=[_name_library, *steps])
    )
    logging.basicConfig(level=max(LEVELS[level], logging.WARNING), handlers=[libraries], force=True)


def mask(address: str) -> str:
    """Return `address` so that a person who knows it recognises it: `c…r@example.com`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{local[-1:]}{at}{domain}" if at else address


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """Return the logger of a module."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name.removeprefix("mailcase."))
    return logger


ADDRESS_KEYS = frozenset({"sender", "recipient", "address", "to"})
ID_KEYS = frozenset({"message_id"})
"""Values that look like addresses and are none."""
_ADDRESS = re.compile(r"[^\s<>()\"',;:@/]{1,64}@[^\s<>()\"',;:@/]{1,255}\.[a-z0-9-]{2,63}", re.IGNORECASE)
_SIGNATURE = re.compile(r"(\Amc\..{1,90}\.)[a-z2-7]{26}@")


def _mask_addresses(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask addresses wherever they were logged, also in what servers say, and the signatures of our own Message-IDs."""
    for key, value in event.items():
        if key in ADDRESS_KEYS:
            event[key] = mask(str(value))
        elif isinstance(value, str):
            event[key] = _SIGNATURE.sub(r"\1…@", value) if key in ID_KEYS else _ADDRESS.sub(_masked, value)
    return event


def _name_library(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say which library speaks, where our own events say which module."""
    event["module"] = event["_record"].name
    return event


def _masked(found: re.Match[str]) -> str:
    return mask(found[0])
