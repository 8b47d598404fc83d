"""IMAP servers that know little."""

import threading
import time
from datetime import timedelta

import pytest

from lab.imapscript import OK, SELECTED
from mailcase.errors import Unavailable
from mailcase.transport.account import AfterFiling
from transport.imap_sessions import Scripted


def test_without_move_and_uidplus_mail_stays_where_it_is(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([12])
    assert session.limitations == ("the server has neither MOVE nor UIDPLUS: stored mail stays in INBOX",)
    assert not {"UID STORE", "UID COPY", "EXPUNGE", "UID EXPUNGE"} & set(server.names())


def test_with_uidplus_alone_only_the_moved_mail_is_expunged(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + OK}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([14, 12, 13, 20])
    marking = [
        command
        for command in server.commands
        if command.startswith(("UID STORE", "UID COPY", "UID EXPUNGE", "EXPUNGE"))
    ]
    assert marking == [
        'UID COPY 12:14,20 "INBOX"',
        "UID STORE 12:14,20 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 12:14,20",
    ]


def test_a_refused_copy_expunges_nothing(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + OK, "UID COPY": "{tag} NO [OVERQUOTA] full\r\n"}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    with pytest.raises(Unavailable, match="full"):
        session.acknowledge([12])
    assert "UID EXPUNGE" not in server.names()


def test_capabilities_are_those_after_the_login(scripted: Scripted) -> None:
    capabilities = ["* CAPABILITY IMAP4rev1\r\n" + OK, "* CAPABILITY IMAP4rev1 MOVE\r\n" + OK]
    server, session = scripted({"CAPABILITY": capabilities}, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([12])
    assert 'UID MOVE 12 "INBOX"' in server.commands


def test_a_read_only_folder_is_read_all_the_same(scripted: Scripted) -> None:
    server, session = scripted({"SELECT": SELECTED.replace("READ-WRITE", "READ-ONLY")})
    session.open()
    session.acknowledge([12])
    assert session.limitations == ("INBOX is read-only: stored mail is neither marked nor moved",)
    assert "UID STORE" not in server.names()


def test_a_folder_made_anew_is_not_marked(scripted: Scripted) -> None:
    server, session = scripted({"SELECT": [SELECTED, SELECTED.replace("UIDVALIDITY 7", "UIDVALIDITY 8")]})
    session.open()
    with pytest.raises(Unavailable, match=r"made anew \(its uidvalidity was 7 and is 8\)"):
        session.acknowledge([12])
    assert "UID STORE" not in server.names()


def test_a_server_without_idle_is_waited_for_by_sleeping(scripted: Scripted) -> None:
    searches = ["* SEARCH 12\r\n" + OK, "* SEARCH 12\r\n" + OK, "* SEARCH 12 13\r\n" + OK]
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK, "UID SEARCH": searches}
    server, session = scripted(script)
    session.open()
    started = time.monotonic()
    assert session.wait(timedelta(seconds=0.4))
    assert 0.3 < time.monotonic() - started < 5
    assert "IDLE" not in server.names()


def test_a_sleep_can_be_interrupted(scripted: Scripted) -> None:
    _, session = scripted({"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK})
    session.open()
    timer = threading.Timer(0.2, session.interrupt)
    timer.start()
    started = time.monotonic()
    assert not session.wait(timedelta(seconds=20))
    timer.join()
    assert time.monotonic() - started < 5


def test_mail_that_comes_along_with_the_search_is_found(scripted: Scripted) -> None:
    late = ["* SEARCH 12\r\n" + OK, "* SEARCH\r\n* 2 EXISTS\r\n" + OK, "* SEARCH 12 13\r\n" + OK]
    _, session = scripted({"UID SEARCH": late})
    session.open()
    started = time.monotonic()
    assert session.wait(timedelta(seconds=20))
    assert time.monotonic() - started < 5
