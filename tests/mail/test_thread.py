"""Tokens of ours come back only as we wrote them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import letter
from mailcase.domain.token import Party, Token
from mailcase.errors import Invalid
from mailcase.mail import thread

KEY, OLD_KEY = b"k" * 32, b"o" * 32
ADA = Token(case_id=123, party=Party.CUSTOMER, party_id="42")
BOB = Token(case_id=123, party=Party.AGENT, party_id="bob-b")

tokens = st.builds(
    Token,
    case_id=st.integers(0, 36**6 - 1),
    party=st.sampled_from(Party),
    party_id=st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True),
)


@given(tokens, st.from_regex(r"[a-z0-9]{1,32}", fullmatch=True))
def test_a_message_id_gives_back_its_token_in_any_case(token, nonce):
    minted = thread.mint_message_id(token, KEY, nonce, "desk.example")
    assert thread.token_of_message_id(minted, [KEY]) == token
    assert thread.token_of_message_id(minted.upper(), [KEY]) == token


@given(tokens)
def test_an_address_gives_back_its_token_in_any_case_and_fits(token):
    minted = thread.mint_address(token, KEY, "support@desk.example")
    assert thread.token_of_address(minted.upper(), [KEY]) == token
    assert len(minted.partition("@")[0]) <= 64


@given(tokens, st.integers(0, 200), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_character_is_no_token(token, at, character):
    minted = thread.mint_message_id(token, KEY, "n1", "desk.example")
    local = minted.partition("@")[0]
    at %= len(local)
    forged = local[:at] + character + local[at + 1 :]
    found = thread.token_of_message_id(forged + "@desk.example", [KEY])
    assert found in (None, token)
    assert found is None or forged == local


@given(st.text(max_size=120))
def test_other_ids_and_addresses_are_no_tokens(text):
    assert thread.token_of_message_id(text, [KEY]) is None
    assert thread.token_of_address(text, [KEY]) is None


def test_a_rotated_key_is_valid_until_it_is_left_out():
    minted = thread.mint_message_id(ADA, OLD_KEY, "n1", "desk.example")
    assert thread.token_of_message_id(minted, [KEY, OLD_KEY]) == ADA
    assert thread.token_of_message_id(minted, [KEY]) is None
    assert thread.token_of_message_id(minted, []) is None


def test_a_signature_does_not_move_from_a_message_id_to_an_address():
    signature = thread.mint_message_id(ADA, KEY, "n1", "desk.example").partition("@")[0].rpartition(".")[2]
    assert thread.token_of_address(f"support+mc-3f-c42-{signature}@desk.example", [KEY]) is None


def test_only_addresses_made_from_ours_count_when_they_are_known():
    minted = thread.mint_address(BOB, KEY, "support@desk.example")
    assert thread.token_of_address(minted, [KEY], {"Support@desk.example"}) == BOB
    assert thread.token_of_address(minted, [KEY], {"sales@desk.example"}) is None


def test_keys_are_found_newest_first():
    first, second = (thread.mint_message_id(one, KEY, "n", "desk.example") for one in (ADA, BOB))
    address = thread.mint_address(Token(case_id=9, party=Party.CUSTOMER, party_id="7"), KEY, "support@desk.example")
    mail = letter(in_reply_to=f"<{second}>", references=f"<root@customer.example> <{first}>", to=address)
    found = thread.keys(mail, [KEY])
    assert found.tokens == (BOB, ADA, Token(case_id=9, party=Party.CUSTOMER, party_id="7"))
    assert found.message_ids == (second, first, "root@customer.example")


def test_a_reply_address_is_found_where_only_the_relay_wrote_it():
    address = thread.mint_address(ADA, KEY, "support@desk.example")
    assert thread.keys(letter(delivered_to=address), [KEY]).tokens == (ADA,)


@pytest.mark.parametrize(
    ("subject", "hints"),
    [
        ("Re: [CAS-000123-K7Q] Printer", ("CAS-000123-K7Q",)),
        ("cas-000123-k7q and CAS-000124-AB2", ("CAS-000123-K7Q", "CAS-000124-AB2")),
        ("CAS-000123-K7Q CAS-000123-K7Q", ("CAS-000123-K7Q",)),
        ("XCAS-000123-K7Q, CAS-000123-K7QX, CAS-123", ()),
    ],
)
def test_case_numbers_in_the_subject_are_hints(subject, hints):
    assert thread.keys(letter(subject=subject), [KEY]).case_hints == hints


@pytest.mark.parametrize(
    ("token", "address", "why"),
    [
        (ADA, "support", "no domain"),
        (ADA, "support+x@desk.example", "a tag already"),
        (ADA, "a" * 40 + "@desk.example", "longer than 64 octets"),
        (Token(case_id=1, party=Party.AGENT, party_id="Bob B"), "a@desk.example", "party id of another form"),
        (Token(case_id=-1, party=Party.AGENT, party_id="bob"), "a@desk.example", "no case"),
    ],
)
def test_what_cannot_be_minted_is_refused(token, address, why):
    with pytest.raises(Invalid):
        thread.mint_address(token, KEY, address)


@pytest.mark.parametrize("nonce", ["", "A", "a.b", "x" * 33])
def test_a_nonce_of_another_form_is_refused(nonce):
    with pytest.raises(Invalid):
        thread.mint_message_id(ADA, KEY, nonce, "desk.example")


def test_a_thousand_references_are_read_from_the_newest():
    ids = " ".join(f"<{number}@customer.example>" for number in range(1000))
    assert thread.keys(letter(references=ids), [KEY]).message_ids[0] == "999@customer.example"
