"""E9: SMTP servers that say later, never, goodbye or who are you, and mail that bounces after it was taken."""

import functools
import time
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from lab import bounces, partial
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import imap_host
from lab.letterbox import letter
from lab.mails import ANNA, answer
from lab.process import eventually
from lab.refusing import Box, Desk, refused_desk
from mailcase.domain.outbox import OutboxState

PROMISED = tuple(timedelta(minutes=m) for m in (1, 5, 15, 30, 60, 120, 240))
PROMISED_LATER = timedelta(hours=6)
PROMISED_FOR = timedelta(days=4)
TOLERANCE = timedelta(seconds=20)
"""For the seconds that an attempt itself and the next look take."""
LONGEST_REST = timedelta(hours=1)
"""Of an account whose server says that it is too fast."""
A_WHILE = timedelta(minutes=10)
"""How far the clock is moved while a rest is waited for."""
NOTICED_WITHIN_S = 8.0
"""The daemon looks every five seconds for what is due."""
UNSENT = (OutboxState.QUEUED, OutboxState.SENDING)


def run(setting: Setting) -> Findings:
    """Let each server refuse an answer until it is given up, and then let answers bounce."""
    with imap_host() as host:
        with refused_desk(setting, host) as desk:
            _answer_all(setting, desk)
            _follow_the_table(setting, desk, attempts=setting.scaled(2, 1_000))
            trials = [_judged(box, desk, is_whole=setting.scaled(False, True)) for box in desk.boxes]
            trials += _bounces(setting, desk, setting.scaled(2, 30))
        trials += partial.refused_in_part(setting, setting.scaled(1, 30))
        return Findings(trials=tuple(trials), where=f"{host.name}, SQLite, scripted SMTP sinks")


def _answer_all(setting: Setting, desk: Desk) -> None:
    """Open a case in each box while all is well, and then let the agent answer it."""
    for box in desk.boxes:
        box.user.append(letter(setting.random(box.name), 0, to=box.address))
    query = "SELECT mailbox, message_id FROM outbox WHERE template = 'agent/new_case' AND state = 'sent'"
    eventually(lambda: len(desk.found.rows(query)) == len(desk.boxes), f"a notice of each case: {desk.daemon.tail()}")
    threads = dict(desk.found.rows(query))
    for box in desk.boxes:
        box.thread = threads[box.name]
        box.sink.rescript(box.kind.script)
        box.sink.hang_up()  # so that the next one logs in again
    for box in desk.boxes:
        _answer(box, f"<first@{box.name}.example>")
    eventually(lambda: len(desk.answers()) == len(desk.boxes), f"all answers are frozen: {desk.daemon.tail()}")


def _answer(box: Box, message_id: str) -> None:
    box.user.append(
        answer(box.thread, "Dear customer, try this.\n", sender=ANNA, to=box.address, message_id=message_id)
    )


def _follow_the_table(setting: Setting, desk: Desk, attempts: int) -> None:
    """Go from due moment to due moment until no answer is queued, or each was tried so often; note each attempt."""
    told_at = timedelta(0)
    while True:
        _watch_until_nothing_is_due(desk)
        rows = desk.answers().values()
        due = [row.due_at for row in rows if row.state is OutboxState.QUEUED and row.due_at is not None]
        if not due or all(len(box.tried_at) >= attempts or box.kind.is_final for box in desk.boxes):
            return
        if desk.ahead - told_at > timedelta(hours=12):
            told_at = desk.ahead
            setting.tell(f"{desk.ahead.total_seconds() / 3600:.0f} h later")
        desk.move_clock_to(min(due))


def _watch_until_nothing_is_due(desk: Desk) -> None:
    """Note attempts until every answer waits for a later moment; where a server asked for a rest, let it pass."""
    seen_at = time.monotonic()
    while True:
        rows, now = desk.answers(), desk.now()
        for box in desk.boxes:
            if rows[box.name].attempts > len(box.tried_at):
                box.tried_at.append(now)
                seen_at = time.monotonic()
        is_due = (row.due_at is None or row.due_at <= now for row in rows.values() if row.state in UNSENT)
        if not any(is_due):
            return
        if time.monotonic() - seen_at > NOTICED_WITHIN_S:
            desk.move_clock_to(now + A_WHILE)
            seen_at = time.monotonic()
        time.sleep(0.05)


