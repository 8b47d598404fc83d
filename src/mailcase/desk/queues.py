"""What is done with a case's place in a queue besides `desk.cases`: it is taken out."""

from mailcase.desk.outcome import Act, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.events_work import QueueLeft
from mailcase.errors import Refused


def leave(outcome: Outcome, act: Act) -> Outcome:
    """Take an active case out of its queue: nobody picks it there. Its queue stays known, and as private as it is."""
    lifecycle.require_active(outcome.case)
    if outcome.item is None:
        raise Refused(f"{outcome.case.number} is in no queue.")
    return outcome.with_item(None, QueueLeft(actor=act.actor, cause=act.cause, queue=outcome.item.queue))
