"""`mailcase check` on servers whose certificate is not trusted: it shows the fingerprint, and pinning it is enough."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.certificates import Certificates
from lab.desks import Furniture, furnish
from lab.dovecot import Dovecot
from lab.smtpsink import SmtpSink
from mailcase.daemon.check import check_all
from mailcase.daemon.finding import Finding

IMAP = '[mailboxes.support.imap]\nhost = "localhost"\nport = {port}\npassword = "canary"\n{more}\n'
SMTP = '[smtp]\nhost = "localhost"\nport = {port}\nsecurity = "starttls"\nusername = "u"\npassword = "canary"\n{more}\n'


@pytest.fixture
def sink(certificates: Certificates) -> Iterator[SmtpSink]:
    with SmtpSink(starttls=certificates.server_context()) as server:
        yield server


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return Certificates.create(tmp_path)


def check(folder: Path, dovecot: Dovecot, sink: SmtpSink, *, imap: str = "", smtp: str = "") -> dict[str, Finding]:
    support = IMAP.format(port=dovecot.tls_port, more=imap)
    extra = SMTP.format(port=sink.port, more=smtp)
    path = furnish(folder, Furniture(url="sqlite:///desk.db", support=support, extra=extra))
    return {one.what: one for one in check_all(path)}


def test_the_fingerprint_is_shown_and_pinning_it_is_enough(
    tmp_path: Path, dovecot_server: Dovecot, sink: SmtpSink, certificates: Certificates
) -> None:
    pins = [f'fingerprint = "{one.fingerprint}"' for one in (dovecot_server.certificates, certificates)]

    found = check(tmp_path, dovecot_server, sink)

    assert [found[what].is_ok for what in ("mailbox support", "smtp localhost")] == [False, False]
    assert pins[0] in found["mailbox support"].remedy
    assert pins[1] in found["smtp localhost"].remedy
    assert "canary" not in f"{found}" + f"{sink.clear_commands}"
    found = check(tmp_path, dovecot_server, sink, imap=pins[0], smtp=pins[1])
    assert "certificate" not in found["mailbox support"].message
    assert found["smtp localhost"].is_ok