def promised_attempts(first: datetime, delays: tuple[timedelta, ...] = PROMISED) -> list[datetime]:
    """Return when a mail that never gets through is tried, by the promise."""
    moments = [first]
    while True:
        number = len(moments)
        next_one = moments[-1] + (delays[number - 1] if number <= len(delays) else PROMISED_LATER)
        if next_one > first + PROMISED_FOR:
            return moments
        moments.append(next_one)


def _judged(box: Box, desk: Desk, *, is_whole: bool) -> Trial:
    """Compare the attempts, the end and what was told of one answer with the promise."""
    row = desk.answers()[box.name]
    promised = promised_attempts(box.tried_at[0])
    if box.kind.is_final or box.kind.sent_after:
        promised = promised[: box.kind.sent_after or 1]
    elif not is_whole:
        promised = promised[: len(box.tried_at)]
    notices = ["agent/delivery_failed"] if box.kind.is_final else ["agent/delivery_delayed", "agent/delivery_failed"]
    is_given_up = box.kind.is_final or is_whole
    due_notices = [] if box.kind.sent_after or not is_given_up else notices
    ended = OutboxState.SENT if box.kind.sent_after else OutboxState.DEAD if is_given_up else OutboxState.QUEUED
    wrong = [
        desk.templates(box) != due_notices,
        row.state is not ended,
        ended is OutboxState.DEAD and _is_answered(desk, box),
    ]
    return Trial(
        what=box.kind.what,
        times=len(box.tried_at),
        lost=sum(wrong),
        doubled=max(0, sum(taken.is_accepted for taken in box.sink.taken if b"try this" in taken.raw) - 1),
        late=_slips(box, len(promised)),
        note=f"{row.state}, told: {', '.join(due_notices).replace('agent/', '') or 'nobody'}",
    )


def _slips(box: Box, promised: int) -> int:
    """Return how many attempts came too early, too late, too often or never; a server's rest may put one off."""
    waits = [after - before for before, after in pairwise(box.tried_at)]
    delays = (*PROMISED, *[PROMISED_LATER] * len(waits))
    most = TOLERANCE + (LONGEST_REST + A_WHILE if box.kind.asks_for_rest else timedelta(0))
    slips = sum(not -TOLERANCE <= wait - due <= most for wait, due in zip(waits, delays, strict=False))
    missing = promised - len(box.tried_at)
    rests = len(waits) * LONGEST_REST // PROMISED_LATER if box.kind.asks_for_rest else 0
    return slips + (abs(missing) if not 0 <= missing <= rests else 0)


def _is_answered(desk: Desk, box: Box) -> bool:
    """Whether the desk believes that the customer of a box has been answered."""
    return not _waits(desk, f"mailbox = '{box.name}'")


def _waits(desk: Desk, case: str) -> bool:
    """Whether a case knows that its customer waits for the first response, and its clock runs."""
    ids = f"SELECT id FROM cases WHERE {case} AND first_response_at IS NULL AND unanswered_since IS NOT NULL"
    clocks = f"SELECT count(*) FROM clocks WHERE kpi = 'first_response' AND stopped_at IS NULL AND case_id IN ({ids})"
    return desk.found.number(clocks) == 1


