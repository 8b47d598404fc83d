"""Mail from agents: their commands are run, their words passed on, and they are always answered."""

from dataclasses import replace

from mailcase.desk import cases, drafts, guarding, letters, post, returns, working
from mailcase.desk.call import Request
from mailcase.desk.commands import Line, Ran
from mailcase.desk.desk import Desk
from mailcase.desk.drafts import Held
from mailcase.desk.enclosures import enclosures
from mailcase.desk.filing import Mail, read_case
from mailcase.desk.letters import Message
from mailcase.desk.occasion import Occasion, to_agent
from mailcase.desk.outcome import NewActivity, Outcome
from mailcase.desk.record import queue_mail, record
from mailcase.desk.rights import sees
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import MAX_TITLE, Case
from mailcase.domain.command import Command
from mailcase.domain.command_table import BY_NAME
from mailcase.domain.decision import ReturnToAgent, RunCommands
from mailcase.domain.draft import CONFIRM_WITHIN, Draft, DraftReason
from mailcase.domain.outbox import OutboxMessage
from mailcase.domain.party import Agent
from mailcase.errors import Refused
from mailcase.mail import letter
from mailcase.mail.commands import AgentText, parse_commands
from mailcase.mail.draft import AutoSubmitted
from mailcase.mail.letter_parts import HeldDraft
from mailcase.store import drafts as stored_drafts
from mailcase.store.tx import Tx

HELD = "agent/held"
MAX_ANSWERED = 200  # of References, the newest


def run(tx: Tx, desk: Desk, mail: Mail, decision: RunCommands) -> int:
    """Run the commands at the top of an agent's mail and send the words below them to the customer.

    The mail itself becomes one activity: the mail to the customer, an internal note, or a draft if it has to wait.
    """
    agent, case = decision.agent, decision.case
    try:
        parsed = parse_commands(mail.email.reply.text)
        request = _request(tx, desk, mail, decision, parsed)
    except Refused as refused:
        lines = (Line(command="your mail", outcome=str(refused), is_ok=False),)
        return _answer(tx, desk, mail, Ran(outcome=read_case(tx, case), lines=lines), agent)
    may_wait = request.draft is None and sees(desk.rulebook, agent, case)
    held = tuple(guarding.objections(tx, desk, mail, case, parsed)) if may_wait else ()
    if held:
        return _hold(tx, desk, mail, decision, held)
    ran = working.run(tx, desk, case, request, mail.act)
    if request.draft is None and ran.refusal is None and not ran.is_trial:
        drafts.replace_asked(tx, case, request, _answered(mail), mail.act.now)
    return _answer(tx, desk, mail, ran, agent)


def _request(tx: Tx, desk: Desk, mail: Mail, decision: RunCommands, parsed: AgentText) -> Request:
    """Return what an agent's mail asks for; with `#send`, or a mere yes to our question, what was held before."""
    agent, case, commands, said = decision.agent, decision.case, parsed.commands, parsed.words
    if not commands and drafts.is_yes(said) and stored_drafts.asked_by(tx, case.id, _answered(mail)) is not None:
        commands, said = (Command(spec=BY_NAME[drafts.SEND]),), ""
    if any(command.spec.name == drafts.SEND for command in commands) and drafts.is_sign_off(said, agent):
        said = ""
    files = enclosures(mail.email.attachments)
    allowed = drafts.readable(tx, case, said, files)
    words = cases.outgoing(case, allowed, mail.act, files) if allowed else None
    if words is not None and any(command.spec.name == drafts.SEND for command in commands):
        commands = (*drafts.copying(guarding.unnamed(tx, desk, mail, case, parsed)), *commands)
    request = Request(agent=agent, commands=commands, words=words)
    return drafts.prepared(tx, case, request, _answered(mail), mail.act)


