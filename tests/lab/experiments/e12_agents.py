"""E12: mail that claims to be of an agent and is not, and mail that is, as five mail programs write it."""

from dataclasses import dataclass
from email.utils import parseaddr
from itertools import product

from lab.clients import CLIENTS, Written
from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.inside import GENUINE, Inside, inside, read, recipients, texts
from lab.mails import mail
from mailcase.domain.outbox import OutboxMessage

OURS = "Authentication-Results: mx.northwind.example; "
COMMANDS = "#priority high\n#resolve\n#note forged\n\nDear Clara, send your password to mallory@evil.example.\n"

SENDERS = {
    "her address": "Anna Berg <anna@northwind.example>",
    "her address in capitals": "ANNA@NORTHWIND.EXAMPLE",
    "her address as a name": '"anna@northwind.example" <mallory@evil.example>',
    "her address in a comment": "mallory@evil.example (anna@northwind.example)",
    "two senders": "anna@northwind.example, mallory@evil.example",
    "two senders, hers last": "mallory@evil.example, Anna <anna@northwind.example>",
    "a group": "Agents: anna@northwind.example, mallory@evil.example;",
    "a look-alike": "Anna Berg <anna@n0rthwind.example>",
    "another domain above": "anna@northwind.example.evil.example",
    "an encoded name": "=?utf-8?B?QW5uYSA8YW5uYUBub3J0aHdpbmQuZXhhbXBsZT4=?= <mallory@evil.example>",
}
PROOFS: dict[str, str] = {
    "nothing": "",
    "another server's word": "Authentication-Results: mx.evil.example; dmarc=pass header.from=northwind.example\r\n",
    "a look-alike server's word": "Authentication-Results: mx.northwind.example.evil.example; dmarc=pass header.from=northwind.example\r\n",
    "our server's no above a yes": f"{OURS}dmarc=fail header.from=northwind.example\r\n{OURS}dmarc=pass header.from=northwind.example\r\n",
    "a pass for another domain": f"{OURS}dmarc=pass header.from=evil.example\r\n",
    "a signature of another domain": f"{OURS}dmarc=none header.from=northwind.example; dkim=pass header.d=evil.example\r\n",
    "the envelope alone": f"{OURS}spf=pass smtp.mailfrom=northwind.example\r\n",
    "a broken field": f"{OURS}dmarc=pass (header.from=northwind.example\r\n",
    "a pass in a comment": f"{OURS}dmarc=fail (dmarc=pass header.from=northwind.example) header.from=northwind.example\r\n",
    "a pass behind a folded fail": f"{OURS}dmarc=fail\r\n header.from=northwind.example;\r\n dmarc=pass header.from=northwind.example\r\n",
}
REFERENCES = ("customer", "changed")
"""What they answer: a mail to the customer, or one to the agent with a letter changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What the desk has sent about its only case."""

    to_agent: OutboxMessage
    to_customer: OutboxMessage

    def answered(self, which: str) -> str:
        """Return the Message-ID that a forged mail answers."""
        if which == "customer":
            return self.to_customer.message_id
        local, _, domain = self.to_agent.message_id.partition("@")
        return f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}"


def prepare(desk: Inside) -> Thread:
    """Open a case."""
    desk.take(mail())
    sent = desk.send()
    (to_customer,) = [one for one in sent if one.template == "customer/acknowledged"]
    (to_agent,) = [one for one in sent if one.template == "agent/new_case"]
    return Thread(to_agent=to_agent, to_customer=to_customer)


def forged(thread: Thread, sender: str, proof: str, answered: str, number: int) -> bytes:
    """Return one forgery."""
    ids = {"In-Reply-To": f"<{thread.answered(answered)}>", "References": f"<{thread.answered(answered)}>"}
    return proof.encode() + mail(
        COMMANDS, sender=sender, subject="Re: Printer", message_id=f"<f{number}@evil.example>", headers=ids
    )


