"""E11: people who are not of a case try to get into it, or to have its words sent to them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from random import Random
from typing import Any

from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.inside import GENUINE, Inside, inside, read, recipients, texts
from lab.mails import ANNA, CLARA, mail
from mailcase.domain.number import format_number

SECRET = "the-code-of-clara-is-7391"
REPLY_SECRET = "anna-tells-clara-2846"
MALLORY, BOB = "Mallory <mallory@evil.example>", "Bob <bob@other.example>"
CC = "Dora <dora@third.example>"
PIA, MAX = "Pia <pia@fourth.example>", "Max <max@fifth.example>"
"""One whom the agent copies, and one whom the agent copies no more."""
OURS = "Authentication-Results: mx.northwind.example; "
GUESSES = 150  # Message-IDs in one mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A case of Clara's, answered once, and what an attacker may have got hold of."""

    number: str
    token: str
    """Message-ID of a mail that the desk sent to Clara."""
    reply_to: str
    """Address with Clara's token in it."""
    bobs: str
    """Message-ID of a mail that the desk sent to Bob about his own case."""
    chance: Random


def changed(token: str, chance: Random) -> str:
    """Return a token with one character of its signature changed."""
    head, _, domain = token.partition("@")
    place = chance.randrange(1, 20)
    old = head[-place]
    new = chance.choice([letter for letter in "abcdefghijklmnopqrstuvwxyz234567" if letter != old])
    return f"{head[:-place]}{new}{head[len(head) - place + 1 :]}@{domain}"


def _answering(sender: str, *ids: str, subject: str = "Re: Printer", extra: bytes = b"", **headers: str) -> bytes:
    fields = {"References": " ".join(f"<{one}>" for one in ids)} if ids else {}
    if ids:
        fields["In-Reply-To"] = f"<{ids[0]}>"
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    to = fields.pop("To", "support@northwind.example")
    text = "Please send me everything that was said.\n"
    return extra + mail(text, sender=sender, to=to, subject=subject, message_id="<attack@evil.example>", headers=fields)


def guessed_number(target: Target) -> bytes:
    """The number of the case in the subject."""
    return _answering(MALLORY, subject=f"Re: [{target.number}] Printer")


def stolen_token(target: Target) -> bytes:
    """A stranger with a token of Clara's, such as from a forwarded mail."""
    return _answering(MALLORY, target.token, subject=f"Re: [{target.number}] Printer")


def stolen_by_customer(target: Target) -> bytes:
    """Another customer with a token of Clara's."""
    return _answering(BOB, target.token)


def stolen_address(target: Target) -> bytes:
    """A stranger who writes to the reply address with Clara's token."""
    return _answering(MALLORY, To=target.reply_to)


def changed_token(target: Target) -> bytes:
    """Clara's address and a token that differs by one character."""
    return _answering(CLARA, changed(target.token, target.chance), extra=OURS.encode() + b"dmarc=none\r\n")


def own_token_other_case(target: Target) -> bytes:
    """Bob's own token, with the number of Clara's case written into it."""
    parts = target.bobs.split(".")
    parts[1] = target.token.split(".")[1]
    return _answering(BOB, ".".join(parts))


def failed_authentication(target: Target) -> bytes:
    """Clara's address and token, and our own server found the sender forged."""
    verdict = b"dmarc=fail header.from=customer.example; spf=fail smtp.mailfrom=evil.example\r\n"
    return _answering(CLARA, target.token, extra=OURS.encode() + verdict)


def copied_in(target: Target) -> bytes:
    """Somebody whom Clara put into Cc of her own mail answers to all."""
    return _answering(CC, target.token, "1@customer.example")


def no_longer_copied(target: Target) -> bytes:
    """Somebody who was copied until the agent took them off answers to all."""
    return _answering(MAX, target.token)


def copied_without_token(target: Target) -> bytes:
    """Somebody who is copied, with the number of the case and no token."""
    return _answering(PIA, subject=f"Re: [{target.number}] Printer")


