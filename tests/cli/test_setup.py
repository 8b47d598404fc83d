"""`mailcase init` and `mailcase check`."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Done, Mailcase
from daemon.values import imap_section
from lab.desks import Furniture, furnish
from lab.imapserver import ImapServer
from lab.ports import free_port
from lab.smtpsink import SmtpSink
from mailcase.files import defaults
from mailcase.sandbox.server import Sandbox

SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "{security}"\n'
WITH_ADMIN = """\
agents:
  anna: {name: Anna Berg, address: anna@northwind.example, role: admin}
  ben: {name: Ben Okoro, address: ben@northwind.example}
"""


def test_init_writes_settings_rules_and_templates(mailcase: Mailcase, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "desk"
    assert mailcase("init", folder).code == 0
    assert tomllib.loads((folder / "mailcase.toml").read_text())["mailboxes"]["support"]
    for kind in ("rules", "templates"):
        shipped = {file.relative_to(defaults(kind)) for file in defaults(kind).rglob("*") if file.is_file()}
        assert {file.relative_to(folder / kind) for file in (folder / kind).rglob("*") if file.is_file()} >= shipped
    assert (folder / "secrets").stat().st_mode & 0o077 == 0


def test_init_keeps_what_is_there(mailcase: Mailcase, tmp_path: Path) -> None:
    mailcase("init", tmp_path)
    (tmp_path / "mailcase.toml").write_text("# mine\n")
    (tmp_path / "rules" / "queues.yaml").unlink()
    again = mailcase("init", tmp_path)
    assert again.code == 0
    assert (tmp_path / "mailcase.toml").read_text() == "# mine\n"
    assert (tmp_path / "rules" / "queues.yaml").exists()
    shipped = len(list(defaults("rules").glob("*.yaml")))
    assert f"1 files, {shipped - 1} kept" in again.text


def test_a_file_is_no_folder_to_init(mailcase: Mailcase, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    mailcase("init", tmp_path / "taken").fails(2, "taken: is a file; name a folder")


def test_a_desk_as_init_writes_it_is_complete_but_for_servers_and_passwords(mailcase: Mailcase, tmp_path: Path) -> None:
    mailcase("init", tmp_path)
    done = mailcase("--config", tmp_path / "mailcase.toml", "rules", "check")
    assert (done.code, "No errors." in done.text) == (0, True), done.err


Check = Callable[..., Done]


@pytest.fixture
def check(mailcase: Mailcase, tmp_path: Path, sandbox: Sandbox) -> Check:
    """Checks a desk on the embedded servers after a change of its settings or files."""
    server = ImapServer.embedded(sandbox)

    def run(
        *options: str,
        imap: Callable[[str], str] = str,
        smtp_port: int = sandbox.smtp_port,
        security: str = "none",
        rules: dict[str, str] | None = None,
        templates: dict[str, str] | None = None,
    ) -> Done:
        furniture = Furniture(
            url="sqlite:///desk.db",
            rules=rules or {},
            support=imap(imap_section(server)),
            extra=SMTP.format(port=smtp_port, security=security),
        )
        path = furnish(tmp_path, furniture)
        path.chmod(0o600)
        for name, content in (templates or {}).items():
            (tmp_path / "templates" / name).parent.mkdir(exist_ok=True)
            (tmp_path / "templates" / name).write_text(content)
        return mailcase("--config", path, "check", *options)

    return run


def failures(done: Done) -> list[str]:
    assert done.code == 2, done.text
    assert "Traceback" not in done.text + done.err
    return [line for line in done.text.splitlines() if line.startswith("FAIL")]


def test_a_desk_that_is_right_has_a_good_line_for_each_part(check: Check) -> None:
    done = check(rules={"agents.yaml": WITH_ADMIN})
    assert done.code == 0
    marks = {line.split()[1]: line.split()[0] for line in done.text.splitlines() if "billing" not in line}
    parts = ("settings", "database", "rules", "templates", "articles", "mailbox", "smtp")
    assert marks == dict.fromkeys(parts, "ok")


def test_a_desk_that_is_right_says_so_to_programs(check: Check) -> None:
    found = check("--json").json
    assert {finding["what"] for finding in found} > {"settings", "database", "rules", "templates", "mailbox support"}
    assert all(finding["ok"] is not False for finding in found)


@pytest.mark.parametrize(
    ("change", "what", "remedy"),
    [
        (lambda section: section.replace("open-sesame", "wrong"), "is refused", "Check user name and password"),
        (
            lambda section: section.replace('"none"', '"tls"'),
            "does not speak TLS as it should",
            "Check port and security",
        ),
        (lambda section: section.replace('"none"', '"starttls"'), "STARTTLS", "security"),
        (lambda section: section + 'folder = "Nowhere"', "Nowhere", "folder"),
    ],
    ids=["wrong password", "no TLS there", "no STARTTLS there", "no such folder"],
)
def test_what_is_wrong_with_a_mailbox_is_one_line_with_its_remedy(
    check: Check, change: Callable[[str], str], what: str, remedy: str
) -> None:
    (line,) = failures(check(imap=change))
    assert "mailbox support" in line
    assert what in line
    assert remedy in line


def test_servers_that_are_not_there_are_named_each(check: Check) -> None:
    port = free_port()
    lines = failures(check(imap=lambda section: section.replace("port = ", f"port = {port}  # "), smtp_port=port))
    assert [f"127.0.0.1:{port}: nothing listens there. Check host and port" in line for line in lines] == [True, True]


def test_an_smtp_server_that_does_not_speak_is_named(check: Check) -> None:
    with SmtpSink(script={"connect": "554 5.7.1 go away"}) as sink:
        (line,) = failures(check(smtp_port=sink.port))
    assert "smtp 127.0.0.1" in line
    assert "go away" in line


def test_a_certificate_that_nobody_trusts_is_refused(check: Check, dovecot_user: ImapServer) -> None:
    section = (
        imap_section(dovecot_user)
        .replace('"none"', '"tls"')
        .replace(str(dovecot_user.port), str(dovecot_user.tls_port))
    )
    (line,) = failures(check(imap=lambda _: section))
    assert "certificate" in line
    assert "ca_file" in line


def test_broken_rules_and_templates_are_told_with_their_places(check: Check) -> None:
    rules = {"routing.yaml": 'rules:\n  - name: a\n    when: case.titel == "x"\n    to: {queue: support}\n'}
    templates = {"customer/acknowledged.txt.j2": "Hello\n{{ case.nubmer }}\n"}
    lines = failures(check(rules=rules, templates=templates))
    assert len(lines) == 2
    assert "routing.yaml:3:11: case.titel is not known here; did you mean case.title?" in lines[0]
    assert "acknowledged.txt.j2:2: there is no field nubmer; there are: created_at, number, promise." in lines[1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[desk]\nnmae = 'x'\n", ("desk.nmae: unknown key; did you mean name",)),
        ("[desk\n", ("not valid TOML",)),
        ("[mailboxes.support]\n", ("mailboxes.support.address: is missing",)),
        ("[desk]\ntime_zone = 'Mars'\n", ("desk.time_zone", "Mars")),
    ],
)
def test_wrong_settings_are_one_line_that_names_the_key(
    mailcase: Mailcase, tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    (tmp_path / "mailcase.toml").write_text(text)
    (line,) = failures(mailcase("--config", tmp_path / "mailcase.toml", "check"))
    assert all(word in line for word in (str(tmp_path), *words)), line


@pytest.mark.parametrize("command", [("case", "list"), ("run", "--once"), ("db", "current"), ("inbox", "list")])
def test_every_command_stops_at_wrong_settings(mailcase: Mailcase, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "mailcase.toml").write_text("[desk]\nnmae = 'x'\n")
    mailcase("--config", tmp_path / "mailcase.toml", *command).fails(2, "mailcase.toml: desk.nmae: unknown key")
    mailcase("--config", tmp_path / "none.toml", *command).fails(
        2, "none.toml: not found; `mailcase init DIR` writes one"
    )
