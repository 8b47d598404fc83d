"""Only a canary of ours is one."""

import pytest

from mailcase.mail.canary import mailbox_of, mint

SECRETS = (b"the secret of today", b"the secret of before")
GENUINE = mint(SECRETS[1], "support", 17, "desk.example")


def test_a_canary_names_its_mailbox_whatever_relays_did_to_its_letters() -> None:
    assert mailbox_of(GENUINE, SECRETS) == "support"
    assert mailbox_of(GENUINE.upper(), SECRETS) == "support"


@pytest.mark.parametrize(
    "forged",
    [
        None,
        "",
        "1@customer.example",
        GENUINE.replace("support", "billing"),
        GENUINE.replace(".17.", ".18."),
        mint(b"another secret", "support", 17, "desk.example"),
        GENUINE.replace("@", "x@"),
    ],
)
def test_anything_else_is_no_canary(forged: str | None) -> None:
    assert mailbox_of(forged, SECRETS) == ""
