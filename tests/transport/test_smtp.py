"""Handing mail to an SMTP server that answers, cuts or stalls at any step."""

import re
import threading
import time
from datetime import timedelta

import pytest

from lab.smtpsink import CUT, RESET, STALL, SmtpSink
from mailcase.domain.outbox import OutboxMessage, Phase, Recipient, RecipientState
from mailcase.transport.smtp_dialogue import transparent
from transport.smtp_mails import ACCEPTED, IMPATIENT, LINE, PENDING, RAW, REFUSED, Post, once, outgoing, states


def test_a_mail_arrives_as_it_was_frozen(sink: SmtpSink, post: Post) -> None:
    delivery = once(post(sink.port), outgoing("ann@customer.example", "bob@customer.example"))
    assert states(delivery) == [ACCEPTED, ACCEPTED]
    assert (delivery.outbox_id, delivery.fence, delivery.phase) == (7, 3, Phase.DOT)
    assert delivery.response == "250 2.0.0 taken"
    assert [taken.raw for taken in sink.taken] == [RAW]
    assert sink.taken[0].recipients == ("RCPT TO:<ann@customer.example>", "RCPT TO:<bob@customer.example>")


def test_the_null_return_path_is_sent_as_such(sink: SmtpSink, post: Post) -> None:
    once(post(sink.port), outgoing(sender=""))
    assert sink.taken[0].mail.startswith("MAIL FROM:<> ")


# step → reply → (phase, state, is the server down)
REFUSALS = [
    ("mail", "451 4.3.0 later", Phase.MAIL, PENDING, False),
    ("mail", "550 5.7.1 not you", Phase.MAIL, REFUSED, False),
    ("mail", "552 5.3.4 too large", Phase.MAIL, REFUSED, False),
    ("mail", "530 5.7.0 log in first", Phase.MAIL, PENDING, True),  # about our login, not about the mail
    ("mail", "421 4.3.2 closing", Phase.MAIL, PENDING, True),
    ("rcpt", "450 4.2.1 greylisted", Phase.RCPT, PENDING, False),
    ("rcpt", "452 4.5.3 too many", Phase.RCPT, PENDING, False),
    ("rcpt", "552 too many recipients", Phase.RCPT, PENDING, False),  # RFC 5321 section 4.5.3.1.10
    ("rcpt", "552 5.2.2 mailbox full", Phase.RCPT, REFUSED, False),
    ("rcpt", "550 5.1.1 no such user", Phase.RCPT, REFUSED, False),
    ("rcpt", "421 4.3.2 closing", Phase.RCPT, PENDING, True),
    ("data", "451 4.3.0 later", Phase.DATA, PENDING, False),
    ("data", "554 5.7.1 no", Phase.DATA, REFUSED, False),
    ("data", "421 4.3.2 closing", Phase.DATA, PENDING, True),
    ("dot", "451 4.7.1 later", Phase.DOT, PENDING, False),
    ("dot", "550 5.7.1 spam", Phase.DOT, REFUSED, False),
    ("dot", "421 4.3.2 closing", Phase.DOT, PENDING, True),
]


@pytest.mark.parametrize(
    ("step", "answer", "phase", "state", "is_down"), REFUSALS, ids=[f"{r[0]}-{r[1][:9]}" for r in REFUSALS]
)
def test_a_refusal_is_told_with_its_phase(
    sink: SmtpSink, post: Post, *, step: str, answer: str, phase: Phase, state: RecipientState, is_down: bool
) -> None:
    sink.rescript({step: answer})
    delivery = once(post(sink.port), outgoing())
    assert (states(delivery), delivery.phase, delivery.is_server_down) == ([state], phase, is_down)
    assert delivery.response == answer
    assert not delivery.is_uncertain


@pytest.mark.parametrize("trouble", [CUT, RESET, STALL])
@pytest.mark.parametrize(
    ("step", "phase"),
    [
        ("connect", Phase.CONNECT),
        ("ehlo", Phase.CONNECT),
        ("mail", Phase.MAIL),
        ("rcpt", Phase.RCPT),
        ("data", Phase.DATA),
    ],
)
def test_a_cut_before_the_dot_is_no_doubt(sink: SmtpSink, post: Post, step: str, phase: Phase, trouble: str) -> None:
    sink.rescript({step: trouble})
    delivery = once(post(sink.port, **(IMPATIENT if trouble == STALL else {})), outgoing())
    assert (states(delivery), delivery.phase) == ([PENDING], phase)
    assert (delivery.is_server_down, delivery.is_uncertain) == (True, False)
    assert delivery.response