def _bounces(setting: Setting, desk: Desk, times: int) -> list[Trial]:
    """Let customers be answered from a server that takes everything, and let each answer come back undelivered."""
    box = next(box for box in desk.boxes if box.kind.sent_after)
    chance = setting.random("bounces")
    kinds = {name: range(1 + number * times, 1 + (number + 1) * times) for number, name in enumerate(bounces.KINDS)}
    numbers = [number for some in kinds.values() for number in some]
    box.user.append(*(letter(chance, number, to=box.address, largest=1_000) for number in numbers))
    notices = functools.partial(_mails, desk, "agent/new_case")
    eventually(lambda: len(notices()) >= len(numbers), f"a notice of each case: {desk.daemon.tail()}")
    for number, notice in notices().items():
        box.thread = notice.message_id
        _answer(box, f"<answer-{number}@{box.name}.example>")
    answers = functools.partial(_mails, desk, "customer/replied")
    eventually(lambda: len(answers()) >= len(numbers), f"each is answered: {desk.daemon.tail()}")
    for name, some in kinds.items():
        answered = {number: answers()[number] for number in some}
        paths = {number: one.path if name in bounces.BY_PATH else box.address for number, one in answered.items()}
        box.user.append(
            *(bounces.KINDS[name](number, one.message_id, paths[number]) for number, one in answered.items())
        )
    eventually(functools.partial(_all_read, desk, len(numbers)), f"each report is read: {desk.daemon.tail()}")
    setting.tell(f"{len(numbers)} answers came back")
    return [_bounced(desk, name, {number: answers()[number].case for number in some}) for name, some in kinds.items()]


class Sent(NamedTuple):
    """A mail of the desk about a letter."""

    case: int
    message_id: str
    path: str
    """Where its bounces come back."""


def _mails(desk: Desk, template: str) -> dict[int, Sent]:
    """Return what was sent about each letter, by the number of the letter."""
    query = "SELECT title, case_id, message_id, envelope_from FROM outbox JOIN cases ON cases.id = case_id WHERE outbox.state = 'sent'"
    rows = desk.found.rows(f"{query} AND title <> 'Letter 0' AND template = '{template}'")
    return {int(title.split()[1]): Sent(*row) for title, *row in rows}


def _all_read(desk: Desk, reports: int) -> bool:
    is_there = desk.found.number("SELECT count(*) FROM inbox WHERE subject LIKE 'Undelivered%'") == reports
    return is_there and not desk.found.waiting()


def _bounced(desk: Desk, name: str, cases: dict[int, int]) -> Trial:
    """Judge what the reports of one kind did to their cases."""
    told = "SELECT count(*) FROM outbox WHERE template = 'agent/delivery_failed' AND case_id = "
    notices = {case: desk.found.number(f"{told}{case}") for case in cases.values()}
    waits = {case: _waits(desk, f"id = {case}") for case in cases.values()}
    is_forged = name in (bounces.FORGED, bounces.FORGED_PATH)
    return Trial(
        what=f"bounce: {name}",
        times=len(cases),
        lost=0 if is_forged else sum(not (waits[case] and notices[case]) for case in cases.values()),
        doubled=sum(max(0, number - 1) for number in notices.values()),
        leaked=sum(waits[case] or notices[case] > 0 for case in cases.values()) if is_forged else 0,
        note="nothing happens to the case" if is_forged else "the agent is told, the response clock runs again",
    )


EXPERIMENT = Experiment(
    name="E9",
    promise="G10",
    title="Whatever a server answers, an agent's mail arrives or the agent hears of it",
    how=(
        "An agent's answer goes out through servers that refuse it, each in its way, while the desk's clock is moved from one due "
        "moment to the next for four days. The attempts are compared with the table of 1, 5, 15, 30 minutes, 1, 2, 4 hours, "
        "then every 6 hours; one that asks for a rest, by 421 or 4.7.x at MAIL, may put an attempt off by an hour. `how often` is the number of attempts. Those who work on the case must be told once of the delay and once of the end. "
        "Then mails to two recipients are refused or put off for one of them. "
        "Then answers that were taken come back in reports of several forms, by Message-ID or by their own return path. Lost: a mail that ended otherwise, was "
        "told wrongly, or whose customer no longer counts as waiting. Late: an attempt at another time than promised. "
        "Leaked: a forged report that did something."
    ),
    run=run,
    lasts_s=240,
)
