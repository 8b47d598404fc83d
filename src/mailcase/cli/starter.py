"""The settings file that `mailcase init` writes: short, commented, and complete once the servers are filled in."""

from datetime import datetime

STARTER = """\
# Settings of mailcase. Every key, its unit and its default: docs/configuration.md.
# Relative paths count from the folder of this file. A variable such as MAILCASE_DESK__NAME overrides a key.

[desk]
name = "Support"                       # as customers see it
# admin = "you@example.com"            # hears about troubles of the daemon
time_zone = "UTC"                      # in which people are told dates, such as Europe/Berlin
language = "en"                        # of mails when the customer's language is unknown: en, de, fr, es
# authserv_id = "mx.example.com"       # under which your own mail server writes Authentication-Results

[database]
url = "sqlite:///mailcase.db"          # or postgresql://user@host/name

[paths]
rules = "rules"
templates = "templates"
articles = "articles"

[mailboxes.support]
address = "support@example.com"
# aliases = ["help@example.com"]       # other addresses that deliver into it
queue = "support"
since = {since}           # older mail is left alone; "all" takes it too
# subaddress = true                    # when support+anything@example.com reaches support@example.com

[mailboxes.support.imap]
host = "imap.example.com"
port = 993
security = "tls"                       # tls, starttls, or none for a server on this machine
# username = "support@example.com"     # when it is not the address
password_file = "secrets/support"      # its first line; or password_env, password_credential, password
# oauth = "office"                     # in place of a password: OAuth 2.0 as [oauth.office] says; see docs/operations.md
# fingerprint = "…"                    # trust this certificate alone; `mailcase check` shows the server's
after_filing = "keep"                  # keep, keyword or move: what happens there to mail that is stored here

[smtp]
host = "smtp.example.com"
port = 465
security = "tls"
username = "support@example.com"
password_file = "secrets/support"
"""


def starter(now: datetime) -> str:
    """Return the file for a desk that begins at `now` (UTC)."""
    return STARTER.replace("{since}", now.replace(microsecond=0).isoformat().replace("+00:00", "Z"))
