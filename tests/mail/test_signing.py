"""Signatures that receivers can verify, and that end with a change."""

from collections.abc import Callable
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from mailcase.domain.email import Address
from mailcase.errors import Invalid
from mailcase.mail.compose import compose, verify
from mailcase.mail.draft import Draft
from mailcase.mail.signer import Signer
from mailcase.mail.signing import load_signer


def pem(key: object, password: bytes | None = None) -> bytes:
    protection = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)  # type: ignore[attr-defined]


KEYS = {
    "rsa": pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
    "ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
}
DRAFT = Draft(
    desk="mailcase",
    sender=Address(name="Zoë Berg", address="support@desk.example"),
    to=(Address(address="clara@customer.example"),),
    subject="Grüße, " + "a long subject " * 8,
    text="Hello\n.\n\nFrom here on\n",
    html="<p>Hello</p>",
    message_id="m@desk.example",
    references=tuple(f"{number}.{'x' * 60}@customer.example" for number in range(5)),
    date=datetime(2026, 3, 2, tzinfo=UTC),
)


@pytest.fixture(params=KEYS)
def signer(request: pytest.FixtureRequest) -> Signer:
    return load_signer("desk.example", "key1", KEYS[request.param], "secrets/dkim")


def is_genuine(raw: bytes, signer: Signer) -> bool:
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return signer.record.encode()

    found = bool(dkim.verify(raw, dnsfunc=dns))
    assert set(asked) <= {b"key1._domainkey.desk.example."}
    return found


def test_a_receiver_can_verify_what_was_composed(signer: Signer) -> None:
    raw = compose(DRAFT)
    signed = signer.sign(raw)
    assert signed.endswith(raw)
    assert signed.startswith(b"DKIM-Signature: ")
    assert is_genuine(signed, signer)
    verify(signed.removeprefix(signed[: -len(raw)]), DRAFT)


def test_relays_may_fold_and_trim(signer: Signer) -> None:
    signed = signer.sign(compose(DRAFT))
    assert is_genuine(signed.replace(b"\r\nSubject: ", b"\r\nsubject:   ") + b"\r\n\r\n", signer)


CHANGES: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("the text", lambda raw: raw.replace(b"Hello", b"Hullo")),
    ("the sender", lambda raw: raw.replace(b"support@desk.example", b"evil@desk.example")),
    ("another From above", lambda raw: b"From: evil@desk.example\r\n" + raw),
    ("another Subject", lambda raw: b"Subject: pay here\r\n" + raw),
    ("another To below", lambda raw: raw.replace(b"\r\nMIME-Version", b"\r\nTo: b@x.example\r\nMIME-Version")),
]


@pytest.mark.parametrize("change", [change for _, change in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_change_ends_the_signature(signer: Signer, change: Callable[[bytes], bytes]) -> None:
    signed = change(signer.sign(compose(DRAFT)))
    assert not is_genuine(signed, signer)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (b"no key", "openssl"),
        (pem(ed25519.Ed25519PrivateKey.generate(), b"secret"), "without a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "RSA and Ed25519"),
    ],
    ids=["no PEM", "a password", "another kind"],
)
def test_a_key_that_cannot_sign_is_refused_with_its_file(key: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words) as refused:
        load_signer("desk.example", "key1", key, "secrets/dkim")
    assert str(refused.value).startswith("secrets/dkim: ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("{record}", True), ("k=x;  p = {first} {rest} ;", True), ("v=DKIM1; p=", False), ("", False)],
)
def test_a_published_record_is_recognised(signer: Signer, text: str, expected: bool) -> None:
    shown = text.format(record=signer.record, first=signer.public[:9], rest=signer.public[9:])
    assert signer.is_published(shown) is expected


def test_the_key_shows_up_nowhere(signer: Signer) -> None:
    assert "key=" not in repr(signer)
