"""The story that `mailcase demo` plays: three customers, two agents, and every word of it sent as a real mail."""

from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage

from mailcase.sandbox.person import Person, text_of
from mailcase.sandbox.server import Sandbox

PASSWORD = "demo"  # noqa: S105 - of servers on this machine that live as long as the demo
SUPPORT = "support@northwind.example"
BILLING = "billing@northwind.example"
CLARA = Person(name="Clara Weber", address="clara@customer.example", password=PASSWORD)
TOMAS = Person(name="Tomás Rey", address="tomas@rey.example", password=PASSWORD)
JUERGEN = Person(name="Jürgen Groß", address="juergen@kunde.example", password=PASSWORD)
ANNA = Person(name="Anna Berg", address="anna@northwind.example", password=PASSWORD)
BEN = Person(name="Ben Okoro", address="ben@northwind.example", password=PASSWORD)
PEOPLE = (CLARA, TOMAS, JUERGEN, ANNA, BEN)

INVOICE = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One mail of the story, as the stage shows it."""

    sender: str
    recipient: str
    subject: str
    text: str
    note: str = ""


Show = Callable[[Scene], None]


def play(sandbox: Sandbox, show: Show) -> None:
    """Play the whole story on running servers with a running daemon. Raises Unavailable when a mail does not come."""
    for person, mail in ((CLARA, _printer()), (TOMAS, _invoice()), (JUERGEN, _parcel())):
        person.write(sandbox, mail)
        show(_scene(mail))
        acknowledged = person.wait_for(
            sandbox, lambda mail: mail["Auto-Submitted"] == "auto-replied", "an acknowledgement"
        )
        show(_scene(acknowledged, "acknowledged from a template, in the customer's language"))
    told = ANNA.wait_for(sandbox, _is_about("Printer"), "the notice of a new case")
    show(_scene(told, "the agent's notice: the case at a glance; answering it works the case"))
    answer = "Hello Clara,\n\nE42 is the paper sensor. Please open the rear flap and close it again.\n\nAnna"
    show(_scene(ANNA.answer(sandbox, told, answer), "an answer like any other mail"))
    relayed = CLARA.wait_for(sandbox, _says("paper sensor"), "Anna's answer")
    show(_scene(relayed, "from the desk's address, in the agent's name"))
    show(_scene(CLARA.answer(sandbox, relayed, "Thank you, that was it! One question: is there a spare flap?")))
    asked = ANNA.wait_for(sandbox, _says("spare flap"), "the customer's answer")
    closing = "#priority low\n#resolve\nYes, order number 4711, and it is free under your warranty.\n\nAnna"
    show(_scene(ANNA.answer(sandbox, asked, closing), "commands stand on top, words below"))
    closed = CLARA.wait_for(sandbox, _says("order number 4711"), "the closure mail")
    show(_scene(closed, "the closure mail, with the agent's words"))
    transcript = ANNA.wait_for(sandbox, _is_about("Done"), "the transcript")
    show(_scene(transcript, "what ran, for the agent"))


def _printer() -> EmailMessage:
    text = "Hello,\n\nthe printer on our second floor shows E42 and prints nothing. What can we do?\n\nClara Weber\n"
    return _mail(SUPPORT, "Printer shows E42", text)


def _invoice() -> EmailMessage:
    mail = _mail(BILLING, "Invoice 2026-1042 was charged twice", "See the HTML part.\n")
    mail.set_content(
        "Good morning,\n\ninvoice 2026-1042 was charged twice, on the 2nd and on the 9th. Please check.\n\nTomás Rey\n"
    )
    mail.add_alternative(
        "<html><body><p>Good morning,</p><p>invoice <b>2026-1042</b> was charged <b>twice</b>, on the 2nd and on the 9th. "
        "Please check.</p><p>Tomás Rey</p></body></html>",
        subtype="html",
    )
    mail.add_attachment(INVOICE, maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    return mail


def _parcel() -> EmailMessage:
    text = "Guten Tag,\n\nwann kommt meine Bestellung 778812? Sie sollte schon letzte Woche hier sein.\n\nJürgen Groß\n"
    return _mail(SUPPORT, "Wo bleibt meine Bestellung?", text)


def _mail(to: str, subject: str, text: str) -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["To"], mail["Subject"] = to, subject
    mail.set_content(text)
    return mail


def _is_about(word: str) -> Callable[[EmailMessage], bool]:
    return lambda mail: word in (mail["Subject"] or "")


def _says(words: str) -> Callable[[EmailMessage], bool]:
    return lambda mail: words in text_of(mail) and mail["Auto-Submitted"] != "auto-replied"


def _scene(mail: EmailMessage, note: str = "") -> Scene:
    return Scene(
        sender=str(mail["From"]), recipient=str(mail["To"]), subject=str(mail["Subject"]), text=text_of(mail), note=note
    )
