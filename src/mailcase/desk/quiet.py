"""Filing older mail for the record: what was decided is done, but nobody is answered, told or measured by it.

Cases are opened and mails join them, dated as they came to the server. No mail goes out, no clock begins, no closed case
is opened again, and an agent's commands of the past are not run once more.
"""

from typing import assert_never

from mailcase.domain.decision import (
    AppendToCase,
    Decision,
    Hold,
    Ignore,
    OpenCase,
    ReactivateCase,
    RecordBounce,
    ReturnToAgent,
    RunCommands,
)

REASON = "backfill"


def quieten(decision: Decision) -> Decision:
    """Return what is done of `decision` with a mail that is only filed for the record."""
    match decision:
        case ReactivateCase():
            return AppendToCase(rule=decision.rule, case=decision.case, is_quiet=True, why="older mail")
        case AppendToCase():
            return AppendToCase(rule=decision.rule, case=decision.case, is_quiet=True, why=decision.why)
        case RunCommands() | ReturnToAgent():
            return Ignore(reason=REASON, detail="An agent's older mail: what it asked for is not done again.")
        case OpenCase() | RecordBounce() | Hold() | Ignore():
            return decision
        case _:
            assert_never(decision)
