"""`mailcase auth`: signing in for mailboxes that log in by OAuth 2.0, and how these logins stand."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.daemon.oauth_standing import OAuthStanding
    from mailcase.domain.oauth import Issued
    from mailcase.transport.oauth_client import OAuthClient

auth_app = typer.Typer(help="Logins by OAuth 2.0: sign in, see how they stand, sign out.", no_args_is_help=True)
Mailbox = Annotated[str, typer.Argument(help="Name of the mailbox, or the address that it logs in as.")]


@auth_app.command("login")
def login(
    mailbox: Mailbox,
    browser: Annotated[
        bool,
        typer.Option(
            "--browser", help="Sign in with a browser and paste the address at which it ends, instead of a code."
        ),
    ] = False,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Sign in for a mailbox: shows a page and a code to type there, waits, and keeps what the provider gives.

    Google has no codes for mail: there it is done by browser in any case. With --json, a line of JSON for each step.
    """
    from mailcase.daemon import sign_in

    with options.opened(config) as app:
        for one in sign_in.logins_of(app, mailbox):
            client = sign_in.client_for_person(app, one)
            is_by_code = not browser and bool(client.device_url)
            issued = (_by_code if is_by_code else _by_browser)(app, client, one.account, as_json)
            tokens = sign_in.keep(app, client, one.account, issued, options.actor())
            facts = {"oauth": one.oauth, "account": one.account, "signed_in_at": tokens.signed_in_at}
            _say(as_json, f"Signed in as {one.account}; the daemon uses it from its next login on.", facts)


@auth_app.command("status")
def status(as_json: options.Json = False, config: options.Config = None) -> None:
    """Show each login by OAuth 2.0: whether somebody has signed in, and until when what it needs is good."""
    from mailcase.daemon.oauth_standing import oauth_standings
    from mailcase.store import oauth

    with options.opened(config) as app, app.database.read() as tx:
        standings = oauth_standings(app.config, oauth.find(tx))
    if as_json:
        printing.as_json([_shown(one) for one in standings])
        return
    rows = [
        (
            one.oauth,
            one.account or "every mailbox",
            ", ".join(one.mailboxes),
            one.grant,
            "nobody has signed in" if one.is_missing else "ready" if one.renewed_at else "not used yet",
            one.signed_in_at,
            one.renewed_at,
            "; ".join(f"{what} {printing.moment(end)}" for what, end in one.ends.items()),
        )
        for one in standings
    ]
    columns = ("OAuth", "Account", "Mailboxes", "Grant", "State", "Signed in", "Renewed", "Good until")
    printing.table("Logins by OAuth 2.0", columns, rows, empty="No mailbox logs in by OAuth 2.0.")


@auth_app.command("logout")
def logout(mailbox: Mailbox, as_json: options.Json = False, config: options.Config = None) -> None:
    """Forget the tokens of a mailbox, and revoke them where the provider can be told."""
    from mailcase.daemon import sign_in
    from mailcase.daemon.oauth_logins import oauth_client

    with options.opened(config) as app:
        for one in sign_in.logins_of(app, mailbox):
            done = sign_in.sign_out(app, oauth_client(app.config, one.oauth), one.account, options.actor())
            _say(as_json, f"{one.account}: {done}.", {"oauth": one.oauth, "account": one.account, "outcome": done})


def _by_code(app: "App", client: "OAuthClient", account: str, as_json: bool) -> "Issued":
    import time

    from mailcase.daemon import sign_in

    code = sign_in.begin_by_code(client, account, app.now())
    words = (
        f"Sign in as {account}: open {code.url}\nand type the code {code.user_code}\n"
        f"Waiting until {printing.moment(code.expires_at)} …"
    )
    _say(as_json, words, {"url": code.url, "user_code": code.user_code, "expires_at": code.expires_at})
    return sign_in.finish_by_code(client, account, code, app.now, time.sleep)


def _by_browser(app: "App", client: "OAuthClient", account: str, as_json: bool) -> "Issued":
    from mailcase.daemon import sign_in

    begun = sign_in.begin_by_browser(client, account)
    words = (
        f"Sign in as {account}: open\n{begun.address}\nin any browser. It ends at an address that begins with"
        f" {client.redirect_url} and shows an error, for nothing answers there.\nCopy that address from the browser"
        " and paste it here:"
    )
    _say(as_json, words, {"url": begun.address})
    pasted = typer.get_text_stream("stdin").readline()
    return sign_in.finish_by_browser(client, account, begun, pasted, app.now())


def _say(as_json: bool, words: str, facts: dict[str, Any]) -> None:
    """Print words for people, or a line of JSON for programs, at once: somebody waits for it."""
    typer.echo(json.dumps(facts, default=printing.plain) if as_json else words)


def _shown(one: "OAuthStanding") -> dict[str, Any]:
    return {
        "oauth": one.oauth,
        "account": one.account,
        "mailboxes": list(one.mailboxes),
        "grant": one.grant,
        "is_missing": one.is_missing,
        "signed_in_at": one.signed_in_at,
        "renewed_at": one.renewed_at,
        "ends": {what.replace(" ", "_"): end for what, end in one.ends.items()},
    }
