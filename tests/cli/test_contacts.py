"""`mailcase contact`."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from cli.conftest import DeskFolder, Done, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.store import audit, outbox

CLARA = "clara@customer.example"
SLA = """\
default: standard
slas:
  standard: {calendar: office, items: [{name: answer, kpi: first_response, fail_after: 4h}]}
"""


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk that promises something, and knows Clara."""
    (desk.folder / "rules/sla.yaml").write_text(SLA)
    arrive(desk, "1")
    return desk


def arrive(desk: DeskFolder, name: str) -> str:
    """Let a mail of Clara arrive and return the last acknowledgement."""
    app = desk.opened()
    store(app, mail(message_id=f"<{name}@customer.example>"), None)
    while intake(app):
        pass
    with app.database.read() as tx:
        found = [one for one in outbox.find(tx, limit=50) if one.template.startswith("customer/acknowledged")]
    app.close()
    return max(found, key=lambda one: one.id).raw.decode()


def test_a_customer_is_told_times_in_their_own_zone(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "contact", "zone", CLARA, "Asia/Tokyo", "--as", "anna")
    desk.clock.advance(timedelta(hours=2))

    assert "Asia/Tokyo" in done.text
    assert "Tuesday, 3 March, 00:00 JST" in arrive(desk, "2")
    assert mailcase("--config", desk.config, "contact", "show", CLARA, "--json").json["time_zone"] == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["zone", CLARA, "Berlin"], "is no time zone"),
        (["zone", "max@other.example", "Europe/Berlin"], "nobody writes from"),
    ],
)
def test_what_cannot_be_is_refused(mailcase: Mailcase, desk: DeskFolder, words: list[str], said: str) -> None:
    mailcase("--config", desk.config, "contact", *words, "--as", "anna").fails(1, said)


def test_the_change_is_audited(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "contact", "zone", CLARA, "Asia/Tokyo", "--as", "anna")

    app = desk.opened()
    with app.database.read() as tx:
        (record,) = audit.of_object(tx, "contact", 1)
    app.close()
    said = json.loads(record.changes)
    assert (record.actor, record.action, said["time_zone"]) == ("anna", "contact.update", [None, "Asia/Tokyo"])
    assert said["cause"].startswith("command line of ")


@pytest.fixture
def contact(mailcase: Mailcase, desk: DeskFolder) -> Callable[..., Done]:
    """Runs `mailcase contact`; what changes something, as Anna."""

    def run(verb: str, *arguments: object, who: str | None = "anna") -> Done:
        acting = [] if verb in ("list", "show") or who is None else ["--as", who]
        return mailcase("--config", desk.config, "contact", verb, *arguments, *acting)

    return run


def test_a_card_lists_what_is_known(contact: Callable[..., Done], desk: DeskFolder) -> None:
    arrive(desk, "2")

    text = contact("show", CLARA).text
    shown = contact("show", CLARA, "--json").json

    assert "provisional" in text
    assert "Open cases" in text
    assert [case["number"][:10] for case in shown["open_cases"]] == ["CAS-000002", "CAS-000001"]
    assert (shown["earlier_cases"], shown["total_cases"]) == ([], 2)


def test_a_resolved_case_is_an_earlier_one(contact: Callable[..., Done], mailcase: Mailcase, desk: DeskFolder) -> None:
    number = contact("show", CLARA, "--json").json["open_cases"][0]["number"]
    mailcase("--config", desk.config, "case", "resolve", number, "--as", "anna")

    shown = contact("show", CLARA, "--json").json
    assert shown["open_cases"] == []
    assert [case["status"] for case in shown["earlier_cases"]] == ["resolved"]


def test_a_contact_is_made_with_its_addresses(contact: Callable[..., Done]) -> None:
    made = contact("create", "Max@Other.example", "max@home.example", "--name", "Max", "--language", "de", "--json")

    assert made.json["addresses"] == ["max@other.example", "max@home.example"]
    assert not made.json["is_provisional"]
    assert contact("show", "max+shop@home.example", "--json").json["id"] == made.json["id"]
    assert "max@other.example" in contact("list", "other").text
    assert CLARA not in contact("list", "--confirmed").text


def test_mail_with_a_tag_is_the_contacts(contact: Callable[..., Done], desk: DeskFolder) -> None:
    app = desk.opened()
    store(app, mail(sender="Clara <Clara+shop@customer.example>", message_id="<tag@customer.example>"), None)
    while intake(app):
        pass
    app.close()

    assert contact("show", CLARA, "--json").json["total_cases"] == 2
    assert len(contact("list", "--json").json) == 1


def test_an_address_comes_and_goes(contact: Callable[..., Done]) -> None:
    assert "also clara@home.example" in contact("add-address", CLARA, "clara@home.example").text
    assert contact("show", "clara@home.example", "--json").json["address"] == CLARA
    assert contact("edit", CLARA, "--main", "clara@home.example", "--json").json["address"] == "clara@home.example"
    contact("remove-address", "clara@home.example", CLARA)
    contact("show", CLARA).fails(1, "nobody writes from")


def test_a_contact_is_confirmed_once_somebody_knows(contact: Callable[..., Done]) -> None:
    assert "Clara Weber" in contact("confirm", CLARA, "--name", "Clara Weber").text
    assert not contact("show", CLARA, "--json").json["is_provisional"]
    assert contact("edit", CLARA, "--provisional", "--json").json["is_provisional"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", CLARA], "already"),
        (["create", "support@northwind.example"], "an address of this desk"),
        (["create", "ben@northwind.example"], "the agent Ben Okoro's"),
        (["create", "nonsense"], "no mail address"),
        (["create", "max@other.example", "--account", "Nobody"], "there is no account Nobody"),
        (["edit", CLARA, "--main", "new@customer.example"], "add it first"),
        (["remove-address", CLARA, CLARA], "the one that is answered to"),
        (["remove-address", CLARA, "other@customer.example"], "is no address of"),
        (["add-address", CLARA, "ben@northwind.example"], "the agent Ben Okoro's"),
        (["edit", CLARA, "--language", "german"], "two letters"),
    ],
)
def test_a_change_that_cannot_be_is_refused(contact: Callable[..., Done], words: list[str], said: str) -> None:
    contact(*words).fails(1, said)


def test_another_contacts_address_is_not_taken(contact: Callable[..., Done]) -> None:
    contact("create", "max@other.example")
    contact("add-address", CLARA, "max@other.example").fails(1, "merge the two with `mailcase contact merge")


def test_cases_of_a_customer_are_listed(contact: Callable[..., Done], mailcase: Mailcase, desk: DeskFolder) -> None:
    contact("create", "max@other.example")

    def listed(customer: str) -> int:
        done = mailcase("--config", desk.config, "case", "list", "--customer", customer, "--json")
        return len(done.json)

    assert (listed("clara+x@customer.example"), listed("max@other.example")) == (1, 0)
