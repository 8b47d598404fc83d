"""A template can neither run for long, nor grow large, nor reach outside of its letter (GUARANTEES G16)."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from mail.test_render import AGENT, CUSTOMER, load, replied
from mailcase.errors import Invalid, Refused
from mailcase.mail.render import Templates

SHIPPED = Path(__file__).parents[2] / "templates"
LOOP = "{% for a in words %}{% for b in words %}{% for c in words %}{% for d in words %}"
ENDS = "{% endfor %}" * 4


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"{LOOP}{ENDS}", "it takes more than 100000 steps"),
        (f"{LOOP}xxxxxxxxxxxxxxx{ENDS}", "it becomes longer than 1000000 characters"),
    ],
)
def test_a_loop_that_never_ends_is_found_by_trying_it(tmp_path, source, said) -> None:
    with pytest.raises(Invalid, match=rf"replied\.txt\.j2:1: {said}"):
        load(tmp_path, replied(source))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{% for a in words %}{{ words }}{% endfor %}", "it becomes longer than 1000000 characters"),
        ("{% for a in words if a == '' %}{% endfor %}" * 99, "it takes more than 100000 steps"),
    ],
)
def test_a_letter_that_makes_a_template_endless_is_refused(tmp_path, source, said) -> None:
    templates = load(tmp_path, replied(source))
    started = time.thread_time()
    with pytest.raises(Refused, match=rf"replied\.txt\.j2:1: {said}"):
        templates.render("customer/replied", replace(CUSTOMER, words="x" * 10_000))
    assert time.thread_time() - started < 5


def test_includes_that_multiply_are_refused(tmp_path) -> None:
    files = {f"_{'abcdefg'[n]}.txt": f'{{% include "_{"abcdefg"[n + 1]}.txt.j2" %}}' * 10 for n in range(6)}
    with pytest.raises(Invalid, match="it takes more than 100000 steps"):
        load(tmp_path, replied('{% include "_a.txt.j2" %}', **files, **{"_g.txt": ""}))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ words.upper() }}", "a call is not part of the template language"),
        ("{{ words.__class__ }}", "a value of type str has no field __class__"),
        ("{{ case.__class__ }}", "there is no field __class__"),
        ("{{ 'x' * 1000000000 }}", "mul is not part"),
        ("{{ words ~ words }}", "~ is not part"),
        ("{{ words + words }}", r"\+ is not part"),
        ("{{ words[0] }}", "an index is not part"),
        ("{% set a %}{{ words }}{% endset %}", "a captured block is not part"),
        ("{% macro m() %}{% endmacro %}", "a macro is not part"),
        ("{% for a in range(9) %}{% endfor %}", "a call is not part"),
        ("{% for a in words recursive %}{% endfor %}", "a recursive loop is not part"),
        ("{% autoescape false %}{{ words }}{% endautoescape %}", "autoescape is not part"),
        ("{{ words|safe }}", "there is no filter safe"),
        ("{{ words|center(1000000000) }}", "there is no filter center"),
        ("{{ words|_counted }}", "there is no filter _counted"),
        ("{{ _budget }}", "there is no variable _budget"),
        ("{{ lipsum }}", "there is no variable lipsum"),
        ("{% set a = [words] %}", "a list stands only in a loop"),
        ("{% include words %}", "is named by a text in quotes"),
        ('{% include "../../etc/passwd" %}', "there is no template file '../../etc/passwd'"),
        ('{% include "customer/replied.txt.j2" %}', "opens itself"),
        ("{% import 'x' as x %}", "import is not part"),
        ("{{ words is callable }}", "there is no test callable"),
        ('{% include "_page.html.j2" %}', "text and HTML files do not open each other"),
    ],
)
def test_the_language_has_no_way_out(tmp_path, source, said) -> None:
    with pytest.raises(Invalid, match=rf"replied\.txt\.j2:2: .*{said}"):
        load(tmp_path, replied(f"first line\n{source}", **{"_page.html": "x"}))


def test_a_large_letter_is_cut_by_the_shipped_templates() -> None:
    from_customer = replace(AGENT, words="a customer's long text. " * 100_000)
    rendered = Templates.load(SHIPPED).render("agent/new_case", from_customer)
    assert len(rendered.text) < 50_000


@pytest.mark.parametrize("depth", [300, 100_000])
def test_elements_nested_too_deep_are_refused_before_they_are_styled(tmp_path, depth) -> None:
    templates = load(
        tmp_path, replied("x", **{"customer/replied.html": "<style>p { margin: 0 }</style>{{ words_html or '' }}"})
    )
    with pytest.raises(Refused, match=r"replied\.html\.j2:1: its elements are nested too deep"):
        templates.render("customer/replied", replace(CUSTOMER, words_html=Markup("<b>" * depth)))


def test_filters_are_quick_on_long_text(tmp_path) -> None:
    source = "{{ words|paragraphs|excerpt(9) }}{{ words|linked|excerpt(9) }}{{ words|quoted|excerpt(9) }}{{ words|bare_subject }}"
    templates = load(tmp_path, replied(source))
    for words in ("re: " * 200_000, "https://" * 100_000, "\n \t" * 300_000, "[CAS-" * 200_000, "a " * 400_000):
        started = time.thread_time()
        templates.render("customer/replied", replace(CUSTOMER, words=words))
        assert time.thread_time() - started < 3
