"""HTML bodies: sanitised for showing, and read as text the way a browser would show them.

Both parsers below are fast on what mail programs write and quadratic on what attackers write, so `markup` decides
first whether a body may be parsed at all. One that may not be is still readable: as text without its tags.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailcase.mail import markup
from mailcase.mail.limits import Limits

TAGS = (
    "a abbr acronym address b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark nav ol p pre q s samp section "
    "small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var"
)
LAYOUT = {"align", "bgcolor", "dir", "height", "lang", "style", "title", "valign", "width"}
ATTRIBUTES = {
    "*": LAYOUT,
    "a": {"href", "name"},
    "img": {"src", "alt", "border"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
}
# Nothing that places an element over another, and nothing that loads: a style cannot name an address.
STYLES = (
    "background-color border border-bottom border-collapse border-left border-right border-spacing border-top "
    "color direction display font-family font-size font-style font-weight height letter-spacing line-height margin "
    "margin-bottom margin-left margin-right margin-top max-width min-width padding padding-bottom padding-left "
    "padding-right padding-top text-align text-decoration text-indent text-transform vertical-align visibility "
    "white-space width"
)


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Drop addresses of images that are not part of the mail: loading one tells the sender that it was read."""
    is_remote = tag == "img" and attribute == "src" and not value.lower().startswith("cid:")
    is_loading = attribute == "style" and "url(" in value.lower()
    return None if is_remote or is_loading else value


def _cleaner(keep: Callable[[str, str, str], str | None] | None) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(TAGS.split()),
        clean_content_tags={"script", "style", "title", "template", "noframes", "iframe", "object"},
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=set(STYLES.split()),
        link_rel="noopener noreferrer nofollow",
    )


CLEANER = _cleaner(_keep)
WITHOUT_ADDRESSES = _cleaner(None)
"""For HTML in which `_keep` finds nothing to drop: it is asked about every attribute, a third of all the cleaning."""
WRITTEN_LETTER = re.compile(r"&#(?:0*(?:[6-9]\d|1[0-2]\d)(?!\d)|x0*[4-7][\da-f](?![\da-f]))")  # in lower case

UNSEEN = ["script", "style", "title", "template", "noframes", "iframe", "object", "select", "textarea"]
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?![.\d]*[1-9])")  # in lower case
CLIPPED = re.compile(r"overflow\s*:\s*hidden")

# Marks for line breaks, put in front of tags before parsing: characters that HTML takes for white space, so they
# survive between table rows, and that the source's own white space is no longer among.
BREAK, PARAGRAPH, BLOCK = "\t", "\n", "\f"
TAG = re.compile(r"(</?[A-Za-z]\w*)")
_PARAGRAPHS = "p h1 h2 h3 h4 h5 h6 hr ul ol dl blockquote pre table"
_BLOCKS = "div tr li dd dt center address article section header footer figure form fieldset caption"
MARKED = (
    {"<br": BREAK + "<br", "</td": " </td", "</th": " </th"}
    | {tag + name: PARAGRAPH + tag + name for name in _PARAGRAPHS.split() for tag in ("<", "</")}
    | {tag + name: BLOCK + tag + name for name in _BLOCKS.split() for tag in ("<", "</")}
)
"""The beginnings of tags, and what is written for them."""
PREFORMATTED = re.compile(r"(<pre\b[^>]*>)(.*?)(</pre\b|\Z)", re.IGNORECASE | re.DOTALL)
RUN = re.compile(r"([\t\n\f][ \t\n\f]*)")
NO_BLANK = "\ue000"  # a blank of preformatted text
MAX_BREAKS = 3


class Rendered(NamedTuple):
    """An HTML body made fit to use."""

    html: str | None
    """Sanitised; None when the source is past the limits."""
    text: str
    calm: str | None = None
    """The source as `markup.prepare` returned it."""


def render(source: str, limits: Limits, text: str = "") -> Rendered:
    """Sanitise an HTML body, and read it as text unless there is `text` that says the same.

    Nothing is fetched; nothing visible is lost from the text.
    """
    calm = markup.prepare(source, limits)
    if calm is None:
        stripped = source if len(source) <= limits.max_html else source[: limits.max_text]
        return Rendered(None, text if text.strip() else markup.strip(stripped))
    lower = calm.lower()
    cleaner = CLEANER if _may_load(lower) else WITHOUT_ADDRESSES
    return Rendered(cleaner.clean(calm).strip(), text if text.strip() else _read(calm, lower), calm)


