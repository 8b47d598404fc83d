"""Rendering: which file serves, what is escaped, and what may be handed to which template."""

from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from mailcase.errors import Invalid, Refused
from mailcase.mail.letter import AgentLetter, AutomaticLetter, CustomerLetter
from mailcase.mail.letter_samples import samples
from mailcase.mail.render import Templates, letter_type

AUTOMATIC = samples("customer/acknowledged", AutomaticLetter)[0]
CUSTOMER = samples("customer/replied", CustomerLetter)[0]
AGENT = samples("agent/new_case", AgentLetter)[0]


def load(folder: Path, files: dict[str, str]) -> Templates:
    for name, text in files.items():
        path = folder / f"{name}.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Templates.load(folder)


def replied(text: str, **more: str) -> dict[str, str]:
    return {"customer/replied.subject": "s", "customer/replied.txt": text, **more}


def test_the_three_parts_make_a_mail(tmp_path) -> None:
    files = {
        "customer/replied.subject": "Re: {{ subject|bare_subject }}",
        "customer/replied.html": "<p>{{ agent or 'us' }}</p>",
    }
    templates = load(tmp_path, replied("{{ words }}") | files)
    rendered = templates.render("customer/replied", replace(CUSTOMER, words="Bonjour\n", agent="A & B"))
    assert rendered.subject == "Re: Invoice 20931 shows freight twice"
    assert rendered.text == "Bonjour\n"
    assert "<p>A &amp; B</p>" in rendered.html


def test_without_html_the_mail_is_plain(tmp_path) -> None:
    assert load(tmp_path, replied("x")).render("customer/replied", CUSTOMER).html is None


def test_the_subject_is_one_short_line(tmp_path) -> None:
    templates = load(tmp_path, replied("x", **{"customer/replied.subject": "a\n{{ subject }}\n"}))
    subject = templates.render(
        "customer/replied", replace(CUSTOMER, subject="b\r\nBcc: c\u2028d\u202e" + "x" * 999)
    ).subject
    assert subject.startswith("a b Bcc: c d ")
    assert len(subject) <= 250


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ({"mailbox": "support", "queue": "billing", "language": "de"}, "mailbox de"),
        ({"mailbox": "support", "queue": "billing", "language": "fr"}, "mailbox"),
        ({"mailbox": "sales", "queue": "billing", "language": "de"}, "queue"),
        ({"mailbox": "sales", "queue": "x", "language": "de"}, "common de"),
        ({"mailbox": "sales", "queue": "x", "language": "fr"}, "common"),
        ({}, "common"),
    ],
)
def test_mailbox_then_queue_then_language_then_default(tmp_path, wanted, served) -> None:
    base = "customer/replied"
    texts = {
        f"by_mailbox/support/{base}.txt": "mailbox",
        f"by_mailbox/support/{base}.de.txt": "mailbox de",
        f"by_queue/billing/{base}.txt": "queue",
        f"{base}.de.txt": "common de",
    }
    templates = load(tmp_path, replied("common", **texts))
    assert templates.render(base, CUSTOMER, **wanted).text == served + "\n"


def test_the_letters_own_language_is_wanted_by_default(tmp_path) -> None:
    templates = load(tmp_path, replied("en", **{"customer/replied.de.txt": "{{ case.created_at|date }}"}))
    rendered = templates.render("customer/replied", replace(CUSTOMER, language="de"))
    assert (rendered.text, rendered.language) == ("23. November 2026\n", "de")


def test_html_is_never_of_another_place_or_language_than_the_text(tmp_path) -> None:
    files = {"customer/replied.html": "<p>en", "customer/replied.de.txt": "de"}
    templates = load(tmp_path, replied("en", **files))
    assert templates.render("customer/replied", CUSTOMER, language="de").html is None
    assert templates.render("customer/replied", CUSTOMER, language="en").html is not None


def test_an_include_is_looked_for_like_a_template(tmp_path) -> None:
    files = {"_sign.txt": "common", "_sign.de.txt": "deutsch", "by_mailbox/support/_sign.txt": "mailbox"}
    templates = load(tmp_path, replied('{% include "_sign.txt.j2" %}', **files))
    assert templates.render("customer/replied", CUSTOMER, language="de").text == "deutsch\n"
    assert templates.render("customer/replied", CUSTOMER, mailbox="support").text == "mailbox\n"


def test_a_file_of_the_desk_replaces_the_shipped_one(tmp_path) -> None:
    for name, text in (("own", "own"), ("shipped", "shipped")):
        (tmp_path / name / "customer").mkdir(parents=True)
        (tmp_path / name / "customer" / "replied.txt.j2").write_text(text)
    (tmp_path / "shipped" / "customer" / "replied.subject.j2").write_text("s")
    templates = Templates.load(tmp_path / "own", tmp_path / "shipped")
    assert templates.render("customer/replied", CUSTOMER).text == "own\n"


