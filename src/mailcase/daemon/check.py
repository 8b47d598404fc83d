"""Trying everything that the daemon will need, one finding each, without changing anything but an empty database."""

import stat
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

from mailcase.app import build, mailbox_of, open_app_database
from mailcase.clock import utc_now
from mailcase.config import Config, load_config
from mailcase.daemon.check_canary import check_canaries
from mailcase.daemon.check_dkim import check_dkim
from mailcase.daemon.check_oauth import NoTokens, check_oauth
from mailcase.daemon.connections import smtp_postman
from mailcase.daemon.finding import Finding
from mailcase.daemon.lmtp import lmtp_port
from mailcase.daemon.sources import fetched_mailboxes, session_of
from mailcase.domain.counting import counted
from mailcase.errors import Invalid, MailcaseError, Unavailable
from mailcase.files import doubts, load_files
from mailcase.store.engine import Database
from mailcase.store.oauth import StoredTokens
from mailcase.transport.lmtp import look_at
from mailcase.transport.smtp import SmtpPostman
from mailcase.transport.tokens import TokenKeeper

READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH


def check_all(path: Path, *, canary: bool = False) -> Iterator[Finding]:
    """Yield a finding for settings, database, rules, templates, each mailbox, the listener and each SMTP server."""
    try:
        config = load_config(path)
    except Invalid as invalid:
        yield from _failures("settings", invalid)
        return
    yield Finding(what="settings", is_ok=True, message=f"{path}: {counted(len(config.mailboxes), 'mailbox')}")
    yield from _open_secrets(config, path)
    with ExitStack() as stack:
        database = yield from _database(config, stack)
        yield from _files(config)
        yield from _servers(config, database)
        yield from _lmtp(config)
        yield from check_dkim(config)
        if database is not None:
            yield from check_oauth(config, database, utc_now())
    if canary:
        yield from _canaries(path)


def _canaries(path: Path) -> Iterator[Finding]:
    """Send a mail from each mailbox to itself, and wait for it."""
    try:
        app = build(path)
    except MailcaseError as error:
        yield from _failures("canary", error)
        return
    try:
        yield from check_canaries(app)
    finally:
        app.close()


def _failures(what: str, error: MailcaseError) -> Iterator[Finding]:
    lines = error.problems if isinstance(error, Invalid) else (str(error),)
    remedy = error.remedy if isinstance(error, Unavailable) else ""
    for line in lines:
        yield Finding(what=what, is_ok=False, message=line, remedy=remedy)


def _open_secrets(config: Config, path: Path) -> Iterator[Finding]:
    """Note files with secrets that other users of this machine can read."""
    logins = [login for box in config.mailboxes.values() for login in (box.imap, box.smtp) if login]
    logins += [config.smtp] if config.smtp else []
    clients = config.oauth.values()
    files = {login.password_file for login in logins}
    for client in clients:
        files |= {client.client_secret_file, client.private_key_file, client.service_account_file}
    if any(login.password for login in logins) or any(client.client_secret for client in clients):
        files.add(path)
    files |= {box.dkim.private_key_file for box in config.mailboxes.values() if box.dkim}
    for file in sorted(filter(None, files)):
        if file.is_file() and file.stat().st_mode & READABLE_BY_OTHERS:
            yield Finding(
                what="secrets", is_ok=None, message=f"{file} can be read by other users.", remedy=f"chmod 600 {file}"
            )


def _database(config: Config, stack: ExitStack) -> Generator[Finding, None, Database | None]:
    try:
        database = open_app_database(config, utc_now())
    except MailcaseError as error:
        yield from _failures("database", error)
        return None
    stack.callback(database.close)
    yield Finding(what="database", is_ok=True, message=database.url)
    return database


def _servers(config: Config, database: Database | None) -> Iterator[Finding]:
    tokens = TokenKeeper(StoredTokens(database, utc_now) if database else NoTokens(), utc_now)
    for name in config.mailboxes:
        yield from _source(config, name, tokens)
    servers = {config.smtp_of(name): name for name in config.mailboxes}
    for settings, name in servers.items():
        if settings is None:
            remedy = "Add [smtp]; until then mails stay in the outbox."
            yield Finding(what=f"smtp of {name}", is_ok=False, message="there is no SMTP server.", remedy=remedy)
        else:
            where = f"{settings.host}:{settings.port} ({settings.security})"
            login = f"logged in as {settings.username}" if settings.username else "no login"
            yield from _smtp(smtp_postman(config, name, tokens), f"smtp {settings.host}", f"{where}, {login}")


def _files(config: Config) -> Iterator[Finding]:
    mailboxes = {name: mailbox_of(config, name, settings) for name, settings in config.mailboxes.items()}
    try:
        files = load_files(config, mailboxes)
    except Invalid as invalid:
        yield from _failures("rules, templates and articles", invalid)
        return
    rulebook, templates = files.rulebook, files.templates
    queues, agents = counted(len(rulebook.queues), "queue"), counted(len(rulebook.agents), "agent")
    rules = f"{config.paths.rules}: version {rulebook.version}, {queues}, {agents}"
    yield Finding(what="rules", is_ok=True, message=rules)
    for warning in doubts(config, files, mailboxes):
        yield Finding(what="rules", is_ok=None, message=warning)
    found = counted(len(templates.names()), "template")
    yield Finding(what="templates", is_ok=True, message=f"{config.paths.templates}: {found}")
    articles = counted(len(files.library.articles), "article")
    is_there = config.paths.articles.is_dir()  # a desk may do without
    where = f"{config.paths.articles}: {articles if is_there else 'is not there, so there are no articles.'}"
    yield Finding(what="articles", is_ok=True, message=where)


def _source(config: Config, name: str, tokens: TokenKeeper) -> Iterator[Finding]:
    what = f"mailbox {name}"
    if name not in fetched_mailboxes(config):
        ways = "LMTP and `mailcase ingest`" if config.lmtp.listen else "`mailcase ingest`"
        yield Finding(what=what, is_ok=None, message=f"has neither an IMAP server nor a Maildir; mail comes by {ways}.")
        return
    session = session_of(config, name, tokens)
    try:
        message = session.check()
    except MailcaseError as error:
        yield from _failures(what, error)
        return
    finally:
        session.close()
    if session.limitations:
        remedy = f"Set after_filing of mailboxes.{name} to what can be done there, or let the daemon's user do it."
        yield Finding(what=what, is_ok=None, message=f"{message}.", remedy=remedy)
    else:
        yield Finding(what=what, is_ok=True, message=message)


def _lmtp(config: Config) -> Iterator[Finding]:
    port = lmtp_port(config)
    if port is None:
        return
    try:
        message = look_at(port)
    except Unavailable as error:
        yield from _failures("lmtp", error)
        return
    yield Finding(what="lmtp", is_ok=True, message=message)


def _smtp(postman: SmtpPostman, what: str, message: str) -> Iterator[Finding]:
    try:
        postman.check()
    except MailcaseError as error:
        yield from _failures(what, error)
        return
    finally:
        postman.close()
    yield Finding(what=what, is_ok=True, message=message)
