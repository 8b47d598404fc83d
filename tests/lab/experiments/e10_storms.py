"""E10: automatic mail, machines that answer machines, and forgers who point the desk at a victim."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path

from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.inside import inside, read, recipients
from lab.mails import mail
from mailcase.domain.outbox import OutboxMessage

TEN_MINUTES_S = 600
MOST_TO_ONE = 3
FORGED = 10_000
VICTIM = "victim@bystander.example"

MARKS: dict[str, dict[str, str]] = {
    "answered by a machine": {"Auto-Submitted": "auto-replied"},
    "written by a machine": {"Auto-Submitted": "auto-generated"},
    "told by a machine": {"Auto-Submitted": "auto-notified; owner-email=x@y.example"},
    "a vacation": {"Auto-Submitted": "auto-replied (vacation)", "Precedence": "bulk"},
    "an old vacation": {"Precedence": "junk"},
    "a list": {"List-Id": "<news.sender.example>", "List-Unsubscribe": "<mailto:off@sender.example>"},
    "a newsletter": {"Precedence": "bulk", "List-Unsubscribe": "<https://sender.example/off>"},
    "a list server": {"Precedence": "list", "List-Post": "<mailto:list@sender.example>"},
    "Exchange away": {"X-Auto-Response-Suppress": "All", "Auto-Submitted": "auto-generated"},
    "autorespond": {"X-Autorespond": "Re: hello"},
    "autoreply": {"X-Autoreply": "yes", "Precedence": "auto_reply"},
    "a help desk": {"Auto-Submitted": "auto-replied", "X-Loop": "help@sender.example"},
    "a null return path": {"Return-Path": "<>"},
    "a calendar's answer": {"Content-Type": "text/calendar; method=REPLY; charset=utf-8"},
}
SENDERS = (
    "Clara Weber <clara@s{n}.example>",
    "no-reply@s{n}.example",
    "MAILER-DAEMON@s{n}.example",
    "Postmaster <postmaster@s{n}.example>",
    "bounce+x{n}@s{n}.example",
)
SUBJECTS = (
    "Hello",
    "Automatic reply: Printer",
    "Out of Office: back on Monday",
    "Abwesenheitsnotiz: Urlaub",
    "Réponse automatique : absence",
    "Respuesta automática: fuera de la oficina",
    "Your request #4711 has been received",
    "Undelivered Mail Returned to Sender",
)
UNMARKED_SENDERS = SENDERS[2:4]  # a daemon's or postmaster's mail is automatic without any mark


def automatic_mails() -> Iterator[bytes]:
    """Make mails that no person wrote, each of a sender of its own."""
    marked = product(MARKS.values(), SENDERS, SUBJECTS)
    unmarked = product(({},), UNMARKED_SENDERS, SUBJECTS)
    worded = product(({},), SENDERS[:1], SUBJECTS[1:6])  # a subject that only machines write
    for number, (fields, sender, subject) in enumerate((*marked, *unmarked, *worded)):
        body = "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n" if "Content-Type" in fields else "I am away.\n"
        yield mail(
            body,
            sender=sender.format(n=number),
            subject=subject,
            message_id=f"<{number}@s{number}.example>",
            headers=fields,
        )


def corpus_mails(folder: Path) -> Iterator[bytes]:
    """Read every file below a folder of automatic mails."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes()


def silence(setting: Setting, name: str, mails: Iterator[bytes]) -> Trial:
    """Give automatic mails to a desk and count the answers to them."""
    with inside(setting.room(name.replace(" ", "-")), support='aliases = ["help@northwind.example"]') as desk:
        times = 0
        for times, raw in enumerate(mails, 1):  # noqa: B007 - the count is wanted
            desk.take(raw, "support")
        answers = desk.written("customer/acknowledged")
    return Trial(what=name, times=times, leaked=len(answers), note="leaked: acknowledgements; none is allowed")


Responder = Callable[[int, OutboxMessage], bytes]
"""Makes the answer to a mail of the desk, given how many came before."""


def _answer(number: int, sent: OutboxMessage, sender: str, subject: str, **headers: str) -> bytes:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    text = f"Thank you for your message. Your number is {number}.\n"
    return mail(text, sender=sender, subject=subject, message_id=f"<r{number}@{sender[-30:]}>", headers=fields)


def marked(number: int, sent: OutboxMessage) -> bytes:
    """A machine that obeys RFC 3834."""
    thread = {"In_Reply_To": f"<{sent.message_id}>", "Auto_Submitted": "auto-replied"}
    return _answer(number, sent, VICTIM, f"Re: {sent.subject}", **thread)


def hidden_in_thread(number: int, sent: OutboxMessage) -> bytes:
    """A machine that answers as people do."""
    return _answer(number, sent, VICTIM, f"Re: {sent.subject}", In_Reply_To=f"<{sent.message_id}>")


def hidden_and_new(number: int, sent: OutboxMessage) -> bytes:
    """A machine that begins a new thread each time."""
    return _answer(number, sent, VICTIM, f"[Ticket {number}] We have your message")


def hidden_with_tags(number: int, sent: OutboxMessage) -> bytes:
    """A machine that answers each time from another address of the same mailbox."""
    sender = VICTIM.replace("@", f"+t{number}@")
    return _answer(number, sent, sender, f"[Ticket {number}] We have your message")


RESPONDERS: dict[str, Responder] = {
    "a machine that marks its answers": marked,
    "one that does not, in the thread": hidden_in_thread,
    "one that does not, a new thread each": hidden_and_new,
    "one that does not, a new tag each": hidden_with_tags,
}


