"""Texts are found where mail hides them."""

import base64
import quopri
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail.seek import holds

NEEDLE = b"clara@customer.example"
TEXT = b"Please write to Clara@Customer.example, and to nobody else, as long as this letter goes on and on.\r\n" * 3


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(TEXT).replace(b"\n", b"\r\n"),
        b"\r\n\r\n" + quopri.encodestring(TEXT),
        b"write to cl=\r\nara=40customer.example",
        b"Subject: =?utf-8?B?" + base64.b64encode(b"from clara@customer.example") + b"?=\r\n",
        zlib.compress(b"12\n" + TEXT),
    ],
    ids=["plain", "base64", "quoted-printable", "a soft line break", "an encoded word", "packed"],
)
def test_an_address_is_found_in_every_form(content: bytes) -> None:
    assert holds(content, [NEEDLE])
    assert not holds(content, [b"carl@customer.example"])


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_it_is_found_wherever_it_stands_in_base64(before: bytes, after: bytes) -> None:
    encoded = base64.encodebytes(before + NEEDLE + after)
    assert holds(b"X: y\r\n\r\n" + encoded, [NEEDLE])


@given(st.binary(max_size=300))
def test_no_content_is_too_strange(content: bytes) -> None:
    assert not holds(content, [b"a needle that is not there"])
