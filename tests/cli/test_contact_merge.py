"""`mailcase contact merge` and `mailcase account merge`."""

import json
from collections.abc import Callable

import pytest

from cli.conftest import DeskFolder, Done, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.store import audit, outbox, timeline

CLARA, HOME = "clara@customer.example", "clara@home.example"
Run = Callable[..., Done]


@pytest.fixture
def run(mailcase: Mailcase, desk: DeskFolder) -> Run:
    """Runs a command on the desk, as Anna who is a lead where somebody has to act."""

    def run(*arguments: object, who: str | None = "anna") -> Done:
        return mailcase("--config", desk.config, *arguments, *(["--as", who] if who else []))

    return run


def arrive(desk: DeskFolder, sender: str, name: str, answers: str = "") -> None:
    app = desk.opened()
    headers = {"In-Reply-To": f"<{answers}>"} if answers else {}
    store(app, mail(sender=sender, message_id=f"<{name}@customer.example>", headers=headers), None)
    while intake(app):
        pass
    app.close()


def show(run: Run, address: str) -> dict[str, object]:
    shown: dict[str, object] = run("contact", "show", address, "--json", who=None).json
    return shown


def numbers(run: Run, address: str) -> list[str]:
    return [case["number"] for case in run("contact", "show", address, "--json", who=None).json["open_cases"]]


def test_cases_open_and_closed_move_with_their_addresses(run: Run, desk: DeskFolder) -> None:
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")
    arrive(desk, HOME, "3")
    closed, opened = sorted(numbers(run, HOME))
    run("case", "resolve", closed)

    done = run("contact", "merge", CLARA, HOME, "--json").json

    assert sorted(done["cases"]) == [closed, opened]
    shown = run("contact", "show", HOME, "--json", who=None).json
    assert (shown["address"], shown["addresses"], shown["total_cases"]) == (CLARA, [CLARA, HOME], 3)
    assert [case["number"] for case in shown["earlier_cases"]] == [closed]


def test_each_case_tells_of_it(run: Run, desk: DeskFolder) -> None:
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")

    run("contact", "merge", CLARA, HOME)

    app = desk.opened()
    with app.database.read() as tx:
        told = timeline.by_case(tx, 2)[-1]
        changed = json.loads(audit.of_object(tx, "case", 2)[-1].changes)
        merged = audit.of_object(tx, "contact", 1)[-1]
    app.close()
    assert (told.event, told.actor, told.summary) == (
        "contact_merged",
        "anna",
        f"customer {HOME} was merged into {CLARA}",
    )
    assert changed == {"contact_id": [2, 1]}
    assert (merged.action, json.loads(merged.changes)["merged"]) == ("contact.merge", [2])


def test_an_answer_from_the_old_address_to_an_old_mail_finds_its_case(run: Run, desk: DeskFolder) -> None:
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")
    app = desk.opened()
    with app.database.read() as tx:
        (ack,) = [one for one in outbox.find(tx, limit=50) if one.case_id == 2 and "acknowledged" in one.template]
    app.close()

    run("contact", "merge", CLARA, HOME)
    arrive(desk, HOME, "4", answers=ack.message_id)

    assert len(numbers(run, CLARA)) == 2  # no third one
    app = desk.opened()
    with app.database.read() as tx:
        entries = [entry.event for entry in timeline.by_case(tx, 2)]
    app.close()
    assert "customer_wrote" in entries


def test_a_trial_leaves_everything_as_it_was(run: Run, desk: DeskFolder) -> None:
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")

    assert "would be" in run("contact", "merge", CLARA, HOME, "--dry-run").text
    assert show(run, HOME)["address"] == HOME
    assert len(numbers(run, CLARA)) == 1


def test_active_cases_go_over_to_the_survivors_account(run: Run, desk: DeskFolder) -> None:
    run("account", "create", "Customer Ltd", "--domain", "customer.example")
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")

    run("contact", "merge", CLARA, HOME)

    listed = run("case", "list", "--customer", "Customer Ltd", "--json", who=None).json
    assert len(listed) == 2


def test_only_a_lead_merges_and_nobody_with_oneself(run: Run, desk: DeskFolder) -> None:
    arrive(desk, CLARA, "1")
    arrive(desk, HOME, "2")

    run("contact", "merge", CLARA, HOME, who="ben").fails(1, "needs the role lead; you are agent")
    run("contact", "merge", CLARA, CLARA).fails(1, "is that contact already")


def test_accounts_are_merged_with_all_that_is_theirs(run: Run, desk: DeskFolder) -> None:
    run("account", "create", "Acme", "--domain", "customer.example")
    run("account", "create", "Acme South", "--domain", "home.example")
    arrive(desk, HOME, "1")

    assert "Acme South is Acme (1)." in run("account", "merge", "Acme", "Acme South").text

    shown = run("account", "show", "Acme", "--json", who=None).json
    assert (shown["domains"], shown["total_contacts"]) == (["customer.example", "home.example"], 1)
    assert [case["customer"] for case in shown["open_cases"]] == [HOME]
