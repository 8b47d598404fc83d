"""Signature images are kept, and take no line in what agents read."""

from base64 import b64encode
from collections.abc import Mapping

import pytest

from lab.mails import CLARA, mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.history import History, read
from mailcase.domain.decoration import OFTEN
from mailcase.store import activities, cases, outbox
from mailcase.store.cases import CaseFilter

LOGO = b"a logo" * 1_000
PIXEL = b"GIF89a"


def with_pictures(
    number: int, *pictures: bytes, sender: str = CLARA, headers: Mapping[str, str] | None = None
) -> bytes:
    """Return a mail that opens a case, with pictures in its text."""
    parts = [b"Content-Type: text/plain\r\n\r\nThe printer shows E42.\r\n"]
    for picture in pictures:
        head = b"Content-Type: image/png\r\nContent-Disposition: inline; filename=image001.png\r\n"
        parts.append(head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(picture) + b"\r\n")
    body = b"--b\r\n" + b"--b\r\n".join(parts) + b"--b--\r\n"
    kind = {"Content-Type": "multipart/related; boundary=b"} | dict(headers or {})
    return mail("", sender=sender, message_id=f"<{number}@customer.example>", headers=kind) + body


@pytest.fixture
def logos(app: App) -> App:
    """A desk to which the same logo came in so many cases that it is known for one, and a pixel with each."""
    for number in range(OFTEN):
        store(app, with_pictures(number, LOGO, PIXEL, sender=f"c{number}@customer.example"), None)
        intake(app)
    return app


def history(app: App, case: int) -> History:
    with app.database.read() as tx:
        found = sorted(cases.find(tx, CaseFilter()), key=lambda one: one.id)[case]
        return read(tx, app.desk, found.id, found.number, None)


def notice(app: App, case: int) -> str:
    with app.database.read() as tx:
        sent = sorted(outbox.find(tx, limit=100), key=lambda one: one.id)
        told = [one.raw.decode() for one in sent if one.template == "agent/new_case"]
    return told[case]


def test_a_case_shows_how_many_pictures_are_folded_away(logos: App) -> None:
    line = history(logos, OFTEN - 1).lines[0]
    assert (line.files, line.signature_images) == ((), 2)


def test_a_picture_is_listed_until_it_came_often(logos: App) -> None:
    assert "image001.png" in notice(logos, 0)
    assert "1 signature image" in notice(logos, 0)
    assert "image001.png" not in notice(logos, OFTEN - 1)
    assert "2 signature images" in notice(logos, OFTEN - 1)


def test_they_are_kept_all_the_same(logos: App) -> None:
    activity = history(logos, 0).activities[0]
    with logos.database.read() as tx:
        assert [activities.content(tx, file.sha256) for file in activities.files(tx, activity.id)] == [LOGO, PIXEL]


def test_a_picture_that_comes_back_in_one_case_stays_listed(app: App) -> None:
    thread: dict[str, str] = {}
    for number in range(OFTEN):
        store(app, with_pictures(number, LOGO, headers=thread), None)
        intake(app)
        thread = {"In-Reply-To": f"<{acknowledgement(app)}>"}
    shown = [(len(line.files), line.signature_images) for line in history(app, 0).lines if line.files]
    assert shown == [(1, 0)] * OFTEN


def acknowledgement(app: App) -> str:
    with app.database.read() as tx:
        return next(one.message_id for one in outbox.find(tx, limit=100) if one.template == "customer/acknowledged")
