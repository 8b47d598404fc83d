"""What customers answer to appointments, taken in from the calendar that came with their mail."""

from dataclasses import replace

from mailcase.desk.filing import Mail
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.activity import Activity, ActivityKind, ActivityState
from mailcase.domain.events_work import AppointmentAnswered
from mailcase.mail.invitation import answers
from mailcase.store import activities
from mailcase.store.tx import Tx


def take_answers(tx: Tx, outcome: Outcome, mail: Mail) -> Outcome:
    """Return `outcome` with what `mail` answers to open appointments of its case; the owner of each is told.

    Only the customer whom the invitation went to can answer it.
    """
    sender = mail.email.sender
    for answer in answers(mail.email):
        activity = activities.by_message_id(tx, answer.uid)
        is_ours = activity is not None and activity.case_id == outcome.case.id and _is_waiting(activity)
        if activity is None or not is_ours or sender is None or sender.address not in activity.recipients:
            continue
        if activity.response != answer.response:
            outcome = _answered(outcome, activity, replace(activity, response=answer.response), mail.act)
    return outcome


def _is_waiting(activity: Activity) -> bool:
    return activity.kind is ActivityKind.APPOINTMENT and activity.state is ActivityState.OPEN


def _answered(outcome: Outcome, before: Activity, after: Activity, act: Act) -> Outcome:
    changed = replace(outcome, work_before=(*outcome.work_before, before), work=(*outcome.work, after))
    return changed.then(AppointmentAnswered(actor=act.actor, cause=act.cause, activity=after))
