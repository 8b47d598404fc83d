"""Policies that file a mail: on its case, on its case made active again, or as a new case."""

from dataclasses import replace

from mailcase.domain.case import Case
from mailcase.domain.decision import AppendToCase, Decision, Hold, Ignore, NewCase, OpenCase, ReactivateCase
from mailcase.domain.email import Address, Kind
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.inbox import HoldReason
from mailcase.rules.creation import Match
from mailcase.rules.entitled import entitlement_for
from mailcase.rules.incoming import AUTOMATIC_ANSWERS, Incoming
from mailcase.rules.rulebook import Action, AfterResolved, On, UnknownSenders, Without

MAX_REACTIVATIONS = 3  # an hour, for one case: two machines that answer each other stop here
DEFAULT_RULE = "default"
"""Name of the rule at the end of all: everything else becomes a case."""


def automatic_reply(mail: Incoming) -> Decision | None:
    """File an automatic answer on its case quietly."""
    case = mail.context.case
    if case is None or mail.kind not in AUTOMATIC_ANSWERS:
        return None
    return AppendToCase(rule="automatic reply", case=case, is_quiet=True, why=f"{mail.kind}: {mail.classified}")


def thanks(mail: Incoming) -> Decision | None:
    """File mere thanks on their case quietly, be it resolved or not; pictures of a signature are no files."""
    case = mail.context.case
    if case is None or not mail.is_thanks or not mail.is_without_files:
        return None
    return AppendToCase(rule="thanks", case=case, is_quiet=True, why="it only says thanks")


def reply(mail: Incoming) -> Decision | None:
    """Add a reply to its active case, unless a rule for replies says otherwise."""
    case = mail.context.case
    if case is None or not case.is_active:
        return None
    match = mail.ask_rules(On.REPLY)
    if match is None:
        return AppendToCase(rule="reply", case=case, why=f"a reply to {case.number}")
    action = match.rule.action
    note, update = match.fields.note, _update(replace(match.fields, note=None))
    append = AppendToCase(rule=match.rule.name, case=case, note=note, update=update, is_quiet=action.quiet)
    return _stop(match) or append


def resolved_reply(mail: Incoming) -> Decision | None:
    """Reactivate a resolved case, open a new one that refers to it, or only file the mail."""
    case = mail.context.case
    if case is None:
        return None
    match = mail.ask_rules(On.RESOLVED_REPLY)
    if match is not None and (stop := _stop(match)):
        return stop
    name = match.rule.name if match else "resolved reply"
    action = match.rule.action if match else Action()
    wanted, why = _after_resolved(mail, case, action)
    fields = match.fields if match else NewCase()
    match wanted:
        case AfterResolved.REACTIVATE:
            return ReactivateCase(rule=name, case=case, update=_update(fields), why=why)
        case AfterResolved.ATTACH:
            return AppendToCase(rule=name, case=case, note=fields.note, is_quiet=True, why=why)
        case AfterResolved.NEW_CASE:
            return _open(mail, replace(_draft(name, fields), related=case), action)


def _after_resolved(mail: Incoming, case: Case, action: Action) -> tuple[AfterResolved, str]:
    """Return what a customer's mail on a resolved case does, and why."""
    policy = mail.policy
    since = mail.now - (case.resolved_at or case.modified_at)
    if action.resolved is not None:
        wanted, why = action.resolved, "the rule says so"
    elif since <= policy.reactivate_within:
        wanted, why = AfterResolved.REACTIVATE, f"the customer wrote {since.days} days after it was resolved"
    else:
        wanted, why = policy.after_that, f"it was resolved {since.days} days ago"
    if wanted is AfterResolved.REACTIVATE and case.merged_into_id is not None:
        return AfterResolved.NEW_CASE, "a merged case is not reactivated"
    if wanted is AfterResolved.REACTIVATE and mail.context.reactivations_last_hour >= MAX_REACTIVATIONS:
        return AfterResolved.NEW_CASE, f"reactivated {MAX_REACTIVATIONS} times within the hour"
    return wanted, why


def hinted(mail: Incoming) -> Decision | None:
    """Open an unverified case for a mail that points to a case without proof (GUARANTEES G12)."""
    hinted = mail.context.hinted_case
    if hinted is None or mail.kind is not Kind.HUMAN:
        return None
    # No rule for new mail sees it: a broad skip must not swallow an answer whose token got lost.
    return _open(mail, replace(_draft("unverified reply"), related=hinted, is_unverified=True), Action())


def new(mail: Incoming) -> Decision | None:
    """Ask the rules for new mail; what none of them matches becomes a case."""
    match = mail.ask_rules(On.NEW)
    if match is None:
        return _open(mail, _draft(DEFAULT_RULE), Action())
    return _stop(match) or _open(mail, _draft(match.rule.name, match.fields), match.rule.action)


def _update(fields: NewCase) -> NewCase | None:
    return None if fields == NewCase() else fields


def _draft(rule: str, fields: NewCase | None = None) -> OpenCase:
    return OpenCase(rule=rule, fields=fields or NewCase(), acknowledge=None)


