"""No secret of OAuth 2.0 is in the log, the health or the mails of a daemon, whatever a provider repeats of it."""

import io
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.desks import Furniture, furnish
from lab.imapscript import ImapScript
from lab.oauthserver import OAuthServer
from lab.process import eventually
from mailcase import log
from mailcase.app import build
from mailcase.daemon.oauth_logins import oauth_client
from mailcase.daemon.supervise import Daemon
from mailcase.domain.oauth import Issued, signed_in
from mailcase.store import oauth

ACCOUNT = "support@northwind.example"
SECRETS = ("canary-client", "access-", "refresh-")
IMAP = '[mailboxes.support.imap]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\noauth = "lab"\n'


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """The log, down to what the libraries would say."""
    stream = io.StringIO()
    log.configure("debug", "console", stream)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    yield stream
    log.configure("warning", "json", sys.__stderr__)


@pytest.mark.parametrize(
    "is_stolen", [True, False], ids=["the provider repeats the token", "the mail server refuses it"]
)
def test_a_daemon_shows_no_secret(tmp_path: Path, out: io.StringIO, *, is_stolen: bool) -> None:
    refusing = {"CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n{tag} OK done\r\n"}
    refusing |= {"AUTHENTICATE": "+ \r\n", "line": "{tag} NO [AUTHENTICATIONFAILED] no\r\n"}
    with OAuthServer() as server, ImapScript(refusing) as imap:
        section = server.section(client_secret="canary-client-secret")
        path = furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=IMAP.format(port=imap.port), extra=section))
        app = build(path)
        client = oauth_client(app.config, "lab")
        token = server.sign_in(ACCOUNT)
        with app.database.begin() as tx:
            issued = Issued(access_token="", refresh_token=token)
            oauth.put(tx, signed_in(client.key_for(ACCOUNT), client.identity, issued, app.now() - issued.lifetime))
        if is_stolen:
            server._spent[token] = server._refresh.pop(token)
        daemon = Daemon(app)
        daemon.start()
        eventually(lambda: "thread.unavailable" in out.getvalue(), "the failure")
        shown = f"{out.getvalue()} {daemon.health.all()} {app.config}"
        daemon.stop()
        daemon.join()
        app.close()

    assert server.requests[0]["client_secret"] == "canary-client-secret"
    assert ("was used before" in shown, "is refused" in shown) == (is_stolen, not is_stolen)
    assert [secret for secret in SECRETS if secret in shown] == []
