"""Signatures told from what the writer wrote."""

import pytest

from mailcase.domain.email import Confidence
from mailcase.mail.reply import split_text


@pytest.mark.parametrize(
    ("mail", "signature"),
    [
        ("It flickers.\n\n-- \nOle Berg\nLamp keeper", "-- \nOle Berg\nLamp keeper"),
        ("It flickers.\n--\nOle", "--\nOle"),
        ("It flickers.\n\n—\nOle Berg\n555 123", "—\nOle Berg\n555 123"),
        (
            "It flickers.\n\n_____________________\nOle Berg\n+47 555 123",
            "_____________________\nOle Berg\n+47 555 123",
        ),
        ("It flickers.\n\nRegards,\n\nOle Berg\nLamp keeper", "Ole Berg\nLamp keeper"),
        ("It flickers.\n\nMit freundlichen Grüßen\nOle Berg", "Ole Berg"),
        ("It flickers.\n\n-Ole", "-Ole"),
        ("It flickers.\n\n/Ole Berg", "/Ole Berg"),
        (
            "It flickers.\n\n__________\nlamps mailing list\nlamps@list.example",
            "__________\nlamps mailing list\nlamps@list.example",
        ),
        (
            "It flickers.\n\nThis e-mail and its attachments are confidential.\nDelete it if it is not for you.",
            "This e-mail and its attachments are confidential.\nDelete it if it is not for you.",
        ),
        ("It flickers.\n\nOle\n\nSent from my iPhone", "Sent from my iPhone"),
        ("It flickers.\n\nVon meinem Telefon gesendet.", "Von meinem Telefon gesendet."),
        ("It flickers.\n\nSent from my phone. Please excuse typos.", "Sent from my phone. Please excuse typos."),
        (
            "It flickers.\n\nSent via the Galaxy S30 Ultra, a BigPhone 5G smartphone",
            "Sent via the Galaxy S30 Ultra, a BigPhone 5G smartphone",
        ),
        (
            "It flickers.\n\nPlease consider the environment before printing.",
            "Please consider the environment before printing.",
        ),
        ("It flickers.\n\nVirus-free.www.avast.com", "Virus-free.www.avast.com"),
        (
            "It flickers.\n\nSent from Letters (https://l.example/), the best free email app",
            "Sent from Letters (https://l.example/), the best free email app",
        ),
        ("It flickers.\n\n此致\n敬礼\n王小明", "王小明"),
        ("It flickers.\n\nشكرا\nمحمد علي", "محمد علي"),
        (
            "It flickers.\n\n---\nYou received this message because you like lamps",
            "---\nYou received this message because you like lamps",
        ),
    ],
)
def test_a_name_card_is_signature(mail: str, signature: str):
    reply = split_text(mail)

    assert reply.signature == signature
    assert reply.text.startswith("It flickers.")
    assert reply.confidence is Confidence.MEDIUM


def test_closing_words_stay_with_the_text():
    assert split_text("It flickers.\n\nRegards,\nOle Berg").text == "It flickers.\n\nRegards,"


@pytest.mark.parametrize(
    "text",
    [
        "Results:\n\nlamp  state\n-----------\nhall  broken since the storm of last week, I think.\n",
        "Results:\n\nlamp  state\n----- ------\nhall  broken\n",
        "Results:\n\nlamp | state\n-----+------\nhall | broken\n",
        "Please excuse me, I sent it from my phone, please send a new one.",
        "Lamp 12\nFuse 3\n--------\nTotal 15 EUR",
        "Thanks,\nOrder 4711",
        "Thanks,\n- Lamp\n- Fuse",
        "The parcel:\n\nSent via Oslo on Monday",
        "The information in this e-mail was confidential.\n\nWhat will you do about it?",
        "坏了。\n\n谢谢\n请尽快处理我的订单",
        "لا يعمل.\n\nشكرا\nارجو الرد بسرعة على رسالتي",
        "I tried:\n-- the switch\n-- the fuse\n\nNothing helped.",
        "Thanks,\nand can you also send me the manual please?",
        "Thanks\n\nThe second lamp is broken as well.",
        "Sent from my desk, which is much easier to type at.",
        "The lamp was sent from my office on Monday. It should be with you by now.",
        "To buy:\n\n- Lamp\n\n- Fuse",
        "First part\n----\n\nThe second part is about something else, and it is long enough to be read.\n",
        "从昨天开始无法登录\n请帮忙看看",
    ],
)
def test_what_only_looks_like_a_signature_is_text(text: str):
    assert split_text(text).text == text


def test_the_signature_stands_above_the_quoted_mail():
    reply = split_text(
        "Yes.\n\nBest regards\nOle Berg\n\nOn 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:\n> Well?\n> V"
    )

    assert (reply.text, reply.signature) == ("Yes.\n\nBest regards", "Ole Berg")


def test_a_signature_below_the_quoted_mail_is_no_answer():
    reply = split_text("Yes.\n\nOn 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:\n> Well?\n> V\n\n-- \nOle Berg")

    assert (reply.text, reply.signature) == ("Yes.", "-- \nOle Berg")


@pytest.mark.parametrize("postscript", ["PS: Bring the lamp", "P.S. Bring the lamp", "PS bring the lamp"])
def test_what_is_added_below_the_name_is_text(postscript: str):
    assert postscript in split_text(f"Yes.\n\nRegards,\nOle\n\n{postscript}").text


def test_several_closing_words_below_the_quoted_mail_are_no_answer():
    reply = split_text(
        "Yes.\n\nOn 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:\n> Well?\n> V\n\nThanks.\n\nCheers\nOle"
    )

    assert reply.text == "Yes."


def test_a_mail_that_is_only_a_signature_is_text():
    assert split_text("-- \nOle Berg").text == "-- \nOle Berg"


def test_text_below_a_phone_signature_is_kept_as_signature():
    reply = split_text("Yes.\n\nSent from my iPhone\n\nHello Ole, would Monday suit you?\n")

    assert reply.text == "Yes."
    assert "would Monday suit you?" in reply.signature