def test_what_people_write_is_never_template_source(tmp_path) -> None:
    evil = "{{ desk }} {% include 'x' %} {{ [].__class__ }}"
    templates = load(tmp_path, replied("{{ words }}", **{"customer/replied.html": "{{ words|paragraphs }}"}))
    rendered = templates.render("customer/replied", replace(CUSTOMER, words=evil))
    assert rendered.text == evil + "\n"
    assert "{{ desk }}" in rendered.html


@pytest.mark.parametrize(
    "printed", ["words", "words|paragraphs", "words|linked", "words|excerpt(50)", "[words, '']|join", "words|quoted"]
)
def test_html_escapes_whatever_is_printed(tmp_path, printed) -> None:
    templates = load(tmp_path, replied("x", **{"customer/replied.html": f"<p>{{{{ {printed} }}}}"}))
    html = templates.render("customer/replied", replace(CUSTOMER, words="<script>\"&'")).html
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_sanitised_html_is_kept(tmp_path) -> None:
    templates = load(tmp_path, replied("x", **{"customer/replied.html": "{{ words_html or '' }}"}))
    html = templates.render("customer/replied", replace(CUSTOMER, words_html=Markup("<b>hi</b>"))).html
    assert "<b>hi</b>" in html


def test_links_of_agents_are_links_and_nothing_else(tmp_path) -> None:
    templates = load(tmp_path, replied("x", **{"customer/replied.html": "{{ words|linked }}"}))
    html = templates.render(
        "customer/replied", replace(CUSTOMER, words='See https://a.example/?b=1&c=2. javascript:x "')
    ).html
    assert '<a href="https://a.example/?b=1&amp;c=2">https://a.example/?b=1&amp;c=2</a>. javascript:x' in html


def test_styles_are_inlined_and_nothing_is_fetched(tmp_path) -> None:
    (tmp_path / "secret.css").write_text("p { color: red }")
    links = f'<link rel="stylesheet" href="file://{tmp_path}/secret.css"><link rel="stylesheet" href="http://127.0.0.1:9/x.css">'
    html = f"<style>p {{ margin: 0 }} @media print {{ p {{ margin: 9px }} }}</style>{links}<p>x"
    templates = load(tmp_path, replied("x", **{"customer/replied.html": html}))
    rendered = templates.render("customer/replied", CUSTOMER).html
    assert '<p style="margin: 0;">x</p>' in rendered
    assert "@media print" in rendered
    assert "red" not in rendered


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("customer/acknowledged", AutomaticLetter),
        ("customer/acknowledged_vip", AutomaticLetter),
        ("customer/waiting", AutomaticLetter),
        ("customer/replied", CustomerLetter),
        ("customer/own_words", CustomerLetter),
        ("agent/new_case", AgentLetter),
    ],
)
def test_a_template_takes_one_type_of_letter(name, kind) -> None:
    assert letter_type(name) is kind


def test_an_agents_letter_is_never_put_by_a_customers_template(tmp_path) -> None:
    templates = load(tmp_path, replied("{{ words }}"))
    with pytest.raises(Refused, match="customer/replied is a template for CustomerLetter, not for AgentLetter"):
        templates.render("customer/replied", AGENT)


def test_an_automatic_template_sees_nothing_of_a_customers_even_in_a_customer_letter(tmp_path) -> None:
    files = {
        "customer/acknowledged.subject": "s",
        "customer/acknowledged.txt": "{% if words is defined %}{{ words }}{% else %}none{% endif %}",
    }
    templates = load(tmp_path, files)
    assert templates.render("customer/acknowledged", CUSTOMER).text == "none\n"


def test_an_unknown_template_is_refused_with_those_there_are(tmp_path) -> None:
    templates = load(tmp_path, replied("x"))
    with pytest.raises(Refused, match=r"there is no template customer/gone; there are: customer/replied\."):
        templates.render("customer/gone", CUSTOMER)


def test_names_and_languages_are_listed(tmp_path) -> None:
    templates = load(tmp_path, replied("x", **{"customer/replied.de.txt": "x", "_part.txt": "x"}))
    assert templates.names() == ("customer/replied",)
    assert templates.languages("customer/replied") == ("de", "en")


def test_a_missing_folder_is_told(tmp_path) -> None:
    with pytest.raises(Invalid, match="this folder of templates does not exist"):
        Templates.load(tmp_path / "gone")


def test_a_template_at_fault_only_with_this_letter_names_its_line(tmp_path) -> None:
    templates = load(tmp_path, replied("{% if words == 'rare' %}\n{{ case.created_at }}\n{% endif %}"))
    with pytest.raises(Refused, match=r"replied\.txt\.j2:2: a value of type datetime cannot be printed; use a filter"):
        templates.render("customer/replied", replace(CUSTOMER, words="rare"))
