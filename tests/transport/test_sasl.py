"""Logging in with a token, as bytes: the examples of RFC 7628 and of Google's pages."""

import pytest

from mailcase.errors import Unavailable
from mailcase.transport import sasl
from mailcase.transport.sasl import Mechanism

TOKEN = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="


def test_xoauth2_says_who_and_the_token() -> None:
    message = sasl.first_message(
        Mechanism.XOAUTH2, user="someuser@example.com", host="h", port=993, token="ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlz"
    )

    assert message == b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlz\x01\x01"


def test_oauthbearer_is_as_in_the_standard() -> None:  # RFC 7628 section 4.1
    message = sasl.first_message(
        Mechanism.OAUTHBEARER, user="user@example.com", host="server.example.com", port=143, token=TOKEN
    )

    assert message == (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer " + TOKEN.encode() + b"\x01\x01"
    )


def test_a_name_with_the_marks_of_the_message_is_written_otherwise() -> None:
    message = sasl.first_message(Mechanism.OAUTHBEARER, user="a=b,c", host="h", port=1, token="t")

    assert message.startswith(b"n,a=a=3Db=2Cc,\x01")


@pytest.mark.parametrize("token", ["", "a b", "a\x01b", "a\r\nb", "ä"])
def test_what_is_no_token_is_not_sent(token: str) -> None:
    with pytest.raises(Unavailable, match="characters that no token may have"):
        sasl.first_message(Mechanism.XOAUTH2, user="u", host="h", port=1, token=token)


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["PLAIN", "XOAUTH2"], Mechanism.XOAUTH2),
        (["xoauth2", "oauthbearer"], Mechanism.OAUTHBEARER),
    ],
    ids=["Microsoft's", "both, in small letters"],
)
def test_the_best_mechanism_is_chosen(offered: list[str], chosen: Mechanism) -> None:
    assert sasl.choose(offered, "h:1") is chosen


def test_a_server_without_either_is_told() -> None:
    with pytest.raises(Unavailable, match=r"h:1: the server takes no OAuth 2\.0 tokens \(it offers PLAIN\)"):
        sasl.choose(["plain"], "h:1")


@pytest.mark.parametrize(
    ("challenge", "told"),
    [(b'{"status":"invalid_token"}', "invalid_token"), (b'{"status":"401"}', "401"), (b"no JSON", ""), (b"[]", "")],
)
def test_the_reason_of_a_refusal_is_read(challenge: bytes, told: str) -> None:
    assert sasl.reason(challenge) == told
