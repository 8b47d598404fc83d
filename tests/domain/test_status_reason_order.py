"""A status reason may say which reasons it follows."""

from datetime import UTC, datetime

import pytest

from mailcase.domain.case import Case, Status
from mailcase.domain.lifecycle import StatusReason, change_reason
from mailcase.errors import Refused

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TESTED = StatusReason(key="tested", title="Tested", status=Status.ACTIVE, after=frozenset({"researching"}))


def case(reason: str) -> Case:
    return Case(id=1, title="", contact_id=1, mailbox="", status_reason=reason, created_at=NOW, modified_at=NOW)


@pytest.mark.parametrize("before", ["researching", "tested"])
def test_it_follows_the_named_reasons_and_itself(before: str) -> None:
    assert change_reason(case(before), TESTED, NOW).status_reason == "tested"


def test_it_follows_no_other() -> None:
    with pytest.raises(Refused, match="Tested follows only researching"):
        change_reason(case("in_progress"), TESTED, NOW)
