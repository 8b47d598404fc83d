"""Sample letters of each type: a full one to look at, and a bare one where everything optional is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from markupsafe import Markup

from mailcase.domain.number import format_number
from mailcase.mail.letter import (
    AdminLetter,
    AgentLetter,
    Article,
    AutomaticLetter,
    CaseFacts,
    CaseReference,
    ClockFace,
    Customer,
    CustomerLetter,
    File,
    Letter,
    Message,
    Person,
    PublicArticle,
    SimilarCase,
    TranscriptLine,
)
from mailcase.mail.letter_parts import DueItem, Failure, HeldDraft, HeldMail, Picture, SurveyLink

_ZONE = timezone(timedelta(hours=1), "CET")
_NOW = datetime(2026, 11, 23, 10, 42, tzinfo=_ZONE)
_NUMBER = format_number(4711)
_MAILBOX = Person(name="Northwind Support", address="support@northwind.example")

_AUTOMATIC = AutomaticLetter(
    desk="Northwind Support",
    mailbox=_MAILBOX,
    case=CaseReference(number=_NUMBER, created_at=_NOW, promise=datetime(2026, 11, 24, 10, 0, tzinfo=_ZONE)),
    language="en",
    reopens_at=datetime(2026, 11, 24, 9, 0, tzinfo=_ZONE),
    closes_at=datetime(2026, 11, 30, 17, 0, tzinfo=_ZONE),
    merged_into=format_number(4690),
    articles=(
        PublicArticle(
            number="KB-0042",
            title="Why an invoice may show a second line for freight",
            summary="Freight is charged per delivery, not per order.",
            url="https://help.northwind.example/kb-0042",
            text="Freight is charged per delivery, not per order.\n\n- One order may come in several deliveries.",
            html=Markup(
                "<p>Freight is charged per delivery, not per order.</p>"
                "<ul><li>One order may come in several deliveries.</li></ul>"
            ),
        ),
    ),
    opt_out_url="mailto:support@northwind.example?subject=opt-out",
)
_WORDS = """\
Dear Ms Lindqvist,

thank you for the photo. The second freight line came from our split delivery on Thursday; it should not have been \
charged, and I have taken it off. You will find the corrected invoice attached.

The credit of € 48.20 will show on your account within two working days. Details: https://northwind.example/credits

