"""`mailcase account`."""

import json
from collections.abc import Callable

import pytest

from cli.conftest import DeskFolder, Done, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.party import Account as AccountValue
from mailcase.store import audit, contacts

CLARA = "clara@customer.example"
Account = Callable[..., Done]


@pytest.fixture
def account(mailcase: Mailcase, desk: DeskFolder) -> Account:
    """Runs `mailcase account`; what changes something, as Anna."""

    def run(verb: str, *arguments: object) -> Done:
        acting = [] if verb in ("list", "show") else ["--as", "anna"]
        return mailcase("--config", desk.config, "account", verb, *arguments, *acting)

    return run


def arrive(desk: DeskFolder, name: str) -> None:
    app = desk.opened()
    store(app, mail(message_id=f"<{name}@customer.example>"), None)
    while intake(app):
        pass
    app.close()


def test_an_account_takes_in_the_contacts_of_its_domains(account: Account, desk: DeskFolder) -> None:
    arrive(desk, "1")

    assert account("create", "Customer Ltd", "--domain", "Customer.example").text == (
        "1: Customer Ltd, customer.example, 1 contacts\n"
    )
    arrive(desk, "2")
    shown = account("show", "customer ltd", "--json").json
    assert [one["address"] for one in shown["contacts"]] == [CLARA]
    assert [one["customer"] for one in shown["open_cases"]] == [CLARA]  # the case before keeps having no account


def test_a_new_contact_belongs_to_the_account_of_its_domain(
    account: Account, mailcase: Mailcase, desk: DeskFolder
) -> None:
    account("create", "Customer Ltd", "--domain", "customer.example")
    arrive(desk, "1")

    shown = mailcase("--config", desk.config, "contact", "show", CLARA, "--json").json
    assert shown["account"] == "Customer Ltd"
    listed = mailcase("--config", desk.config, "contact", "list", "--account", "customer.example", "--json").json
    assert [one["address"] for one in listed] == [CLARA]


def test_domains_are_added_and_taken_away(account: Account) -> None:
    account("create", "Acme", "--domain", "acme.example")
    done = account("domains", "Acme", "--add", "acme.test", "--remove", "acme.example", "--json")

    assert done.json["domains"] == ["acme.test"]
    account("show", "acme.example").fails(1, "there is no account acme.example")
    assert account("show", "acme.test", "--json").json["name"] == "Acme"
    assert "Acme" in account("list", "acme.te").text


def test_a_public_provider_is_refused_unless_forced(account: Account) -> None:
    account("create", "Acme", "--domain", "gmail.com").fails(1, "public mail provider", "--force")
    assert account("create", "Acme", "--domain", "gmail.com", "--force", "--json").json["domains"] == ["gmail.com"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "Other", "--domain", "acme.example"], "the mail domain of Acme"),
        (["create", "  "], "needs a name"),
        (["create", "ACME"], "#1 is called Acme already"),
        (["domains", "Acme", "--add", "acme"], "no mail domain"),
        (["domains", "Acme", "--remove", "other.example"], "no mail domain of Acme"),
        (["show", "Nobody"], "there is no account Nobody"),
    ],
)
def test_what_cannot_be_is_refused(account: Account, words: list[str], said: str) -> None:
    account("create", "Acme", "--domain", "acme.example")
    account(*words).fails(1, said)


def test_two_of_a_name_are_told_apart(account: Account, desk: DeskFolder) -> None:
    app = desk.opened()
    with app.database.begin() as tx:
        for name in ("Acme", "ACME"):
            contacts.insert_account(tx, AccountValue(name=name, created_at=app.now()))
    app.close()

    account("show", "acme").fails(1, "several accounts are called acme", "#1, #2")
    assert account("show", "#2", "--json").json["name"] == "ACME"
    assert account("edit", "#2", "--name", "Acme South", "--json").json["name"] == "Acme South"


def test_every_change_is_audited(account: Account, desk: DeskFolder) -> None:
    account("create", "Acme", "--domain", "acme.example")
    account("edit", "Acme", "--name", "Acme South")

    app = desk.opened()
    with app.database.read() as tx:
        records = audit.of_object(tx, "account", 1)
    app.close()
    assert [record.action for record in records] == ["account.create", "account.update", "account.update"]
    assert json.loads(records[-1].changes)["name"] == ["Acme", "Acme South"]
