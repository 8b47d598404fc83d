"""What an agent's mail is held for, although it proves who wrote it: news of the customer, and recipients from outside.

Whether an answer is late is told by the mail that it answers, not by clocks: each notice remembers the newest activity
that it showed, and an answer to it knows of none that came later. Only a mail that refers to nothing of ours is judged
by its Date header, for want of anything better.
"""

from collections.abc import Iterator, Sequence

from mailcase.desk import participants
from mailcase.desk.desk import Desk
from mailcase.desk.drafts import SEND, Held, public_activities
from mailcase.desk.filing import Mail
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case
from mailcase.domain.draft import DraftReason
from mailcase.errors import Refused
from mailcase.mail.commands import AgentText
from mailcase.mail.subject import shortened
from mailcase.store import message_index
from mailcase.store.tx import Tx

INSISTING = frozenset({SEND, "dry", "undo"})
"""Commands with which nothing is held: they insist, or write to nobody."""
MAX_SHOWN = 500  # characters of a mail in a refusal
MAX_NAMED = 5  # addresses in one sentence
MAX_ANSWERED = 200  # of References, the newest


def objections(tx: Tx, desk: Desk, mail: Mail, case: Case, parsed: AgentText) -> Iterator[Held]:
    """Yield why the mail of an agent is to be held; nothing when it may run, or says `#send` itself."""
    if not _is_guarded(parsed):
        return
    news = unseen(tx, mail, case)
    if news is not None:
        writer = news.sender or "the customer"
        why = f"{writer} has written since the mail that you answered"
        yield Held(reason=DraftReason.STALE, why=why, news=news)
    strangers = unnamed(tx, desk, mail, case, parsed)
    if strangers:
        named = ", ".join(strangers[:MAX_NAMED]) + (" and others" if len(strangers) > MAX_NAMED else "")
        why = f"it is addressed to {named} too, who take no part in the case"
        yield Held(reason=DraftReason.RECIPIENTS, why=why, outsiders=strangers)


def require_seen(tx: Tx, case: Case, parsed: AgentText, seen: int) -> None:
    """Raise Refused, with the mail, when the customer has written after the activity `seen`, unless it says `#send`."""
    newest = newest_mail(tx, case) if _is_guarded(parsed) else None
    if newest is not None and newest.id > seen:
        words = shortened(" ".join(newest.text.split()), MAX_SHOWN)
        raise Refused(
            f"{newest.sender or 'the customer'} has written again (mail {newest.id}): {words} Nothing was sent; "
            "--anyway sends it all the same."
        )


def _is_guarded(parsed: AgentText) -> bool:
    """Whether the text says something to the customer, or ends the case, and does not insist."""
    speaks = bool(parsed.words) or any(command.spec.is_guarded for command in parsed.commands)
    return speaks and not {command.spec.name for command in parsed.commands} & INSISTING


def unseen(tx: Tx, mail: Mail, case: Case) -> Activity | None:
    """Return the newest mail of the customer if the agent did not know of it when answering, else None."""
    newest = newest_mail(tx, case)
    if newest is None or newest.created_by == mail.act.actor:
        return None
    answered = message_index.find(tx, _answered(mail))
    shown = [one.shown_id or one.activity_id or 0 for one in answered]
    if any(shown):
        return newest if newest.id > max(shown) else None
    written_at = mail.email.date
    return newest if written_at is not None and written_at < newest.created_at else None


def newest_mail(tx: Tx, case: Case) -> Activity | None:
    """Return the newest mail from outside that somebody was told of: mere thanks and reports are no news."""
    latest = case.last_customer_mail_at
    if latest is None:
        return None
    mails = (one for one in public_activities(tx, case.id) if one.kind is ActivityKind.EMAIL_IN)
    return next((one for one in mails if not one.is_automatic and one.created_at <= latest), None)


def unnamed(tx: Tx, desk: Desk, mail: Mail, case: Case, parsed: AgentText) -> tuple[str, ...]:
    """Return who outside is among the recipients of an agent's mail, and neither takes part nor is named by `#cc`."""
    named: set[str] = set()
    for command in parsed.commands:
        if command.spec.name == "cc":
            try:
                added, removed = participants.parse(command.argument)
            except Refused:
                continue  # running it says what is wrong, before anything is sent
            named |= {*added, *removed}
    return tuple(address for address in addressed(tx, desk, mail, case) if address not in named)


def addressed(tx: Tx, desk: Desk, mail: Mail, case: Case) -> tuple[str, ...]:
    """Return who outside is among the recipients of an agent's mail and takes no part in the case."""
    customers = (one.reply_to for one in public_activities(tx, case.id) if one.reply_to)
    return participants.outsiders(mail.email, {*case.cc, *customers}, participants.insiders(tx, desk, case))


def _answered(mail: Mail) -> Sequence[str]:
    return (*mail.email.in_reply_to, *mail.email.references[-MAX_ANSWERED:])