Kind regards
Anna"""
_CUSTOMER = CustomerLetter(
    desk=_AUTOMATIC.desk,
    mailbox=_MAILBOX,
    case=_AUTOMATIC.case,
    language="en",
    customer=Person(name="Maja Lindqvist", address="maja@lindqvist.example"),
    agent="Anna Berger",
    subject="Re: Invoice 20931 shows freight twice",
    words=_WORDS,
    attachments=(File(name="Invoice 20931 (corrected).pdf", size=184_320),),
    survey=tuple(SurveyLink(score=s, url=f"mailto:rate@northwind.example?subject={s}") for s in range(1, 6)),
    opt_out_url=_AUTOMATIC.opt_out_url,
    articles=_AUTOMATIC.articles,
)
_AGENT = AgentLetter(
    desk="Northwind Support",
    mailbox=_MAILBOX,
    case=CaseFacts(
        number=_NUMBER,
        title="Invoice 20931 shows freight twice",
        status="Active",
        status_reason="In Progress",
        priority="High",
        created_at=_NOW,
        queue="Billing",
        owner="Anna Berger",
        subject="billing/invoice",
        product="Web shop",
        case_type="Problem",
        tags=("freight", "vip"),
        is_escalated=True,
        flow="Invoices",
        stage="Research (2 of 3)",
        missing=("no completed phone call",),
    ),
    customer=Customer(
        name="Maja Lindqvist",
        address="maja@lindqvist.example",
        account="Lindqvist & Söner AB",
        entitlement="Standard support: 14 of 15 cases left",
        earlier_cases=3,
        latest=(SimilarCase(number="CAS-000098-M2D", title="Where is parcel two?", status="Resolved"),),
    ),
    agent="Anna Berger",
    actor="Tom Ferris",
    why="Your mail was written before the customer's newest message.",
    words="Hello,\n\nour invoice 20931 lists the freight twice, € 48.20 each.\nPlease correct it before Friday, "
    "when our accounts close <for the month>.\n\nMaja Lindqvist\nLindqvist & Söner AB",
    words_by_customer=True,
    attachments=(File(name="invoice-20931.jpg", size=812_400), File(name="order.pdf", size=48_100)),
    signature_images=2,
    history=(
        Message(
            at=_NOW - timedelta(hours=2),
            author="Tom Ferris",
            text="Warehouse says the order left in two parcels.",
            is_internal=True,
        ),
        Message(
            at=_NOW - timedelta(hours=3),
            author="Anna Berger",
            text="Dear Ms Lindqvist,\n\ncould you send us a photo of the invoice?",
        ),
        Message(
            at=_NOW - timedelta(days=1),
            author="Maja Lindqvist",
            text="Something is wrong with invoice 20931.",
            is_customer=True,
        ),
    ),
    clocks=(
        ClockFace(kpi="First response", due="Mon 23 Nov, 12:42 (in 2 h)", state="nearing"),
        ClockFace(kpi="Resolution", due="Wed 25 Nov, 10:42", state="in progress"),
    ),
    draft=HeldDraft(
        number=1187,
        text="Dear Ms Lindqvist,\n\nwe are looking into it.\n\nAnna",
        until=_NOW + timedelta(days=2),
        outsiders=("tax@lindqvist.example",),
    ),
    copied=("sven@lindqvist.example",),
    also_to=("tax@lindqvist.example", "per@lindqvist.example"),
    answers_to="accounts@lindqvist.example",
    warnings=("The sender's domain could not be verified (DMARC fail).",),
    transcript=(
        TranscriptLine(command="#priority high", outcome="Priority is high.", is_ok=True),
        TranscriptLine(command="#queue biling", outcome="There is no queue biling; did you mean billing?", is_ok=False),
    ),
    due=(
        DueItem(number=_NUMBER, title="Invoice 20931 shows freight twice", what="First response", due="12:42"),
        DueItem(number=_NUMBER, title="Keyboard", what="Call her back", due="Fri 20 Nov 09:00", is_late=True),
    ),
    failures=(Failure(recipient="maja@lindqvist.example", response="550 5.1.1 no such user"),),
    articles=(
        Article(number="KB-0042", title="Why an invoice may show a second line for freight"),
        Article(number="KB-0043", title="How we take back a freight charge", is_internal=True),
    ),
    similar=(SimilarCase(number=format_number(4690), title="Freight charged twice", status="Resolved"),),
)
_ADMIN = AdminLetter(
    desk="Northwind Support",
    mailbox=_MAILBOX,
    now=_NOW,
    host="mail1.northwind.example",
    trouble="The mailbox support cannot be reached since 10:30: imap.northwind.example:993: the login was refused.",
    remedy="Check username and password of [mailboxes.support.imap].",
    held=(
        HeldMail(
            id=17,
            mailbox="support",
            received_at=_NOW,
            sender="scan@printer.example",
            subject="Scan 0042",
            reason="too_large",
            detail="48200000 bytes are more than limits.message_bytes allows; its body is still on the server.",
        ),
        HeldMail(
            id=16, mailbox="billing", received_at=_NOW, sender="", subject="", reason="too_many_hops", detail="a loop"
        ),
    ),
    held_total=12,
)
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_NOBODY = Person(name="", address="a@example.org")
_BARE_REFERENCE = CaseReference(number=format_number(1), created_at=_EPOCH)
_BARE_CASE = CaseFacts(
    number=format_number(1), title="", status="Active", status_reason="", priority="Normal", created_at=_EPOCH
)

_SAMPLES: dict[type, tuple[Letter, ...]] = {
    AutomaticLetter: (_AUTOMATIC, AutomaticLetter(desk="Desk", mailbox=_NOBODY, case=_BARE_REFERENCE, language="en")),
    CustomerLetter: (
        _CUSTOMER,
        replace(
            _CUSTOMER,
            words_html=Markup("<p>Dear <b>Ms Lindqvist</b></p>"),
            pictures=(Picture(name="logo.png", id="a1@desk"),),
        ),
        CustomerLetter(
            desk="Desk",
            mailbox=_NOBODY,
            case=_BARE_REFERENCE,
            language="en",
            customer=_NOBODY,
            agent=None,
            subject="",
            words="",
        ),
    ),
    AgentLetter: (
        _AGENT,
        replace(_AGENT, case=_BARE_CASE, customer=None, history=(), clocks=(), words=""),
        AgentLetter(desk="Desk", mailbox=_NOBODY, case=_BARE_CASE, customer=None, agent=""),
    ),
    AdminLetter: (_ADMIN, AdminLetter(desk="Desk", mailbox=_NOBODY, now=_EPOCH)),
}


_WITHOUT_CASE = AgentLetter(desk="Desk", mailbox=_NOBODY, case=None, customer=None, agent="")


def samples(name: str, letter_type: type[Letter]) -> tuple[Letter, ...]:
    """Return sample letters for the template `name`, which takes letters of this type; the full one first."""
    if name.startswith("customer/not_entitled"):
        return tuple(
            replace(letter, case=None) for letter in _SAMPLES[letter_type] if isinstance(letter, AutomaticLetter)
        )
    rare = (_WITHOUT_CASE,) if name in ("agent/returned", "agent/today") else ()
    return _SAMPLES[letter_type] + rare
