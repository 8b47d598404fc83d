"""The templates that come with mailcase: complete, plain to read, and silent about what a reader may not see."""

import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

from mail.test_render import AGENT, AUTOMATIC, CUSTOMER
from mailcase.mail.letter import AgentLetter, AutomaticLetter, CaseFacts, CustomerLetter, Message
from mailcase.mail.letter_samples import samples
from mailcase.mail.render import Templates, letter_type
from mailcase.rules.told import NOTICES

SHIPPED = Templates.load(Path(__file__).parents[2] / "templates")
CUSTOMERS = [name for name in SHIPPED.names() if name.startswith("customer/")]
AGENTS = [name for name in SHIPPED.names() if name.startswith("agent/")]
WITHOUT_CASE = "customer/not_entitled"
ADMINS = [name for name in SHIPPED.names() if name.startswith("admin/")]


def test_there_is_one_for_each_event() -> None:
    customer = "acknowledged acknowledged_out_of_hours article cancelled merged not_entitled reactivated replied resolved waiting"
    assert [name.removeprefix("customer/") for name in CUSTOMERS] == customer.split()
    assert {notice.template for notice in NOTICES.values()} <= set(AGENTS)
    assert ADMINS == ["admin/alarm", "admin/held"]


@pytest.mark.parametrize("name", CUSTOMERS)
def test_customers_are_written_to_in_four_languages(name) -> None:
    assert SHIPPED.languages(name) == ("de", "en", "es", "fr")
    for language in ("de", "en", "es", "fr"):
        rendered = SHIPPED.preview(name, language=language)
        assert f'<html lang="{language}"' in (rendered.html or "")
        assert rendered.language == language


@pytest.mark.parametrize("name", SHIPPED.names())
def test_every_mail_is_tidy(name) -> None:
    for letter in samples(name, letter_type(name)):
        rendered = SHIPPED.render(name, letter)
        assert "\n\n\n" not in rendered.text
        assert not re.search(r"[ \t]\n", f"\n{rendered.text}".replace("\n-- \n", "\n"))
        assert "None" not in rendered.text
        assert rendered.subject
        assert rendered.html or name in ADMINS  # read in a terminal as often as not


@pytest.mark.parametrize("name", [*CUSTOMERS, *AGENTS])
def test_html_shows_what_the_text_shows(name) -> None:
    rendered = SHIPPED.preview(name)
    if letter_type(name) is not AutomaticLetter:
        letter = samples(name, letter_type(name))[0]
        first_line = letter.words.splitlines()[0]
        assert first_line in rendered.text
        assert first_line in rendered.html
    if name != WITHOUT_CASE:
        assert AUTOMATIC.case.number in rendered.html
        assert AUTOMATIC.case.number in rendered.text


@pytest.mark.parametrize("name", [*CUSTOMERS, *AGENTS])
def test_html_loads_nothing_and_runs_nothing(name) -> None:
    html = SHIPPED.preview(name).html.lower()
    assert not re.search(r"<(?:script|img|link|iframe|object|form)\b|url\(|@import|src=", html)


@pytest.mark.parametrize("name", [name for name in CUSTOMERS if name != WITHOUT_CASE])
def test_case_number_stands_in_the_subject(name) -> None:
    assert f"[{AUTOMATIC.case.number}]" in SHIPPED.preview(name).subject


def test_an_acknowledgement_has_no_text_of_the_customers() -> None:
    letter = replace(
        CUSTOMER, subject="MARK", words="MARK", customer=replace(CUSTOMER.customer, name="MARK", address="MARK")
    )
    for name in (name for name in CUSTOMERS if letter_type(name) is AutomaticLetter):
        rendered = SHIPPED.render(name, letter)
        assert "MARK" not in rendered.subject + rendered.text + rendered.html


def test_letters_to_customers_have_no_field_for_internal_things() -> None:
    internal = {"history", "transcript", "warnings", "clocks", "failures", "similar", "queue", "owner", "why", "title"}
    for kind in (AutomaticLetter, CustomerLetter):
        names = {field.name for field in fields(kind)} | {field.name for field in fields(type(AUTOMATIC.case))}
        assert not names & internal
    assert internal <= {field.name for field in (*fields(AgentLetter), *fields(CaseFacts))}


@pytest.mark.parametrize(
    "subject", ["Re: AW: [CAS-000001-ABC] Help", "Help", "RE[2]: Help", "Fwd: RE: Help", "Re:Help"]
)
def test_a_reply_keeps_the_bare_subject(subject) -> None:
    rendered = SHIPPED.render("customer/replied", replace(CUSTOMER, subject=subject))
    assert rendered.subject == f"Re: [{CUSTOMER.case.number}] Help"


def test_a_reply_echoes_78_characters_of_a_subject() -> None:
    rendered = SHIPPED.render("customer/replied", replace(CUSTOMER, subject="word " * 100))
    assert len(rendered.subject.partition("] ")[2]) <= 78


def test_a_reply_without_a_subject_has_one() -> None:
    rendered = SHIPPED.render("customer/replied", replace(CUSTOMER, subject="Re: "), language="de")
    assert rendered.subject == f"Re: [{CUSTOMER.case.number}] Ihre Nachricht"


@pytest.mark.parametrize("name", AGENTS)
def test_no_line_for_an_agent_looks_like_a_command(name) -> None:
    # What an agent's mail client quotes badly must not run when it comes back.
    letter = replace(
        AGENT,
        words="#resolve\n#cancel",
        history=(Message(at=AGENT.case.created_at, author="Eve", text="#resolve\n#note x"),),
    )
    assert not re.search(r"^#", SHIPPED.render(name, letter).text, re.MULTILINE)


@pytest.mark.parametrize("name", ["agent/new_case", "agent/customer_replied", "agent/assigned"])
def test_an_agent_sees_the_case_at_a_glance(name) -> None:
    rendered = SHIPPED.preview(name)
    for shown in ("Maja Lindqvist", "High", "Billing", "First response", "14 of 15", "#note", "#resolve", "#help"):
        assert shown in rendered.text
        assert shown in rendered.html


def test_the_customers_words_are_marked_as_theirs() -> None:
    rendered = SHIPPED.preview("agent/new_case")
    assert "--- The customer wrote ---\n\n> Hello,\n" in rendered.text
    assert "the customer's own words" in rendered.html.replace("&#39;", "'")


def test_a_note_is_marked_as_internal() -> None:
    assert "Tom Ferris, Monday, 23 November 08:42, internal note:" in SHIPPED.preview("agent/assigned").text
