"""Folders with names of all kinds, and those that other people share."""

import imaplib

import pytest

from lab.imapscript import OK, SELECTED
from lab.imapserver import ImapServer
from mailcase.domain.mailbox import Cursor
from mailcase.errors import Unavailable
from mailcase.transport.account import AfterFiling
from mailcase.transport.imap_folders import quoted
from transport.imap_sessions import Connect, Scripted

MAIL = b"From: ann@customer.example\r\nSubject: x\r\n\r\nHello\r\n"
EVERYTHING = Cursor(uidvalidity=0, uid=0)
NAMES = {
    "Anfragen/Müller": '"Anfragen/M&APw-ller"',
    "R&D": '"R&-D"',
    "日本語": '"&ZeVnLIqe-"',
    'Say "x"': '"Say \\"x\\""',
    "50 %": '"50 %"',
    "Emoji 🎉": '"Emoji &2DzfiQ-"',
}


@pytest.mark.parametrize("name", NAMES)
def test_mail_is_read_from_a_folder_whatever_its_name(dovecot_user: ImapServer, connect: Connect, name: str) -> None:
    wire_name = NAMES[name]
    with dovecot_user.client() as client:
        assert client.create(wire_name)[0] == "OK"
    dovecot_user.append(MAIL, folder=wire_name)
    session = connect(dovecot_user.account(folder=name))
    session.open()
    assert [message.raw for message in session.fetch(EVERYTHING, max_messages=10)] == [MAIL]


@pytest.mark.parametrize("name", NAMES)
def test_stored_mail_is_moved_to_a_folder_whatever_its_name(
    dovecot_user: ImapServer, connect: Connect, name: str
) -> None:
    dovecot_user.append(MAIL, MAIL)
    session = connect(dovecot_user.account(after_filing=AfterFiling.MOVE, move_to=name))
    for uid in (1, 2):  # the second time the folder is there
        session.open()
        session.acknowledge([uid])
    assert set(dovecot_user.flags(NAMES[name])) == {1, 2}


def test_a_shared_folder_is_read_and_listed(dovecot_user: ImapServer, connect: Connect) -> None:
    with dovecot_user.client() as client:
        assert client.create("Shared/support")[0] == "OK"
    dovecot_user.append(MAIL, folder="Shared/support")
    session = connect(dovecot_user.account(folder="Shared/support"))
    session.open()
    assert len(list(session.fetch(EVERYTHING, max_messages=10))) == 1
    with pytest.raises(Unavailable) as missing:
        connect(dovecot_user.account(folder="Shared.support")).open()
    assert missing.value.remedy.startswith("Did you mean Shared/support? Folders of this account: ")


def test_folders_of_others_are_listed_where_a_plain_list_leaves_them_out(scripted: Scripted) -> None:
    script = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 NAMESPACE\r\n" + OK,
        "EXAMINE": "{tag} NO no such folder\r\n",
        "SELECT": "{tag} NO no such folder\r\n",
        "NAMESPACE": '* NAMESPACE (("" "/")) (("Other Users/" "/")) (("Shared/" "/"))\r\n' + OK,
        "LIST": [
            '* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\Noselect) "/" Anfragen\r\n' + OK,
            '* LIST () "/" "Other Users/M&APw-ller"\r\n' + OK,
            '* LIST () "/" {15}\r\nShared/"support\r\n' + OK,
        ],
    }
    server, session = scripted(script, folder="Nowhere")
    with pytest.raises(Unavailable) as missing:
        session.open()
    assert missing.value.remedy == 'Folders of this account: INBOX, Other Users/Müller, Shared/"support.'
    assert 'LIST "" "Other Users/*"' in server.commands


def test_a_name_is_in_utf_8_once_the_server_agrees(scripted: Scripted) -> None:
    script = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1 IMAP4rev2 ENABLE UTF8=ACCEPT MOVE\r\n" + OK,
        "ENABLE": "* ENABLED UTF8=ACCEPT\r\n" + OK,
    }
    server, session = scripted(script, folder="Müller & Co", after_filing=AfterFiling.MOVE, move_to="Fertig ✓")
    session.open()
    session.acknowledge([12])
    said = [command.encode("latin-1").decode() for command in server.commands]
    assert 'SELECT "Müller & Co"' in said
    assert 'UID MOVE 12 "Fertig ✓"' in said


@pytest.mark.parametrize("answer", ["{tag} BAD no\r\n", OK, "* ENABLED\r\n" + OK])
def test_a_server_that_does_not_agree_is_spoken_to_as_ever(scripted: Scripted, answer: str) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1 ENABLE UTF8=ACCEPT\r\n" + OK, "ENABLE": answer}
    server, session = scripted(script, folder="Müller", after_filing=AfterFiling.KEEP)
    session.open()
    assert 'EXAMINE "M&APw-ller"' in server.commands


@pytest.mark.parametrize(
    ("username", "said"),
    [
        ("CORP\\jane\\support", '"CORP\\\\jane\\\\support"'),
        ("jane@corp.example", '"jane@corp.example"'),
        ('o"hara desk', '"o\\"hara desk"'),
    ],
    ids=["a shared mailbox behind a login", "another address than the mailbox", "quotes and blanks"],
)
def test_whoever_logs_in_may_be_called_anything(scripted: Scripted, username: str, said: str) -> None:
    server, session = scripted({"SELECT": SELECTED}, username=username, password="p\\w")
    session.open()
    assert f'LOGIN {said} "p\\\\w"' in server.commands


def test_a_long_list_of_folders_is_cut(dovecot_user: ImapServer, connect: Connect) -> None:
    with dovecot_user.client() as client:
        for number in range(60):
            client.create(f"Archive{number:03}")
    with pytest.raises(Unavailable, match="cannot be opened") as missing:
        connect(dovecot_user.account(folder="Nowhere")).open()
    assert missing.value.remedy.endswith(" more.")


@pytest.mark.parametrize(("name", "said"), NAMES.items())
def test_a_name_is_written_as_servers_want_it(name: str, said: str) -> None:
    assert quoted(name, is_utf8=False) == said
    assert imaplib.IMAP4._quote(None, name) == quoted(name, is_utf8=True)  # type: ignore[arg-type]
