"""What this process has done since it began, counted for Prometheus; `web` shows it beside what the database knows."""

from prometheus_client import CollectorRegistry, Counter

REGISTRY = CollectorRegistry()
"""Ours alone: a library that counts for itself does not show up in our metrics."""

STORED = Counter("mailcase_mails_stored", "Mails that were fetched and stored.", ["mailbox"], registry=REGISTRY)
FILED = Counter(
    "mailcase_mails_filed",
    "Mails whose filing ended, by how: filed, skipped or held.",
    ["mailbox", "state"],
    registry=REGISTRY,
)
SENT = Counter(
    "mailcase_mails_sent",
    "Attempts to send a mail, by how it stood then: sent, queued (again), uncertain or dead.",
    ["mailbox", "state"],
    registry=REGISTRY,
)
REFUSED = Counter(
    "mailcase_recipients_refused", "Recipients that a server refused for good.", ["mailbox"], registry=REGISTRY
)
