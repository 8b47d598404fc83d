"""How long cases were in the stages of their flows."""

from sqlalchemy import bindparam, func, select

from mailcase.domain.case import FlowState
from mailcase.domain.flow_time import StageVisit
from mailcase.store import schema
from mailcase.store.columns import fixed
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

VISITS = Mapping(schema.stage_visits, StageVisit)
_visits, _cases = schema.stage_visits.c, schema.cases.c
_of_case = VISITS.select.where(_visits.case_id == bindparam("wanted"))
_by_case = Statement(_of_case.order_by(_visits.id))
_current = Statement(_of_case.where(_visits.left_at.is_(None)))
_standing = (
    select(_cases.flow, _cases.stage, func.count().label("count"))
    .where(_cases.flow_state == fixed(FlowState.ACTIVE))
    .group_by(_cases.flow, _cases.stage)
)


def enter(tx: Tx, visit: StageVisit) -> None:
    """Store a visit that begins. The transaction ends with StaleWrite while another one of its case lasts."""
    VISITS.insert(tx, visit)


def leave(tx: Tx, visit: StageVisit) -> None:
    """Store how a visit ended."""
    VISITS.update(tx, visit)


def current(tx: Tx, case_id: int) -> StageVisit | None:
    """Return the visit of a case that lasts, if there is one."""
    return VISITS.first(tx, _current, {"wanted": case_id})


def by_case(tx: Tx, case_id: int) -> list[StageVisit]:
    """Return the visits of a case, the oldest first."""
    return VISITS.all(tx, _by_case, {"wanted": case_id})


def count_standing(tx: Tx) -> dict[tuple[str, str], int]:
    """Return how many cases are in each stage of each flow that is under way: by flow and stage."""
    return {(row["flow"], row["stage"]): int(row["count"]) for row in tx.execute(_standing).mappings()}
