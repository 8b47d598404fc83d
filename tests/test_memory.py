"""What the daemon carries in memory for as long as it runs."""

import subprocess
import sys

import pytest

AT_REST = """
import sys
import mailcase.app, mailcase.cli, mailcase.daemon.once, mailcase.daemon.supervise
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The libraries that a daemon on SQLite without pages has loaded."""
    done = subprocess.run([sys.executable, "-c", AT_REST], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("library", "why"),
    [
        ("alembic", "8 MB, needed when tables are made or changed"),
        ("mako", "part of Alembic, with pygments"),
        ("psycopg", "9 MB, needed on PostgreSQL"),
        ("uvicorn", "2 MB, needed where pages are served"),
        ("starlette", "the same"),
        ("httpx", "2 MB, needed to renew tokens of OAuth 2.0"),
        ("jwt", "8 MB with what it needs, for OAuth 2.0 by a private key"),
        ("cryptography", "the same, and for DKIM"),
        ("dkim", "12 MB with what it needs, for desks that sign"),
    ],
)
def test_a_daemon_at_rest_does_not_load(library: str, why: str, loaded: set[str]) -> None:
    assert library not in loaded, why
