"""The verbs about activities: `#task #phone #letter #time #appointment #done #drop #give #remove`."""

import re
from datetime import datetime

from mailcase.desk import activities
from mailcase.desk.activities import Time
from mailcase.desk.call import Call, Verb, find_queue
from mailcase.desk.outcome import Outcome
from mailcase.desk.rights import require, require_sight
from mailcase.domain.activity import ActivityKind
from mailcase.domain.minutes import take_minutes
from mailcase.domain.permission import Right
from mailcase.domain.when import parse_when, split_due
from mailcase.errors import Refused

APPOINTMENT_MINUTES = 30
MAX_TIME_WORDS = 6  # such as `on friday at 2 pm`
DUE_HOUR = 17  # of a day without a time: by the end of it
_BILLABLE = re.compile(r"(?:billable|abrechenbar|facturable)\s+", re.IGNORECASE)
_GIVEN = re.compile(r"(?:(?P<what>.*?)\s+)?(?:@(?P<who>\S+)|(?:queue\s+)?(?P<queue>[^\s@]+))", re.DOTALL)
_OWNER = re.compile(r"@(?P<who>\S+)\s+")


def take_time(text: str, *, bare: bool = False) -> tuple[Time | None, int | None, str]:
    """Take `20m [billable 10m]` off the beginning of `text`: the time, minutes said to be billable alone, and the rest."""
    minutes, rest = take_minutes(text, bare=bare)
    match = _BILLABLE.match(rest)
    charged = None
    if match is not None:
        charged, after = take_minutes(rest[match.end() :], bare=True)
        if charged is None:
            raise Refused("billable needs a time, such as billable 10m.")
        rest = after
    if minutes is None:
        return None, charged, rest
    return Time(minutes=minutes, billable_minutes=charged), None, rest


def _plan(outcome: Outcome, kind: ActivityKind, call: Call) -> Outcome:
    """Plan what `[@agent] text [due when]` says."""
    text, owner = call.argument, None
    match = _OWNER.match(text)
    if match is not None:
        owner, text = call.find_agent(match["who"]), text[match.end() :]
        require_sight(call.rulebook, owner, outcome.case)
    words, due = split_due(text, lambda when: _moment(when, call))
    return activities.plan(outcome, kind, words, call.act, due_at=due, owner=owner.key if owner else None)


def _task(outcome: Outcome, call: Call) -> Outcome:
    return _plan(outcome, ActivityKind.TASK, call)


def _phone(outcome: Outcome, call: Call) -> Outcome:
    """`#phone 15m text` writes a call down; `#phone text due when` plans one."""
    time, _, words = take_time(call.argument)
    if time is None and split_due(call.argument, lambda when: _moment(when, call))[1] is not None:
        return _plan(outcome, ActivityKind.PHONE_CALL, call)
    return activities.log(outcome, ActivityKind.PHONE_CALL, words, time, call.act)


def _moment(when: str, call: Call) -> datetime:
    return parse_when(when, call.now, call.around.zone, hour=DUE_HOUR)


def _letter(outcome: Outcome, call: Call) -> Outcome:
    """`#letter [10m] text` writes a letter down that was sent or came."""
    time, _, words = take_time(call.argument)
    return activities.log(outcome, ActivityKind.LETTER, words, time, call.act)


def _time(outcome: Outcome, call: Call) -> Outcome:
    """`#time 20m [billable 10m] [what for]`."""
    time, _, words = take_time(call.argument, bare=True)
    if time is None:
        raise Refused(f"{call.argument!r} is no time; write {call.command.spec.usage}.")
    return activities.log(outcome, ActivityKind.TASK, words or "time", time, call.act)


def _appointment(outcome: Outcome, call: Call) -> Outcome:
    """`#appointment tomorrow 14:00 [45m] text`: the longest beginning that is a time counts."""
    words = call.argument.split(" ")
    for count in range(min(len(words), MAX_TIME_WORDS), 0, -1):
        try:
            start = _moment(" ".join(words[:count]).rstrip(",:"), call)
        except Refused:
            continue
        time, _, text = take_time(" ".join(words[count:]))
        minutes = time.minutes if time else APPOINTMENT_MINUTES
        return activities.meet(outcome, text, start, minutes, call.act)
    raise Refused(f"{call.argument!r} begins with no time to come; write {call.command.spec.usage}.")


def _done(outcome: Outcome, call: Call) -> Outcome:
    """`#done [number or first words] [20m [billable 10m]]`."""
    words, time = _with_time(call.argument)
    return activities.complete(outcome, words, time, call.act)


def _with_time(text: str) -> tuple[str, Time | None]:
    """Split the words that name an activity from the time behind them."""
    parts = text.split(" ")
    for index in range(len(parts) + 1):
        time, _, rest = take_time(" ".join(parts[index:]))
        if time is not None and not rest:
            return " ".join(parts[:index]), time
    return text, None


def _drop(outcome: Outcome, call: Call) -> Outcome:
    return activities.drop(outcome, call.argument, call.act)


def _give(outcome: Outcome, call: Call) -> Outcome:
    """`#give [number or first words] @agent`, or the name of a queue in its place."""
    match = _GIVEN.fullmatch(call.argument.strip())
    if match is None:
        raise Refused(f"{call.argument!r} does not say to whom; write {call.command.spec.usage}.")
    what = match["what"] or ""
    if match["who"]:
        owner = call.find_agent(match["who"])
        require_sight(call.rulebook, owner, outcome.case)
        return activities.give(outcome, what, owner.key, None, call.act)
    queue = find_queue(match["queue"], call.rulebook.queues)
    return activities.give(outcome, what, None, queue.name, call.act)


def _remove(outcome: Outcome, call: Call) -> Outcome:
    """`#remove 12`: what somebody else wrote only with the right for it."""
    done, found = activities.remove(outcome, call.argument, call.act)
    if found.created_by != call.act.actor:
        require(call.rulebook, call.request.agent, Right.DELETE_ACTIVITIES, outcome.case)
    return done


ACTIVITIES: dict[str, Verb] = {
    "task": _task,
    "phone": _phone,
    "letter": _letter,
    "time": _time,
    "appointment": _appointment,
    "done": _done,
    "drop": _drop,
    "give": _give,
    "remove": _remove,
}
