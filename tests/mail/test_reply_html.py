"""What the writer added, found in the mark-up of mail clients."""

import pytest

from mailcase.domain.email import Confidence
from mailcase.mail.reply import split_html
from mailcase.mail.reply_html import of_html
from mailcase.mail.reply_lines import shown

ATTRIBUTION = "On Tue, 3 Mar 2026 at 09:12, Vera Lund &lt;vera@shop.example&gt; wrote:"
HEADERS = (
    "<b>From:</b> Vera Lund &lt;vera@shop.example&gt;<br><b>Sent:</b> Tuesday, March 3, 2026 9:12 AM<br>"
    "<b>To:</b> Ole Berg<br><b>Subject:</b> Lamp"
)
CLIENTS = {
    "Gmail": f'<div dir="ltr">It works.</div><br><div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTION}<br></div>'
    '<blockquote class="gmail_quote"><div>Plugged in?</div></blockquote></div>',
    "Outlook desktop": '<div class="WordSection1"><p class="MsoNormal">It works.</p><div><div style="border:none;border-top:'
    f'solid #E1E1E1 1.0pt"><p class="MsoNormal">{HEADERS}</p></div></div><p class="MsoNormal">Plugged in?</p></div>',
    "Outlook web": '<div>It works.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><font>'
    f"{HEADERS}</font></div><div>Plugged in?</div>",
    "Outlook web, no words known": '<div>It works.</div><hr><div id="divRplyFwdMsg"><b>Xyz:</b> Vera</div><div>Plugged in?</div>',
    "Outlook 2003": f'<p>It works.</p><div class="OutlookMessageHeader">{HEADERS}</div><p>Plugged in?</p>',
    "Outlook mobile": '<div>It works.</div><div id="ms-outlook-mobile-signature">Get Outlook for iOS</div>'
    f'<div id="mail-editor-reference-message-container">{HEADERS}<p>Plugged in?</p></div>',
    "Apple Mail": f'It works.<br><div><blockquote type="cite"><div>{ATTRIBUTION}</div><div>Plugged in?</div></blockquote></div>',
    "Yahoo": f'<div>It works.</div><div id="yahoo_quoted_42" class="yahoo_quoted"><div>{ATTRIBUTION}</div><div>Plugged in?</div></div>',
    "Thunderbird": f'<p>It works.</p><div class="moz-cite-prefix">{ATTRIBUTION}<br></div><blockquote type="cite" '
    'cite="mid:1@shop.example"><p>Plugged in?</p></blockquote>',
    "Thunderbird, unknown language": '<p>It works.</p><div class="moz-cite-prefix">Vera hat gsait:</div><blockquote type="cite">'
    "<p>Plugged in?</p></blockquote>",
    "Proton": f'<div>It works.</div><div class="protonmail_quote">{ATTRIBUTION}<br><blockquote class="protonmail_quote" '
    'type="cite">Plugged in?</blockquote></div>',
    "Zimbra": '<div>It works.</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">'
    f'{HEADERS}</div><div data-marker="__QUOTED_TEXT__">Plugged in?</div>',
    "GMX": f'<div>It works.</div><div name="quote" style="border-left:2px solid"><div>{HEADERS}</div>Plugged in?</div>',
    "Zoho": f'<div>It works.</div><div class="zmail_extra"><div>---- {ATTRIBUTION} ----</div><blockquote>Plugged in?</blockquote></div>',
    "sanitised": f"<div>It works.</div><div>{ATTRIBUTION}<br></div><blockquote><div>Plugged in?</div></blockquote>",
    "sanitised, no marks": f"<div>It works.</div><div>{HEADERS}</div><div>Plugged in?</div>",
    "text in HTML": f"<p>It works.<br><br>{ATTRIBUTION}<br>&gt; Plugged in?<br>&gt; Vera</p>",
}


def split(html: str):
    return split_html(html, shown(of_html(html)))


@pytest.mark.parametrize("html", CLIENTS.values(), ids=CLIENTS.keys())
def test_the_mark_up_of_this_client_begins_earlier_mail(html: str):
    reply = split(html)

    assert reply.text == "It works."
    assert "Plugged in?" in reply.quoted
    assert reply.confidence is Confidence.HIGH


def test_answers_between_quotations_stay_with_what_they_answer():
    reply = split(
        f'<div class="gmail_quote"><div class="gmail_attr">{ATTRIBUTION}</div><blockquote class="gmail_quote">Which colour?</blockquote>'
        '<div>Green.</div><blockquote class="gmail_quote">Which size?</blockquote><div>Large.</div>'
        '<blockquote class="gmail_quote">Vera</blockquote></div>'
    )

    assert "> Which colour?\n\nGreen.\n\n> Which size?\n\nLarge." in reply.text
    assert reply.quoted == "> Vera"


