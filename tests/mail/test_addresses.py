"""Address lists as people write them."""

import pytest

from mailcase.mail import addresses

ROWS = [
    ("a@b.example", [("", "a@b.example")], "an address alone"),
    ("Ada <a@B.Example>", [("Ada", "a@b.example")], "the domain in lower case"),
    ('"Doe, John" <j@x.example>, k@x.example', [("Doe, John", "j@x.example"), ("", "k@x.example")], "a quoted comma"),
    ("Doe, John <j@x.example>", [("Doe, John", "j@x.example")], "an unquoted comma"),
    ("=?utf-8?Q?Doe,_J=C3=BCrgen?= <j@x.example>", [("Doe, Jürgen", "j@x.example")], "a comma in an encoded word"),
    ('"=?utf-8?Q?J=C3=BCrgen?=" <j@x.example>', [("Jürgen", "j@x.example")], "an encoded word in quotes"),
    ("j@x.example (John Doe)", [("John Doe", "j@x.example")], "the name in a comment"),
    ("j@x.example (John (Joe) Doe)", [("John (Joe) Doe", "j@x.example")], "a comment in a comment"),
    ("j(home)@x.example(work)", [("home work", "j@x.example")], "comments within the address"),
    ("Pete<j(home)@x.example>", [("Pete", "j@x.example")], "comments within the brackets"),
    ("undisclosed-recipients:;", [], "an empty group"),
    ("Team: a@x.example, b@x.example;", [("", "a@x.example"), ("", "b@x.example")], "a group"),
    ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")], "semicolons between"),
    ("a@x.example b@x.example", [("", "a@x.example"), ("", "b@x.example")], "blanks between"),
    ("Ada <a@x.example", [("Ada", "a@x.example")], "no closing bracket"),
    ('"Ada <a@x.example>', [("Ada", "a@x.example")], "no closing quote"),
    ("Ada :( <a@x.example>", [("Ada :", "a@x.example")], "no closing parenthesis"),
    ("agent@corp.example <evil@evil.example>", [("agent@corp.example", "evil@evil.example")], "the bracket wins"),
    ("<mailto:a@x.example>", [("", "a@x.example")], "a link"),
    ("<@r.example,@s.example:a@x.example>", [("", "a@x.example")], "a source route"),
    ("=?utf-8?Q?Ada_<a@x.example>?=", [("Ada", "a@x.example")], "all of it encoded"),
    ("MAILER-DAEMON (Mail System)", [("Mail System", "MAILER-DAEMON")], "a local mailbox"),
    ('"Nobody" <>, "Ada" <a@x.example>', [("Ada", "a@x.example")], "an empty address"),
    ('"a.b."@x.example', [("", '"a.b."@x.example')], "a quoted local part"),
    ("a@x . example  . org, b@y.example", [("", "a@x.example.org"), ("", "b@y.example")], "blanks around dots"),
    ("a@[192.0.2.1]", [("", "a@[192.0.2.1]")], "a literal domain"),
    ("Group:@x.example;", [], "half an address"),
    ("mailto:a@x.example", [("", "a@x.example")], "a bare link"),
    ('"("a@x.example)', [("", "a@x.example")], "a parenthesis in quotes is no comment"),
    ("", [], "nothing"),
    ("j@x.example (J \\) D)", [("J ) D", "j@x.example")], "an escaped parenthesis in a comment"),
    ("undisclosed-recipients", [], "an empty group without its marks"),
    ('"a b"@x.example', [("", '"a b"@x.example')], "a blank in a quoted local part"),
    ('Ada <"a b"@x.example>', [("Ada", '"a b"@x.example')], "the same within brackets"),
    ("Ada <a@x.example, Eve <e@x.example>", [("Ada", "a@x.example"), ("Eve", "e@x.example")], "one bracket is open"),
    ("<a@x.example> <e@x.example>", [("", "a@x.example"), ("", "e@x.example")], "no comma between brackets"),
    ("Ada <a@x.example> <a@x.example>", [("Ada a@x.example", "a@x.example")], "the same twice"),
    ("Ada [mailto:a@x.example]", [("Ada", "a@x.example")], "a link in square brackets"),
    ("Ada\u00a0Byron <a@x.example>", [("Ada Byron", "a@x.example")], "a blank that does not break"),
    ("<\u202aa@x.example\u202c>", [("", "a@x.example")], "invisible marks around"),
    ("'Ada' <a@x.example>", [("Ada", "a@x.example")], "single quotes"),
    ("'Ada' via Desk <a@x.example>", [("'Ada' via Desk", "a@x.example")], "quotes around a part of the name"),
]


@pytest.mark.parametrize(("text", "expected"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_addresses_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in addresses.parse([text])] == expected