@pytest.mark.parametrize("trouble", [CUT, RESET, STALL, "what?"], ids=["cut", "reset", "stall", "nonsense"])
def test_a_cut_after_the_dot_is_uncertain(sink: SmtpSink, post: Post, trouble: str) -> None:
    sink.rescript({"dot": trouble})
    delivery = once(post(sink.port, **(IMPATIENT if trouble == STALL else {})), outgoing())
    assert (states(delivery), delivery.phase) == ([PENDING], Phase.DOT)
    assert (delivery.is_server_down, delivery.is_uncertain) == (False, True)
    assert len(sink.taken) == 1


@pytest.mark.parametrize("trouble", [CUT, RESET, STALL])
def test_a_cut_in_the_midst_of_the_text_is_no_doubt(sink: SmtpSink, post: Post, trouble: str) -> None:
    sink.rescript({"text": trouble})
    delivery = once(
        post(sink.port, **(IMPATIENT if trouble == STALL else {})),
        outgoing(raw=b"Subject: x\r\n\r\n" + LINE * 25_000),
    )
    assert (states(delivery), delivery.phase) == ([PENDING], Phase.DATA)
    assert (delivery.is_server_down, delivery.is_uncertain) == (True, False)


def test_a_refusal_in_the_midst_of_the_text_counts(sink: SmtpSink, post: Post) -> None:
    sink.rescript({"text": "552 5.3.4 too large"})
    delivery = once(post(sink.port), outgoing(raw=b"Subject: x\r\n\r\n" + LINE * 25_000))
    assert (states(delivery), delivery.response) == ([REFUSED], "552 5.3.4 too large")


def test_each_recipient_gets_its_own_answer(sink: SmtpSink, post: Post) -> None:
    sink.rescript({"rcpt": ["250 ok", "550 5.1.1 no", "451 4.2.1 later"]})
    delivery = once(post(sink.port), outgoing("a@x.example", "b@x.example", "c@x.example"))
    assert states(delivery) == [ACCEPTED, REFUSED, PENDING]
    assert [one.response for one in delivery.recipients] == ["250 2.0.0 taken", "550 5.1.1 no", "451 4.2.1 later"]
    assert sink.taken[0].recipients == ("RCPT TO:<a@x.example>",)


def test_a_refused_recipient_stays_refused_when_the_line_is_cut_later(sink: SmtpSink, post: Post) -> None:
    sink.rescript({"rcpt": ["550 5.1.1 no", "250 ok"], "dot": CUT})
    delivery = once(post(sink.port), outgoing("a@x.example", "b@x.example"))
    assert states(delivery) == [REFUSED, PENDING]
    assert delivery.is_uncertain


def test_only_recipients_that_are_pending_are_tried(sink: SmtpSink, post: Post) -> None:
    done = Recipient(address="done@x.example", state=ACCEPTED)
    message = outgoing("todo@x.example")
    message = OutboxMessage(
        **({name: getattr(message, name) for name in message.__slots__} | {"recipients": (done, *message.recipients)})
    )
    delivery = once(post(sink.port), message)
    assert [one.address for one in delivery.recipients] == ["todo@x.example"]
    assert sink.taken[0].recipients == ("RCPT TO:<todo@x.example>",)


def test_one_connection_serves_many_mails(sink: SmtpSink, post: Post) -> None:
    postman = post(sink.port)
    deliveries = [*postman.deliver([outgoing() for _ in range(5)]), *postman.deliver([outgoing()])]
    assert [delivery.phase for delivery in deliveries] == [Phase.DOT] * 6
    assert (len(sink.taken), sink.connections) == (6, 1)


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_after_a_refusal_the_same_connection_goes_on(sink: SmtpSink, post: Post, step: str) -> None:
    sink.rescript({step: ["451 4.3.0 later", "354 go" if step == "data" else "250 ok"]})
    first, second = post(sink.port).deliver([outgoing(), outgoing()])
    assert (states(first), states(second)) == ([PENDING], [ACCEPTED])
    assert sink.connections == 1


@pytest.mark.parametrize("ending", ["421 4.4.2 enough for one connection", CUT, RESET])
def test_a_session_that_the_server_ended_between_mails_is_opened_again(sink: SmtpSink, post: Post, ending: str) -> None:
    sink.rescript({"mail": ["250 ok", ending, "250 ok"]})
    deliveries = list(post(sink.port).deliver([outgoing(), outgoing()]))
    assert [states(delivery) for delivery in deliveries] == [[ACCEPTED], [ACCEPTED]]
    assert (len(sink.taken), sink.connections) == (2, 2)


def test_after_a_cut_the_next_mail_gets_a_new_connection(sink: SmtpSink, post: Post) -> None:
    sink.rescript({"dot": [CUT, "250 ok"]})
    first, second = post(sink.port).deliver([outgoing(), outgoing()])
    assert (first.is_uncertain, states(second)) == (True, [ACCEPTED])
    assert sink.connections == 2


