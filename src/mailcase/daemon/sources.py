"""Where the mail of a mailbox is fetched, of whichever kind: opened, read to its end and asked for older mail alike."""

from datetime import timedelta

from mailcase.app import App
from mailcase.config import AfterFiling, AfterTaking, Config, MaildirSettings
from mailcase.daemon.connections import imap_session
from mailcase.daemon.poll import poll
from mailcase.daemon.poll_maildir import poll_maildir
from mailcase.domain.mailbox import Cursor
from mailcase.errors import Invalid
from mailcase.transport.imap import ImapSession
from mailcase.transport.maildir import MaildirAccount, MaildirSession
from mailcase.transport.tokens import TokenKeeper

Session = ImapSession | MaildirSession


def fetched_mailboxes(config: Config) -> list[str]:
    """Return the mailboxes that mail is fetched for; to the others it is brought."""
    return [name for name, settings in config.mailboxes.items() if settings.imap or settings.maildir]


Source = tuple[object, ...]
"""Every setting that a connection to a mailbox depends on, to be compared."""


def source_of(config: Config, mailbox: str) -> Source:
    """Return what a connection to a mailbox depends on; empty when there is no such mailbox."""
    settings = config.mailboxes.get(mailbox)
    if settings is None:
        return ()
    oauth = config.oauth.get(settings.imap.oauth or "") if settings.imap else None
    return settings.address, settings.imap, settings.maildir, oauth, config.limits.message_bytes


def session_of(config: Config, mailbox: str, tokens: TokenKeeper) -> Session:
    """Return an unopened session for a mailbox. Raises Invalid when there is nothing to fetch its mail from."""
    settings = config.mailboxes[mailbox]
    if settings.maildir is not None:
        return MaildirSession(maildir_account(settings.maildir, config.limits.message_bytes))
    if settings.imap is None:
        raise Invalid(
            f"mailboxes.{mailbox}: it has neither [mailboxes.{mailbox}.imap] nor [mailboxes.{mailbox}.maildir]; "
            "add one of them to fetch its mail."
        )
    return imap_session(config, mailbox, tokens)


def maildir_account(settings: MaildirSettings, max_bytes: int) -> MaildirAccount:
    """Return what the session has to know."""
    return MaildirAccount(
        path=settings.path,
        folders=settings.folders,
        max_bytes=max_bytes,
        may_delete=settings.after_filing is AfterTaking.DELETE,
    )


def look(app: App, mailbox: str, session: Session, folder: Cursor) -> int:
    """Store every new mail of an open session; return how many were new. `folder` is what `open` returned."""
    if isinstance(session, MaildirSession):
        return poll_maildir(app, mailbox, session)
    return poll(app, mailbox, session, folder)


def time_between_looks(config: Config, mailbox: str) -> timedelta:
    """Return how long to wait before looking again."""
    source = config.mailboxes[mailbox].imap or config.mailboxes[mailbox].maildir
    return timedelta(seconds=source.poll_s if source else 0)


def kept_for(config: Config, mailbox: str) -> timedelta | None:
    """Return how long filed mail stays where it was fetched, or None when it stays for good."""
    imap, maildir = config.mailboxes[mailbox].imap, config.mailboxes[mailbox].maildir
    if imap and imap.after_filing is AfterFiling.DELETE:
        return imap.delete_after
    return maildir.delete_after if maildir and maildir.after_filing is AfterTaking.DELETE else None
