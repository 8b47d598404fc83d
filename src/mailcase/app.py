"""The composition root: everything that a command or the daemon needs, built once from the settings."""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailcase.clock import Clock, utc_now
from mailcase.config import Config, DkimSettings, MailboxSettings, load_config
from mailcase.desk import agreements
from mailcase.desk import library as shelves
from mailcase.desk.desk import AcknowledgementLimits, Admin, Desk, SenderLimit
from mailcase.domain.mailbox import Mailbox, ReturnPath
from mailcase.errors import Invalid
from mailcase.files import load_files
from mailcase.mail.limits import Limits
from mailcase.mail.signer import Signer
from mailcase.store import cursors, migrations, tokens
from mailcase.store import desk as founding
from mailcase.store.engine import Database, open_database
from mailcase.store.oauth import StoredTokens
from mailcase.transport.tokens import TokenKeeper

FIXED = ("database", "lmtp", "web")  # sections that a running daemon does not take over
SECRET_BYTES = 32  # of a key for HMAC-SHA256, RFC 2104 section 3


@dataclass(kw_only=True)
class App:
    """What was built. `config`, `limits` and `desk` change with a reload; everything else stays."""

    path: Path
    """Of the settings file."""
    config: Config
    database: Database
    limits: Limits
    now: Clock = utc_now
    tokens: TokenKeeper = field(init=False)
    _desk: Desk
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.tokens = TokenKeeper(StoredTokens(self.database, self.now), self.now)

    @property
    def desk(self) -> Desk:
        """The desk as of the last good reload."""
        with self._lock:
            return self._desk

    def reload(self) -> None:
        """Read settings, rules, templates and articles anew. Raises Invalid when they are wrong, and everything stays as it was."""
        config = load_config(self.path)
        fixed = [name for name in FIXED if getattr(config, name) != getattr(self.config, name)]
        if fixed:
            raise Invalid(*(f"{self.path}: {name}: is changed, which takes a restart of the daemon." for name in fixed))
        fresh = build_desk(config, self._desk.secrets)
        take_over(self.database, fresh, self.now())
        _meet(self.database, config, self.now())
        with self._lock:
            self.config, self.limits, self._desk = config, mail_limits(config), fresh

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def build(path: Path, *, now: Clock = utc_now) -> App:
    """Build the application from the settings file at `path`; an empty database gets its tables.

    Raises Invalid with every problem of the settings, rules and templates, Unavailable when the database is not there.
    """
    config = load_config(path)
    database = open_app_database(config, now())
    try:
        desk = build_desk(config, _secrets(database, now()))
        take_over(database, desk, now())
    except BaseException:
        database.close()
        raise
    return App(path=path, config=config, database=database, limits=mail_limits(config), now=now, _desk=desk)


def open_app_database(config: Config, now: datetime) -> Database:
    """Open the database of `config`, give an empty one its tables, and refuse one of another version of mailcase."""
    database = database_of(config)
    try:
        migrations.prepare(database)
        _found(database, now)
        _meet(database, config, now)
    except BaseException:
        database.close()
        raise
    return database


def database_of(config: Config) -> Database:
    """Open the database of `config` as it is. Raises Invalid when the URL, its folder or the password file is wrong."""
    return open_database(config.database.url_with_password())


def _found(database: Database, now: datetime) -> None:
    """Note when the desk was founded; a database of another process is only read."""
    with database.read() as tx:
        if founding.founded_at(tx) is not None:
            return
    with database.begin() as tx:
        founding.found(tx, now)


def _meet(database: Database, config: Config, now: datetime) -> None:
    """Note which mailboxes are new to the desk: mail from before is not taken from them, however old the desk is."""
    with database.read() as tx:
        strangers = sorted(config.mailboxes.keys() - cursors.names(tx))
    if strangers:
        with database.begin() as tx:
            for mailbox in strangers:
                cursors.meet(tx, mailbox, now)


def take_over(database: Database, desk: Desk, now: datetime) -> None:
    """Let the store know what the files say about entitlements, and which articles there are, if that has changed."""
    with database.read() as tx:
        has_agreements, has_articles = agreements.is_adopted(tx, desk), shelves.is_indexed(tx, desk.library)
    if not has_agreements:
        with database.begin() as tx:
            agreements.adopt(tx, desk, now)
    if not has_articles:
        with database.begin() as tx:
            shelves.index(tx, desk.library)


