"""The desk as set up: all that a use case needs besides the transaction, the mail and the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from mailcase.domain.article import Library
from mailcase.domain.case import Case
from mailcase.domain.mailbox import Copies, Mailbox
from mailcase.mail.render import Templates
from mailcase.mail.signer import Signer
from mailcase.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgementLimits:
    """How many automatic mails may go out (GUARANTEES G11)."""

    per_address_hour: int = 1
    per_address_day: int = 3
    per_domain_hour: int = 20
    per_hour: int = 200
    returned_per_agent_hour: int = 5
    """Mails that could not act and go back to an agent: anybody can forge the sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderLimit:
    """How much one sender may write to the desk before a person looks at it."""

    per_hour: int = 60
    exempt: frozenset[str] = frozenset()
    """Canonical addresses, and domains with an @ before them, that it does not apply to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """The person who looks after the daemon."""

    address: str
    mailbox: str
    """Key of the mailbox that mail to them is sent from: the first one that can send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One service desk. A reload makes a new one; whoever holds the old one finishes its work with it."""

    name: str
    zone: ZoneInfo
    """In which people are told dates."""
    language: str
    mailboxes: Mapping[str, Mailbox]
    """By key."""
    subaddressed: frozenset[str]
    """Keys of the mailboxes whose server delivers `name+anything@` to `name@`."""
    return_paths: frozenset[str]
    """Keys of the mailboxes whose answers have a return path of their own (`mail.return_path`)."""
    authserv_id: str
    """Of our own mail server; empty when its Authentication-Results are not to be trusted."""
    rulebook: Rulebook
    templates: Templates
    library: Library = field(default_factory=Library)
    """Articles that agents send, and that are suggested."""
    secrets: tuple[bytes, ...]
    """Keys that sign reply tokens, the current one first."""
    limits: AcknowledgementLimits
    sender_limit: SenderLimit = SenderLimit()
    copies: Copies = Copies.ONE_CASE
    """What becomes of one mail that came to several mailboxes."""
    outgoing_per_day: int = 1000
    """Mails that may go out in 24 hours."""
    signers: Mapping[str, Signer] = field(default_factory=dict)
    """What signs the mail of a mailbox, by its key; one without signs nothing."""
    admin: Admin | None = None
    """Hears about troubles and held mail; None when nobody does."""

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that delivers to the desk."""
        return frozenset(
            address for mailbox in self.mailboxes.values() for address in (mailbox.address, *mailbox.aliases)
        )

    def mailbox_of(self, case: Case) -> Mailbox:
        """Return the mailbox that mails about `case` come from: its queue's own, or the one that the case came by.

        A case whose mailbox the settings no longer have goes on by the first one.
        """
        queue = self.rulebook.queues.get(case.queue or "")
        names = (queue.mailbox if queue else "", case.mailbox, *self.mailboxes)
        return next(self.mailboxes[name] for name in names if name in self.mailboxes)

    def local(self, moment: datetime) -> datetime:
        """Return `moment` in the time zone of the desk."""
        return moment.astimezone(self.zone)
