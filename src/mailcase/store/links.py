"""References between cases, both ways."""

from sqlalchemy import bindparam, delete, or_

from mailcase.domain.relations import CaseLink
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

LINKS = Mapping(schema.case_links, CaseLink)
_links = schema.case_links.c
_of_case = Statement(
    LINKS.select.where(or_(_links.case_id == bindparam("wanted"), _links.other_id == bindparam("wanted"))).order_by(
        _links.id
    )
)
_remove = Statement(
    delete(schema.case_links).where(_links.case_id == bindparam("one"), _links.other_id == bindparam("other"))
)


def add(tx: Tx, link: CaseLink) -> None:
    """Store a reference. The transaction ends with StaleWrite when it is there already."""
    LINKS.insert(tx, link)


def remove(tx: Tx, one: int, other: int) -> None:
    """Take the reference between two cases away."""
    tx.write(_remove, {"one": min(one, other), "other": max(one, other)})


def of_case(tx: Tx, case_id: int) -> list[CaseLink]:
    """Return what a case refers to, or is referred to by, the oldest first."""
    return LINKS.all(tx, _of_case, {"wanted": case_id})
