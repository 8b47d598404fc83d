"""What the desk remembers of each decision, so that it can be explained, and other rules be tried on the same mail."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from mailcase.desk.filing import Mail
from mailcase.domain.activity import Activity
from mailcase.domain.decision import Context, Trace
from mailcase.domain.email import Classification, InboundEmail
from mailcase.domain.ruling import Precedent, Ruling
from mailcase.domain.wellformed import wellformed
from mailcase.mail import parsed
from mailcase.mail.limits import Limits
from mailcase.mail.parse import parse
from mailcase.rules.decide import summary
from mailcase.rules.effect import Effect, effect
from mailcase.rules.judge import Judgement
from mailcase.store import inbox, rulings
from mailcase.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What was known about a mail when it was decided upon."""

    context: Context
    """Without the words of case and mails, which no rule reads from there."""
    classification: Classification


_GROUNDS = TypeAdapter(Grounds)
_EFFECT = TypeAdapter(Effect)
_TRACES = TypeAdapter(tuple[Trace, ...])


def remember(tx: Tx, mail: Mail, judged: Judgement, now: datetime) -> None:
    """Store the judgement on a mail, its grounds, and the mail as it was parsed."""
    grounds = Grounds(context=_without_words(mail.context), classification=mail.classification)
    rulings.put(
        tx,
        Ruling(
            inbox_id=mail.message.id,
            at=now,
            rulebook=judged.trace.rulebook,
            summary=summary(judged.decision),
            effect=_json(_EFFECT, effect(judged)),
            traces=_json(_TRACES, judged.traces),
            grounds=_json(_GROUNDS, grounds),
        ),
    )
    rulings.put_parsed(tx, mail.message.sha256, parsed.FORM, parsed.pack(mail.email))


def grounds_of(ruling: Ruling) -> Grounds:
    """Return what was known when this was decided."""
    return _GROUNDS.validate_json(ruling.grounds)


def effect_of(ruling: Ruling) -> Effect:
    """Return what became of the mail."""
    return _EFFECT.validate_json(ruling.effect)


def traces_of(ruling: Ruling) -> tuple[Trace, ...]:
    """Return every policy and rule that was tried."""
    return _TRACES.validate_json(ruling.traces)


def email_of(tx: Tx, precedent: Precedent, limits: Limits) -> InboundEmail | None:
    """Return the mail that was decided upon, parsed again if its stored form is an old one; None when it was deleted."""
    if precedent.parsed is not None and precedent.form == parsed.FORM:
        return parsed.unpack(precedent.parsed)
    raw = inbox.raw(tx, precedent.sha256)
    return None if raw is None else parse(raw, limits)


def _without_words(context: Context) -> Context:
    case, hinted = context.case, context.hinted_case
    return replace(
        context,
        case=replace(case, description="", resolution="") if case else None,
        hinted_case=replace(hinted, description="", resolution="") if hinted else None,
        last_customer_mail=None,
        bounced=_bare(context.bounced),
    )


def _bare(activity: Activity | None) -> Activity | None:
    return replace(activity, text="") if activity else None


def _json(adapter: TypeAdapter[Any], value: object) -> str:  # of any of the three types above
    try:
        return adapter.dump_json(value, exclude_defaults=True).decode()
    except PydanticSerializationError:  # half a character, in a reason that quotes a broken mail
        return adapter.dump_json(wellformed(value), exclude_defaults=True).decode()
