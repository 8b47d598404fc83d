"""What the writer added, found in plain text."""

import pytest

from mailcase.domain.email import Confidence
from mailcase.mail.reply import split_text

ATTRIBUTION = "On Tue, 3 Mar 2026 at 09:12, Vera Lund <vera@shop.example> wrote:"


def test_text_above_an_attribution_is_the_reply():
    reply = split_text(f"The lamp still flickers.\n\n{ATTRIBUTION}\n> Have you changed the bulb?\n> Vera\n")

    assert reply.text == "The lamp still flickers."
    assert reply.quoted.startswith("On Tue")
    assert reply.confidence is Confidence.HIGH


def test_an_attribution_hides_earlier_mail_that_has_no_marks():
    reply = split_text(f"Yes, please.\n\n{ATTRIBUTION}\n\nShall we send a new one?\n\nVera")

    assert reply.text == "Yes, please."
    assert "Shall we send" in reply.quoted


@pytest.mark.parametrize(
    "attribution",
    [
        "On Tue, 3 Mar 2026 at 09:12, Vera Lund <vera@shop.example>\nwrote:",
        "On Tue, 3 Mar 2026 at 09:12, Vera Lund <\nvera@shop.example> wrote:",
        "On Tue, 3 Mar 2026 at 09:12, Vera Lund <vera@shop.example\n>:",
        "On Tue, 3 Mar 2026 at 09:12, Vera Lund\n\n<\nmailto:Vera Lund <vera@shop.example>\n> wrote:",
        "On Tuesday, March 3rd 2026 at 09:12,\nVera Lund from the Lamps Department\n<vera@shop.example>\nwrote:",
    ],
)
def test_an_attribution_may_be_wrapped(attribution: str):
    reply = split_text(f"It works now.\n{attribution}\n\n> Is it plugged in?\n> Vera")

    assert reply.text == "It works now."
    assert reply.quoted.startswith("On Tue")


@pytest.mark.parametrize(
    "attribution",
    [
        "------On 3/3/2026 9:12 AM, Vera Lund wrote-----",
        "---- Vera Lund wrote ----",
        "Vera Lund wrote:",
        "2026/3/3 Vera Lund <vera@shop.example>",
        "Quoting vera@shop.example:",
        "3 Mar 2026, 09:12 by vera@shop.example:",
        "Missatge de Vera Lund <vera@shop.example> del dia dt., 3 de març 2026 a les 9:12:",
        "Vera Lund <vera@shop.example> hau bidali du (2026 mar. 3, as. (09:12)):",
        "في الثلاثاء، 3 مارس 2026 في 9:12 ص تمت كتابة ما يلي بواسطة Vera Lund <\nvera@shop.example>:",
        "\u202bבתאריך יום ג׳, 3 במרץ 2026 ב-9:12 מאת \u202aVera Lund\u202c <\u202avera@shop.example\u202c\u200f>:\u202c",
    ],
)
def test_other_forms_of_an_attribution_before_marked_lines(attribution: str):
    assert split_text(f"It works now.\n\n{attribution}\n\n> Is it plugged in?\n> Vera").text == "It works now."


@pytest.mark.parametrize(
    "attribution",
    [
        "On 3-Mar-2026, at 9:12 AM, Vera Lund <vera@shop.example> sent:",
        "Вы писали 3 марта 2026 г., 9:12:00:",
        "Vera Lund <vera@shop.example> escreveu no dia terça, 3/03/2026 à(s) 09:12:",
        ">>> Vera Lund <vera@shop.example> 3/3/2026 9:12 AM >>>",
        ">>> Vera Lund 03/03/26 9:12 AM >>>",
        "On Tue, 3 Mar 2026 at 09:12, Vera Lund<vera@shop.example> wrote:   Hello Ole,",
        "------------------&nbsp;原始邮件&nbsp;------------------",
        "\u2010\u2010\u2010\u2010\u2010 Original Message \u2010\u2010\u2010\u2010\u2010",
        "Vera Lund <vera@shop.example> írta (2026. márc. 3. 9:12):",
        "Wiadomość napisana przez Vera Lund <vera@shop.example> w dniu 3 mar 2026, o godz. 09:12:",
        "---- 回复的原邮件 ----\n| 发件人 | Vera Lund<vera@shop.example> |\n| 日期 | 2026年03月03日 09:12 |",
        "From: Vera Lund\nSent: Tuesday, March 3, 2026 9:12 AM\nTo: Ole Berg",
        "From: Vera Lund\nSent: \u200eTuesday\u200e, \u200eMarch\u200e \u200e3\u200e, \u200e2026 \u200e9\u200e:\u200e12\u200e \u200eAM\nTo: Ole",
        "From: Vera Lund <vera@shop.example>\nSent: Tuesday, March 3, 2026 9:12 AM\nClassification: internal\nTo: Ole Berg",
    ],
)
def test_forms_of_other_clients_begin_earlier_mail_without_marks(attribution: str):
    assert split_text(f"It works now.\n\n{attribution}\nIs it plugged in?\n").text == "It works now."


