"""`mailcase rules`, `templates`, `db` and `run --once`."""

import sqlite3
from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from daemon.values import imap_section
from lab.desks import RULES, Furniture, ManualClock, furnish
from lab.imapserver import ImapServer
from lab.mails import mail
from lab.ports import free_port
from mailcase.sandbox.server import Sandbox

SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


def test_good_rules_are_counted(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "rules", "check")
    assert done.code == 0
    assert "1 routing rule, 2 queues, 2 agents. No errors." in done.text


def test_a_broken_rule_is_one_line_with_its_place(mailcase: Mailcase, desk: DeskFolder) -> None:
    (desk.folder / "rules" / "queues.yaml").write_text(RULES["queues.yaml"].replace("[anna]", "[nobody]"))
    mailcase("--config", desk.config, "rules", "check").fails(
        2, "queues.yaml:2:", "there is no agent or team 'nobody'; known are anna, ben"
    )


def test_an_example_that_fails_is_refused(mailcase: Mailcase, desk: DeskFolder) -> None:
    creation = "rules: []\nexamples:\n  - name: a\n    mail: {subject: Hello}\n    expect: {outcome: skip}\n"
    (desk.folder / "rules" / "record_creation.yaml").write_text(creation)
    mailcase("--config", desk.config, "rules", "check").fails(2, "record_creation.yaml:", "skip")


def test_a_mail_is_tried_on_the_rules_and_nothing_is_kept(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(subject="Invoice"))
    done = mailcase("--config", desk.config, "rules", "test", tmp_path / "a.eml")
    assert (done.code, "opens a case by rule default" in done.text) == (0, True)
    told = mailcase("--config", desk.config, "rules", "test", tmp_path / "a.eml", "--json").json
    assert told["decision"] == "OpenCase"
    assert {"rule", "place", "is_hit", "why"} == set(told["steps"][0])
    assert mailcase("--config", desk.config, "inbox", "list").text == "No mail.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["none.eml"], "none.eml: cannot be read"), (["none.eml", "-m", "sales"], "none.eml")],
)
def test_rules_test_names_what_is_wrong_with_its_arguments(
    mailcase: Mailcase, desk: DeskFolder, arguments: list[str], words: str
) -> None:
    mailcase("--config", desk.config, "rules", "test", *arguments).fails(2, words)


def test_templates_are_listed_with_their_languages(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "templates", "check")
    (line,) = [line for line in done.text.splitlines() if line.startswith("customer/acknowledged ")]
    assert set(line.split()[1:]) == {"en", "de", "fr", "es"}


def test_a_broken_template_is_one_line_with_its_place(mailcase: Mailcase, desk: DeskFolder) -> None:
    (desk.folder / "templates" / "customer").mkdir()
    (desk.folder / "templates" / "customer" / "replied.txt.j2").write_text("{{ words }\n")
    mailcase("--config", desk.config, "templates", "check").fails(2, "replied.txt.j2:1:")


def test_a_template_is_previewed_in_a_language(mailcase: Mailcase, desk: DeskFolder) -> None:
    done = mailcase("--config", desk.config, "templates", "preview", "customer/acknowledged", "-l", "de")
    assert "Wir haben Ihre Nachricht erhalten" in done.text.splitlines()[0]
    html = mailcase("--config", desk.config, "templates", "preview", "customer/acknowledged", "--html").text
    assert html.lstrip().lower().startswith("<!doctype html")
    assert mailcase("--config", desk.config, "templates", "preview", "customer/none").code == 1


def test_tables_are_made_once_and_their_revision_is_told(mailcase: Mailcase, tmp_path: Path) -> None:
    config = furnish(tmp_path, Furniture(url="sqlite:///desk.db"))
    assert "revision none, empty" in mailcase("--config", config, "db", "current").text
    upgraded = mailcase("--config", config, "db", "upgrade").text
    revision = upgraded.split("empty → ")[1].strip()
    assert "already" in mailcase("--config", config, "db", "upgrade").text
    assert f"revision {revision}" in mailcase("--config", config, "db", "current").text


def test_a_database_of_another_version_is_refused(mailcase: Mailcase, desk: DeskFolder) -> None:
    with sqlite3.connect(desk.folder / "desk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    mailcase("--config", desk.config, "case", "list").fails(2, "desk.db", "9999")


def test_run_once_fetches_files_and_sends(mailcase: Mailcase, tmp_path: Path, sandbox: Sandbox) -> None:
    server = ImapServer.embedded(sandbox)
    support = 'since = "all"\n' + imap_section(server)
    config = furnish(
        tmp_path, Furniture(url="sqlite:///desk.db", support=support, extra=SMTP.format(port=sandbox.smtp_port))
    )
    sandbox.deliver(mail(sender="once@once.example"), server.username)
    assert mailcase("--config", config, "run", "--once").code == 0
    (sent,) = [one for one in sandbox.submissions if one.recipients == ("once@once.example",)]
    assert b"auto-replied" in sent.raw


def test_run_once_names_a_server_that_is_away_and_does_the_rest(
    mailcase: Mailcase, desk: DeskFolder, clock: ManualClock, tmp_path: Path, sandbox: Sandbox
) -> None:
    mailcase("--config", desk.config, "ingest", "-", stdin=mail(sender="rest@rest.example"))
    port = free_port()
    server = ImapServer(name="away", port=port, tls_port=None, ca_file=None, username="u", has_keywords=False)
    extra = SMTP.format(port=sandbox.smtp_port)
    furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=imap_section(server), extra=extra))
    done = mailcase("--config", desk.config, "run", "--once")
    assert done.code == 2
    assert [line for line in done.err.splitlines() if line.startswith("mailcase: support: ") and str(port) in line]
    assert [one for one in sandbox.submissions if one.recipients == ("rest@rest.example",)]


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["case", "list", "--status", "odd"], ["ingest"], ["run", "--twice"]]
)
def test_arguments_that_do_not_exist_end_with_two(mailcase: Mailcase, arguments: list[str]) -> None:
    done = mailcase(*arguments)
    assert (done.code, done.out) == (2, b"")
    assert "Usage" in done.err
    assert "Traceback" not in done.err
