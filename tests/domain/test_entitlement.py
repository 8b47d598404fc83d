from datetime import timedelta

import pytest

from domain.calendars import at
from mailcase.domain.entitlement import (
    Channel,
    Claim,
    DecreaseOn,
    Entitlement,
    EntitlementState,
    Term,
    activate,
    cancel,
    covers,
    deactivate,
    renew,
)
from mailcase.errors import Invalid, Refused

START, END = at("2026-01-01"), at("2027-01-01")
BEFORE, DURING, AFTER = at("2025-12-01"), at("2026-06-15"), at("2027-02-01")
CLAIM = Claim(contact_id=5, account_id=3, product="router", origin="email")


def entitlement(**change):
    terms = {"id": 1, "name": "Gold", "account_id": 3, "total": 15, "starts_at": START, "ends_at": END}
    return Entitlement(**(terms | {"activated_at": BEFORE} | change))


@pytest.mark.parametrize(
    ("change", "now", "state"),
    [
        ({"activated_at": None}, DURING, EntitlementState.DRAFT),
        ({}, BEFORE, EntitlementState.WAITING),
        ({}, START, EntitlementState.ACTIVE),
        ({}, END - timedelta(microseconds=1), EntitlementState.ACTIVE),
        ({}, END, EntitlementState.EXPIRED),
        ({"cancelled_at": DURING}, AFTER, EntitlementState.CANCELLED),
    ],
)
def test_an_entitlement_waits_is_active_and_expires(change, now, state):
    assert entitlement(**change).state(now) is state


@pytest.mark.parametrize(
    ("change", "is_covered"),
    [
        ({}, True),
        ({"account_id": 4}, False),
        ({"contacts": (5, 6)}, True),
        ({"contacts": (6,)}, False),
        ({"account_id": None, "contact_id": 5}, True),
        ({"account_id": None, "contact_id": 6}, False),
        ({"products": ("switch", "router")}, True),
        ({"products": ("switch",)}, False),
        ({"channels": (Channel(origin="email", total=15),)}, True),
        ({"channels": (Channel(origin="phone", total=15),)}, False),
        ({"activated_at": None}, False),
        ({"cancelled_at": BEFORE}, False),
    ],
)
def test_an_entitlement_covers_its_customers_products_and_channels(change, is_covered):
    assert covers(entitlement(**change), CLAIM, DURING) is is_covered


def test_a_contact_without_account_is_not_covered_by_an_account():
    stranger = Claim(contact_id=5, account_id=None, product="", origin="email")

    assert not covers(entitlement(), stranger, DURING)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"account_id": None}, "one customer"),
        ({"contact_id": 5}, "one customer"),
        ({"account_id": None, "contact_id": 5, "contacts": (6,)}, "name the account"),
        ({"total": 0}, "total above zero"),
        ({"ends_at": START}, "end after its start"),
        ({"term": Term.HOURS}, "decrease on resolution"),
        ({"channels": (Channel(origin="email", total=0),)}, "channel a total"),
        ({"channels": (Channel(origin="email", total=9), Channel(origin="phone", total=7))}, "more than the total"),
        ({"channels": (Channel(origin="email", total=1),) * 2}, "each channel once"),
    ],
)
def test_terms_that_make_no_sense_are_refused(change, problem):
    with pytest.raises(Invalid, match=problem):
        entitlement(**change)


def test_minutes_are_counted_on_resolution():
    assert entitlement(term=Term.HOURS, decrease_on=DecreaseOn.RESOLUTION, total=600).term is Term.HOURS


def test_a_draft_is_activated_and_taken_back():
    draft = entitlement(activated_at=None)

    active = activate(draft, DURING)

    assert active.state(DURING) is EntitlementState.ACTIVE
    assert deactivate(active, DURING) == draft


@pytest.mark.parametrize(
    ("change", "step", "now"),
    [
        ({}, activate, DURING),
        ({"activated_at": None}, activate, AFTER),
        ({"activated_at": None}, deactivate, DURING),
        ({}, deactivate, AFTER),
        ({}, cancel, AFTER),
        ({"cancelled_at": BEFORE}, cancel, DURING),
        ({"activated_at": None}, renew, DURING),
    ],
)
def test_a_step_that_its_state_does_not_allow_is_refused(change, step, now):
    with pytest.raises(Refused, match="Gold"):
        step(entitlement(**change), now)


@pytest.mark.parametrize(
    ("change", "now", "starts_at"),
    [({}, DURING, END), ({}, AFTER, AFTER), ({"cancelled_at": DURING}, DURING, DURING)],
)
def test_a_renewal_follows_the_old_one_with_the_same_length(change, now, starts_at):
    again = renew(entitlement(told_percent=80, version=3, **change), now)

    assert (again.starts_at, again.ends_at) == (starts_at, starts_at + timedelta(days=365))
    assert (again.id, again.renewed_from_id, again.told_percent, again.version) == (0, 1, 0, 0)
    assert again.state(now) is EntitlementState.DRAFT
