"""Which entitlement a new case is worked under."""

from dataclasses import replace
from datetime import datetime

from mailcase.domain.case import Origin
from mailcase.domain.decision import Context, NewCase
from mailcase.domain.entitlement import Claim
from mailcase.domain.entitlement_ledger import Standing, default_for, is_usable


def entitlement_for(context: Context, fields: NewCase, now: datetime, *, is_required: bool = False) -> Standing | None:
    """Return the default entitlement for a case with these fields, or None.

    Where a rule requires one, any other that covers the case serves too. A case for somebody else than the sender has none
    of the sender's.
    """
    if fields.customer is not None:
        return None
    claim = claim_of(context, fields)
    found = default_for(context.entitlements, claim, now)
    if found is None and is_required:
        return default_for((as_default(one) for one in context.entitlements), claim, now)
    return found


def valid_one(context: Context, now: datetime) -> Standing | None:
    """Return an entitlement that a mail could use, whatever product it is about, or None."""
    claim = claim_of(context, NewCase())
    usable = [one for one in context.entitlements if is_usable(_of_any_product(one), claim, now)]
    return default_for((as_default(_of_any_product(one)) for one in usable), claim, now)


def claim_of(context: Context, fields: NewCase) -> Claim:
    """Return what a mail of this customer that becomes a case with these fields asks to be covered for."""
    return Claim(
        contact_id=context.contact.id if context.contact else 0,
        account_id=context.account.id if context.account else None,
        product=fields.product or "",
        origin=fields.origin or Origin.EMAIL,
    )


def as_default(standing: Standing) -> Standing:
    """Return it as one that is applied by itself."""
    return replace(standing, entitlement=replace(standing.entitlement, is_default=True))


def _of_any_product(standing: Standing) -> Standing:
    return replace(standing, entitlement=replace(standing.entitlement, products=()))
