from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.calendars import at
from mailcase.domain.case import Status
from mailcase.domain.entitlement import Channel, Claim, DecreaseOn, Entitlement, Term
from mailcase.domain.entitlement_ledger import (
    Charge,
    Standing,
    alerts,
    check,
    default_for,
    live,
    owed,
    remaining,
    settle,
    usage,
    used,
)
from mailcase.errors import Refused

NOW = at("2026-06-15")
GOLD = Entitlement(
    id=1,
    name="Gold",
    account_id=3,
    total=15,
    starts_at=at("2026-01-01"),
    ends_at=at("2027-01-01"),
    activated_at=at("2025-12-01"),
    is_default=True,
)
ON_RESOLUTION = replace(GOLD, decrease_on=DecreaseOn.RESOLUTION)
HOURS = replace(ON_RESOLUTION, term=Term.HOURS, total=600)
CLAIM = Claim(contact_id=5, account_id=3, product="", origin="email")


def charge(case_id, amount, origin="email", cause="created"):
    return Charge(case_id=case_id, origin=origin, amount=amount, cause=cause, at=NOW)


def standing(entitlement, entries=()):
    return Standing(entitlement=entitlement, taken=tuple(usage(entries).items()))


def entered(entitlement, *charges):
    entries = ()
    for one in charges:
        entries += settle(entitlement, entries, one)
    return entries


@pytest.mark.parametrize(
    ("entitlement", "status", "minutes", "amount"),
    [
        (GOLD, Status.ACTIVE, None, 1),
        (GOLD, Status.RESOLVED, 90, 1),
        (GOLD, Status.CANCELLED, None, 0),
        (ON_RESOLUTION, Status.ACTIVE, None, 0),
        (ON_RESOLUTION, Status.RESOLVED, None, 1),
        (ON_RESOLUTION, Status.CANCELLED, None, 0),
        (HOURS, Status.ACTIVE, 90, 0),
        (HOURS, Status.RESOLVED, 90, 90),
        (HOURS, Status.RESOLVED, None, 0),
    ],
)
def test_what_a_case_owes_follows_from_its_state(entitlement, status, minutes, amount):
    assert owed(entitlement, status, minutes, is_exempt=False) == amount
    assert owed(entitlement, status, minutes, is_exempt=True) == 0


def test_fifteen_less_one_is_fourteen_and_the_ledger_says_why():
    entries = entered(GOLD, charge(7, 1, cause="created by mail 17"))

    assert standing(GOLD, entries).left() == 14
    assert [(entry.key, entry.case_id, entry.amount, entry.cause) for entry in entries] == [
        ("1/7/1", 7, 1, "created by mail 17")
    ]


def test_the_same_event_handled_twice_takes_once():
    assert len(entered(GOLD, charge(7, 1), charge(7, 1))) == 1


def test_cancel_gives_back_and_reactivate_takes_again():
    entries = entered(GOLD, charge(7, 1), charge(7, 0, cause="cancelled"), charge(7, 1, cause="reactivated"))

    assert [(entry.amount, entry.reverses, entry.cause) for entry in entries] == [
        (1, "", "created"),
        (-1, "1/7/1", "cancelled"),
        (1, "", "reactivated"),
    ]
    assert [entry.key for entry in live(entries)] == ["1/7/3"]


def test_a_case_resolved_again_with_other_minutes_owes_the_new_ones():
    entries = entered(HOURS, charge(7, 90), charge(7, 120))

    assert standing(HOURS, entries).left() == 480
    assert [entry.amount for entry in entries] == [90, -90, 120]


def test_a_case_whose_origin_was_mended_moves_to_the_other_channel():
    both = replace(GOLD, channels=(Channel(origin="email", total=10), Channel(origin="phone", total=5)))

    entries = entered(both, charge(7, 1, "email"), charge(8, 1, "email"), charge(7, 1, "phone"))

    assert [standing(both, entries).left(origin) for origin in (None, "email", "phone")] == [13, 9, 4]


def test_a_channel_has_no_more_left_than_the_whole():
    uneven = replace(GOLD, total=2, channels=(Channel(origin="email", total=1), Channel(origin="phone", total=1)))
    entries = entered(uneven, charge(7, 2, "phone"))

    assert standing(uneven, entries).left("email") == 0


def test_a_new_case_is_refused_when_nothing_is_left():
    used_up = entered(GOLD, *(charge(case_id, 1) for case_id in range(15)))

    check(standing(GOLD, used_up[:14]), CLAIM, NOW)
    check(standing(replace(GOLD, restricts=False), used_up), CLAIM, NOW)
    with pytest.raises(Refused, match="used up"):
        check(standing(GOLD, used_up), CLAIM, NOW)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"activated_at": None}, "is draft"),
        ({"ends_at": NOW}, "is expired"),
        ({"products": ("router",)}, "does not cover"),
    ],
)
def test_a_new_case_is_refused_by_an_entitlement_that_is_not_for_it(change, problem):
    with pytest.raises(Refused, match=problem):
        check(standing(replace(GOLD, **change)), CLAIM, NOW)


