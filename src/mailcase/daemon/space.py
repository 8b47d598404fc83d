"""The floor under the free space: no mail is fetched while the disk of the database could not hold it (GUARANTEES G17).

The mail waits on its server meanwhile, which is a better place than a half-written disk.
"""

import shutil

from mailcase.app import App
from mailcase.config import Config
from mailcase.errors import Unavailable

RESERVE = 200_000_000  # bytes, for what filing and sending write


def floor(config: Config) -> int:
    """Return the bytes that have to be free before mail is fetched."""
    set_by_hand = config.limits.free_space_bytes
    return config.limits.message_bytes * 3 // 2 + RESERVE if set_by_hand is None else set_by_hand


def require_space(app: App) -> None:
    """Raise Unavailable while the disk of the SQLite database is too full; PostgreSQL minds its own disk."""
    path = app.database.path
    if path is None:
        return
    free, needed = shutil.disk_usage(path.parent).free, floor(app.config)
    if free < needed:
        raise Unavailable(
            f"{path.parent}: only {_megabytes(free)} are free and {_megabytes(needed)} are needed: no mail is fetched",
            remedy="Free space on that disk; mail waits on its server and is fetched then. See limits.free_space_bytes.",
        )


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000} MB"
