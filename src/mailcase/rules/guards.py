"""Policies that guard the desk, and that no rule file can turn off: loops, bounces, unclear senders, the power of agents."""

from mailcase.domain.case import Case
from mailcase.domain.decision import AppendToCase, Decision, Hold, Ignore, RecordBounce, ReturnToAgent, RunCommands
from mailcase.domain.email import InboundEmail, Kind
from mailcase.domain.inbox import HoldReason
from mailcase.domain.party import Agent
from mailcase.rules.incoming import AUTOMATIC_ANSWERS, Incoming

UNPROVED = "the mail does not prove that you wrote it"


def canary(mail: Incoming) -> Decision | None:
    """Ignore a canary mail of ours: that it is stored is all that it was sent for."""
    if not mail.context.canary:
        return None
    return Ignore(reason="canary", detail=f"the canary mail of {mail.context.canary} came back", rule="canary")


def loop(mail: Incoming) -> Decision | None:
    """Ignore our own mail that came back."""
    if mail.kind is not Kind.LOOP:
        return None
    return Ignore(reason="loop", detail=mail.classified, rule="loop")


def bounce(mail: Incoming) -> Decision | None:
    """Record what became of a mail of ours that was not delivered."""
    if mail.kind is not Kind.BOUNCE:
        return None
    case, bounced, report = mail.context.case, mail.context.bounced, mail.classification.report
    if case is not None and (bounced or report):
        recipients = (report.recipients if report else ()) or (bounced.recipients if bounced else ())
        return RecordBounce(
            case=case,
            recipients=recipients,
            status=report.status if report else (),
            is_permanent=report.permanent if report else True,  # better that the owner looks once too often
            activity=bounced,
        )
    if case is not None:
        return AppendToCase(rule="bounce", case=case, why="an undeliverable report that names no recipient")
    if report is None or mail.policy.hold_strange_bounces:
        detail = "an undeliverable report that fits no mail of ours; file or discard it by hand"
        return Hold(reason=HoldReason.UNREADABLE, detail=detail, rule="bounce")
    return Ignore(reason="bounce", detail="it reports on no mail of ours", rule="bounce")


def receipt(mail: Incoming) -> Decision | None:
    """File a report on a delivered or unwanted mail quietly."""
    if mail.kind not in (Kind.DELIVERED, Kind.COMPLAINT):
        return None
    if mail.context.case is not None:
        return AppendToCase(rule="receipt", case=mail.context.case, is_quiet=True, why=f"a {mail.kind} report")
    return Ignore(reason=mail.kind.value, detail="it reports on no case", rule="receipt")


def sender(mail: Incoming) -> Decision | None:
    """Hold a mail without exactly one sender: there must be one to answer."""
    if not mail.email.senders:
        return Hold(
            reason=HoldReason.NO_SENDER, detail="it has no From address; there is nobody to answer", rule="sender"
        )
    if len(mail.email.senders) > 1:
        detail = "it has more than one From address; say who the customer is"
        return Hold(reason=HoldReason.AMBIGUOUS_SENDER, detail=detail, rule="sender")
    return None


def flood(mail: Incoming) -> Decision | None:
    """Hold what somebody writes past the hourly limit: a machine gone wild must not fill the desk (GUARANTEES G11)."""
    most, sender = mail.context.flood_limit, mail.email.sender
    if most is None or sender is None or mail.context.agent is not None:
        return None
    detail = (
        f"{sender.address} wrote more than {most} mails within an hour; `mailcase inbox retry` files one all the same, "
        "limits.exempt_senders lets all of them pass"
    )
    return Hold(reason=HoldReason.SENDER_FLOOD, detail=detail, rule="flood")


def responder(mail: Incoming) -> Decision | None:
    """Hold what a machine answers to each of our mails: with another one behind us, that would never end (GUARANTEES G11)."""
    if not mail.context.machine:
        return None
    detail = f"a machine seems to answer: {mail.context.machine}; `mailcase inbox retry` files it all the same"
    return Hold(reason=HoldReason.RESPONDER, detail=detail, rule="responder")


def agent(mail: Incoming) -> Decision | None:
    """Let an agent work, if the mail proves who wrote it; a mail that cannot act goes back."""
    agent, case = mail.context.agent, mail.context.case
    if agent is None:
        return None
    if mail.kind in AUTOMATIC_ANSWERS:  # never answered, never passed on to a customer
        return Ignore(reason=mail.kind.value, detail=f"automatic mail of agent {agent.key}", rule="agent")
    if case is not None:
        return _on_case(mail, agent, case)
    if not agent.is_active or mail.kind is Kind.BULK:
        return None  # who has left may still write as a customer; a list is never answered
    if mail.is_reply or _starts_with_command(mail.email) or not mail.policy.agents_may_open_cases:
        return ReturnToAgent(agent=agent, case=None, why=_why_no_case(mail))
    return None


def _on_case(mail: Incoming, agent: Agent, case: Case) -> Decision:
    if not agent.is_active:
        detail = f"{agent.key} is no longer an active agent; file it by hand"
        return Hold(reason=HoldReason.COMMAND_REFUSED, detail=detail, rule="agent")
    if mail.context.has_authority:
        return RunCommands(case=case, agent=agent)
    return ReturnToAgent(agent=agent, case=case, why=UNPROVED, is_confirmable=True)


def _why_no_case(mail: Incoming) -> str:
    hinted = mail.context.hinted_case
    if hinted is not None:
        return f"it names {hinted.number} but has no token of that case; reply to a notification of the case"
    return "it names no case; reply to a notification of the case"


def _starts_with_command(email: InboundEmail) -> bool:
    first = email.reply.text.lstrip()[:2]
    return first.startswith("#") and first[1:].isalpha()
