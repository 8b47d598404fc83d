"""Mail from agents: their commands are run, their words passed on, and they are always answered."""

from dataclasses import replace

from mailcase.desk import cases, letters, post, returns, working
from mailcase.desk.call import Request
from mailcase.desk.commands import Line, Ran
from mailcase.desk.desk import Desk
from mailcase.desk.filing import Mail, read_case
from mailcase.desk.letters import Message
from mailcase.desk.occasion import Occasion, to_agent
from mailcase.desk.outcome import NewActivity, Outcome
from mailcase.desk.record import queue_mail, record
from mailcase.desk.rights import sees
from mailcase.desk.scrub import require_public, scrub
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE
from mailcase.domain.decision import ReturnToAgent, RunCommands
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.mail import letter
from mailcase.mail.commands import parse_commands
from mailcase.mail.draft import AutoSubmitted
from mailcase.store import activities
from mailcase.store.tx import Tx

MAX_PUBLIC = 50  # mails of a case whose lines an agent may quote


def run(tx: Tx, desk: Desk, mail: Mail, decision: RunCommands) -> int:
    """Run the commands at the top of an agent's mail and send the words below them to the customer.

    The mail itself becomes one activity: the mail to the customer, or else an internal note.
    """
    agent, start = decision.agent, read_case(tx, decision.case)
    try:
        parsed = parse_commands(mail.email.reply.text)
        allowed = scrub(parsed.words, (activity.text for activity in public_activities(tx, decision.case.id)))
        files = tuple(file for file in mail.email.attachments if not file.is_inline)
        require_public(files)
    except Refused as refused:
        lines = (Line(command="your mail", outcome=str(refused), is_ok=False),)
        return _answer(tx, desk, mail, Ran(outcome=start, lines=lines), agent)
    words = cases.outgoing(decision.case, allowed, mail.act, files) if allowed else None
    ran = working.run(tx, desk, decision.case, Request(agent=agent, commands=parsed.commands, words=words), mail.act)
    return _answer(tx, desk, mail, ran, agent)


def give_back(tx: Tx, desk: Desk, mail: Mail, decision: ReturnToAgent, turn: str | None) -> int | None:
    """Keep a mail that cannot act as a note on the case it names, and send it back to the agent with the reason.

    Nothing goes back without a `turn` (`desk.returns`). Returns the case, or None when it names none.
    """
    agent, message = decision.agent, Message(why=decision.why, words=mail.email.reply.text)
    if decision.case is None:
        if turn is not None:
            queue_mail(tx, _returned(desk, mail, agent, message, turn))
        return None
    text = f"Mail from {agent.name}, not acted upon: {decision.why}\n\n{mail.email.reply.text}"
    act = replace(mail.act, actor="system")
    outcome = cases.note(read_case(tx, decision.case), text, act, mail.email.attachments)
    recorded = record(tx, desk, outcome, act.now)
    if turn is not None and not sees(desk.rulebook, agent, decision.case):
        queue_mail(tx, _returned(desk, mail, agent, message, turn))
    elif turn is not None:
        occasion = replace(recorded.occasion, key=turn)
        queue_mail(tx, to_agent(occasion, returns.TEMPLATE, agent, message, mail.email.message_id))
    return recorded.case.id


def public_activities(tx: Tx, case_id: int) -> list[Activity]:
    """Return the newest mails of a case that its customer wrote or got."""
    mails = (ActivityKind.EMAIL_IN, ActivityKind.EMAIL_OUT)
    return [activity for activity in activities.newest(tx, case_id, MAX_PUBLIC) if activity.kind in mails]


def _answer(tx: Tx, desk: Desk, mail: Mail, ran: Ran, agent: Agent) -> int:
    """Record what ran, and send the agent a transcript: of commands always, of mere words only when they failed."""
    outcome, is_seen = _with_mail(ran.outcome, mail), sees(desk.rulebook, agent, ran.outcome.before or ran.outcome.case)
    refusal = ran.refusal
    if refusal is not None:
        outcome = outcome.then(working.refused(tx, outcome.case, refusal, mail.act))
    recorded = record(tx, desk, outcome, mail.act.now)
    if refusal is None and not ran.is_trial:
        working.keep(tx, replace(ran, outcome=outcome), recorded, mail.act)
    if refusal is not None and not is_seen:  # the usual answer tells of the case
        message = Message(why=refusal.outcome, words=mail.email.reply.text)
        queue_mail(tx, _returned(desk, mail, agent, message, recorded.occasion.key))
    elif ran.lines:
        queue_mail(tx, _transcript(recorded.occasion, mail, ran, agent))
    return recorded.case.id


def _with_mail(outcome: Outcome, mail: Mail) -> Outcome:
    """Return `outcome` with the agent's mail as one activity: what it became, or a note of what it said, with its files."""
    if any(new.activity.inbox_id == mail.message.id for new in outcome.activities):
        return outcome
    written = [new.activity for new in outcome.activities if new.activity.kind is ActivityKind.NOTE]
    said = Activity(
        kind=ActivityKind.NOTE, text=mail.email.reply.text, created_at=mail.act.now, created_by=mail.act.actor
    )
    note = replace(
        written[0] if written else said,
        subject=mail.email.subject[:MAX_TITLE],
        sender=mail.email.sender.address if mail.email.sender else "",
        message_id=mail.email.message_id,
        inbox_id=mail.message.id,
    )
    kept = NewActivity(activity=note, attachments=mail.email.attachments)
    return outcome.instead_of(written[0], kept) if written else outcome.then(activity=kept)


def _transcript(occasion: Occasion, mail: Mail, ran: Ran, agent: Agent) -> OutboxMessage:
    lines = tuple(
        letter.TranscriptLine(command=line.command, outcome=line.outcome, is_ok=line.is_ok) for line in ran.lines
    )
    is_refused = not all(line.is_ok for line in ran.lines)
    message = Message(
        transcript=lines,
        words=mail.email.reply.text if is_refused else "",
        has_whole_history=ran.wants_timeline,
    )
    return to_agent(occasion, "agent/transcript", agent, message, mail.email.message_id)


def _returned(desk: Desk, mail: Mail, agent: Agent, message: Message, turn: str) -> OutboxMessage:
    """Return the mail that gives an agent's words back when they name no case."""
    mailbox = mail.context.mailbox
    content = letters.to_agent(desk, None, agent, message, mail.act.now)
    rendered = desk.templates.render(returns.TEMPLATE, content, language=agent.language, mailbox=mailbox.name)
    cover = post.Cover(
        template=returns.TEMPLATE,
        key=turn,
        now=mail.act.now,
        auto_submitted=AutoSubmitted.REPLIED,
        in_reply_to=mail.email.message_id,
    )
    return post.to_agent(desk, None, mailbox, agent, rendered, cover)
