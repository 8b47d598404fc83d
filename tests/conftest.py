"""Servers that the tests share."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import dovecot, postgres
from lab.databases import database, database_url, postgres_template, sqlite_template
from lab.desks import app, clock
from lab.imapserver import ImapServer
from lab.oauth_login import oauth_dovecot, oauth_server
from mailcase import log
from mailcase.sandbox.server import Sandbox

__all__ = [
    "app",
    "clock",
    "database",
    "database_url",
    "oauth_dovecot",
    "oauth_server",
    "postgres_template",
    "sqlite_template",
]  # fixtures of every test below

LAB = "LAB_OF_MAILCASE_TESTS"  # not MAILCASE_…: those are settings, and load_config refuses unknown ones
"""Names the folder that the processes of one test run share; set by the first and inherited by pytest-xdist's workers."""


def pytest_configure(config: pytest.Config) -> None:
    log.configure(
        "warning", "json"
    )  # structlog's own default draws a traceback with all variables, which takes seconds
    if not hasattr(config, "workerinput"):
        os.environ[LAB] = tempfile.mkdtemp(prefix="mailcase-lab-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(LAB))
        postgres.end_shared(folder)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server() -> postgres.Postgres:
    """The one PostgreSQL of this run: for databases of a test's own, not for stopping it."""
    return postgres.shared(Path(os.environ[LAB]))


@pytest.fixture
def postgres_url(postgres_server: postgres.Postgres) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is the test's own."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The embedded IMAP and SMTP servers."""
    server = Sandbox()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[dovecot.Dovecot]:
    """A Dovecot for this process; skips where it is not installed, but never in CI."""
    dovecot.require()
    server = dovecot.Dovecot.start()
    yield server
    server.stop()


@pytest.fixture
def dovecot_user(dovecot_server: dovecot.Dovecot) -> ImapServer:
    """A new user on Dovecot."""
    return ImapServer.dovecot(dovecot_server)


@pytest.fixture(params=["embedded", "dovecot"])
def imap_server(request: pytest.FixtureRequest) -> ImapServer:
    """A new user on each kind of IMAP server in turn."""
    if request.param == "embedded":
        return ImapServer.embedded(request.getfixturevalue("sandbox"))
    return ImapServer.dovecot(request.getfixturevalue("dovecot_server"))
