"""A Maildir and those who deliver into it, as the standard wants it: into tmp/, then by a rename into new/."""

import itertools
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Maildir:
    """One Maildir."""

    path: Path
    host: str = field(default="mx")

    def make(self, folder: str = "") -> "Maildir":
        for part in ("new", "cur", "tmp"):
            (self.path / folder / part).mkdir(parents=True, exist_ok=True)
        return self

    def deliver(self, raw: bytes, *, folder: str = "", at: float | None = None) -> str:
        """Deliver one mail, as an MDA does, at a time since the epoch; return its name."""
        name = f"{time.time_ns()}.P{os.getpid()}Q{next(_numbers)}.{self.host}"
        file = self.path / folder / "tmp" / name
        file.write_bytes(raw)
        if at is not None:
            os.utime(file, (at, at))
        file.rename(self.path / folder / "new" / name)
        return name

    def see(self, name: str, flags: str = "S") -> None:
        """Move a mail from new/ to cur/, as a mail program does."""
        (self.path / "new" / name).rename(self.path / "cur" / f"{name}:2,{flags}")

    def new(self, folder: str = "") -> list[str]:
        return sorted(path.name for path in (self.path / folder / "new").iterdir())

    def cur(self, folder: str = "") -> list[str]:
        return sorted(path.name for path in (self.path / folder / "cur").iterdir())
