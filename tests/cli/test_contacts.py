"""`mailcase contact`."""

from datetime import timedelta

import pytest

from cli.conftest import DeskFolder, Mailcase
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

    assert done.text == "clara@customer.example: Asia/Tokyo\n"
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
    assert (record.actor, record.changes) == ("anna", '{"time_zone": [null, "Asia/Tokyo"]}')
