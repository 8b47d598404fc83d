"""What is to be done with one mail: the desk's own policies in a fixed order, then the admin's rules.

The chain is a table (after the built-in chain of Mailman): each policy looks at the mail and answers with a decision or
with None, and the first decision counts. The policies guard what no rule file can allow: loops, bounces, the power of
agents, and that only a participant joins a case.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailcase.domain.decision import (
    AppendToCase,
    Context,
    Decision,
    Hold,
    Ignore,
    OpenCase,
    ReactivateCase,
    RecordBounce,
    ReturnToAgent,
    RunCommands,
    Trace,
)
from mailcase.domain.email import Classification, InboundEmail
from mailcase.rules import filing, guards
from mailcase.rules.creation import Trial
from mailcase.rules.incoming import Incoming
from mailcase.rules.rulebook import Rulebook
from mailcase.rules.variables import Subject


@dataclass(frozen=True, slots=True)
class Link:
    """One policy of the chain."""

    name: str
    decide: Callable[[Incoming], Decision | None]
    otherwise: str
    """What is true of a mail that passes it."""


CHAIN = (
    Link("canary", guards.canary, "no canary mail of ours"),
    Link("loop", guards.loop, "not our own mail"),
    Link("bounce", guards.bounce, "no report of an undelivered mail"),
    Link("receipt", guards.receipt, "no report of a delivered or unwanted mail"),
    Link("sender", guards.sender, "exactly one From address"),
    Link("flood", guards.flood, "from somebody who writes no more than is allowed"),
    Link("responder", guards.responder, "from nobody who answers like a machine"),
    Link("agent", guards.agent, "not from an agent, or from one who writes as a customer"),
    Link("automatic reply", filing.automatic_reply, "no automatic answer on a case"),
    Link("thanks", filing.thanks, "no mere thanks on a case"),
    Link("reply", filing.reply, "no reply to an active case"),
    Link("resolved reply", filing.resolved_reply, "no reply to a resolved case"),
    Link("unverified reply", filing.hinted, "points to no case without proof"),
    Link("new mail", filing.new, ""),
)


def decide(
    email: InboundEmail, classification: Classification, context: Context, rulebook: Rulebook, now: datetime
) -> tuple[Decision, Trace]:
    """Return what is to be done with `email`, and every policy and rule tried on the way, in order."""
    subject = Subject(email=email, classification=classification, context=context, case=context.case, now=now)
    mail = Incoming(
        email=email,
        classification=classification,
        context=context,
        rulebook=rulebook,
        now=now,
        trial=Trial(subject, rulebook),
    )
    for link in CHAIN:
        decision = link.decide(mail)
        if decision is not None:
            mail.note(link.name, is_hit=True, why=summary(decision))
            return decision, Trace(rulebook=rulebook.version, steps=tuple(mail.steps))
        mail.note(link.name, is_hit=False, why=link.otherwise)
    raise AssertionError("the last policy of the chain decides on every mail")


def summary(decision: Decision) -> str:  # noqa: PLR0911 - one line for each kind of decision
    """Return what the mail does or what becomes of it, for people."""
    match decision:
        case Hold(reason=reason, detail=detail):
            return f"is held ({reason}): {detail}"
        case Ignore(reason=reason, detail=detail):
            return f"is ignored ({reason}): {detail}"
        case OpenCase(rule=rule):
            return f"opens a case by rule {rule}"
        case AppendToCase(case=case, is_quiet=is_quiet, why=why):
            return f"joins {case.number}{' quietly' if is_quiet else ''}{': ' if why else ''}{why}"
        case ReactivateCase(case=case, why=why):
            return f"reactivates {case.number}: {why}"
        case RunCommands(case=case, agent=agent):
            return f"lets agent {agent.key} work on {case.number}"
        case ReturnToAgent(agent=agent, why=why):
            return f"goes back to agent {agent.key}: {why}"
        case RecordBounce(case=case, recipients=recipients):
            return f"reports an undelivered mail of {case.number} to {', '.join(recipients) or 'somebody'}"
