"""Settings files for the tests."""

from pathlib import Path

import pytest

from mailcase.config import load_config
from mailcase.errors import Invalid

MAILBOX = """
[mailboxes.support]
address = "support@example.com"
[mailboxes.support.imap]
host = "imap.example.com"
"""


def write(folder: Path, content: str) -> Path:
    """Write a settings file into `folder` and return its path."""
    path = folder / "mailcase.toml"
    path.write_text(content, encoding="utf-8")
    return path


def problems(path: Path) -> tuple[str, ...]:
    """Return what is wrong with the settings file, a line each, without the folder of the file."""
    with pytest.raises(Invalid) as raised:
        load_config(path)
    return tuple(problem.replace(f"{path.parent}/", "") for problem in raised.value.problems)
