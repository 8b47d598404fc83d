"""The command line, called as the `mailcase` script calls it, and desks for it."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from mailcase import log
from mailcase.app import App
from mailcase.cli import main


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def fails(self, code: int, *words: str) -> None:
        """See that it failed as it should: with this code, nothing printed, one line that holds all `words`."""
        assert self.code == code, (self.text, self.err)
        (line,) = self.err.splitlines()
        assert self.out == b""
        assert all(word in line for word in words), line


Mailcase = Callable[..., Done]


@pytest.fixture
def mailcase(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailcase]:
    """Runs one command line in this process: `mailcase("case", "list", stdin=b"")`."""
    for name in ("MAILCASE_CONFIG", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["mailcase", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsysbinary.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsysbinary.readouterr()
        code = caught.value.code
        return Done(code=code if isinstance(code, int) else 0 if code is None else 1, out=out, err=err.decode())

    yield run
    log.configure("warning", "json", sys.__stderr__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskFolder:
    """A desk on disk."""

    config: Path
    clock: ManualClock

    @property
    def folder(self) -> Path:
        return self.config.parent

    def opened(self) -> App:
        """The desk in this process; to be closed before a command runs."""
        return open_app(self.config, self.clock)


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path, clock: ManualClock) -> DeskFolder:
    """A desk without mail servers on SQLite."""
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    return DeskFolder(config=furnish(tmp_path, Furniture(url="sqlite:///desk.db")), clock=clock)
