"""A person is forgotten: nothing of the address is left, neither for a query nor in the bytes of the file."""

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from daemon.values import filed_case, received
from lab.desks import ManualClock
from lab.mails import ANNA, answer, mail
from lab.postman import CollectingPostman
from mailcase.app import App
from mailcase.daemon.deliver import deliver
from mailcase.daemon.forget import forget, look
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.reconcile import reconcile
from mailcase.domain.activity import AuditRecord
from mailcase.domain.inbox import InboxState
from mailcase.errors import Refused
from mailcase.store import activities, audit, cases, contacts, erasing, outbox
from mailcase.store.engine import Database, open_database

CLARA = "clara@customer.example"
CARL = "Carl Otis <carl@other.example>"
SECRET = "the flamingo password"


def with_file(text: str, file: bytes, **others: str) -> bytes:
    head = mail("", **others).replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary="b"')
    body = (
        f'--b\r\n\r\n{text}\r\n--b\r\nContent-Type: text/csv; name="a.csv"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return head + body.encode() + base64.encodebytes(file).replace(b"\n", b"\r\n") + b"--b--\r\n"


def furnished(app: App) -> None:
    """A case of Clara's that was answered, one of Carl's that names her, and one of somebody who does not."""
    filed_case(app, with_file(SECRET, b"flamingo;1\r\n" * 50, message_id="<1@c.example>"))
    with app.database.read() as tx:
        notice = next(one for one in outbox.find(tx) if one.template.startswith("agent/"))
    filed_case(app, answer(notice.message_id, "Dear Clara, here it is.\n", sender=ANNA, message_id="<a@n.example>"))
    carl = with_file(
        f"Ask {CLARA.title()} about it.", f"{CLARA};7\r\n".encode() * 9, sender=CARL, message_id="<2@o.example>"
    )
    filed_case(app, carl)
    filed_case(app, mail("Nothing.\n", sender="Dora <dora@third.example>", message_id="<3@t.example>"))
    while deliver(app, dict.fromkeys(app.config.mailboxes, CollectingPostman())):
        pass


def test_nothing_of_the_person_is_found_any_more(app: App) -> None:
    furnished(app)
    person = look(app, "Clara@Customer.example")
    assert (len(person.cases), len(person.mails)) == (1, 1)

    done = forget(app, person, "root")

    assert (done.is_complete, dict(done.proof.found)) == (True, {})
    assert done.proof.contents > 0
    assert done.removed["cases"] == 1
    assert done.removed["contacts"] == 1
    with app.database.read() as tx:
        assert contacts.by_address(tx, CLARA) is None
        assert cases.get(tx, person.cases[0]) is None


def test_what_came_with_a_tag_of_theirs_is_theirs(app: App) -> None:
    furnished(app)
    tagged = CLARA.replace("@", "+shop@")
    filed_case(app, mail("From another program.\n", sender=tagged, message_id="<4@c.example>"))

    done = forget(app, look(app, CLARA), "root")

    assert (done.is_complete, done.person.addresses, len(done.person.mails)) == (True, (tagged, CLARA), 2)


def test_what_others_wrote_stays_without_the_address(app: App) -> None:
    furnished(app)
    forget(app, look(app, CLARA), "root")
    with app.database.read() as tx:
        (carl,) = [one for one in activities.by_case(tx, 2) if one.sender == "carl@other.example"]
        dora = cases.get(tx, 3)
    assert carl.text.startswith("Ask [erased] about it.")
    assert dora is not None
    assert dora.description.strip() == "Nothing."
    assert [message.state for message in received(app)].count(InboxState.FILED) == 2


def test_the_ledger_keeps_a_line_so_that_no_mail_is_taken_again(app: App) -> None:
    furnished(app)
    before = received(app)
    forget(app, look(app, CLARA), "root")
    after = received(app)
    assert [(one.id, one.uid, one.sha256) for one in after] == [(one.id, one.uid, one.sha256) for one in before]
    assert (after[0].state, after[0].reason, after[0].sender) == (InboxState.SKIPPED, erasing.ERASED, "")
    store(app, with_file(SECRET, b"flamingo;1\r\n" * 50, message_id="<1@c.example>"), None)
    assert intake(app) == 0
    assert reconcile(app, []).differences == ()


def test_the_audit_log_keeps_its_lines_and_tells_what_was_done(app: App) -> None:
    furnished(app)
    with app.database.read() as tx:
        before = audit.after(tx, 0, 100)
    forget(app, look(app, CLARA), "root")
    with app.database.read() as tx:
        after = audit.after(tx, 0, 100)
    assert [one.id for one in after[:-1]] == [one.id for one in before]
    assert (after[-1].action, after[-1].actor, after[-1].object_type) == ("contact.forget", "root", "contact")
    assert SECRET not in "".join(one.changes for one in after)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_bytes_are_gone_from_the_file_beside_a_running_daemon(app: App, database_url: str) -> None:
    furnished(app)
    daemon: Database = open_database(database_url)
    with daemon.read() as tx:
        assert contacts.by_address(tx, CLARA) is not None
    path = app.database.path
    assert path is not None
    files = [path, Path(f"{path}-wal")]
    assert any(b"flamingo" in file.read_bytes() for file in files)

    forget(app, look(app, CLARA), "root")

    left = b"".join(file.read_bytes() for file in files if file.exists()).lower()
    assert [word for word in (CLARA.encode(), b"flamingo", b"clara") if word in left] == []
    with daemon.read() as tx:
        assert contacts.by_address(tx, "carl@other.example") is not None
    daemon.close()


def test_held_mail_of_others_is_left_and_told_of(app: App) -> None:
    furnished(app)
    store(app, mail(sender="A <a@x.example>, B <b@x.example>", to=f"support@northwind.example, {CLARA}"), None)
    intake(app)
    held = received(app)[-1]
    assert held.state is InboxState.HELD
    done = forget(app, look(app, CLARA), "root")
    assert not done.is_complete
    assert any(f"mail {held.id} of somebody else is held" in line for line in done.left)


def test_mail_to_others_that_waits_to_be_sent_is_left_and_told_of(app: App) -> None:
    filed_case(app, mail(f"Ask {CLARA}.\n", sender=CARL))
    done = forget(app, look(app, CLARA), "root")
    assert any("outgoing mail" in line and "is queued" in line for line in done.left)
    while deliver(app, dict.fromkeys(app.config.mailboxes, CollectingPostman())):
        pass
    assert forget(app, look(app, CLARA), "root").is_complete


@pytest.mark.parametrize(
    ("address", "word"), [("support@northwind.example", "of this desk"), ("anna@northwind.example", "agents.yaml")]
)
def test_the_desk_and_its_agents_are_not_forgotten(app: App, address: str, word: str) -> None:
    with pytest.raises(Refused, match=word):
        look(app, address)


def test_somebody_unknown_is_searched_for_all_the_same(app: App, clock: ManualClock) -> None:
    furnished(app)
    with app.database.begin() as tx:
        record = AuditRecord(
            at=clock(), actor="x", action="x", object_type="x", object_id=1, changes='{"to": "Eve@x.example"}'
        )
        audit.append(tx, [record])
    done = forget(app, look(app, "eve@x.example"), "root")
    assert (done.person.contact, done.is_complete, done.redacted) == (None, True, {"audit": 1})


def test_who_is_forgotten_is_copied_no_more(app: App) -> None:
    furnished(app)
    with app.database.begin() as tx:
        case = cases.get(tx, 2)
        assert case is not None
        cases.update(tx, replace(case, cc=("max@other.example", CLARA)))
    assert forget(app, look(app, CLARA), "root").is_complete
    with app.database.read() as tx:
        case = cases.get(tx, 2)
    assert case is not None
    assert case.cc == ("max@other.example",)