def _hold(tx: Tx, desk: Desk, mail: Mail, decision: RunCommands, held: tuple[Held, ...]) -> int:
    """Keep an agent's mail as a draft, and send it back with what stands against it."""
    why, news = "; ".join(one.why for one in held), next((one.news for one in held if one.news), None)
    outsiders = tuple(address for one in held for address in one.outsiders)
    text = mail.email.reply.text
    outcome, kept = drafts.keep(read_case(tx, decision.case), mail, text, why, mail.act)
    recorded = record(tx, desk, outcome, mail.act.now)
    number = recorded.occasion.stored[kept].id
    message = Message(
        why=f"Not sent yet: {why}.",
        words=news.text if news else "",
        is_customer=news is not None,
        newest=news,
        draft=HeldDraft(number=number, text=text),
    )
    asked = to_agent(recorded.occasion, HELD, decision.agent, message, mail.email.message_id)
    queue_mail(tx, asked, recorded.occasion.subject)
    draft = Draft(
        activity_id=number,
        agent=decision.agent.key,
        reason=held[0].reason,
        outsiders=outsiders,
        asked_as=asked.message_id,
        created_at=mail.act.now,
    )
    stored_drafts.add(tx, draft)
    return recorded.case.id


def give_back(tx: Tx, desk: Desk, mail: Mail, decision: ReturnToAgent, turn: str | None) -> int | None:
    """Keep a mail that cannot act on the case it names, and send it back to the agent with the reason.

    One that the agent may confirm becomes a draft, another an internal note. Nothing goes back without a `turn`
    (`desk.returns`). Returns the case, or None when it names none.
    """
    agent, message = decision.agent, Message(why=decision.why, words=mail.email.reply.text)
    if decision.case is None:
        if turn is not None:
            queue_mail(tx, _returned(desk, mail, agent, message, turn))
        return None
    if decision.is_confirmable and sees(desk.rulebook, agent, decision.case):
        return _ask(tx, desk, mail, decision, decision.case, turn)
    text = f"Mail from {agent.name}, not acted upon: {decision.why}\n\n{mail.email.reply.text}"
    act = replace(mail.act, actor="system")
    outcome = cases.note(read_case(tx, decision.case), text, act, mail.email.attachments)
    recorded = record(tx, desk, outcome, act.now)
    if turn is not None and not sees(desk.rulebook, agent, decision.case):
        queue_mail(tx, _returned(desk, mail, agent, message, turn))
    elif turn is not None:
        occasion = replace(recorded.occasion, key=turn)
        queue_mail(tx, to_agent(occasion, returns.TEMPLATE, agent, message, mail.email.message_id), occasion.subject)
    return recorded.case.id


def _ask(tx: Tx, desk: Desk, mail: Mail, decision: ReturnToAgent, case: Case, turn: str | None) -> int:
    """Keep a mail that bears an agent's address and proves nothing as a draft, and ask the agent at that address.

    The answer carries the Message-ID of the question, which nobody else has seen: it runs the draft once.
    """
    agent, act = decision.agent, replace(mail.act, actor="system")
    text, until = mail.email.reply.text, act.now + CONFIRM_WITHIN
    outsiders = guarding.addressed(tx, desk, mail, case)
    outcome, kept = drafts.keep(read_case(tx, case), mail, text, f"not proved to be {agent.name}'s", act)
    recorded = record(tx, desk, outcome, act.now)
    number, asked_as = recorded.occasion.stored[kept].id, ""
    if turn is not None:
        occasion = replace(recorded.occasion, key=turn)
        held = HeldDraft(number=number, text=text, until=desk.local(until), outsiders=outsiders)
        asked = to_agent(occasion, returns.CONFIRM, agent, Message(draft=held), mail.email.message_id)
        queue_mail(tx, asked, occasion.subject)
        asked_as = asked.message_id
    draft = Draft(
        activity_id=number,
        agent=agent.key,
        reason=DraftReason.UNPROVED,
        outsiders=outsiders,
        asked_as=asked_as,
        created_at=act.now,
        expires_at=until,
    )
    stored_drafts.add(tx, draft)
    return recorded.case.id


def _answered(mail: Mail) -> tuple[str, ...]:
    """Return the mails that a mail answers, the newest first."""
    return (*mail.email.in_reply_to, *reversed(mail.email.references[-MAX_ANSWERED:]))


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
        queue_mail(tx, _transcript(recorded.occasion, mail, ran, agent), recorded.occasion.subject)
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
