"""Agreements with customers made of their forms."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from mailcase.domain.agreement import Agreement
from mailcase.domain.entitlement import Channel, DecreaseOn, Term
from mailcase.domain.party import canonical_address
from mailcase.rules import schema_entitlements as schema
from mailcase.rules.page import Names, Page, Part

_ANYBODY = 1  # stands for a customer who is looked up when the file is taken over


def agreements(form: schema.EntitlementsFile, names: Names, page: Page) -> dict[str, Agreement]:
    """Return the agreements by key."""
    made = {
        key: _agreement(key, one, names, page.inside("entitlements", key))
        for key, one in (form.entitlements or {}).items()
    }
    return {key: agreement for key, agreement in made.items() if agreement}


def _agreement(key: str, form: schema.EntitlementForm, names: Names, part: Part) -> Agreement | None:
    part.check_name(form.sla, "SLA", names.slas, "sla")
    part.check_name(form.owner, "agent", names.agents, "owner")
    if (form.account is None) == (form.contact is None):
        part.wrong("it needs one customer, `account` or `contact`.")
    if (form.cases is None) == (form.hours is None):
        part.wrong("it needs a total, `cases` or `hours`.")
        return None
    if form.cases is not None and any(not share.is_integer() for share in (form.channels or {}).values()):
        part.wrong("cases are whole; give whole numbers.", "channels")
    addresses = [_address(text, part, "contacts", number) for number, text in enumerate(form.contacts or [])]
    contact = _address(form.contact, part, "contact") if form.contact else ""
    found = Agreement(
        key=key,
        name=form.name,
        account=form.account.name if form.account else "",
        domains=_domains(form.account, part.inside("account", "domains")),
        contact=contact,
        contacts=tuple(address for address in addresses if address),
        products=tuple(form.products or ()),
        channels=tuple(
            Channel(origin=origin, total=_total(share, form)) for origin, share in (form.channels or {}).items()
        ),
        term=Term.CASES if form.hours is None else Term.HOURS,
        total=_total(form.cases or form.hours or 0, form),
        decrease_on=DecreaseOn(form.decrease_on or ("creation" if form.hours is None else "resolution")),
        restricts=form.restrict,
        sla=form.sla,
        owner=form.owner,
        is_default=form.default,
        renews=form.renew,
        first=form.first,
        last=form.last,
    )
    return found if part.checked(lambda: _as_entitlement(found)) else None


def _as_entitlement(found: Agreement) -> bool:
    """Make it, with somebody for its customer, so that the domain says what is wrong with its terms."""
    is_company = bool(found.account)
    found.entitlement(
        ZoneInfo("UTC"),
        datetime(2026, 1, 1, tzinfo=UTC),
        account_id=_ANYBODY if is_company else None,
        contact_id=None if is_company else _ANYBODY,
        contacts=(_ANYBODY,) * bool(found.contacts),
    )
    return True


def _total(share: float, form: schema.EntitlementForm) -> int:
    """Return a share in the units of the term, cases or minutes."""
    return round(share) if form.hours is None else round(60 * share)


def _domains(form: schema.AccountForm | None, part: Part) -> tuple[str, ...]:
    domains = []
    for number, text in enumerate(form.domains if form else ()):
        if "@" in text or "." not in text:
            part.wrong(f"{text!r} is not a mail domain; write acme.example.", number)
        domains.append(canonical_address(f"x@{text}").partition("@")[2])
    return tuple(dict.fromkeys(domains))


def _address(text: str, part: Part, *path: str | int) -> str:
    address = canonical_address(text)
    local, _, domain = address.rpartition("@")
    if not local or not domain or " " in address:
        part.wrong(f"{text!r} is not a mail address; write name@domain.", *path)
        return ""
    return address
