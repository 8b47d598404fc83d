"""What holds for every body: nothing is lost, nothing is invented, and doubt shows all."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.email import Confidence, Reply
from mailcase.mail.reply import split_html, split_text
from mailcase.mail.reply_html import of_html
from mailcase.mail.reply_lines import INVISIBLE, shown

PIECES = (
    *(
        "Hello,",
        "It flickers.",
        "",
        "",
        "> Plugged in?",
        ">> Yes",
        ">",
        "> ",
        "Regards,",
        "Ole Berg",
        "-- ",
        "--",
        "-Ole",
    ),
    *(
        "On Tue, 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:",
        "On Tue, 3 Mar 2026, Vera",
        "<v@shop.example> wrote:",
    ),
    *("From: Vera <vera@shop.example>", "Sent: 3 Mar 2026 09:12", "To: Ole", "Subject: Lamp", "Phone: 555"),
    *(
        "-----Original Message-----",
        "----- Forwarded message -----",
        "_________",
        "Vera wrote:",
        "VL> Well?",
        "VL> So?",
    ),
    *(
        "Sent from my iPhone",
        "##- reply above this line -##",
        "[...]",
        ">>> lamp.on()",
        "This e-mail is confidential.",
        "\u200b",
    ),
    "> Could you tell us which of the two lamps you would like to have replaced first,",
    "the one in the hall",
)
bodies = st.lists(st.sampled_from(PIECES) | st.text(max_size=30), max_size=25).map("\n".join)
ELEMENTS = (
    *(
        "<div>",
        "</div>",
        "<blockquote type=cite>",
        "<blockquote>",
        "</blockquote>",
        '<div class="gmail_quote">',
        "<br>",
        "<p>",
        "<hr>",
    ),
    *(
        '<div class="gmail_attr">',
        '<div id="divRplyFwdMsg">',
        '<div class="gmail_signature">',
        '<div class="yahoo_quoted">',
        "<pre>",
    ),
    *(
        "</pre>",
        "<td>",
        "<li>",
        "<b>",
        "</b>",
        '<div id="appendonsend"></div>',
        "&gt; ",
        "<!-- x -->",
        "<style>a</style>",
    ),
)
pages = st.lists(st.sampled_from(ELEMENTS) | st.sampled_from(PIECES) | st.text(max_size=20), max_size=30).map("".join)


def lines(text: str) -> Counter[str]:
    ends = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Counter(line for line in ends if line.strip(INVISIBLE))


def parts(reply: Reply) -> Counter[str]:
    return lines(reply.text) + lines(reply.signature) + lines(reply.quoted)


def unmarked(counted: Counter[str]) -> Counter[str]:
    """Without the quote marks that only show what the mark-up says."""
    bare: Counter[str] = Counter()
    for line, times in counted.items():
        bare[line.lstrip("> " + INVISIBLE)] += times
    return bare - Counter({"": bare[""]})


@given(bodies)
def test_every_line_of_a_text_is_in_one_part(text: str):
    assert parts(split_text(text)) == lines(text)


@given(pages)
def test_every_line_of_a_page_is_in_one_part(html: str):
    text = shown(of_html(html))

    assert unmarked(parts(split_html(html, text))) == unmarked(lines(text))


@given(bodies)
def test_doubt_shows_all_and_certainty_shows_something(text: str):
    reply = split_text(text)

    if reply.confidence is Confidence.LOW:
        assert (reply.text, reply.signature, reply.quoted) == (text, "", "")
    else:
        assert lines(reply.text)
        assert lines(reply.signature) or lines(reply.quoted) or reply.text.count("\n")


@given(bodies)
def test_what_is_above_and_below_marked_lines_is_never_quoted(text: str):
    above, below = "Line of mine at the top", "Line of mine at the bottom, where nobody expects it"
    attribution = "On Tue, 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:"
    quoted = "\n".join(f"> {line}" for line in text.replace("\r", "\n").split("\n"))

    reply = split_text(f"{above}\n\n{attribution}\n{quoted}\n> end\n\n{below}\n")

    assert above in reply.text
    assert below in reply.text


@given(bodies)
def test_splitting_twice_gives_the_same(text: str):
    assert split_text(text) == split_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "> \n" * 100_000,
        "Disclaimer:\n\n" * 25_000 + "Why?\n",
        "> " * 50_000,
        "a" * 100_000,
        "On 1 2 3 wrote:\n" * 10_000,
        "From: a@b\n\n" * 10_000,
        "a\n--\n" * 10_000,
        "Sent from x y\n" * 10_000,
        "Regards,\nBob\n\n" * 8_000,
        ("On 1 2020 " + "a " * 180 + "wrote\n") * 300,
        "hi\nOn 2026-01-01 10:10 A wrote:\nAB> x\n" * 3_000,
        "x\n" + "> \n" * 50_000 + "On 2026-01-01 10:10 A wrote:\n> \n" * 3_000,
        "x\n"
        + "".join(
            f"On 2026-01-01 10:10 A wrote:\n{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}> x\n" for i in range(3_000)
        ),
        "<" * 100_000,
        ("(" * 300 + "@\n") * 300,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_text_is_split_without_loss(text: str):
    assert parts(split_text(text)) == lines(text)


@pytest.mark.parametrize(
    "html",
    [
        "<blockquote>" * 50_000 + "x",
        "<div>x" * 50_000,
        "<blockquote type=cite>x</blockquote>" * 3_000,
        "<p>" * 50_000 + "x",
        "<br>" * 50_000,
        "<" * 50_000,
        "<pre>" + "a\n" * 20_000,
    ],
    ids=lambda html: html[:12],
)
def test_hostile_html_is_split_to_the_end(html: str):
    assert split_html(html, "x").text == "x"
