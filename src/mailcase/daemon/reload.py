"""Taking over changed settings, rules, templates and articles: all of them or, when something is wrong in them, none.

A change is seen by size, time and inode of the files. It is taken over once nothing has changed for a tick, so that a
checkout or an editor that writes several files is not met halfway; and a wrong set is told of once, until it changes.
"""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from mailcase.app import App
from mailcase.daemon.alarms import tell_of_refusal
from mailcase.daemon.watch import try_again
from mailcase.errors import Invalid, Unavailable
from mailcase.log import get_logger

log = get_logger(__name__)
Shape = frozenset[tuple[str, int, int, int]]
"""Name, size, time of change in ns, and inode of each file."""


class Reloader:
    """Keeps the desk of an application as its folders say. May be called from any thread."""

    def __init__(self, app: App, adapt: Callable[[], None] = lambda: None) -> None:
        """Call `adapt` when there are other settings."""
        self._app = app
        self._adapt = adapt
        self._lock = threading.RLock()  # a signal may come while the main thread reloads
        self._loaded = self._seen = self._shape()

    def follow(self) -> None:
        """Take over the files if they changed before the last call and are as they were then."""
        with self._lock:
            before, self._seen = self._seen, self._shape()
            if self._seen == before and self._seen != self._loaded:
                self.reload()

    def reload(self) -> bool:
        """Take over the files now; return whether they are sound. If not, all stays and the log has every error.

        Raises Unavailable when the database is.
        """
        with self._lock:
            self._loaded = self._seen = self._shape()
            before, config = self._app.desk.rulebook.version, self._app.config
            try:
                self._app.reload()
            except Unavailable:
                self._loaded = frozenset()  # it is tried again
                raise
            except Invalid as invalid:
                log.error(  # noqa: TRY400 - its problems say all
                    "daemon.reload_refused", problems=list(invalid.problems), count=len(invalid.problems), kept=before
                )
                tell_of_refusal(self._app, invalid.problems)
                return False
            log.info("daemon.reloaded", before=before, after=self._app.desk.rulebook.version)
            try_again(self._app)
            if self._app.config != config:
                self._adapt()
            return True

    def _shape(self) -> Shape:
        paths = self._app.config.paths
        return shape((paths.rules, paths.templates, paths.articles), self._app.path)


def shape(folders: Sequence[Path], *files: Path) -> Shape:
    """Return what tells whether any file in `folders`, or one of `files`, was changed, added or removed."""
    found = []
    for paths in (files, *(folder.rglob("*") for folder in folders)):
        for path in paths:
            try:
                info = path.stat()
            except OSError:
                continue  # gone in between, or a dangling link: the next call sees what is there
            found.append((str(path), info.st_size, info.st_mtime_ns, info.st_ino))
    return frozenset(found)
