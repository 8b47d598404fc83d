"""E13: agents answer with everything that mail programs quote, paste and attach; no token and no note may get out."""

import html
import re
from base64 import b64encode
from collections.abc import Callable
from email.utils import parseaddr
from urllib.parse import quote, unquote

from lab.clients import CLIENTS, Written, quoted
from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.inside import Inside, inside, read, recipients
from lab.mails import ANNA, mail
from mailcase.domain.outbox import OutboxMessage

NOTE = "inside-only-8842"
"""A word that stands in every note."""
WORDS = "Dear Clara, open the flap.\n"
SIGNATURE = re.compile(r"(?:mc\.[0-9a-z]+\.a[a-z0-9_-]+\.[0-9a-z]+\.|\+mc-[0-9a-z]+-a[a-z0-9_-]+-)([a-z2-7]{26})")
NOTICES = ("agent/new_case", "agent/transcript", "agent/customer_replied", "agent/held", "agent/confirm")
AGENTS = {"anna@northwind.example", "ben@northwind.example"}


def address_of(notice: OutboxMessage) -> str:
    """Return the reply address of a notice, with the agent's token in it."""
    return parseaddr(str(read(notice.raw)["Reply-To"]))[1]


def headers_of(notice: OutboxMessage) -> str:
    """Return the header of a notice as somebody would paste it."""
    return notice.raw.decode().replace("\r\n", "\n").partition("\n\n")[0]


Way = Callable[[OutboxMessage], Written]
"""What an agent writes in answer to a notice."""


def plain(text: str) -> Written:
    return Written(plain=text)


PASTED: dict[str, Way] = {
    "the whole header, pasted": lambda notice: plain(f"{WORDS}\n{headers_of(notice)}\n"),
    "the whole header, quoted": lambda notice: plain(
        WORDS + "".join(f"> {line}\n" for line in headers_of(notice).splitlines())
    ),
    "the token alone": lambda notice: plain(f"{WORDS}See <{notice.message_id}>.\n"),
    "the token in capitals": lambda notice: plain(f"{WORDS}See {notice.message_id.upper()}\n"),
    "the address alone": lambda notice: plain(f"{WORDS}Write to {address_of(notice)}, please.\n"),
    "the address as a link": lambda notice: plain(f"{WORDS}<mailto:{address_of(notice)}?subject=x>\n"),
    "the address, percent-encoded": lambda notice: plain(f"{WORDS}mailto:{quote(address_of(notice))}\n"),
    "the address, plus sign encoded": lambda notice: plain(f"{WORDS}{address_of(notice).replace('+', '%2B')}\n"),
    "the address over two lines": lambda notice: plain(
        f"{WORDS}{address_of(notice).replace('-a', f'-a{chr(10)}', 1)}\n"
    ),
    "the token over two lines": lambda notice: plain(f"{WORDS}<{notice.message_id[:30]}\n{notice.message_id[30:]}>\n"),
    "the token as HTML": lambda notice: Written(
        plain=f"{WORDS}&lt;{notice.message_id}&gt;\n", html=f"<p>{WORDS}</p><p>&lt;{notice.message_id}&gt;</p>"
    ),
    "only HTML with the notice in it": lambda notice: Written(
        plain=WORDS, html=f"<p>{WORDS}</p><div>{html.escape(headers_of(notice))}</div>"
    ),
}
NOTES: dict[str, Way] = {
    "a note at the end": lambda _: plain(f"{WORDS}\n#note {NOTE}\n"),
    "a note of several lines": lambda _: plain(f"{WORDS}\n#note\nsecret {NOTE}\nand {NOTE} again\n"),
    "a note above the words": lambda _: plain(f"#note {NOTE}\n\n{WORDS}"),
    "a note before the quote": lambda notice: plain(
        f"{WORDS}\n#note\n{NOTE}\n\nOn Monday, Support wrote:\n{quoted(notice)}"
    ),
    "a note in capitals": lambda _: plain(f"{WORDS}\n#NOTE {NOTE}\n"),
    "a note after blanks": lambda _: plain(f"{WORDS}\n   #note {NOTE}\n"),
    "a note in a plain and an HTML part": lambda _: Written(
        plain=f"{WORDS}\n#note {NOTE}\n", html=f"<p>{WORDS}</p><p>#note {NOTE}</p>"
    ),
}


def attached(notice: OutboxMessage) -> Written:
    """The notice itself as an attached mail."""
    part = f"--bo\nContent-Type: message/rfc822\n\n{notice.raw.decode()}\n".replace("\r\n", "\n")
    return _mixed(part)


def attached_encoded(notice: OutboxMessage) -> Written:
    """The notice as a file in base64."""
    content = b64encode(notice.raw).decode()
    return _mixed(
        f"--bo\nContent-Type: application/octet-stream; name=n.eml\nContent-Transfer-Encoding: base64\n\n{content}\n"
    )