@pytest.mark.parametrize(
    "rest", ["(https://shop.example/view\n_id=42)", "\n(https://shop.example/view?_id=42) >"], ids=["inside", "before"]
)
def test_a_quoted_link_that_was_cut_is_no_answer(rest: str):
    reply = split_text(f"It works now.\n\n{ATTRIBUTION}\n> See the case {rest}\n> Vera\n")

    assert reply.text == "It works now."


def test_a_link_between_quoted_lines_is_an_answer():
    reply = split_text(f"{ATTRIBUTION}\n> Where (in the shop)\nhttps://shop.example/lamp?id=42\n> Thanks\n")

    assert "https://shop.example/lamp?id=42" in reply.text


def test_comparisons_are_no_quotation():
    text = "It fails at high voltage:\n\n> 20 volts: it flickers\n> 30 volts: it burns\n"

    assert split_text(text).text == text


def test_regards_below_the_quoted_mail_are_no_answer():
    reply = split_text(f"It works now.\n\n{ATTRIBUTION}\n\n> Is it plugged in?\n\nRegards, Ole")

    assert (reply.text, reply.signature) == ("It works now.", "Regards, Ole")


def test_two_header_lines_with_time_and_address_begin_earlier_mail():
    reply = split_text("Tomorrow.\n\nFrom: vera@shop.example\nDate: Tue, 3 Mar 2026 09:12:00 +0100\n\nWhen?\n")

    assert reply.text == "Tomorrow."


def test_answers_between_quoted_lines_stay_with_what_they_answer():
    reply = split_text(
        f"{ATTRIBUTION}\n> Which colour?\n\nGreen.\n\n> Which size?\n\nThe large one.\n\n> Kind regards\n> Vera\n"
    )

    assert "> Which colour?\n\nGreen.\n\n> Which size?\n\nThe large one." in reply.text
    assert reply.quoted == "> Kind regards\n> Vera"


def test_an_answer_below_the_quoted_mail_is_the_reply():
    reply = split_text(f"{ATTRIBUTION}\n> Which colour?\n> Vera\n\nGreen, please.\n")

    assert reply.text == "Green, please."
    assert reply.confidence is Confidence.HIGH


def test_an_answer_right_below_a_long_quoted_line_is_not_taken_for_its_rest():
    question = "> Could you tell us which of the two lamps you would like to have replaced first?"
    reply = split_text(f"{ATTRIBUTION}\n{question}\nthe one in the hall\n> Thanks\n")

    assert "the one in the hall" in reply.text


def test_the_rest_of_a_quoted_line_that_was_cut_is_not_an_answer():
    cut = "> We have looked at the lamp that you sent to our workshop last week and found the"
    reply = split_text(f"Great.\n\n{ATTRIBUTION}\n{cut}\nswitch to be broken.\n> Vera\n")

    assert reply.text == "Great."


def test_text_after_an_elided_quotation_is_not_lost():
    reply = split_text(f"Hi,\n\n{ATTRIBUTION}\n[...]\nThe key is under the mat.\n\n> And the alarm?\n\nIt is off.\n")

    assert "The key is under the mat." in reply.text
    assert "It is off." in reply.text


@pytest.mark.parametrize(
    ("one", "two"), [("VL> Which colour?", "VL> Vera"), ("| Which colour?", "| Vera"), ("# Which colour?", "# Vera")]
)
def test_marks_of_a_clients_own_are_understood_after_an_attribution(one: str, two: str):
    reply = split_text(f"Hello!\n\nTuesday, March 3, 2026, 9:12:00 AM, you wrote:\n{one}\n{two}\n\nGreen.\n")

    assert reply.text.endswith("Green.")
    assert reply.confidence is Confidence.HIGH


def test_an_indented_prompt_is_no_attribution():
    text = "It fails so:\n\n     >>> import lamp\n     >>> lamp.on()\n\nWhat am I to do?\n"

    assert split_text(text).text == text


def test_a_prompt_is_not_a_quotation():
    text = "It fails so:\n\n>>> import lamp\n>>> lamp.on()\n"

    assert split_text(text).text == text


def test_one_marked_line_proves_nothing():
    text = "The label says:\n\n> Keep dry.\n"

    assert split_text(text).text == text
    assert split_text(text).confidence is Confidence.LOW


def test_several_marked_lines_below_the_text_are_quoted():
    reply = split_text("Agreed.\n\n> We would send it on Monday\n> if that suits you.\n")

    assert reply.text == "Agreed."
    assert reply.confidence is Confidence.MEDIUM


def test_a_header_block_begins_earlier_mail():
    reply = split_text(
        "Please close the case.\n\n________________________________\nFrom: Vera Lund <vera@shop.example>\n"
        "Sent: Tuesday, March 3, 2026 9:12 AM\nTo: Ole Berg\nSubject: RE: Lamp\n\nAnything else?\n"
    )

    assert reply.text == "Please close the case."
    assert reply.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    "form",
    [
        "A trip, please:\n\nFrom: Oslo\nTo: Bergen\nDate: 5 May 2026\n\nWindow seat.",
        "New request:\n\nFrom: Ole Berg\nDate: 5 May 2026\nSubject: Lamp\nPhone: 555 123\n\nIt flickers.",
        "A trip, please:\n\nFrom: Oslo\nTo: Bergen\nDate: 5 May 2026, 09:00\nSeats: 2",
        "Three things:\n\nSubject: the lamp\n\nFrom: when it was bought, it flickered.",
    ],
)
def test_a_form_is_not_a_header_block(form: str):
    assert split_text(form).text == form