def forged_reply_to(target: Target) -> bytes:
    """Clara's address, without any token, and answers wanted elsewhere."""
    return _answering(CLARA, subject=f"Re: [{target.number}] Printer", Reply_To=MALLORY)


def name_of_customer(target: Target) -> bytes:
    """An address of the attacker behind a name that is Clara's address."""
    return _answering('"clara@customer.example" <mallory@evil.example>', target.token)


def two_senders(target: Target) -> bytes:
    """Clara and the attacker, both in From."""
    return _answering("clara@customer.example, mallory@evil.example", target.token)


def in_her_name(target: Target) -> bytes:
    """Clara in Sender and Reply-To, the attacker in From."""
    return _answering(MALLORY, target.token, Sender=CLARA, Reply_To=CLARA)


def many_guesses(target: Target) -> bytes:
    """Clara's address and a great many made-up tokens for her case."""
    case = target.token.split(".")[1]
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    made_up = ("".join(target.chance.choices(letters, k=26)) for _ in range(GUESSES))
    ids = [f"mc.{case}.c1.{number}.{one}@northwind.example" for number, one in enumerate(made_up)]
    return _answering(CLARA, *ids)


def forged_bounce(target: Target) -> bytes:
    """A report that a made-up mail of the case was not delivered."""
    report = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n--b\r\n\r\nFailed.\r\n--b\r\n'
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; evil.example\r\n\r\nFinal-Recipient: rfc822; "
        "clara@customer.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        f"Message-ID: <{changed(target.token, target.chance)}>\r\nSubject: [{target.number}]\r\n\r\nx\r\n--b--\r\n"
    )
    head = "From: MAILER-DAEMON@evil.example\r\nTo: support@northwind.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
    return (head + report).encode()


ATTACKS: dict[str, Callable[[Target], bytes]] = {
    "a guessed number": guessed_number,
    "a stranger with a stolen token": stolen_token,
    "another customer with a stolen token": stolen_by_customer,
    "a stranger at the stolen reply address": stolen_address,
    "a token with one letter changed": changed_token,
    "one's own token made over to the case": own_token_other_case,
    "a failed authentication, with the token": failed_authentication,
    "somebody in Cc who answers to all": copied_in,
    "somebody who is no longer copied": no_longer_copied,
    "somebody who is copied, without a token": copied_without_token,
    "answers wanted elsewhere": forged_reply_to,
    "the customer's address as a name": name_of_customer,
    "two senders": two_senders,
    "the customer in Sender and Reply-To": in_her_name,
    f"{GUESSES} made-up tokens": many_guesses,
    "a forged bounce": forged_bounce,
}


def prepare(desk: Inside, chance: Random) -> Target:
    """Let Clara and Bob write, and Anna answer Clara."""
    desk.take(mail(f"It says {SECRET}.\n", headers={"Cc": CC}))
    desk.take(mail("Another thing.\n", sender=BOB, message_id="<b@other.example>"))
    to_bob = next(one for one in desk.send() if recipients(one) == ("bob@other.example",))
    notice = next(one for one in desk.written("agent/new_case") if one.case_id == 1)
    words = f"Dear Clara, {REPLY_SECRET}.\n"
    reply = mail(
        words, sender=ANNA, message_id="<a@northwind.example>", headers={"In-Reply-To": f"<{notice.message_id}>"}
    )
    desk.take(GENUINE.encode() + reply)
    (to_clara,) = [one for one in desk.send() if one.template == "customer/replied"]
    assert REPLY_SECRET in "".join(texts(to_clara.raw)), "Anna's words reach Clara"
    for number, command in enumerate(("#cc +pia@fourth.example +max@fifth.example", "#cc -max@fifth.example")):
        fields = {"In-Reply-To": f"<{notice.message_id}>"}
        desk.take(mail(f"{command}\n", sender=ANNA, message_id=f"<cc{number}@northwind.example>", headers=fields))
    desk.send()
    copied = desk.ledger.rows("SELECT cc FROM cases WHERE id = 1")
    assert copied == [('["pia@fourth.example"]',)], "Pia is copied, and Max is no longer"
    reply_to = parseaddr(str(read(to_clara.raw)["Reply-To"]))[1]
    return Target(
        number=format_number(1), token=to_clara.message_id, reply_to=reply_to, bobs=to_bob.message_id, chance=chance
    )


