"""Logging in by access tokens: to Dovecot, which asks the authorisation server about each, and to a scripted SMTP server."""

import base64
from dataclasses import dataclass, field

import pytest

from lab.dovecot import Dovecot
from lab.faultproxy import FaultProxy
from lab.imapserver import ImapServer
from lab.oauthserver import OAuthServer
from lab.smtpsink import SmtpSink
from mailcase.domain.oauth import Grant
from mailcase.errors import Unavailable
from mailcase.transport import oauth
from mailcase.transport.sasl import LoginRefused, Mechanism
from transport.imap_sessions import Connect
from transport.oauth_clients import NOW, client
from transport.smtp_mails import ACCEPTED, Post, once, outgoing, states

BOTH = "8BITMIME", "AUTH XOAUTH2 OAUTHBEARER"
CHALLENGE = "334 " + base64.b64encode(b'{"status":"401","schemes":"bearer"}').decode()


@dataclass
class Source:
    """Tokens for one account; the first ones may be bad."""

    server: OAuthServer
    account: str
    bad: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __call__(self, *, instead_of: str = "") -> str:
        self.refused += [instead_of] if instead_of else []
        if self.bad:
            return self.bad.pop(0)
        asking = client(self.server, grant=Grant.REFRESH_TOKEN)
        return oauth.renew(asking, self.account, self.server.sign_in(self.account), NOW).access_token


@pytest.fixture
def user(oauth_dovecot: Dovecot) -> ImapServer:
    return ImapServer.dovecot(oauth_dovecot, "@northwind.example")


@pytest.mark.parametrize("mechanism", list(Mechanism))
def test_dovecot_takes_a_token_by_what_it_offers(
    oauth_server: OAuthServer, oauth_dovecot: Dovecot, user: ImapServer, connect: Connect, mechanism: Mechanism
) -> None:
    user.append(b"Subject: x\r\n\r\nx\r\n")
    others = [one.encode() for one in Mechanism if one is not mechanism]
    with FaultProxy(target=user.port, drip_interval_s=0.05) as proxy:
        proxy.rewrite = lambda packet: packet.replace(b"AUTH=" + others[0], b"AUTH=" + b"X" * len(others[0]))
        session = connect(user.account(port=proxy.port, tokens=Source(oauth_server, user.username), password=""))
        assert session.open().uid == 1

    assert f"method={mechanism}" in (oauth_dovecot.folder / "log").read_text()


def test_a_refused_token_is_renewed_once_and_the_login_done_again(
    oauth_server: OAuthServer, user: ImapServer, connect: Connect
) -> None:
    source = Source(oauth_server, user.username, bad=["access-of-yesterday"])

    connect(user.account(tokens=source, password="")).open()

    assert source.refused == ["access-of-yesterday"]


def test_a_second_refusal_is_told_with_the_reason(
    oauth_server: OAuthServer, user: ImapServer, connect: Connect
) -> None:
    source = Source(oauth_server, user.username, bad=["canary-1", "canary-2", "canary-3"])

    with pytest.raises(LoginRefused, match=f"the login of {user.username} is refused .*invalid_token") as caught:
        connect(user.account(tokens=source, password="")).open()

    assert source.refused == ["canary-1"]
    assert "docs/operations.md" in caught.value.remedy
    assert "canary" not in str(caught.value) + caught.value.remedy


def test_a_token_of_somebody_else_opens_nothing(oauth_server: OAuthServer, user: ImapServer, connect: Connect) -> None:
    with pytest.raises(LoginRefused):
        connect(user.account(tokens=Source(oauth_server, "mallory@northwind.example"), password="")).open()


def test_a_server_that_takes_no_tokens_is_told_and_hears_none(
    oauth_server: OAuthServer, dovecot_user: ImapServer, connect: Connect
) -> None:
    with pytest.raises(Unavailable, match=r"takes no OAuth 2\.0 tokens \(it offers LOGIN, PLAIN\)"):
        connect(dovecot_user.account(tokens=Source(oauth_server, "u"), password="")).open()


@pytest.mark.parametrize(
    ("offered", "mechanism"),
    [("AUTH LOGIN XOAUTH2", Mechanism.XOAUTH2), (BOTH[1], Mechanism.OAUTHBEARER)],
    ids=["as Microsoft's", "the standard's where it is offered"],
)
def test_mail_is_sent_with_a_token(oauth_server: OAuthServer, post: Post, offered: str, mechanism: Mechanism) -> None:
    with SmtpSink(extensions=("8BITMIME", offered)) as sink:
        postman = post(sink.port, username="desk@x.example", tokens=Source(oauth_server, "desk@x.example"))
        assert states(once(postman, outgoing())) == [ACCEPTED]

    _, name, message = sink.commands[1].split()
    assert name == mechanism
    assert b"auth=Bearer access-" in base64.b64decode(message)


@pytest.mark.parametrize("refusal", ["535 5.7.3 unsuccessful", CHALLENGE], ids=["at once", "with a reason first"])
def test_smtp_refuses_a_token_once(oauth_server: OAuthServer, post: Post, refusal: str) -> None:
    source = Source(oauth_server, "desk@x.example", bad=["access-of-yesterday"])
    script = {"auth": [refusal, "235 2.7.0 welcome"], "other": "535 5.7.8 no"}
    with SmtpSink(script=script, extensions=BOTH) as sink:
        post(sink.port, username="desk@x.example", tokens=source).check()

    assert source.refused == ["access-of-yesterday"]
    assert sink.connections == 2


def test_smtp_that_refuses_again_is_told_without_the_token(oauth_server: OAuthServer, post: Post) -> None:
    source = Source(oauth_server, "desk@x.example", bad=["canary-1", "canary-2"])
    with (
        SmtpSink(script={"auth": "535 5.7.3 unsuccessful"}, extensions=BOTH) as sink,
        pytest.raises(LoginRefused, match=r"login of desk@x\.example is refused .535 5\.7\.3") as caught,
    ):
        post(sink.port, username="desk@x.example", tokens=source).check()

    assert sink.connections == 2
    assert "docs/operations.md" in caught.value.remedy
    assert "canary" not in str(caught.value)


def test_without_a_token_nobody_is_connected_to(post: Post) -> None:
    def nobody(*, instead_of: str = "") -> str:
        raise Unavailable("nobody has signed in", remedy="Sign in.")

    with SmtpSink() as sink:
        with pytest.raises(Unavailable, match="nobody has signed in"):
            post(sink.port, username="desk@x.example", tokens=nobody).check()
        assert sink.connections == 0
