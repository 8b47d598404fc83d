"""E14: whatever stands in the fields of a mail, what the desk writes has the header and the recipients that it means."""

from base64 import b64encode
from collections import Counter

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.inside import GENUINE, Inside, inside, read, recipients
from lab.mails import ANNA, mail
from mailcase.domain.outbox import OutboxMessage

FIELDS = {
    "from", "to", "reply-to", "subject", "message-id", "in-reply-to", "references", "date", "mime-version", "content-type",
    "content-transfer-encoding", "x-mailcase", "auto-submitted", "x-auto-response-suppress", "x-loop", "precedence", "list-unsubscribe",
}  # fmt: skip
ONCE = ("from", "to", "subject", "message-id", "date", "mime-version")
INJECTIONS = (
    "a\r\nBcc: victim@evil.example",
    "a\nBcc: victim@evil.example",
    "a\r\n\r\n<html>owned</html>",
    "a\rTo: victim@evil.example",
    "a\0b\r\n.\r\nMAIL FROM:<x@evil.example>",
    "a\u2028Bcc: victim@evil.example",
    "a\x0b\x0cBcc: victim@evil.example\x85Cc: victim@evil.example",
    "a\r\n Bcc: victim@evil.example",
    "=?utf-8?Q?a=0D=0ABcc:_victim@evil.example?=",
    '"; filename="x\r\nBcc: victim@evil.example',
    "victim@evil.example, other@evil.example",
    "x" * 2_000 + "\r\nBcc: victim@evil.example",
    "\u202e\ud800 a",
)
hostile = st.one_of(
    st.sampled_from(INJECTIONS),
    st.text(max_size=80),
    st.lists(
        st.sampled_from([*INJECTIONS, "\r", "\n", ":", " ", "<", ">", '"', ",", ";", "@", "é", "\t", "%0d%0a"]),
        max_size=6,
    ).map("".join),
)
places = st.sampled_from(["name", "subject", "local part", "message id", "in reply", "words", "title"])


def encoded(text: str) -> str:
    """Return a text as one encoded word: the way in which a line end gets past a mail server."""
    return f"=?utf-8?B?{b64encode(text.encode('utf-8', 'surrogatepass')).decode()}?="


def incoming(place: str, text: str, number: int) -> bytes:
    """Return a mail of a customer with a hostile text in one place."""
    said = encoded(text)
    one_line = text.replace("\r", " ").replace("\n", " ").encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    sender = f"{said if place == 'name' else 'Clara'} <c{number}@x{number}.example>"
    if place == "local part":
        quoted = one_line.replace("\\", "").replace('"', "")[:40]
        sender = f'"{quoted}"@x{number}.example'
    return mail(
        f"{text if place == 'words' else 'Hello'}\n".encode("utf-8", "replace").decode(),
        sender=sender,
        subject=said if place in ("subject", "title") else "Printer",
        message_id=f"<{one_line[:60]}@x>" if place == "message id" else f"<{number}@x.example>",
        headers={"In-Reply-To": f"<{one_line[:60]}>", "Reply-To": said} if place == "in reply" else {},
    )


def faults(sent: OutboxMessage, meant: set[str]) -> list[str]:
    """Return what is wrong with the header and the envelope of a mail."""
    head = sent.raw.partition(b"\r\n\r\n")[0]
    found = [f"a bare line end in {line[:40]!r}" for line in head.split(b"\r\n") if b"\r" in line or b"\n" in line]
    counted = Counter(name.lower() for name in read(sent.raw).keys())  # noqa: SIM118 - names come more than once
    found += [f"a field {name}" for name in counted if name not in FIELDS]
    found += [f"{counted[name]} times {name}" for name in ONCE if counted[name] != 1]
    found += [f"a recipient {one}" for one in recipients(sent) if one not in meant]
    found += [
        "a control character in an address" for one in (*recipients(sent), sent.envelope_from) if not one.isprintable()
    ]
    return found + (["NUL"] if b"\0" in head else [])


def exchange(desk: Inside, place: str, text: str, number: int) -> list[str]:
    """Take a hostile mail, let Anna answer it with hostile words, and look at everything that goes out."""
    row = desk.take(incoming(place, text, number))
    sent = desk.send()
    meant = {
        row.sender,
        *(one for mail in sent for one in recipients(mail) if one.startswith("c") and f"@x{number}.example" in one),
    }
    notices = [one for one in sent if one.template == "agent/new_case"]
    if notices:
        ids = {"In-Reply-To": f"<{notices[-1].message_id}>"}
        words = text.encode("utf-8", "replace").decode() if place == "words" else "Open the flap.\n"
        number_of_reply = f"<a{number}@northwind.example>"
        answer = mail(f"{words}\n\nAnna\n", sender=ANNA, subject=encoded(text), message_id=number_of_reply, headers=ids)
        desk.take(GENUINE.encode() + answer)
        sent += desk.send()
    meant |= {"anna@northwind.example", "ben@northwind.example"}
    own = _addresses_of(desk, number)
    return [fault for one in sent for fault in faults(one, meant | own)]


def _addresses_of(desk: Inside, number: int) -> set[str]:
    """Return the address of the customer of the newest case, as the desk knows it."""
    rows = desk.ledger.rows(
        "SELECT contacts.address FROM cases JOIN contacts ON contacts.id = contact_id ORDER BY cases.id DESC LIMIT 1"
    )
    return {address for (address,) in rows if address.endswith(f"@x{number}.example")}


def run(setting: Setting) -> Findings:
    """Let hypothesis invent the texts, and try every known injection in every place."""
    found: Counter[str] = Counter()
    tried = 0
    examples = setting.scaled(60, 3_000)
    known = [
        (place, text)
        for place in ("name", "subject", "local part", "message id", "in reply", "words")
        for text in INJECTIONS
    ]
    with inside(setting.room("desk"), support="", extra="[limits]\nacknowledgements_per_hour = 1000000\n") as desk:

        def attempt(place: str, text: str) -> None:
            nonlocal tried
            tried += 1
            found.update(exchange(desk, place, text, tried))

        for place, text in known:
            attempt(place, text)
        setting.tell(f"{len(known)} known injections")

        @seed(setting.seed)
        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(place=places, text=hostile)
        def invented(place: str, text: str) -> None:
            attempt(place, text)

        invented()
        sent = desk.ledger.number("SELECT count(*) FROM outbox")
    trial = Trial(
        what="hostile texts in every field", times=tried, leaked=found.total(), note=f"{sent:,} mails looked at"
    )
    return Findings(
        trials=(trial,),
        faults=tuple(f"{what} ({times} times)" for what, times in found.most_common(20)),
        where="SQLite, inside the process of the lab",
    )


EXPERIMENT = Experiment(
    name="E14",
    promise="G15",
    title="No text becomes a header field or a recipient",
    how=(
        "Line ends, encoded words, NUL, separators and what hypothesis invents stand in names, subjects, addresses, Message-IDs "
        "and words, of customers and of agents. Every mail that goes out is read back: only the fields that the desk writes, each "
        "once, no bare line end, and no recipient but the customer and the agents."
    ),
    run=run,
    load=Load.WORKS,
)
