"""HTML as text, and HTML made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail import html, markup
from mailcase.mail.limits import Limits

LIMITS = Limits()
TEXTS = [
    ("<p>one<p>two", "one\n\ntwo", "paragraphs"),
    ("<div>one</div><div>two</div>", "one\ntwo", "blocks"),
    ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo", "an empty line as mail clients write it"),
    ("one<br>two<BR/>three", "one\ntwo\nthree", "line breaks"),
    ("one\n   two", "one two", "white space of the source"),
    ("a&nbsp;b &lt;c&gt;", "a b <c>", "entities"),
    ("<b>bo</b>ld", "bold", "inline elements join"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc", "rows and cells"),
    ("<ul><li>a</li><li>b</li></ul>", "a\nb", "lists"),
    ("<pre>a\n  b</pre>", "a\n  b", "preformatted text"),
    ("<style>p{}</style><script>x</script><title>t</title>seen", "seen", "what no browser shows"),
    ('<div style="display: none">pre</div>seen', "seen", "a hidden preheader"),
    ('<div style="max-height:0;overflow:hidden">pre</div>seen', "seen", "a squeezed preheader"),
    ('<div style="max-height:0px">all</div>', "all", "a height alone hides nothing"),
    ("<div hidden>pre</div>seen", "seen", "the hidden attribute"),
    ("<div HIDDEN>pre</div>seen", "seen", "the hidden attribute in capitals"),
    ('<div style="display:none">all there is</div>', "all there is", "a mail is never all hidden"),
    ('<html style="display:none">all there is', "all there is", "a page that is all hidden"),
    ('<body style="display:none"><p hidden>pre<p>seen', "seen", "a body that is all hidden"),
    ('<div hidden style="display:none"><p hidden>pre</p></div>seen', "seen", "hidden in two ways, and within"),
    ("<!-- no -->seen<!--[if mso]>no<![endif]-->", "seen", "comments"),
    ("<head><title>t</title></head><body>seen", "seen", "the head"),
    ("a < b and c > d", "a < b and c > d", "brackets that are no tags"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("source", "text"), [row[:2] for row in TEXTS], ids=[row[2] for row in TEXTS])
def test_html_reads_as_a_browser_shows_it(source: str, text: str) -> None:
    assert html.render(source, LIMITS).text == text


@pytest.mark.parametrize(
    ("source", "safe"),
    [
        ("<script>alert(1)</script>hi", "hi"),
        ('<p onclick="x()">hi</p>', "<p>hi</p>"),
        ('<a href="javascript:x()">hi</a>', '<a rel="noopener noreferrer nofollow">hi</a>'),
        ('<img src="http://spy.example/x.gif" alt="logo">', '<img alt="logo">'),
        ('<img src="//spy.example/x.gif">', "<img>"),
        ('<img src="cid:a@b">', '<img src="cid:a@b">'),
        ('<p style="background:url(http://spy.example)">hi</p>', "<p>hi</p>"),
        ('<p style="position:fixed;color:red">hi</p>', '<p style="color:red">hi</p>'),
        ('<form action="x"><input>hi</form>', "hi"),
        ("<svg><style><img src=x onerror=x()></style></svg>hi", "hi"),
    ],
)
def test_html_is_made_safe(source: str, safe: str) -> None:
    assert html.render(source, LIMITS).html == safe


@pytest.mark.parametrize("deep", ["<div>" * 300, "<b>" * 300, "<table><tr><td>" * 150])
def test_html_past_its_limits_is_read_as_text_only(deep: str) -> None:
    rendered = html.render(deep + "hi", LIMITS)
    assert (rendered.html, rendered.text.strip()) == (None, "hi")


def test_html_that_says_the_same_as_a_text_is_not_read() -> None:
    assert html.render("<p>hello</p>", LIMITS, "hello there") == ("<p>hello</p>", "hello there", "<p>hello</p>")


def test_longer_html_is_read_as_text_only() -> None:
    assert html.render("<p>hello</p>" * 10, Limits(max_html=100)).html is None


@given(st.text(alphabet="ab <>/=\"'!-&;\n", max_size=200))
def test_html_of_any_shape_is_safe_and_readable(source: str) -> None:
    rendered = html.render(source, LIMITS)
    assert "\x00" not in rendered.text
    assert markup.strip(source) is not None
    assert rendered.html is not None


PIECES = [
    "<html",
    "<body",
    "<head",
    "<p",
    "<td",
    "<pre",
    "</pre",
    "<br",
    "<template",
    ' style="display:none"',
    " hidden",
    ">",
]


@given(st.lists(st.sampled_from([*PIECES, "x", " ", "\n", "&#9;", "<!", "</"]), max_size=30).map("".join))
def test_html_is_read_whatever_is_hidden_of_it(source: str) -> None:
    assert html.render(source, LIMITS).html is not None


WORD = st.text(alphabet="abcdefgh", min_size=1, max_size=8)
TREE = st.recursive(
    WORD,
    lambda inner: st.builds(
        lambda tag, children: f"<{tag}>{''.join(children)}</{tag}>",
        st.sampled_from(["p", "div", "b", "ul", "li", "blockquote", "span", "h1"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@given(TREE)
def test_no_visible_letter_is_lost(source: str) -> None:
    letters = "".join(markup.strip(source).split())
    assert "".join(html.render(source, LIMITS).text.split()) == letters


@pytest.mark.parametrize(
    "source",
    [
        '<img src="http://spy.example/1">',
        "<IMG SRC=http://spy.example/1>",
        '<image src="http://spy.example/1">',
        '<img src="cid:a@b"><img src= "http://spy.example/1">',
        """<img alt='src="cid:' src='http://spy.example/1'>""",
        '<p style="color: URL(http://spy.example/1)">x</p>',
        '<p style="color: &#117;rl(http://spy.example/1)">x</p>',
        '<p style="color: u&#x72;l&lpar;http://spy.example/1)">x</p>',
        '<p style="color: ur&#00076(http://spy.example/1)">x</p>',
    ],
)
def test_nothing_is_loaded_however_it_is_written(source: str) -> None:
    assert "spy.example" not in (html.render(source, Limits()).html or "")
