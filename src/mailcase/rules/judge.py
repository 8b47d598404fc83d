"""All that the rules say about one mail: the decision, the case that it opens, and where that case goes.

Pure, so that filing, a trial on the command line, an example in a rule file and a replay of last month cannot differ.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from mailcase.domain.case import MAX_TITLE, Case, Origin, Priority
from mailcase.domain.decision import Context, Decision, OpenCase, Trace
from mailcase.domain.email import Classification, InboundEmail
from mailcase.domain.entitlement_ledger import Standing
from mailcase.rules.decide import decide
from mailcase.rules.entitled import entitlement_for
from mailcase.rules.flows import begun
from mailcase.rules.routing import Route, route
from mailcase.rules.rulebook import Rulebook

NOBODY = 0
"""The contact of a draft: who wrote is stored only when the case is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What becomes of a mail, and on what grounds."""

    decision: Decision
    trace: Trace
    """Every policy and creation rule that was tried."""
    entitlement: Standing | None = None
    """What the case is opened under, if anything."""
    case: Case | None = None
    """The case that is opened, without number and contact; None when none is."""
    route: Route | None = None
    """What the routing rules say about that case; a queue or owner of its creation rule goes before."""
    routing: Trace | None = None
    """Every routing rule that was tried."""

    flows: Trace | None = None
    """Every process flow that was tried, where one may begin by itself."""

    @property
    def traces(self) -> tuple[Trace, ...]:
        """All traces that there are."""
        return tuple(trace for trace in (self.trace, self.routing, self.flows) if trace)

    @property
    def rule(self) -> str:
        """Name of the rule or policy that decided."""
        return str(getattr(self.decision, "rule", "")) or self.trace.steps[-1].rule


def judge(
    email: InboundEmail,
    classification: Classification,
    context: Context,
    rulebook: Rulebook,
    *,
    received_at: datetime,
    now: datetime,
) -> Judgement:
    """Return what is to be done with `email`, which was stored at `received_at`, decided upon at `now`; both UTC."""
    decision, trace = decide(email, classification, context, rulebook, now)
    if not isinstance(decision, OpenCase):
        return Judgement(decision=decision, trace=trace)
    return opening(decision, trace, email, context, rulebook, received_at=received_at, now=now)


def opening(
    decision: OpenCase,
    trace: Trace,
    email: InboundEmail,
    context: Context,
    rulebook: Rulebook,
    *,
    received_at: datetime,
    now: datetime,
) -> Judgement:
    """Return what becomes of `email` once it is decided, by rules or by a person, that it opens a case."""
    entitled = decision.entitlement or entitlement_for(context, decision.fields, now)
    entitlement_id = entitled.entitlement.id if entitled else None
    draft = replace(_draft(email, context, decision, received_at), entitlement_id=entitlement_id)
    chosen, routing = route(draft, email, context, rulebook, now)
    fields = decision.fields
    case = replace(draft, queue=fields.queue or chosen.queue, owner=fields.owner or chosen.owner)
    case, flows = begun(case, fields.flow, email, context, rulebook, now)
    return Judgement(
        decision=decision, trace=trace, case=case, route=chosen, routing=routing, entitlement=entitled, flows=flows
    )


def _draft(email: InboundEmail, context: Context, decision: OpenCase, received_at: datetime) -> Case:
    """Return the case that `decision` opens, before it is routed."""
    fields = decision.fields
    return Case(
        title=fields.title or email.subject[:MAX_TITLE] or "(no subject)",
        description=email.reply.text or email.text,
        contact_id=context.contact.id if context.contact else NOBODY,
        account_id=context.account.id if context.account else None,
        mailbox=context.mailbox.name,
        subject=fields.subject or "",
        product=fields.product or "",
        case_type=fields.case_type,
        priority=fields.priority or Priority.NORMAL,
        origin=fields.origin or Origin.EMAIL,
        tags=fields.tags,
        sla=fields.sla,
        is_exempt=bool(fields.is_exempt),
        custom=fields.custom,
        is_unverified=decision.is_unverified,
        language=email.language,
        related_id=decision.related.id if decision.related else None,
        created_at=received_at,
        modified_at=received_at,
        last_customer_mail_at=received_at,
        unanswered_since=received_at,
    )