def test_what_has_something_left_and_ends_first_is_applied_by_itself():
    negative = replace(GOLD, id=2, restricts=False, ends_at=at("2026-07-01"))
    sooner = replace(GOLD, id=3, ends_at=at("2026-08-01"))
    by_hand = replace(GOLD, id=4, is_default=False, ends_at=at("2026-06-20"))

    def chosen(*candidates):
        rows = [Standing(entitlement=one, taken=(("email", one.total - left),)) for one, left in candidates]
        found = default_for(rows, CLAIM, NOW)
        return found and found.entitlement

    assert chosen((negative, 0), (GOLD, 5), (sooner, 1), (by_hand, 9)) == sooner
    assert chosen((negative, 0), (GOLD, 0), (sooner, 0)) == negative
    assert chosen((GOLD, 0), (by_hand, 9)) is None


@pytest.mark.parametrize(
    ("entitlement", "taken", "said"),
    [
        (GOLD, 1, "Gold: 14 of 15 cases left"),
        (HOURS, 90, "Gold: 8.5 of 10 hours left"),
        (HOURS, 620, "Gold: -0.33 of 10 hours left"),
    ],
)
def test_what_is_left_is_said_in_one_line(entitlement, taken, said):
    assert str(Standing(entitlement=entitlement, taken=(("email", taken),))) == said


def test_the_owner_is_told_once_of_eighty_and_of_a_hundred_percent():
    told, entries, entitlement = [], (), replace(GOLD, restricts=False)
    for case_id in [*range(12), 11, *range(12, 17)]:
        amount = 0 if case_id == 11 and case_id in {entry.case_id for entry in live(entries)} else 1
        entries += settle(entitlement, entries, charge(case_id, amount))
        entitlement, percents = alerts(entitlement, used(entries))
        told += [(used(entries), percent) for percent in percents]

    assert told == [(12, 80), (15, 100)]


def test_a_jump_over_both_percentages_tells_both():
    _, percents = alerts(HOURS, used(entered(HOURS, charge(7, 700))))

    assert percents == (80, 100)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50), st.sampled_from(["email", "phone"])), max_size=20))
def test_each_case_holds_what_it_owed_last_and_no_key_comes_twice(rows):
    entries = entered(HOURS, *(charge(case_id, amount, origin) for case_id, amount, origin in rows))

    last = {case_id: amount for case_id, amount, _ in rows}
    assert {entry.case_id: entry.amount for entry in live(entries)} == {k: v for k, v in last.items() if v}
    assert standing(HOURS, entries).left() == HOURS.total - sum(last.values())
    assert len({entry.key for entry in entries}) == len(entries)


class Desk(RuleBasedStateMachine):
    """Cases that are created, resolved, cancelled, reactivated, merged and deleted, each event told once or twice."""

    @initialize(entitlement=st.sampled_from([GOLD, ON_RESOLUTION, HOURS]))
    def begin(self, entitlement):
        self.entitlement, self.entries, self.cases = entitlement, (), {}

    def happens(self, case_id, status, minutes, times, *, amount=None):
        self.cases[case_id] = (status, minutes)
        amount = owed(self.entitlement, status, minutes, is_exempt=case_id == 4) if amount is None else amount
        for _ in range(times):
            self.entries += settle(self.entitlement, self.entries, charge(case_id, amount, cause=status))

    @rule(times=st.integers(1, 2))
    def create(self, times):
        self.happens(len(self.cases) + 1, Status.ACTIVE, None, times)

    @rule(data=st.data(), minutes=st.integers(0, 90), times=st.integers(1, 2))
    def resolve(self, data, minutes, times):
        self.move(data, Status.ACTIVE, Status.RESOLVED, minutes, times)

    @rule(data=st.data(), times=st.integers(1, 2))
    def cancel_or_merge(self, data, times):
        self.move(data, Status.ACTIVE, Status.CANCELLED, None, times)

    @rule(data=st.data(), before=st.sampled_from([Status.RESOLVED, Status.CANCELLED]), times=st.integers(1, 2))
    def reactivate(self, data, before, times):
        self.move(data, before, Status.ACTIVE, None, times)

    @rule(data=st.data(), before=st.sampled_from(Status), times=st.integers(1, 2))
    def delete(self, data, before, times):
        self.move(data, before, "deleted", None, times, amount=0)

    def move(self, data, before, after, minutes, times, *, amount=None):
        able = [case_id for case_id, (status, _) in self.cases.items() if status == before]
        if able:
            self.happens(data.draw(st.sampled_from(able)), after, minutes, times, amount=amount)

    @invariant()
    def what_is_left_is_the_total_less_what_the_cases_owe(self):
        counted = {Status.RESOLVED} if self.entitlement is not GOLD else {Status.ACTIVE, Status.RESOLVED}
        rows = [row for case_id, row in self.cases.items() if row[0] in counted and case_id != 4]
        due = sum(minutes for _, minutes in rows) if self.entitlement is HOURS else len(rows)

        assert remaining(self.entitlement, usage(self.entries)) == self.entitlement.total - due
        assert remaining(self.entitlement, usage(self.entries)) == self.entitlement.total - used(live(self.entries))


TestDesk = Desk.TestCase


def test_entries_keep_their_moment():
    (entry,) = entered(GOLD, replace(charge(7, 1), at=NOW + timedelta(hours=1)))

    assert entry.at == NOW + timedelta(hours=1)