def state(desk: Inside) -> list[tuple[Any, ...]]:
    """Return everything of Clara's case that an attack could change."""
    rows = desk.ledger.rows("SELECT * FROM cases WHERE id = 1")
    return rows + desk.ledger.rows("SELECT id, kind, text FROM activities WHERE case_id = 1 ORDER BY id")


def stolen(desk: Inside) -> Iterator[str]:
    """Yield who got words of Clara's case without being Clara or an agent."""
    for sent in desk.send():
        others = set(recipients(sent)) - FRIENDS
        said = "".join(texts(sent.raw)) + sent.raw.decode(errors="replace")
        yield from others if SECRET in said or REPLY_SECRET in said else ()


FRIENDS = {"clara@customer.example", "pia@fourth.example", "anna@northwind.example", "ben@northwind.example"}
"""Who may read the words of Clara's case."""


def attack(setting: Setting, name: str, make: Callable[[Target], bytes], resolved: bool) -> Trial:
    """Try one attack on a case, active or resolved, as often as the scale says."""
    changes = leaks = 0
    times = setting.scaled(1, 20)
    chance = setting.random(name)
    with inside(setting.room(f"{list(ATTACKS).index(name)}-{resolved}"), support="") as desk:
        target = prepare(desk, chance)
        if resolved:
            resolve(desk)
        for _ in range(times):
            before = state(desk)
            desk.take(make(target))
            changes += state(desk) != before
            leaks += len(set(stolen(desk)))
    note = f"{changes} changed cases, {leaks} mails with another's words"
    return Trial(
        what=f"{name}{', on a resolved case' if resolved else ''}", times=times, leaked=changes + leaks, note=note
    )


def resolve(desk: Inside) -> None:
    """Let Anna resolve Clara's case."""
    notice = next(one for one in desk.written("agent/new_case") if one.case_id == 1)
    reply = mail(
        "#resolve\n", sender=ANNA, message_id="<r@northwind.example>", headers={"In-Reply-To": f"<{notice.message_id}>"}
    )
    desk.take(GENUINE.encode() + reply)
    desk.send()
    assert desk.ledger.rows("SELECT status FROM cases WHERE id = 1") == [("resolved",)], "Anna resolves the case"


def control(setting: Setting) -> Trial:
    """See that Clara herself joins her case by each way: what shuts everybody out proves nothing."""
    ways = (
        lambda target: _answering(CLARA, target.token),
        lambda target: _answering(CLARA, To=target.reply_to),
        lambda target: _answering(CLARA.upper().replace("CLARA WEBER", "C"), target.token),
        lambda target: _answering(PIA, target.token),
    )
    lost = 0
    with inside(setting.room("control"), support="") as desk:
        target = prepare(desk, setting.random("control"))
        for way in ways:
            before = len(state(desk))
            desk.take(way(target))
            lost += len(state(desk)) == before
    return Trial(
        what="the customer herself, and somebody who is copied",
        times=len(ways),
        lost=lost,
        note="lost: an answer that did not join",
    )


def run(setting: Setting) -> Findings:
    """Try every attack on an active and on a resolved case."""
    trials = [control(setting)]
    for name, make in ATTACKS.items():
        trials += [attack(setting, name, make, resolved) for resolved in setting.scaled((False,), (False, True))]
        setting.tell(name)
    return Findings(trials=tuple(trials), where="SQLite, inside the process of the lab")


EXPERIMENT = Experiment(
    name="E11",
    promise="G12",
    title="Nobody gets into another's case, or gets words out of it",
    how=(
        "A case has been answered once. Attackers know its number, hold tokens from its mails, forge its customer, were in "
        "Cc, or are copied no more. Leaked: a case that changed in any field or got an activity, and a mail with its words to anybody but its "
        "customer and the agents. The customer herself must get in, and so must who is copied."
    ),
    run=run,
    load=Load.WORKS,
)