def facing(setting: Setting, name: str, responder: Responder) -> Trial:
    """Let a machine answer every mail of the desk within a second, for ten minutes."""
    with inside(setting.room(f"facing-{list(RESPONDERS).index(name)}")) as desk:
        desk.take(mail(sender=VICTIM, message_id="<first@bystander.example>"))
        written, rounds = 0, setting.scaled(60, TEN_MINUTES_S)
        for _ in range(rounds):
            desk.pass_time(timedelta(seconds=TEN_MINUTES_S / rounds))
            for sent in [one for one in desk.send() if one.template.startswith("customer/")]:
                written += 1
                desk.take(responder(written, sent))
    over = max(0, written - MOST_TO_ONE)
    return Trial(what=f"facing {name}", times=rounds, leaked=over, note=f"{written} mails to it in ten minutes")


def two_mailboxes(setting: Setting) -> Trial:
    """Let a mail come from one mailbox of the desk to the other, and give back whatever they write to each other."""
    own = ("support@northwind.example", "billing@northwind.example")
    with inside(setting.room("two-mailboxes")) as desk:
        desk.take(mail(sender=own[1], to=own[0], message_id="<own@northwind.example>"), "support")
        written, rounds = 0, setting.scaled(60, TEN_MINUTES_S)
        for _ in range(rounds):
            desk.pass_time(timedelta(seconds=TEN_MINUTES_S / rounds))
            for sent in [one for one in desk.send() if set(recipients(one)) & set(own)]:
                written += 1
                desk.take(sent.raw, "billing" if own[1] in recipients(sent) else "support")
    return Trial(what="two mailboxes of one desk", times=rounds, leaked=max(0, written - MOST_TO_ONE))


def two_desks(setting: Setting) -> Trial:
    """Let two desks write to each other."""
    with inside(setting.room("desk-one")) as one, inside(setting.room("desk-two")) as two:
        address = "support@southwind.example"
        one.take(mail(sender=address, message_id="<first@southwind.example>"))
        written, rounds = 0, setting.scaled(60, TEN_MINUTES_S)
        for _ in range(rounds):
            for desk, other in ((one, two), (two, one)):
                desk.pass_time(timedelta(seconds=TEN_MINUTES_S / rounds))
                for sent in [mail for mail in desk.send() if mail.template.startswith("customer/")]:
                    written += 1
                    other.take(_as_from(sent, address))
    note = f"{written} mails between them"
    return Trial(what="two desks of this kind", times=rounds, leaked=max(0, written - MOST_TO_ONE), note=note)


def _as_from(sent: OutboxMessage, address: str) -> bytes:
    """Return a mail as a desk with another address would write it."""
    told = read(sent.raw)
    for name in ("From", "To", "Reply-To"):
        del told[name]
    told["From"], told["To"] = address, "support@northwind.example"
    return told.as_bytes()


def forgers(setting: Setting) -> Trial:
    """Send mail of many made-up senders whose answers would all reach one victim, within an hour and over a day."""
    chance, count = setting.random("forgers"), setting.scaled(150, FORGED)
    local, _, domain = VICTIM.partition("@")
    with inside(setting.room("forgers")) as desk:
        for number in range(count):
            desk.pass_time(timedelta(seconds=86_400 / count))
            tag = f"+{chance.randrange(count)}" if number % 2 else ""
            sender = f'"{chance.getrandbits(32):x}" <{_any_case(chance, local)}{tag}@{_any_case(chance, domain)}>'
            reply_to = {"Reply-To": VICTIM, "Return-Path": f"<{VICTIM}>"}
            desk.take(mail(f"No {number}\n", sender=sender, message_id=f"<{number}@f.example>", headers=reply_to))
        to_victim = [one for one in desk.written("customer/acknowledged") if _reaches_victim(one)]
    note = f"{len(to_victim)} mails to the victim in a day"
    over = max(0, len(to_victim) - MOST_TO_ONE)
    return Trial(what="forged senders that mean one victim", times=count, leaked=over, note=note)


def _any_case(chance: object, text: str) -> str:
    return "".join(chance.choice((letter.upper(), letter)) for letter in text)  # type: ignore[attr-defined]  # Random


def _reaches_victim(sent: OutboxMessage) -> bool:
    local, _, domain = VICTIM.partition("@")
    return any(
        one.lower().partition("+")[0].partition("@")[0] == local and one.lower().endswith(f"@{domain}")
        for one in recipients(sent)
    )


def run(setting: Setting) -> Findings:
    """Try all of it."""
    trials = [silence(setting, "automatic mails made here", automatic_mails())]
    setting.tell(f"{trials[0].times} automatic mails")
    if setting.corpus is not None:
        trials.append(silence(setting, "automatic mails of a corpus", corpus_mails(setting.corpus)))
    trials += [facing(setting, name, responder) for name, responder in RESPONDERS.items()]
    trials += [two_mailboxes(setting), two_desks(setting)]
    setting.tell("machines facing machines: done")
    trials.append(forgers(setting))
    return Findings(trials=tuple(trials), where="SQLite, inside the process of the lab, on a clock that it moves")


EXPERIMENT = Experiment(
    name="E10",
    promise="G11",
    title="No mail that a machine wrote is answered, and no storm arises between machines",
    how=(
        "Automatic mails with every mark and without any, of machines and made here, are filed: none may be acknowledged. "
        "Machines that answer within a second face the desk for ten minutes. "
        f"{FORGED:,} mails with forged senders over a day, in any case and with any tag, mean one victim. "
        f"At most {MOST_TO_ONE} mails may go to one address."
    ),
    run=run,
    load=Load.WORKS,
)
