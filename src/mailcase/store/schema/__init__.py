"""Every table of the desk. A column is named as the field of the value that it holds (`store.mapping`)."""

from mailcase.store.schema import full_text
from mailcase.store.schema.base import metadata
from mailcase.store.schema.cases import (
    activities,
    attached_files,
    blobs,
    case_links,
    cases,
    drafts,
    message_index,
    queue_items,
    stage_visits,
    timeline,
    transcripts,
    turns,
)
from mailcase.store.schema.clocks import clock_spans, clocks
from mailcase.store.schema.customers import account_domains, accounts, contact_addresses, contacts
from mailcase.store.schema.desk import audit, desk, leases, oauth_tokens, token_keys
from mailcase.store.schema.entitlements import entitlement_entries, entitlements
from mailcase.store.schema.knowledge import article_links, articles
from mailcase.store.schema.mail import (
    HAS_SENDER,
    IS_SENT,
    STUCK,
    fingerprints,
    inbox,
    mailboxes,
    outbox,
    outbox_recipients,
    raw_messages,
    sending_pauses,
)
from mailcase.store.schema.rulings import parsed_mails, rulings
from mailcase.store.schema.timers import setbacks, timers

__all__ = [
    "HAS_SENDER",
    "IS_SENT",
    "STUCK",
    "account_domains",
    "accounts",
    "activities",
    "article_links",
    "articles",
    "attached_files",
    "audit",
    "blobs",
    "case_links",
    "cases",
    "clock_spans",
    "clocks",
    "contact_addresses",
    "contacts",
    "desk",
    "drafts",
    "entitlement_entries",
    "entitlements",
    "fingerprints",
    "full_text",
    "inbox",
    "leases",
    "mailboxes",
    "message_index",
    "metadata",
    "oauth_tokens",
    "outbox",
    "outbox_recipients",
    "parsed_mails",
    "queue_items",
    "raw_messages",
    "rulings",
    "sending_pauses",
    "setbacks",
    "stage_visits",
    "timeline",
    "timers",
    "token_keys",
    "transcripts",
    "turns",
]
