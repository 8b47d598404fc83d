"""Articles as customers read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from mailcase.mail.article import article_html, article_text

KNOWN = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}


def resolve(target: str) -> str | None:
    return {"KB-1": "https://help.example/1", "KB-2": None}.get(target, target)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**Bold**", "<p><strong>Bold</strong></p>"),
        ("# Top", "<h2>Top</h2>"),
        ("<b onclick=x>hi</b>", "<p>&lt;b onclick=x&gt;hi&lt;/b&gt;</p>"),  # HTML is shown, not obeyed
        ("[a](KB-1)", '<p><a href="https://help.example/1" rel="noopener noreferrer">a</a></p>'),
        ("[a](KB-2)", "<p>a</p>"),  # one that customers cannot have
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](/etc/passwd)", "<p>a</p>"),
        ("![a chart](https://x.example/p.png)", "<p>a chart</p>"),  # nothing is loaded when a mail is read
    ],
)
def test_markdown_becomes_clean_html(body: str, html: str) -> None:
    assert article_html(body, resolve) == html


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("One\ntwo.\n\nThree.", "One two.\n\nThree."),
        ("- a\n- b\n\nc", "- a\n- b\n\nc"),
        ("1. a\n2. b\n   - c", "1. a\n2. b\n   - c"),
        ("[a](KB-1) and [b](KB-2)", "a (https://help.example/1) and b"),
        ("<https://x.example>", "https://x.example"),
        ("`code`\n\n    more code", "code\n\n    more code"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("[us](mailto:a@b.example)", "us (a@b.example)"),
    ],
)
def test_markdown_becomes_plain_text(body: str, text: str) -> None:
    assert article_text(body, resolve) == text


@given(st.text(alphabet="ab \n#*_`[]()<>!&\"'-1.|~\\/:", max_size=200))
def test_no_source_makes_html_that_acts_or_loads(body: str) -> None:
    nodes = list(
        LexborHTMLParser(f"<main>{article_html(body, lambda target: target)}</main>").css_first("main").css("*")
    )[1:]

    assert {node.tag for node in nodes} <= KNOWN
    assert {name for node in nodes for name in node.attributes} <= {"href", "rel", "title", "start", "align"}
    assert all(node.attributes["href"].startswith(("http", "mailto:")) for node in nodes if "href" in node.attributes)