def build_desk(config: Config, token_secrets: tuple[bytes, ...]) -> Desk:
    """Read rules, templates and articles. Raises Invalid with every problem of all."""
    mailboxes = {name: mailbox_of(config, name, settings) for name, settings in config.mailboxes.items()}
    files = load_files(config, mailboxes)
    return Desk(
        name=config.desk.name,
        zone=ZoneInfo(config.desk.time_zone),
        language=config.desk.language,
        mailboxes=mailboxes,
        subaddressed=frozenset(name for name, settings in config.mailboxes.items() if settings.subaddress),
        return_paths=frozenset(
            name for name, settings in config.mailboxes.items() if settings.return_path is ReturnPath.TOKEN
        ),
        authserv_id=config.desk.authserv_id,
        rulebook=files.rulebook,
        templates=files.templates,
        library=files.library,
        secrets=token_secrets,
        limits=AcknowledgementLimits(
            per_address_hour=config.limits.acknowledgements_per_address_hour,
            per_address_day=config.limits.acknowledgements_per_address_day,
            per_domain_hour=config.limits.acknowledgements_per_domain_hour,
            per_hour=config.limits.acknowledgements_per_hour,
            returned_per_agent_hour=config.limits.returned_per_agent_hour,
        ),
        sender_limit=SenderLimit(
            per_hour=config.limits.mails_per_sender_hour, exempt=frozenset(config.limits.exempt_senders)
        ),
        copies=config.desk.copies,
        outgoing_per_day=config.limits.outgoing_per_day,
        signers=signers_of(config),
        admin=admin_of(config),
    )


def signers_of(config: Config) -> dict[str, Signer]:
    """Return what signs the mail of each mailbox that signs. Raises Invalid with every key that cannot be used."""
    signers: dict[str, Signer] = {}
    problems: list[str] = []
    for name, settings in config.mailboxes.items():
        if settings.dkim is not None:
            try:
                signers[name] = signer_of(settings.dkim, settings.address, f"mailboxes.{name}.dkim.private_key_file")
            except Invalid as invalid:
                problems += invalid.problems
    if problems:
        raise Invalid(*problems)
    return signers


def signer_of(settings: DkimSettings, address: str, section: str) -> Signer:
    """Return what signs the mail from `address`. Raises Invalid when the key cannot be used, or the domain is another's."""
    file, own = settings.private_key_file, address.rpartition("@")[2]
    domain = (settings.domain or own).lower()
    if own != domain and not own.endswith(f".{domain}"):
        # RFC 7489 section 3.1.1: a signature of another domain proves nothing of the From address.
        raise Invalid(f"{section}: {domain} cannot sign for {address}; set the domain of the address, or leave it out.")
    try:
        pem = file.read_bytes()
    except OSError as error:
        raise Invalid(f"{section}: {file} cannot be read: {error.strerror}.") from error
    from mailcase.mail.signing import load_signer  # 12 MB, needed where mail is signed

    return load_signer(domain, settings.selector, pem, f"{section}: {file}")


def admin_of(config: Config) -> Admin | None:
    """Return who hears about troubles, and from which mailbox; None when nobody is named or no mailbox can send."""
    sender = next((name for name in config.mailboxes if config.smtp_of(name) is not None), None)
    return Admin(address=config.desk.admin, mailbox=sender) if config.desk.admin and sender else None


def mailbox_of(config: Config, name: str, settings: MailboxSettings) -> Mailbox:
    """Return a mailbox as the desk sees it."""
    return Mailbox(
        name=name,
        address=settings.address,
        aliases=settings.aliases,
        bcc=settings.bcc,
        display_name=settings.name or config.desk.name,
        queue=settings.queue,
        language=settings.language or config.desk.language,
    )


def mail_limits(config: Config) -> Limits:
    """Return the bounds that the parser keeps."""
    bounds = config.limits
    return Limits(
        max_message=bounds.message_bytes,
        max_header_block=bounds.header_block_bytes,
        max_header=bounds.header_bytes,
        max_headers=bounds.headers,
        max_hops=bounds.hops,
        max_depth=bounds.depth,
        max_parts=bounds.parts,
        max_addresses=bounds.addresses,
        max_attachments=bounds.attachments,
        max_attachment=bounds.attachment_bytes,
    )


def _secrets(database: Database, now: datetime) -> tuple[bytes, ...]:
    """Return the keys that sign reply tokens; the first start makes one."""
    with database.read() as tx:
        known = tokens.keys(tx)
    if not known:
        with database.begin() as tx:
            founding.lock(tx)
            if not tokens.keys(tx):  # another daemon may have been first
                tokens.add(tx, secrets.token_bytes(SECRET_BYTES), now)
            known = tokens.keys(tx)
    return tuple(known)
