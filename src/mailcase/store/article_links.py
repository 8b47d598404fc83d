"""Which articles belong to which cases, and which of them solved one."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update

from mailcase.domain.article_use import ArticleLink, ArticleRecord
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

LINKS = Mapping(schema.article_links, ArticleLink)
_links = schema.article_links.c
_of_case = Statement(LINKS.select.where(_links.case_id == bindparam("wanted")).order_by(_links.id))
_of_article = Statement(LINKS.select.where(_links.article == bindparam("wanted")).order_by(_links.id.desc()))
_remove = Statement(
    delete(schema.article_links).where(_links.case_id == bindparam("wanted"), _links.article == bindparam("number"))
)
_move = Statement(
    update(schema.article_links)
    .where(_links.case_id == bindparam("from_case"), _links.article == bindparam("number"))
    .values(case_id=bindparam("to_case"))
)


def of_case(tx: Tx, case_id: int) -> list[ArticleLink]:
    """Return the articles of a case, the first one first."""
    return LINKS.all(tx, _of_case, {"wanted": case_id})


def of_article(tx: Tx, number: str) -> list[ArticleLink]:
    """Return the cases that an article belongs to, the newest first."""
    return LINKS.all(tx, _of_article, {"wanted": number})


def put(tx: Tx, link: ArticleLink) -> None:
    """Store a link, new or changed."""
    if link.id:
        LINKS.update(tx, link)
    else:
        LINKS.insert(tx, link)


def remove(tx: Tx, case_id: int, number: str) -> None:
    """Take an article away from a case."""
    tx.write(_remove, {"wanted": case_id, "number": number})


def move(tx: Tx, from_case: int, to_case: int) -> None:
    """Let the articles of a case belong to another; what both have stays with each."""
    known = {link.article for link in of_case(tx, to_case)}
    for link in of_case(tx, from_case):
        if link.article not in known:
            tx.write(_move, {"from_case": from_case, "to_case": to_case, "number": link.article})


def records(tx: Tx, since: datetime | None = None) -> list[ArticleRecord]:
    """Return what each article was good for on cases that it was linked with since then (UTC), the most useful first."""
    sent, solved = func.count(_links.sent_at), func.count(_links.solved_at)
    query = select(
        _links.article,
        func.count(_links.id).label("cases"),
        func.count(_links.offered_at).label("offered"),
        sent.label("sent"),
        solved.label("solved"),
        func.max(_links.created_at, type_=_links.created_at.type).label("last_at"),
    ).group_by(_links.article)
    if since is not None:
        query = query.where(_links.created_at >= since)
    rows = tx.execute(query.order_by(solved.desc(), sent.desc(), func.count(_links.id).desc(), _links.article))
    return [ArticleRecord(**row) for row in rows.mappings()]