def _may_load(lower: str) -> bool:
    """Tell whether HTML in lower case may hold an image or a style with an address that is not part of the mail."""
    if "<im" in lower and lower.count("src") > lower.count('src="cid:'):  # parsers make an image of `<image` too
        return True
    if "url(" in lower or "url&" in lower:  # `&` may write the bracket
        return True
    return "&#" in lower and WRITTEN_LETTER.search(lower) is not None


def _read(source: str, lower: str) -> str:
    """Return the text of HTML that is fit to parse; `lower` is the same in lower case."""
    tree = LexborHTMLParser(_marked(source, lower))
    tree.strip_tags(UNSEEN)
    text = _text(tree)
    if _may_hide(lower) and _hide(tree):
        visible = _text(tree)
        if visible.strip() or not text.strip():
            return visible
    return text


def _may_hide(lower: str) -> bool:
    """Tell whether HTML in lower case may hold an element that is not shown."""
    return "none" in lower or "hidden" in lower or "max-height" in lower


def _marked(source: str, lower: str) -> str:
    """Put the marks for line breaks into the source."""
    pieces = TAG.split(_unwrap(source) if "<pre" in lower else _flat(source))
    pieces[1::2] = [MARKED.get(tag) or MARKED.get(tag.lower(), tag) for tag in pieces[1::2]]
    return "".join(pieces)


def _flat(source: str) -> str:
    """Make a blank of each character that HTML takes for white space."""
    return source.replace("\n", " ").replace("\t", " ").replace("\r", " ").replace("\f", " ")


def _unwrap(source: str) -> str:
    """Flatten white space outside of preformatted text, and protect it inside."""
    out: list[str] = []
    at = 0
    for match in PREFORMATTED.finditer(source):
        inside = match[2].replace("\r\n", "\n").replace("\t", "    ").replace("\n", BREAK).replace(" ", NO_BLANK)
        # A blank within a tag must stay one.
        inside = re.sub(r"<[^<>]*>", lambda tag: tag[0].replace(NO_BLANK, " ").replace(BREAK, " "), inside)
        out += [_flat(source[at : match.start()]), match[1], inside, match[3]]
        at = match.end()
    out.append(_flat(source[at:]))
    return "".join(out)


def _hide(tree: LexborHTMLParser) -> bool:
    """Remove the elements that a browser does not show; tell whether there were any."""
    hidden = [node for node in tree.css("[hidden], [style]") if _is_hidden(node)]
    for node in hidden:
        node.decompose()
    return bool(hidden)


def _is_hidden(node: LexborNode) -> bool:
    """Tell whether a browser does not show an element that is not the whole page."""
    attributes = node.attributes
    is_hidden = "hidden" in attributes or _is_hiding(attributes.get("style") or "")
    return is_hidden and node.tag not in ("html", "body")


def _is_hiding(style: str) -> bool:
    """Tell whether a style attribute hides its element."""
    style = style.lower()
    found = HIDING.search(style)
    return found is not None and (not found[0].startswith("max-height") or CLIPPED.search(style) is not None)


def _text(tree: LexborHTMLParser) -> str:
    """Return the text of the body with its marks turned into line breaks."""
    body = tree.body
    if body is None:
        return ""
    pieces = RUN.split(body.text())
    breaks = {run: _breaks(run) for run in set(pieces[1::2])}
    pieces[1::2] = [breaks[run] for run in pieces[1::2]]
    text = "".join(pieces)
    while "  " in text:
        text = text.replace("  ", " ")
    return text.replace(" \n", "\n").replace("\xa0", " ").replace(NO_BLANK, " ").strip("\n ")


def _breaks(run: str) -> str:
    """Turn a run of marks, and blanks among and after them, into line breaks, as a browser would space them."""
    marks = run.replace(" ", "")
    before = len(marks) - len(marks.lstrip(BREAK))
    if before == len(marks):
        return "\n" * min(before, MAX_BREAKS)
    after = marks.count(BREAK) - before
    lines = max(before, 1) + after  # a break at the end of a block shows nothing of its own
    return "\n" * min(max(lines, 2 if PARAGRAPH in marks else 1), MAX_BREAKS)
