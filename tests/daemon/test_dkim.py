"""Mail of a mailbox that signs goes out signed, and `check` compares its key with DNS."""

from pathlib import Path

import dkim
import pytest

from daemon.values import filed_case
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.postman import CollectingPostman
from mail.test_signing import KEYS
from mailcase.config import load_config
from mailcase.daemon.check_dkim import check_dkim
from mailcase.daemon.deliver import deliver
from mailcase.errors import Invalid, Unavailable

SETTINGS = """
[mailboxes.support.dkim]
selector = "key1"
private_key_file = "dkim.pem"
{more}
"""


def furnished(folder: Path, url: str = "sqlite:///desk.db", more: str = "") -> Path:
    (folder / "dkim.pem").write_bytes(KEYS["ed25519"])
    return furnish(folder, Furniture(url=url, support=SETTINGS.format(more=more)))


def test_what_is_frozen_is_signed(database_url: str, tmp_path: Path, clock: ManualClock) -> None:
    app = open_app(furnished(tmp_path, database_url), clock)
    signer, postman = app.desk.signers["support"], CollectingPostman()
    filed_case(app)
    deliver(app, {"support": postman})
    app.close()
    assert len(postman.sent) == 2
    assert all(dkim.verify(one.raw, dnsfunc=lambda name, timeout=5: signer.record.encode()) for one in postman.sent)


def findings(path: Path, *texts: str) -> list[tuple[bool | None, str, str]]:
    return [(one.is_ok, one.message, one.remedy) for one in check_dkim(load_config(path), lambda _name: texts)]


def test_a_published_key_is_well(tmp_path: Path, clock: ManualClock, sqlite_template: Path) -> None:
    path = furnished(tmp_path)
    ((is_ok, message, remedy),) = findings(path)
    assert (is_ok, message.split(":")[0]) == (False, "key1._domainkey.northwind.example")
    record = remedy.split('"')[1]
    assert [is_ok for is_ok, _, _ in findings(path, "v=spf1", record)] == [True]
    ((is_ok, message, _),) = findings(path, "v=DKIM1; p=AAAA")
    assert (is_ok, "another key" in message) == (False, True)


def test_a_silent_dns_is_a_note_with_the_record(tmp_path: Path) -> None:
    def silent(name: str) -> tuple[str, ...]:
        raise Unavailable(f"{name}: no answer", remedy="Check the resolver.")

    (found,) = check_dkim(load_config(furnished(tmp_path)), silent)
    assert found.is_ok is None
    assert "Publish the TXT record key1._domainkey.northwind.example" in found.remedy


@pytest.mark.parametrize(
    ("more", "is_well"), [('domain = "northwind.example"', True), ('domain = "evil.example"', False)]
)
def test_only_the_domain_of_the_address_may_sign(tmp_path: Path, clock: ManualClock, more: str, is_well: bool) -> None:
    path = furnished(tmp_path, more=more)
    if is_well:
        open_app(path, clock).close()
        return
    with pytest.raises(Invalid, match=r"evil\.example cannot sign for support@northwind\.example"):
        open_app(path, clock)


def test_a_missing_key_is_named(tmp_path: Path, clock: ManualClock) -> None:
    path = furnished(tmp_path)
    (tmp_path / "dkim.pem").unlink()
    with pytest.raises(Invalid, match=r"mailboxes\.support\.dkim\.private_key_file: .*dkim\.pem cannot be read"):
        open_app(path, clock)