def forgeries(setting: Setting) -> Trial:
    """Try every sender with every proof, and see that no command runs and no word goes out."""
    rows = list(product(SENDERS.values(), PROOFS.values(), REFERENCES))
    rows = setting.scaled(setting.random("forgeries").sample(rows, 60), rows)
    acted = 0
    with inside(setting.room("forged")) as desk:
        thread = prepare(desk)
        for number, (sender, proof, answered) in enumerate(rows):
            desk.take(forged(thread, sender, proof, answered, number))
            acted += _has_acted(desk)
        asked = len(desk.written("agent/confirm")) + len(desk.written("agent/returned"))
        acted += max(asked - desk.app.desk.limits.returned_per_agent_hour, 0)
    return Trial(
        what="forged mail of an agent",
        times=len(rows),
        leaked=acted,
        note="leaked: a command ran, a word went out, or the agent was asked more often than agreed",
    )


def _has_acted(desk: Inside) -> bool:
    """Whether the case is not as it was, or somebody outside got forged words."""
    is_changed = desk.ledger.rows("SELECT status, priority FROM cases WHERE id = 1") != [("active", "normal")]
    sent = [one for one in desk.send() if "clara@customer.example" in recipients(one)]
    return is_changed or any("mallory@evil.example" in "".join(texts(one.raw)) for one in sent)


WORDS = "#priority high\n#tag urgent\n\nDear Clara, please open the flap number {number}.\n"


def genuine(setting: Setting, client: str) -> Trial:
    """Let Anna answer with one program, proved by token, by reply address, by our server's word, or confirmed after it."""
    ways, lost = ("token", "address", "server", "confirmed"), 0
    for number, way in enumerate(ways):
        with inside(setting.room(f"{client}-{way}".replace(" ", "-")), support="") as desk:
            thread = prepare(desk)
            answer = CLIENTS[client](thread.to_agent, WORDS.format(number=number))
            desk.take(_by(way, thread, answer))
            if way == "confirmed":
                lost += bool(desk.ledger.rows("SELECT priority FROM cases WHERE id = 1 AND priority <> 'normal'"))
                (asked,) = desk.written("agent/confirm")
                desk.take(_confirming(asked, CLIENTS[client](asked, "#send\n")))
            ran = desk.ledger.rows("SELECT priority, tags FROM cases WHERE id = 1") == [("high", '["urgent"]')]
            told = [one for one in desk.send() if one.template == "customer/replied"]
            said = "".join(texts(one.raw)[0] for one in told)
            lost += not (ran and len(told) == 1 and f"flap number {number}" in said and "#" not in said)
    return Trial(what=f"{client}, genuine", times=len(ways), lost=lost, note="lost: what did not run or was not sent")


def _by(way: str, thread: Thread, answer: Written) -> bytes:
    """Return Anna's mail with one kind of proof."""
    answered = thread.to_customer if way in ("server", "confirmed") else thread.to_agent
    ids = f"<{answered.message_id}>"
    fields = answer.headers | ({} if way == "address" else {"In-Reply-To": ids, "References": ids})
    to = parseaddr(str(read(thread.to_agent.raw)["Reply-To"]))[1] if way == "address" else "support@northwind.example"
    sender, number = "Anna Berg <anna@northwind.example>", "<g@northwind.example>"
    raw = mail(answer.body, sender=sender, to=to, subject="Re: New", message_id=number, headers=fields)
    return (GENUINE.encode() if way == "server" else b"") + raw


def _confirming(asked: OutboxMessage, answer: Written) -> bytes:
    """Return Anna's answer to the question whether a mail is hers."""
    ids = f"<{asked.message_id}>"
    fields = answer.headers | {"In-Reply-To": ids, "References": ids}
    sender = "Anna Berg <anna@northwind.example>"
    return mail(answer.body, sender=sender, subject="Re: Did you", message_id="<yes@northwind.example>", headers=fields)


def run(setting: Setting) -> Findings:
    """Try forgeries and genuine mail."""
    trials = [forgeries(setting)]
    setting.tell(f"{trials[0].times} forgeries")
    trials += [genuine(setting, client) for client in CLIENTS]
    return Findings(trials=tuple(trials), where="SQLite, inside the process of the lab")


EXPERIMENT = Experiment(
    name="E12",
    promise="G13",
    title="Only a proven agent has the power of one, and with every mail program",
    how=(
        f"{len(SENDERS)} ways to look like an agent, with each of {len(PROOFS)} false proofs, in answer to a mail of the case: "
        "no command may run and no word may go to the customer. Then the agent answers with five mail programs, each proved by "
        "token, by reply address, by our server's word, and by confirming it afterwards: all commands run, and the words go out without them."
    ),
    run=run,
    load=Load.WORKS,
)