def test_an_indented_paragraph_is_the_writers():
    reply = split(
        f"<p>The manual says:</p><blockquote>Never open<br>the lid.</blockquote><div>{ATTRIBUTION}</div><blockquote>What?</blockquote>"
    )

    assert reply.text == "The manual says:\n\nNever open\nthe lid."
    assert reply.quoted.endswith("> What?")


def test_a_gmail_indent_after_a_reply_is_the_writers():
    reply = split(
        f'<div>See:</div><blockquote style="margin:0 0 0 40px;border:none;padding:0">the lid</blockquote><div class="gmail_attr">'
        f'{ATTRIBUTION}</div><blockquote class="gmail_quote">What?</blockquote>'
    )

    assert "the lid" in reply.text
    assert reply.quoted.endswith("> What?")


@pytest.mark.parametrize("mark", ['class="gmail_quote"', 'style="border-left: 1px solid; padding-left: 1ex"'])
def test_a_frame_that_the_writer_asked_for_is_the_writers(mark: str):
    reply = split(f"<div>The manual says:</div><blockquote {mark}>Never open<br>the lid.</blockquote>")

    assert "Never open" in reply.text


def test_indented_paragraphs_of_earlier_mail_are_not_the_writers():
    reply = split(
        f'<div>Done.</div><div id="divRplyFwdMsg">{HEADERS}</div><div>See the manual:</div><blockquote>the lid</blockquote>'
    )

    assert reply.text == "Done."


def test_a_forward_is_shown_whole():
    html = (
        '<div>Please handle.</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
        "From: Ole Berg &lt;ole@home.example&gt;<br>Subject: Lamp</div>It flickers.</div>"
    )

    assert "It flickers." in split(html).text
    assert split(html).confidence is Confidence.LOW


def test_a_clients_signature_element_is_signature():
    reply = split('<div>It works.</div><div class="gmail_signature"><div>Ole Berg</div><div>Oslo</div></div>')

    assert (reply.text, reply.signature) == ("It works.", "Ole Berg\nOslo")


@pytest.mark.parametrize(
    "signature",
    [
        '<span class="gmail_signature_prefix">-- </span><br><div class="gmail_signature">Ole Berg</div>',
        '<signature id="local-1">Ole Berg</signature>',
        '<div name="messageSignatureSection">Ole Berg</div>',
        '<div class="bloop_sign">Ole Berg</div>',
        '<div class="front-signature">Ole Berg</div>',
    ],
)
def test_the_signature_of_this_client_is_signature(signature: str):
    assert split(f"<div>It works.</div>{signature}").text == "It works."


def test_the_delimiter_above_a_signature_below_the_quotation_is_no_answer():
    reply = split(
        f'<div>Yes.</div>{ATTRIBUTION}<blockquote type=cite>Sure?</blockquote>-- <br><div class="gmail_signature">Ole</div>'
    )

    assert (reply.text, reply.signature) == ("Yes.", "--\nOle")


def test_html_that_lacks_words_of_the_mail_does_not_decide():
    text = "It works.\n\nPlugged in?\n\nSerial 4711, from a second part."

    assert split_html('<p>It works.</p><div class="yahoo_quoted">Plugged in?</div>', text).text == text


def test_the_text_decides_where_it_says_more_than_the_html():
    text = "It works.\n\nOn 3 Mar 2026 at 09:12, Vera <vera@shop.example> wrote:\n> Plugged in?\n> Vera"

    assert split_html("<p>It works. On 3 Mar 2026 at 09:12, Vera wrote: Plugged in? Vera</p>", text).text == "It works."


def test_links_are_kept_where_text_and_html_agree():
    above = "See *this* page <https://home.example/lamp>."
    text = f"{above}\n\nOn Tue, 3 Mar 2026 at 09:12, Vera Lund <vera@shop.example> wrote:\n\n> Plugged in?\n"
    html = f'<p>See <b>this</b> <a href="https://home.example/lamp">page</a>.</p><div>{ATTRIBUTION}</div>'

    assert split_html(f"{html}<blockquote type=cite>Plugged in?</blockquote>", text).text == above


def test_lines_are_those_a_reader_sees():
    html = "<p>One\n two</p><ul><li>three</li><li>four</li></ul><pre>a\n  b</pre><table><tr><td>x<td>y</table><style>z</style>"

    assert shown(of_html(html)) == "One two\n\n- three\n- four\n\na\n  b\n\nx y"


@pytest.mark.parametrize("tag", ["div", "blockquote", "span", "table"])
def test_html_nested_too_deeply_is_read_as_text(tag: str):
    html = f"<{tag}>" * 1_000 + "x"

    assert of_html(html) == []
    assert split_html(html, "x").text == "x"


def test_what_a_browser_does_not_show_is_no_line():
    assert shown(of_html('<div style="display: none">preview</div><p hidden>x</p><p>seen</p>')) == "seen"
