"""The files and pictures of an agent's mail that go to the customer."""

from base64 import b64encode
from email import message_from_bytes, policy

import pytest

from lab.filed import file_mail
from lab.mails import ANNA, mail
from mailcase.app import App
from mailcase.desk.enclosures import MAX_PICTURE, MAX_PICTURES, enclosures
from mailcase.mail.attachments import make
from mailcase.store import outbox

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
BODY = f"""--r
Content-Type: text/html; charset=utf-8

<p>Press this button:</p><p><img src="cid:image001.png@01DC"></p><p>Anna</p>
--r
Content-Type: image/png; name=button.png
Content-Disposition: inline; filename=button.png
Content-ID: <image001.png@01DC>
Content-Transfer-Encoding: base64

{b64encode(PNG).decode()}
--r--
"""


def test_a_picture_in_the_text_goes_along_and_is_shown(app: App) -> None:
    file_mail(app, mail())
    with app.database.read() as tx:
        token = next(one.message_id for one in outbox.find(tx) if one.template == "agent/new_case")
    fields = {
        "In-Reply-To": f"<{token}>",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/related; boundary="r"',
    }
    file_mail(app, mail(BODY, sender=ANNA, message_id="<a@nw.example>", headers=fields))
    with app.database.read() as tx:
        sent = next(one for one in outbox.find(tx) if one.template == "customer/replied")
    read = message_from_bytes(sent.raw, policy=policy.default)
    (picture,) = [part for part in read.walk() if part.get_content_type() == "image/png"]
    html = next(part.get_content() for part in read.walk() if part.get_content_type() == "text/html")
    assert picture.get_content() == PNG
    assert f'src="cid:{picture["Content-ID"].strip("<>")}"' in html
    assert b"image001" not in sent.raw


@pytest.mark.parametrize(
    ("kind", "size", "is_shown"),
    [
        ("image/png", 10, True),
        ("image/jpeg", MAX_PICTURE + 1, False),
        ("image/svg+xml", 10, False),
        ("application/pdf", 10, False),
    ],
)
def test_what_cannot_be_shown_goes_as_a_file(kind: str, size: int, is_shown: bool) -> None:
    (found,) = enclosures([make("x", kind, b"x" * size, is_inline=True)])
    assert (found.is_inline, bool(found.content_id)) == (is_shown, is_shown)


def test_pictures_are_bounded_and_none_is_lost() -> None:
    found = enclosures(make("x", "image/png", b"%d" % number, is_inline=True) for number in range(MAX_PICTURES + 3))
    assert sum(one.is_inline for one in found) == MAX_PICTURES
    assert len(found) == MAX_PICTURES + 3


def test_a_picture_that_stands_twice_goes_once() -> None:
    assert len(enclosures([make("x", "image/png", b"x", is_inline=True)] * 2)) == 1