class _Mixed(Written):
    """A body of several parts."""

    __slots__ = ()

    @property
    def headers(self) -> dict[str, str]:
        return {"MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="bo"'}

    @property
    def body(self) -> str:
        return self.plain


def _mixed(part: str) -> Written:
    return _Mixed(plain=f"--bo\nContent-Type: text/plain\n\n{WORDS}\n{part}--bo--\n")


ATTACHED: dict[str, Way] = {"the notice attached": attached, "the notice as a file": attached_encoded}


def answers() -> dict[str, Way]:
    """Return every way to answer, by name."""
    ways: dict[str, Way] = {}
    for name, client in CLIENTS.items():
        ways[f"{name}, all quoted"] = lambda notice, client=client: client(notice, WORDS)
        ways[f"{name}, with a note"] = lambda notice, client=client: client(notice, f"{WORDS}\n#note {NOTE}\n")
    return ways | PASTED | NOTES | ATTACHED


def forms(raw: bytes) -> list[str]:
    """Return a mail as it is, and decoded in every way that hides a word from a search."""
    decoded = []
    for part in read(raw).walk():
        decoded += [f"{name}: {value}" for name, value in part.items()]
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            decoded.append((content if isinstance(content, bytes) else b"").decode("utf-8", "replace"))
    known = [raw.decode("utf-8", "replace"), *decoded]
    known += [unquote(one) for one in known] + [html.unescape(one) for one in known]
    return [form for one in known for form in (one.lower(), re.sub(r"[\s>|]+", "", one.lower()))]


def leaks(desk: Inside, secrets: set[str]) -> int:
    """Count the mails that went to others than agents and hold a token of an agent, or a note."""
    outward = [one for one in desk.send() if not set(recipients(one)) <= AGENTS]
    return sum(any(secret in form for form in forms(one.raw) for secret in secrets) for one in outward)


def signatures(desk: Inside) -> set[str]:
    """Return the signed part of every token that agents were ever given."""
    told = [one for template in NOTICES for one in desk.written(template)]
    return {found for one in told for form in forms(one.raw) for found in SIGNATURE.findall(form)}


def answer(setting: Setting, name: str, way: Way) -> Trial:
    """Answer a notice, the transcript of that, what the customer says to it, and what comes back; then let go what is held."""
    lost = leaked = times = 0
    with inside(setting.room(re.sub(r"\W+", "-", name)), support="") as desk:
        desk.take(mail(headers={"Cc": "Dora <dora@third.example>"}))
        desk.send()
        for template in NOTICES:
            notices = desk.written(template)
            if not notices:
                continue  # nothing needed a transcript
            times += 1
            written = way(notices[-1])
            fields = written.headers | {"In-Reply-To": f"<{notices[-1].message_id}>"}
            raw = mail(written.body, sender=ANNA, message_id=f"<a{times}@northwind.example>", headers=fields)
            desk.take(raw)
            leaked += leaks(desk, signatures(desk) | {NOTE})
            replied = desk.written("customer/replied")
            if replied:
                desk.take(_customer_answers(replied[-1], times))
            leaked += leaks(desk, signatures(desk) | {NOTE})
        leaked += released(desk, way)
        times += 1
        lost += not signatures(desk)
    return Trial(what=name, times=times, lost=lost, leaked=leaked)


def released(desk: Inside, way: Way) -> int:
    """Let a mail without proof and every other held one go, as mail programs answer; count what leaks by that."""
    acknowledged, found = desk.written("customer/acknowledged")[0], 0
    written = way(desk.written("agent/new_case")[0])
    fields = written.headers | {"In-Reply-To": f"<{acknowledged.message_id}>"}
    desk.take(mail(written.body, sender=ANNA, message_id="<unproved@northwind.example>", headers=fields))
    for number, asked in enumerate((*desk.written("agent/held"), *desk.written("agent/confirm"))):
        text = f"#send\n\nOn Monday, Support wrote:\n{quoted(asked)}"
        fields = {"In-Reply-To": f"<{asked.message_id}>"}
        desk.take(mail(text, sender=ANNA, message_id=f"<send{number}@northwind.example>", headers=fields))
        found += leaks(desk, signatures(desk) | {NOTE})
    return found


def _customer_answers(told: OutboxMessage, number: int) -> bytes:
    fields = {"In-Reply-To": f"<{told.message_id}>"}
    return mail(f"And now?\n\n{quoted(told)}", message_id=f"<c{number}@customer.example>", headers=fields)


def run(setting: Setting) -> Findings:
    """Try every way to answer."""
    ways = answers()
    chosen = setting.scaled(setting.random("ways").sample(list(ways), 14), list(ways))
    trials = [answer(setting, name, ways[name]) for name in chosen]
    setting.tell(f"{len(trials)} ways to answer")
    return Findings(trials=tuple(trials), where="SQLite, inside the process of the lab")


EXPERIMENT = Experiment(
    name="E13",
    promise="G14",
    title="An agent's token and a note never leave the desk",
    how=(
        "An agent answers notices, transcripts and customers with all that five mail programs quote, with pasted headers, links, "
        "attached notices, and notes in every place. Each mail that goes to anybody but agents is searched, as it is and decoded, "
        "with spaces, line ends and quote marks taken out, for the signature of any agent's token and for the notes' words."
    ),
    run=run,
    load=Load.WORKS,
)
