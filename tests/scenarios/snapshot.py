"""The whole desk as plain values, in the words that a story's cases.yaml uses."""

from typing import Any

from mailcase.domain.activity import Activity
from mailcase.domain.article_use import ArticleLink
from mailcase.domain.case import Case
from mailcase.domain.number import format_number
from mailcase.store import activities, article_links, cases, contacts, inbox, timeline
from mailcase.store.cases import CaseFilter
from mailcase.store.engine import Database
from mailcase.store.tx import Tx


def snapshot(database: Database) -> dict[str, Any]:
    """Return every case and every received mail, the oldest first."""
    with database.read() as tx:
        found = cases.find(tx, CaseFilter(), limit=1000)[::-1]
        received = inbox.find(tx, limit=1000)[::-1]
        return {
            "cases": [_case(tx, case) for case in found],
            "inbox": [" ".join(filter(None, (mail.state, mail.reason))) for mail in received],
        }


def _case(tx: Tx, case: Case) -> dict[str, Any]:
    customer = contacts.get(tx, case.contact_id)
    return {
        "number": case.number,
        "title": case.title,
        "status": f"{case.status}, {case.status_reason}",
        "priority": str(case.priority),
        "queue": case.queue,
        "owner": case.owner,
        "customer": customer and customer.address,
        "language": case.language,
        "related": case.related_id and format_number(case.related_id),
        "unverified": case.is_unverified,
        "answered": case.unanswered_since is None,
        "first response": case.first_response_at is not None,
        "resolution": case.resolution,
        "articles": [_article(link) for link in article_links.of_case(tx, case.id)],
        "activities": [_activity(tx, activity) for activity in activities.by_case(tx, case.id)],
        "timeline": [f"{entry.actor}: {entry.summary}" for entry in timeline.by_case(tx, case.id)],
    }


def _article(link: ArticleLink) -> str:
    uses = (("offered", link.offered_at), ("sent", link.sent_at), ("solved", link.solved_at))
    return " ".join((link.article, *(name for name, moment in uses if moment is not None)))


def _activity(tx: Tx, activity: Activity) -> str:
    marks = [
        name for name, is_so in (("automatic", activity.is_automatic), ("unverified", activity.is_unverified)) if is_so
    ]
    files = [f"[{file.name}, {file.content_type}, {file.size} bytes]" for file in activities.files(tx, activity.id)]
    head = " ".join((activity.kind, *marks, "by", activity.created_by))
    return f"{head}: {' '.join(activity.text.split())} {' '.join(files)}".rstrip()
