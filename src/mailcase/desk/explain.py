"""Why a mail became what it became: what was known about it, which rules were tried, and which decided."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mailcase.desk.memory import grounds_of, traces_of
from mailcase.desk.rights import require
from mailcase.domain.decision import Context, Trace
from mailcase.domain.email import Classification
from mailcase.domain.inbox import InboxMessage, InboxState
from mailcase.domain.number import format_number, parse_number
from mailcase.domain.party import Agent
from mailcase.domain.permission import Right
from mailcase.domain.ruling import Ruling
from mailcase.domain.setback import Setback
from mailcase.errors import Invalid, Refused
from mailcase.rules.rulebook import Rulebook
from mailcase.store import activities, cases, inbox, rulings, setbacks
from mailcase.store.tx import Tx

Facts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One decision on a mail."""

    ruling: Ruling
    facts: Facts
    """What was known then: a label and a sentence each."""
    traces: tuple[Trace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One mail, and every decision on it, the oldest first."""

    message: InboxMessage
    decisions: tuple[Explained, ...]
    setbacks: tuple[Setback, ...] = ()
    """What was due on its case and failed; only with the newest mail that is explained."""

    @property
    def outcome(self) -> str:
        """What the mail is now, in a sentence."""
        message = self.message
        because = ": ".join(part for part in (message.reason, message.detail) if part)
        case = f" on {format_number(message.case_id)}" if message.case_id else ""
        if not self.decisions and message.state is not InboxState.RECEIVED:
            return f"{message.state}{case}; no rule was asked: {because or 'it was filed before decisions were kept'}"
        return f"{message.state}{case}{f' ({because})' if because else ''}"


def explain(tx: Tx, rules: Rulebook, what: str, limit: int, viewer: Agent | None) -> list[Explanation]:
    """Return explanations of the mail with this number or Message-ID, or of the newest mails of this case, oldest first.

    Raises Refused when there is none, or it is of a case that `viewer`, None for no agent, may not see.
    """
    found = sorted(_messages(tx, what), key=lambda message: message.id)[-limit:]
    for message in found:
        case = cases.get(tx, message.case_id) if message.case_id else None
        if case is not None:
            require(rules, viewer, Right.SEE, case)
    if not found:
        raise Refused(
            f"{what!r} is no mail and no case here; `mailcase inbox list` and `mailcase case list` show them."
        )
    explained = [
        Explanation(message=message, decisions=tuple(_explained(one) for one in rulings.of_mail(tx, message.id)))
        for message in found
    ]
    newest = found[-1].case_id
    waiting = tuple(setbacks.of_case(tx, newest)) if newest else ()
    return [*explained[:-1], replace(explained[-1], setbacks=waiting)]


def _messages(tx: Tx, what: str) -> list[InboxMessage]:
    word = what.strip().removeprefix("<").removesuffix(">")
    if word.isascii() and word.isdigit():
        found = inbox.get(tx, int(word))
        return [found] if found else []
    try:
        case_id = parse_number(word)
    except Invalid:
        if "@" not in word:  # a mistyped number: say so
            raise
        return inbox.by_message_id(tx, word)
    numbers = {activity.inbox_id for activity in activities.by_case(tx, case_id) if activity.inbox_id}
    return [message for number in sorted(numbers) if (message := inbox.get(tx, number))]


def _explained(ruling: Ruling) -> Explained:
    grounds = grounds_of(ruling)
    facts = (*_of_kind(grounds.classification), *_of_people(grounds.context), *_of_case(grounds.context))
    return Explained(ruling=ruling, facts=facts, traces=traces_of(ruling))


def _of_kind(classification: Classification) -> Iterator[tuple[str, str]]:
    may = "may be acknowledged" if classification.may_acknowledge else "must not be acknowledged"
    yield "Kind", f"{classification.kind}, {may}: {'; '.join(classification.why) or 'nothing speaks against a person'}"


def _of_people(context: Context) -> Iterator[tuple[str, str]]:
    contact, agent = context.contact, context.agent
    if agent is not None:
        proof = "with proof" if context.has_authority else "without proof that the agent wrote it"
        yield "Agent", f"{agent.name} ({agent.key}), {proof}"
    if contact is not None:
        state = "nobody has confirmed who it is" if contact.is_provisional else "confirmed"
        yield "Customer", f"contact {contact.id}, {contact.name or contact.address}; {state}"
    elif agent is None:
        yield "Customer", "not known"
    if context.account is not None:
        yield "Account", context.account.name
    genuine = "found genuine by our server" if context.is_authentic else "not proven by our server"
    yield "Sender's domain", genuine


def _of_case(context: Context) -> Iterator[tuple[str, str]]:
    for clue in context.clues:
        yield "Clue", clue
    case, hinted = context.case, context.hinted_case
    if case is not None:
        yield "Case", f"{case.number} proven; it was {case.status} ({case.status_reason}) then"
    elif hinted is not None:
        yield "Case", f"{hinted.number} hinted at without proof; it was {hinted.status} then"
    else:
        yield "Case", "nothing in the mail points to one"