def test_an_unreachable_server_is_tried_once_for_a_batch(post: Post, sink: SmtpSink) -> None:
    sink.rescript({"connect": "554 5.3.2 closed"})
    deliveries = list(post(sink.port).deliver([outgoing() for _ in range(3)]))
    assert [(delivery.phase, delivery.is_server_down) for delivery in deliveries] == [(Phase.CONNECT, True)] * 3
    assert sink.connections == 1


def test_an_idle_connection_is_closed_with_a_quit(sink: SmtpSink, post: Post) -> None:
    postman = post(sink.port, keep_open=timedelta(seconds=0.1))
    once(postman, outgoing())
    until = time.monotonic() + 5
    while sink.commands[-1] != "QUIT" and time.monotonic() < until:
        time.sleep(0.02)
    assert sink.commands[-1] == "QUIT"
    assert states(once(postman, outgoing())) == [ACCEPTED]
    assert sink.connections == 2


def test_closing_says_quit_and_a_later_mail_still_goes_out(sink: SmtpSink, post: Post) -> None:
    postman = post(sink.port)
    once(postman, outgoing())
    postman.close()
    assert sink.commands[-1] == "QUIT"
    assert states(once(postman, outgoing())) == [ACCEPTED]


def test_closing_from_another_thread_cuts_a_delivery_short(sink: SmtpSink, post: Post) -> None:
    sink.rescript({"dot": STALL})
    postman = post(sink.port, dot_timeout=timedelta(seconds=60))
    timer = threading.Timer(0.3, postman.close)
    timer.start()
    started = time.monotonic()
    assert once(postman, outgoing()).is_uncertain
    timer.join()
    assert time.monotonic() - started < 5


# extensions → raw, recipient → options of MAIL
OFFERS = [
    (("8BITMIME", "SMTPUTF8", "SIZE"), RAW, "ann@x.example", f" SIZE={len(RAW)}"),
    (("8BITMIME",), b"\xe9\r\n", "ann@x.example", " BODY=8BITMIME"),
    ((), b"\xe9\r\n", "ann@x.example", ""),
    (("SMTPUTF8",), RAW, "zoë@x.example", " SMTPUTF8"),
    (("DSN",), RAW, "ann@x.example", ""),  # nobody asked for notifications
]


@pytest.mark.parametrize(("extensions", "raw", "address", "options"), OFFERS)
def test_only_what_the_server_offers_is_used(
    sink: SmtpSink, post: Post, *, extensions: tuple[str, ...], raw: bytes, address: str, options: str
) -> None:
    sink.extensions = extensions
    assert states(once(post(sink.port), outgoing(address, raw=raw))) == [ACCEPTED]
    assert sink.taken[0].mail == f"MAIL FROM:<desk@desk.example>{options}"
    assert sink.taken[0].recipients == (f"RCPT TO:<{address}>",)


@pytest.mark.parametrize("address", ["zoë@x.example", "a b@x.example", "a@x.example>\r\nDATA", "<a@x.example>", ""])
def test_an_address_that_cannot_be_sent_is_refused_alone(sink: SmtpSink, post: Post, address: str) -> None:
    sink.extensions = ()
    delivery = once(post(sink.port), outgoing(address, "ann@x.example"))
    assert states(delivery) == [REFUSED, ACCEPTED]
    assert sink.taken[0].recipients == ("RCPT TO:<ann@x.example>",)


@pytest.mark.parametrize(
    ("raw", "sent"),
    [
        (b".\r\n", b"..\r\n"),
        (b"a\r\n.\r\nb", b"a\r\n..\r\nb\r\n"),
        (b"a\n.\nb\r.\r\n", b"a\r\n..\r\nb\r\n..\r\n"),  # bare line ends are how mail is smuggled
        (b"", b"\r\n"),
    ],
)
def test_no_line_of_the_text_can_end_it(raw: bytes, sent: bytes) -> None:
    assert transparent(raw) == sent
    assert re.search(rb"(^|[\r\n])\.[\r\n]", transparent(raw)) is None


@pytest.mark.parametrize("answers", [[False], [True, False]], ids=["before the text", "before the dot"])
def test_a_daemon_that_slept_too_long_ends_no_mail(sink: SmtpSink, post: Post, answers: list[bool]) -> None:
    asked = []

    def is_ours(number: int) -> bool:
        asked.append(number)
        return answers[len(asked) - 1]

    delivery = once(post(sink.port, is_ours), outgoing())
    assert (delivery.phase, states(delivery), delivery.is_uncertain) == (Phase.DATA, [PENDING], False)
    assert (sink.taken, asked) == ([], [7] * len(answers))
