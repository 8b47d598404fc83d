"""Rules tried on mail that was decided upon before: what would come out differently. Nothing is written.

Every mail is judged by itself, with what was known when it was decided upon (`desk.memory.Grounds`). So a mail is not
seen as the reply to a case that the other rules would not have opened, and how many acknowledgements an address got is
not counted again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.desk.memory import Grounds, effect_of, email_of, grounds_of
from mailcase.domain.decision import Context
from mailcase.domain.email import InboundEmail
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.ruling import Precedent
from mailcase.errors import Unparseable
from mailcase.mail.limits import Limits
from mailcase.rules.effect import Difference, Effect, differences, effect
from mailcase.rules.judge import judge
from mailcase.rules.promises import with_promises
from mailcase.rules.rulebook import Rulebook
from mailcase.store import rulings
from mailcase.store.tx import Tx

PAGE = 200  # mails read at once: at most some 20 MB of text


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Which rules are compared."""

    proposed: Rulebook
    present: Rulebook | None
    """None compares with what was decided then."""
    mailboxes: Mapping[str, Mailbox]
    """Those of the settings, by key; one that is gone is taken as it was."""
    limits: Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One mail under both sets of rules."""

    ruling_id: int
    mail: int
    """Its number in the inbox."""
    received_at: datetime
    mailbox: str
    sender: str
    subject: str
    before: Effect
    after: Effect

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What comes out differently."""
        return differences(self.before, self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some mails in the order in which they were decided upon."""

    replayed: tuple[Replayed, ...]
    unread: int
    """Mails that were deleted meanwhile, or that this mailcase cannot parse."""
    last: int
    """Id of the last ruling, to go on from."""
    is_last: bool


def replay_page(tx: Tx, compared: Comparison, since: datetime, after: int) -> Page:
    """Judge the next mails that were decided upon at or after `since` (UTC), from the ruling `after` on."""
    found = rulings.precedents(tx, since, after, PAGE)
    replayed = tuple(_replay_all(tx, compared, found))
    last = found[-1].ruling.id if found else after
    return Page(replayed=replayed, unread=len(found) - len(replayed), last=last, is_last=len(found) < PAGE)


def _replay_all(tx: Tx, compared: Comparison, found: list[Precedent]) -> Iterator[Replayed]:
    for precedent in found:
        try:
            email = email_of(tx, precedent, compared.limits)
        except Unparseable:
            continue
        if email is not None:
            yield _replay(compared, precedent, email)


def _replay(compared: Comparison, precedent: Precedent, email: InboundEmail) -> Replayed:
    ruling, grounds = precedent.ruling, grounds_of(precedent.ruling)

    def under(rules: Rulebook) -> Effect:
        context = as_seen_by(rules, _with_mailbox(grounds, compared.mailboxes), email)
        judged = judge(
            email, grounds.classification, context, rules, received_at=precedent.received_at, now=ruling.at
        )  # fmt: skip
        if compared.present is None:
            return effect(judged)  # what was decided then does not tell what was promised
        return with_promises(effect(judged), judged, context, rules, ruling.at)

    return Replayed(
        ruling_id=ruling.id,
        mail=ruling.inbox_id,
        received_at=precedent.received_at,
        mailbox=grounds.context.mailbox.name,
        sender=email.sender.address if email.sender else "",
        subject=email.subject,
        before=under(compared.present) if compared.present else effect_of(ruling),
        after=under(compared.proposed),
    )


def _with_mailbox(grounds: Grounds, mailboxes: Mapping[str, Mailbox]) -> Context:
    then = grounds.context.mailbox
    return replace(grounds.context, mailbox=mailboxes.get(then.name, then))


def as_seen_by(rules: Rulebook, context: Context, email: InboundEmail) -> Context:
    """Return `context` with the agent that these rules take the sender for.

    Somebody who was no agent then has no token of an agent's own: the sender's domain has to prove who wrote.
    """
    found = rules.agent_by_address(email.sender.address) if email.sender else None
    before = context.agent.key if context.agent else None
    if found is None or not found.is_active:
        return replace(context, agent=None, has_authority=False)
    if found.key == before:
        return replace(context, agent=found)
    return replace(context, agent=found, has_authority=len(email.senders) == 1 and context.is_authentic)