def _stop(match: Match) -> Decision | None:
    """Return the decision of a rule that keeps the mail from being filed, or None."""
    name, action = match.rule.name, match.rule.action
    if match.error:
        detail = f"rule {name!r}, {match.rule.place}: {match.error}; mend the rule and retry the mail"
        return Hold(reason=HoldReason.RULE_ERROR, detail=detail, rule=name)
    if match.hold or action.hold:
        return Hold(reason=HoldReason.RULE, detail=match.hold or action.hold or "", rule=name)
    if action.skip:
        return Ignore(reason="rule", detail=action.skip, rule=name)
    return None


def _open(mail: Incoming, draft: OpenCase, action: Action) -> Decision:
    """Return `draft` with its acknowledgement, unless the policy for unknown senders keeps it from being opened."""
    unknown = action.unknown_senders or mail.policy.unknown_senders
    is_known = mail.context.contact is not None
    customer = draft.fields.customer  # a rule that names the customer vouches for them
    is_kept = not is_known and unknown is not UnknownSenders.CREATE and customer is None
    mail.note("unknown sender", is_hit=is_kept, why=_known(mail, unknown, customer))
    if is_kept and unknown is UnknownSenders.HOLD:
        detail = (
            f"mailbox {mail.context.mailbox.name} holds mail from people who are not known; add the contact and retry"
        )
        return Hold(reason=HoldReason.UNKNOWN_SENDER, detail=detail, rule=draft.rule)
    if is_kept:
        return Ignore(reason="unknown_sender", detail="the mailbox ignores people who are not known", rule=draft.rule)
    without, entitlement = action.requires, _entitlement(mail, draft, action)
    if without is not None and entitlement is None:
        return _unentitled(mail, draft, action, without)
    return _answered(mail, replace(draft, entitlement=entitlement), action, customer)


def _answered(mail: Incoming, draft: OpenCase, action: Action, customer: Address | None) -> OpenCase:
    """Return `draft` with its acknowledgement, and what that offers."""
    template = _acknowledgement(mail, action, customer)
    wanted = mail.policy.suggest if action.suggest is None else action.suggest
    if wanted:
        which = ", ".join(action.articles) or "those that fit"
        why = which if template else "there is no acknowledgement"
        mail.note("suggest articles", is_hit=template is not None, why=why)
    return replace(draft, acknowledge=template, suggest=wanted and template is not None, articles=action.articles)


def _entitlement(mail: Incoming, draft: OpenCase, action: Action) -> Standing | None:
    """Return what the case is opened under where the rule requires an entitlement; else None: it gets the default."""
    if action.requires is None:
        return None
    if draft.fields.customer is not None:  # whoever fills in a form proves nothing
        mail.note("entitlement", is_hit=False, why="it is for somebody else than who wrote it")
        return None
    found = entitlement_for(mail.context, draft.fields, mail.now, is_required=True)
    mail.note("entitlement", is_hit=found is not None, why=str(found) if found else "the customer has no valid one")
    return found


def _unentitled(mail: Incoming, draft: OpenCase, action: Action, without: Without) -> Decision:
    """Hold, route or answer a mail without the entitlement that its rule requires."""
    if without.queue is not None:
        fields = replace(draft.fields, queue=without.queue)
        return _answered(mail, replace(draft, fields=fields), action, fields.customer)
    if without.answer is None:
        detail = "the rule requires a valid entitlement; renew or make one and retry the mail, or release it"
        return Hold(reason=HoldReason.NO_ENTITLEMENT, detail=detail, rule=draft.rule)
    answer = without.answer if mail.classification.may_acknowledge else None  # GUARANTEES G11
    mail.note("answer", is_hit=answer is not None, why=answer or f"not to this mail: {mail.classified}")
    detail = "the rule requires a valid entitlement, and the customer has none"
    return Ignore(reason=HoldReason.NO_ENTITLEMENT.value, detail=detail, rule=draft.rule, answer=answer)


def _known(mail: Incoming, unknown: UnknownSenders, customer: Address | None) -> str:
    contact = mail.context.contact
    if customer is not None:
        return f"the rule names the customer: {customer.address}"
    return f"contact {contact.id}" if contact else f"not known; policy is {unknown}"


def _acknowledgement(mail: Incoming, action: Action, customer: Address | None) -> str | None:
    """Return the template of the acknowledgement: the rule's, or the mailbox's; none where RFC 3834 forbids it.

    A contact form may send its mail as a machine does: a rule that names the `customer` in it, and the template, has it
    answered, since the answer goes to that person and not to the machine.
    """
    wanted = None if action.is_silent else action.acknowledge or mail.policy.acknowledge
    if wanted is None:
        mail.note("acknowledge", is_hit=False, why="none is wanted")
        return None
    is_for_other = customer is not None and action.acknowledge is not None
    if not mail.classification.may_acknowledge and not is_for_other:  # GUARANTEES G11
        mail.note("acknowledge", is_hit=False, why=f"not to this mail: {mail.classified}")
        return None
    mail.note("acknowledge", is_hit=True, why=wanted)
    return wanted
