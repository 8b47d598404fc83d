"""`mailcase entitlement`."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.desks import RULES
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number
from mailcase.store import audit

FIRST = format_number(1)
MIA = "  mia: {name: Mia Roth, address: mia@northwind.example, role: manager}\n"
GOLD = """\
entitlements:
  gold: {name: Gold, contact: clara@customer.example, cases: 15, from: 2026-01-01, to: 2099-12-31}
"""


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with a gold customer who has one case."""
    rules = desk.folder / "rules"
    (rules / "agents.yaml").write_text(RULES["agents.yaml"] + MIA)
    (rules / "entitlements.yaml").write_text(GOLD)
    app = desk.opened()
    store(app, mail(), None)
    while intake(app):
        pass
    app.close()
    return desk


@pytest.fixture
def told(mailcase: Mailcase, desk: DeskFolder):
    """Runs `mailcase entitlement` as the manager and returns its JSON."""

    def run(*words: object, who: str | None = "mia"):
        more = ["--as", who] if who else []
        done = mailcase("--config", desk.config, "entitlement", *words, *more, "--json")
        assert done.code == 0, done.err
        return done.json

    return run


def test_what_is_left_is_listed_and_explained(told, mailcase: Mailcase, desk: DeskFolder) -> None:
    (listed,) = told("list", who=None)
    ledger = told("ledger", "gold", who=None)
    shown = mailcase("--config", desk.config, "entitlement", "show", "1").text

    assert (listed["customer"], listed["left"], listed["total"]) == ("clara@customer.example", 14, 15)
    assert [(entry["case"], entry["amount"], entry["cause"]) for entry in ledger["entries"]] == [(FIRST, 1, "mail 1")]
    assert "Gold: 14 of 15 cases left" in shown


def test_a_case_is_exempted_and_counted_again(told) -> None:
    told("exempt", FIRST, who="anna")
    assert told("show", "gold", who=None)["left"] == 15
    told("exempt", FIRST, "--off", who="anna")
    assert told("ledger", "gold", who=None)["left"] == 14


def test_it_is_renewed_once_and_cancelled(told, mailcase: Mailcase, desk: DeskFolder) -> None:
    successor = told("renew", "1")
    again = mailcase("--config", desk.config, "entitlement", "renew", "1", "--as", "mia")
    cancelled = told("cancel", "1")

    assert (successor["id"], successor["agreement"], successor["renewed_from_id"]) == (2, "gold", 1)
    again.fails(1, "renewed already")
    assert cancelled["state"] == "cancelled"


def test_one_is_made_by_command_and_a_case_put_under_it(told) -> None:
    terms = ("--customer", "clara@customer.example", "--hours", "2.5", "--from", "2026-03-01", "--to", "2099-12-31")
    made = told("create", "Spring", *terms, "--draft")
    assert (made["state"], made["total"], made["term"]) == ("draft", 150, "hours")

    assert told("activate", made["id"])["state"] == "active"
    told("apply", FIRST, made["id"])
    assert told("show", "gold", who=None)["left"] == 15
    assert told("deactivate", made["id"])["state"] == "draft"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["renew", "1", "--as", "anna"], "manager"),
        (["show", "9"], "there is no entitlement 9"),
        (["apply", FIRST, "1", "--as", "mia"], "already"),
        (
            [
                "create",
                "X",
                "--customer",
                "x.example",
                "--cases",
                "1",
                "--from",
                "2026-01-01",
                "--to",
                "2026-02-01",
                "--as",
                "mia",
            ],
            "no company",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(mailcase: Mailcase, desk: DeskFolder, words: list[str], said: str) -> None:
    mailcase("--config", desk.config, "entitlement", *words).fails(1, said)


def test_a_change_is_audited(told, desk: DeskFolder) -> None:
    told("cancel", "gold")

    app = desk.opened()
    with app.database.read() as tx:
        records = audit.of_object(tx, "entitlement", 1)
    app.close()
    assert [(one.actor, one.action) for one in records][-1] == ("mia", "entitlement.cancel")


def test_a_wrong_file_is_refused_with_its_places(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    wrong = GOLD.replace("cases: 15, ", "").replace("clara@customer.example", "nobody")
    (desk.folder / "rules/entitlements.yaml").write_text(wrong)

    done = mailcase("--config", desk.config, "rules", "check")

    assert done.code == 2
    assert "entitlements.yaml:2:9: it needs a total, `cases` or `hours`." in done.err
