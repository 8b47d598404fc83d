"""`mailcase forget` and `mailcase retention`."""

from datetime import timedelta

import pytest

from cli.conftest import DeskFolder, Mailcase
from daemon.values import filed_case
from lab.mails import mail


def furnished(desk: DeskFolder, extra: str = "") -> None:
    with desk.config.open("a") as settings:
        settings.write(extra)
    app = desk.opened()
    filed_case(app, mail(headers={"List-Id": "<news.list.example>", "Precedence": "bulk"}, message_id="<n@l.example>"))
    filed_case(app)
    app.close()


def test_a_person_is_forgotten_and_the_proof_is_printed(mailcase: Mailcase, desk: DeskFolder) -> None:
    furnished(desk)
    done = mailcase("forget", "clara@customer.example", "--yes", "--json", "--config", desk.config)
    assert done.code == 0, done.err
    assert (done.json["cases"], done.json["found"], done.json["is_complete"]) == (1, {}, True)
    assert done.json["searched"]["contents"] > 0
    again = mailcase("forget", "clara@customer.example", "--yes", "--config", desk.config)
    assert "no contact, 0 cases, 0 mails." in again.text
    assert "Found: 0." in again.text


def test_nobody_is_forgotten_without_a_yes(mailcase: Mailcase, desk: DeskFolder) -> None:
    furnished(desk)
    mailcase("forget", "clara@customer.example", "--config", desk.config).fails(1, "--yes")
    shown = mailcase("case", "list", "--json", "--config", desk.config)
    assert len(shown.json) == 1


@pytest.mark.parametrize("slip", ["clara", "clara@", "@customer.example"])
def test_a_slip_is_no_proof(mailcase: Mailcase, desk: DeskFolder, slip: str) -> None:
    mailcase("forget", slip, "--yes", "--config", desk.config).fails(1, "no mail address, so nothing was looked for")


def test_an_erased_mail_cannot_be_tried_again(mailcase: Mailcase, desk: DeskFolder) -> None:
    furnished(desk)
    mailcase("forget", "clara@customer.example", "--yes", "--config", desk.config)
    mailcase("inbox", "retry", 2, "--config", desk.config).fails(1, "erased")


def test_retention_says_what_would_go_and_then_deletes_it(mailcase: Mailcase, desk: DeskFolder) -> None:
    desk.clock.advance(-timedelta(days=3650))
    furnished(desk, "[retention]\nignored_mail_days = 7\n")
    dry = mailcase("retention", "--dry-run", "--json", "--config", desk.config)
    (wet,) = mailcase("retention", "--json", "--config", desk.config).json["expired"]
    assert dry.json["expired"] == [{"what": "skipped and discarded mails", "days": 7, "count": 1, "removed": {}}]
    assert (wet["count"], wet["removed"]["inbox"]) == (1, 1)
    assert mailcase("retention", "--json", "--config", desk.config).json["expired"][0]["count"] == 0


def test_nothing_expires_without_a_setting(mailcase: Mailcase, desk: DeskFolder) -> None:
    furnished(desk)
    assert "Nothing ever expires" in mailcase("retention", "--config", desk.config).text