def test_a_header_block_at_the_top_is_the_mails_own():
    reply = split_text("From: Ole Berg <ole@home.example>\nDate: 3 March 2026\nSubject: Lamp\n\nIt flickers.\n")

    assert "It flickers." in reply.text


def test_words_between_a_drawn_line_and_a_header_block_are_the_writers():
    reply = split_text(
        "Hello,\n\n---- My view ----\nIt flickers and\nit smells.\nFrom: Vera <vera@shop.example>\n"
        "Sent: Tuesday, March 3, 2026 9:12 AM\nTo: Ole\nSubject: Lamp\n\nAnything else?\n"
    )

    assert reply.text.endswith("it smells.")


def test_lines_that_begin_as_headers_do_not_reach_into_the_next_block():
    reply = split_text(
        "From: the moment I saw it I was angry.\nTo: be honest, I still am.\n\nFrom: Vera <vera@shop.example>\n"
        "Sent: Tuesday, March 3, 2026 9:12 AM\nTo: Ole\nSubject: Lamp\n\nAnything else?\n"
    )

    assert reply.text.endswith("I still am.")


def test_below_an_original_message_line_all_is_quoted():
    reply = split_text("Thanks!\n\n-----Original Message-----\n\nYour lamp is on its way.\n")

    assert reply.text == "Thanks!"
    assert reply.confidence is Confidence.MEDIUM


@pytest.mark.parametrize(
    "introduction",
    [
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
        "-------- Weitergeleitete Nachricht --------",
    ],
)
def test_a_forward_is_shown_whole(introduction: str):
    text = f"Can you handle this?\n\n{introduction}\nFrom: Ole Berg <ole@home.example>\nSubject: Lamp\n\nIt flickers.\n"

    assert split_text(text).text == text
    assert split_text(text).confidence is Confidence.LOW


@pytest.mark.parametrize(
    "line",
    [
        "##- Please type your reply above this line -##",
        "##- 이 줄 위에 회신을 입력하십시오 -##",
        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
        "[Please type your reply above this line]",
        "To reply, please write above this line.",
        "----- Digita la tua risposta sopra questa riga -----",
    ],
)
def test_below_a_reply_above_line_all_is_quoted(line: str):
    reply = split_text(f"Still broken.\n\n{line}\n\nYour case was answered.\n")

    assert reply.text == "Still broken."
    assert reply.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    "text",
    [
        "On the whole it works, but on Monday 3 people wrote:\nthey can not log in.",
        "On 12/05/2026 I wrote to you:\nplease call me back.",
        "It came back:\n\n<vera@shop.example>: host mx.shop.example[192.0.2.15] said: 550 5.1.1\n    <vera@shop.example>:\n    unknown user",
        "It failed:\n  ole@home.example\n    host 192.0.2.22 [192.0.2.22]: 550 5.1.1 <ole@home.example>:\n    unknown in table",
        "Who is this?\n\nReceived: by 192.0.2.1\nMessage-ID: <1@shop.example>\nFrom: vera@shop.example\nSubject: Win!\n\nClick.",
        "Is this ours?\n\n----- Original message -----\nReceived: by 192.0.2.1\nFrom: vera@shop.example\n\nClick.",
        "Your message\n\n  To: vera@shop.example\n  Subject: Lamp\n  Sent: Tue, 3 Mar 2026 09:12:00 +0100\n\ndid not arrive.",
        "In 2019 the manual said and my father wrote:\nnever open the lid.",
        'I waited.\n\nOn 3 March 2026 at 16:02 the shop wrote:\n"We are closed."\n\nThat is not true.',
        "It fails:\n\nGET / HTTP/1.1\nHost: shop.example\nDate: Tue, 3 Mar 2026 09:12:00 GMT\nFrom: ole@home.example\n\n500",
        "Who is here?\n\n        >>> RCPT TO:<ole@home.example>\n        <<< 550 not here >>>",
        "My settings:\n\nlamp = on\n### do not edit below this line ###\nfuse = 3",
        "Hello,\n\nwhat is new: nothing.\nThe list:\n- one\n- two\n",
        "I can not see the words reply above this line in your mail.\nWhy?",
    ],
)
def test_sentences_that_look_alike_are_text(text: str):
    assert split_text(text).text == text


def test_a_mail_that_is_all_quotation_is_shown_whole():
    text = f"{ATTRIBUTION}\n> Which colour?\n> Vera\n"

    assert split_text(text).text == text
    assert split_text(text).confidence is Confidence.LOW


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_every_line_end_is_understood(end: str):
    reply = split_text(end.join(["Yes.", "", ATTRIBUTION, "> Really?", "> Vera"]))

    assert reply.text == "Yes."
