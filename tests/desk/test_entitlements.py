"""What cases take from entitlements, through the whole desk and its store."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desk.values import ANNA, a_case
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.housekeep import housekeep
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk import cases as verbs
from mailcase.desk import entitlement_work as work
from mailcase.desk.agreements import adopt
from mailcase.desk.deletion import delete
from mailcase.desk.entitlements import give_back
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act, Outcome
from mailcase.desk.record import record
from mailcase.domain.case import Case, Status
from mailcase.domain.entitlement import Entitlement, EntitlementState
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.party import Contact, Role
from mailcase.errors import Refused, StaleWrite
from mailcase.store import audit, cases, contacts, entitlements, outbox, timeline
from mailcase.store.tx import Tx

REASONS = StatusReasons()
GOLD = """\
entitlements:
  gold:
    name: Gold
    account: {{name: Acme, domains: [acme.example]}}
    cases: {cases}
    from: 2026-01-01
    to: 2026-12-31
    owner: anna
    {more}
"""


def an_app(folder: Path, url: str, cases: int = 15, more: str = "") -> App:
    rules = {"entitlements.yaml": GOLD.format(cases=cases, more=more)}
    return open_app(furnish(folder, Furniture(url=url, rules=rules)), ManualClock())


def act(app: App, actor: str = "anna") -> Act:
    return Act(actor=actor, cause="a test", now=app.now())


def a_new_case(tx: Tx, app: App, entitlement: Entitlement, **changes: object) -> Case:
    address = "carla@acme.example"
    known = contacts.by_address(tx, address)
    contact = known or contacts.insert(tx, Contact(name="Carla", address=address, created_at=START))
    fields = {"id": 0, "contact_id": contact.id, "entitlement_id": entitlement.id, "queue": None} | changes
    return record(tx, app.desk, Outcome(before=None, case=a_case(**fields)), app.now()).case


def left(tx: Tx, key: str = "gold") -> int:
    return entitlements.standing(tx, work.find(tx, key)).left()


def arrive(app: App, sender: str) -> None:
    store(app, mail("It does not work.", sender=sender), None)
    while intake(app):
        pass


def merge(tx: Tx, app: App, case: Case) -> None:
    """What merging does to the loser."""
    loser = replace(case, status=Status.CANCELLED, status_reason="merged")
    record(tx, app.desk, Outcome.of(case).then(case=loser), app.now())


def happen(tx: Tx, app: App, case: Case, event: str, minutes: int) -> None:
    """Let `event` happen to a case, if it can."""
    outcome = read_case(tx, case)
    try:
        match event:
            case "resolve":
                done = verbs.resolve(outcome, "problem_solved", None, app.desk.rulebook, act(app))
                outcome = replace(done, case=replace(done.case, billable_minutes=minutes))
            case "cancel":
                outcome = verbs.cancel(outcome, "a test", REASONS, act(app))
            case "reactivate":
                outcome = verbs.reactivate(outcome, "a test", REASONS, act(app))
            case "exempt":
                outcome = verbs.change_fields(outcome, act(app), is_exempt=True)
            case _:
                return merge(tx, app, case) if case.is_active else None
    except Refused:
        return None
    record(tx, app.desk, outcome, app.now())
    return None


def owed(case: Case, terms: str) -> int:
    if case.is_exempt or case.status is Status.CANCELLED:
        return 0
    if terms == "creation":
        return 1
    is_resolved = case.status is Status.RESOLVED
    return is_resolved if terms == "resolution" else (case.billable_minutes or 0) * is_resolved


EVENTS = st.sampled_from(["create", "resolve", "cancel", "reactivate", "merge", "delete", "exempt", "again"])
TERMS = {"creation": "restrict: false", "resolution": "decrease_on: resolution", "hours": ""}


@pytest.mark.parametrize("terms", TERMS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(EVENTS, st.integers(0, 5), st.integers(0, 90)), max_size=25))
def test_the_balance_is_the_total_less_the_live_entries_whatever_happens(
    database_url: str, tmp_path: Path, terms: str, steps: list[tuple[str, int, int]]
) -> None:
    app = an_app(tmp_path, database_url, more=TERMS[terms])
    try:
        with app.database.begin() as tx:
            if terms == "hours":
                found = work.find(tx, "gold")
                hours = replace(found, term="hours", decrease_on="resolution", restricts=False)
                entitlements.update(tx, hours)
            before, mine, deleted = left(tx), [], set()
            for event, place, minutes in steps:
                if event == "create" or not mine:
                    mine.append(a_new_case(tx, app, work.find(tx, "gold")).id)
                    continue
                case = cases.get(tx, mine[place % len(mine)])
                assert case is not None
                if case.id in deleted:
                    continue
                if event == "delete":
                    give_back(tx, case, "deleted", app.now())
                    deleted.add(case.id)
                else:
                    happen(tx, app, case, event, minutes)
            alive = [case for key in mine if key not in deleted and (case := cases.get(tx, key))]
            assert left(tx) == before - sum(owed(case, terms) for case in alive)
            tx.connection.rollback()
    finally:
        app.close()


def test_the_store_refuses_an_entry_that_was_made_already(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url)
    with app.database.begin() as tx:
        case = a_new_case(tx, app, work.find(tx, "gold"))
        (entry,) = entitlements.entries(tx, work.find(tx, "gold").id, case.id)
    with pytest.raises(StaleWrite), app.database.begin() as tx:
        entitlements.append(tx, [entry])
    app.close()


def test_a_mail_takes_from_what_its_company_has_bought(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url)
    arrive(app, "tom@acme.example")
    arrive(app, "max@other.example")
    with app.database.read() as tx:
        first, second = cases.get(tx, 1), cases.get(tx, 2)
        assert (first and first.entitlement_id, second and second.entitlement_id) == (1, None)
        assert left(tx) == 14
    app.close()


def test_a_deleted_case_gives_back_what_it_took(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url)
    arrive(app, "tom@acme.example")
    with app.database.begin() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        delete(tx, app.desk.rulebook, case, replace(ANNA, role=Role.ADMIN), act(app))
        assert left(tx) == 15
    app.close()


def test_the_owner_of_the_account_is_told_at_eighty_and_a_hundred_percent(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url, cases=5)
    for number in range(6):
        arrive(app, f"{number}@acme.example")
    with app.database.read() as tx:
        told = [one.subject for one in outbox.find(tx, limit=100) if one.template == "agent/entitlement_used"]
        without = cases.get(tx, 6)
    assert sorted(subject.partition("] ")[2] for subject in told) == [
        "100 % of an entitlement are used: Gold: 0 of 5 cases left",
        "80 % of an entitlement are used: Gold: 1 of 5 cases left",
    ]
    assert without is not None
    assert without.entitlement_id is None, "what is used up is not applied"
    app.close()


def test_a_changed_file_changes_the_terms_and_a_removed_entry_is_cancelled(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url)
    arrive(app, "tom@acme.example")
    (tmp_path / "rules/entitlements.yaml").write_text(GOLD.format(cases=20, more="restrict: false"))
    app.reload()
    with app.database.read() as tx:
        found = work.find(tx, "gold")
        assert (found.total, found.restricts, left(tx)) == (20, False, 19)
    (tmp_path / "rules/entitlements.yaml").write_text("entitlements: {}\n")
    app.reload()
    with app.database.begin() as tx:
        assert work.find(tx, "gold").state(app.now()) is EntitlementState.CANCELLED
        assert [one.action for one in audit.of_object(tx, "entitlement", 1)] == [
            "entitlement.create",
            "entitlement.update",
            "entitlement.cancel",
        ]
        assert adopt(tx, app.desk, app.now()) == ()
    app.close()


def test_what_renews_itself_has_its_successor_before_it_ends(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url, more="renew: true")
    clock = app.now
    assert isinstance(clock, ManualClock)
    with app.database.read() as tx:
        clock.moment = work.find(tx, "gold").ends_at - timedelta(hours=3)
    housekeep(app)
    housekeep(app)
    with app.database.read() as tx:
        first, second = entitlements.of_key(tx, "gold")
        assert (second.starts_at, second.renewed_from_id, second.renews) == (first.ends_at, first.id, True)
        assert second.state(clock()) is EntitlementState.WAITING
    app.close()


def test_a_case_that_changes_its_entitlement_gives_back_to_the_old_one(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url)
    with app.database.begin() as tx:
        case = a_new_case(tx, app, work.find(tx, "gold"))
        moved = work.apply(tx, app.desk, case, None, act(app)).case
        assert (left(tx), moved.entitlement_id) == (15, None)
        assert [entry.summary for entry in timeline.by_case(tx, case.id)][-1] == (
            "entitlement given back: Gold: 15 of 15 cases left"
        )
    app.close()


def test_two_cases_cannot_both_have_the_last_one(database_url: str, tmp_path: Path) -> None:
    app = an_app(tmp_path, database_url, cases=1)
    with app.database.begin() as tx:
        a_new_case(tx, app, work.find(tx, "gold"))
    with pytest.raises(StaleWrite, match="used up"), app.database.begin() as tx:
        a_new_case(tx, app, work.find(tx, "gold"))
    app.close()
