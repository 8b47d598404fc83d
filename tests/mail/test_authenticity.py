"""Only our own server's word about the sender's own domain proves anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters import letter, raw
from mailcase.mail import authres
from mailcase.mail.authenticity import Authenticity, authenticate
from mailcase.mail.authres import Result

OURS = "mx.desk.example"
PASS = f"{OURS}; dmarc=pass header.from=customer.example"


def judge(value: str, **fields: str) -> Authenticity:
    return authenticate(letter(authentication_results=value, **fields), OURS)


@pytest.mark.parametrize(
    "value",
    [
        PASS,
        f"{OURS}; dmarc=pass (p=reject dis=none) header.from=customer.example",
        (
            f"{OURS} 1; spf=pass smtp.mailfrom=ada@customer.example; dkim=pass (2048-bit key) header.d=customer.example"
            " header.i=@customer.example header.b=AbC/d+e=; dmarc=pass header.from=Customer.Example"
        ),
        f"{OURS.upper()}; dkim=pass header.d=customer.example header.s=s1 header.a=rsa-sha256",
        f"{OURS}; dkim=pass header.i=ada@customer.example",
        f"{OURS}; dkim=fail header.d=customer.example; dkim=pass header.d=customer.example",
        (
            f'{OURS}; iprev=pass policy.iprev=192.0.2.1 (mail.customer.example); auth=pass (PLAIN) smtp.auth="a;b";'
            " dmarc = pass (a (nested (comment))) header.from = customer.example"
        ),
        (
            f"{OURS}; spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=customer.example; dkim=pass (signature was verified)"
            " header.d=customer.example;dmarc=pass action=none header.from=customer.example;compauth=pass reason=100"
        ),
        f'(comment) {OURS} ; dkim/1=pass reason="good; signature" header.d=customer.example',
    ],
)
def test_genuine_results_prove_the_domain(value):
    assert judge(value).is_authentic


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("mx.evil.example; dmarc=pass header.from=customer.example", "another server"),
        (f"{OURS}.evil.example; dmarc=pass header.from=customer.example", "a longer name"),
        (f"x{OURS}; dmarc=pass header.from=customer.example", "a name that ends in ours"),
        ("dmarc=pass header.from=customer.example", "no server named"),
        (f"({OURS}); dmarc=pass header.from=customer.example", "our name in a comment"),
        (f"mx.evil.example; x=y ({OURS}; dmarc=pass header.from=customer.example)", "all of it in a comment"),
        (f"{OURS}; dmarc=pass header.from=evil.example", "pass for another domain"),
        (f"{OURS}; dmarc=pass", "pass for no domain"),
        (f"{OURS}; dmarc=pass header.from=customer.example header.from=evil.example", "two domains"),
        (f"{OURS}; dmarc=fail header.from=customer.example", "fail"),
        (f"{OURS}; dmarc=fail header.from=customer.example; dkim=pass header.d=customer.example", "DMARC contradicts"),
        (f"{OURS}; dmarc=pass header.from=customer.example; dmarc=fail header.from=customer.example", "two verdicts"),
        (f"{OURS}; dmarc=bestguesspass header.from=customer.example", "a word that is no pass"),
        (f"{OURS}; dmarc=passed header.from=customer.example", "a longer word"),
        (f"{OURS}; dkim=pass header.d=evil.example", "signed by somebody else"),
        (f"{OURS}; dkim=pass header.d=notcustomer.example", "a domain that ends alike"),
        (f"{OURS}; dkim=pass header.d=sub.customer.example", "signed below the domain"),
        (f"{OURS}; dkim=pass header.d=example", "a top level domain"),
        (f"{OURS}; dkim=pass header.d=evil.example header.i=@customer.example", "header.d decides"),
        (f"{OURS}; dkim=policy header.d=customer.example", "refused by policy"),
        (f"{OURS}; spf=pass smtp.mailfrom=ada@customer.example", "SPF alone is about the envelope"),
        (f"{OURS}; none", "no result"),
        (f"{OURS}", "nothing at all"),
        (
            f'{OURS}; spf=pass smtp.mailfrom="; dmarc=pass header.from=customer.example"@evil.example',
            "in a quoted local part",
        ),
        (f"{OURS}; spf=pass (dmarc=pass header.from=customer.example) smtp.mailfrom=x@evil.example", "in a comment"),
        (
            f"{OURS}; spf=pass (a\\) ; dmarc=pass header.from=customer.example",
            "an escaped bracket does not end a comment",
        ),
        (f"{OURS}; spf=pass (open ; dmarc=pass header.from=customer.example", "a comment without end"),
        (f'{OURS}; spf=pass smtp.mailfrom="open ; dmarc=pass header.from=customer.example', "a string without end"),
        (f"{OURS}; ; dmarc=pass header.from=customer.example", "an empty result breaks the grammar"),
        (f"{OURS} dmarc=pass header.from=customer.example", "no semicolon"),
        (f"{OURS}; dmarc=pass header.from=customer.example garbage", "a word without a value"),
        (
            f"{OURS}; spf=pass smtp.mailfrom==?utf-8?q?x;_dmarc=3Dpass_header.from=3Dcustomer.example?=@evil.example",
            "encoded",
        ),
    ],
)
def test_forged_results_prove_nothing(value, why):
    assert not judge(value).is_authentic, why


def test_the_topmost_field_of_our_server_decides():
    mail = raw(f"""
        Authentication-Results: other.example; dkim=pass header.d=customer.example
        Authentication-Results: {OURS}; dmarc=none header.from=customer.example
        Received: from evil.example
        Authentication-Results: {PASS}
        From: ada@customer.example

        #resolve
        """)
    assert not authenticate(mail, OURS).is_authentic


def test_a_malformed_topmost_field_is_not_passed_over():
    mail = raw(f"""
        Authentication-Results: {OURS}; dmarc=
        Authentication-Results: {PASS}
        From: ada@customer.example

        #resolve
        """)
    assert authenticate(mail, OURS).why == "malformed Authentication-Results"


@pytest.mark.parametrize(
    "sender",
    [
        "ada@customer.example, eve@evil.example",
        "ada@customer.example <eve@evil.example>",
        "ada@customer.example\nFrom: eve@evil.example",
        "",
    ],
)
def test_exactly_one_sender_of_the_domain_is_needed(sender):
    assert not judge(PASS, **{"from": sender}).is_authentic


def test_no_server_of_ours_means_nobody_is_trusted():
    mail = letter(authentication_results="; dmarc=pass header.from=customer.example")
    assert not authenticate(mail, "").is_authentic


def test_an_encoded_word_stays_encoded():
    value = f"{OURS}; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass?=@evil.example"
    assert letter(authentication_results=value).header("authentication-results") == value


def test_the_verdicts_are_told():
    found = judge(
        f"{OURS}; spf=softfail smtp.mailfrom=x.example; dkim=neutral header.d=customer.example; dmarc=temperror"
        " header.from=customer.example"
    )
    assert (found.spf, found.dkim, found.dmarc) == (Result.SOFTFAIL, Result.NEUTRAL, Result.TEMPERROR)


@pytest.mark.parametrize(
    "value", ["(" * 100_000, f"{OURS}; " + "(" * 10_000 + ")" * 10_000, f"{OURS};" + " a=b;" * 5_000]
)
def test_hostile_values_are_refused_in_one_walk(value):
    assert authres.parse(value) is None


@given(st.text(alphabet=st.sampled_from('ab.;=()\\"@ /1'), max_size=80))
def test_any_value_is_read_or_refused(value):
    found = authres.parse(f"{OURS}; {value}")
    assert found is None or all(one.method for one in found)
