"""Reads the folder of articles into a library, or says everything that is wrong with it at once.

An article is a Markdown file with front matter in YAML, read by the same machinery as rule files. Any folder below may
hold files; README files and names that begin with `_` or `.` are left alone.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from mailcase.domain.article import SUMMARY, Article, ArticleState, Audience, Library, article_number
from mailcase.domain.relevance import Profile
from mailcase.errors import Invalid
from mailcase.rules.documents import Place, Problems, read
from mailcase.rules.forms import fill
from mailcase.rules.markdown import first_paragraph
from mailcase.rules.schema_articles import ArticleForm
from mailcase.rules.stemming import stems

MAX_ARTICLE = 200_000  # octets
MAX_ARTICLES = 20_000
FORM = 1  # rises when articles are indexed in another way
_FENCE = re.compile(r"---[ \t]*")


def load_articles(folder: Path, language: str) -> Library:
    """Return the articles below `folder`, none when there is no such folder; `language` is the desk's (ISO 639-1).

    Raises Invalid with all that is wrong, one line each: `file:line:column: what, and what to do`.
    """
    problems = Problems()
    digest = hashlib.sha256(f"{FORM}\0{language}\0".encode())
    articles: list[Article] = []
    for path in _files(folder, problems):
        label = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        raw = _bytes(path, label, problems)
        digest.update(f"{label}\0{len(raw)}\0".encode() + raw)
        article = _article(label, raw, language, problems) if raw else None
        if article is not None:
            articles.append(article)
    _check_repeated(articles, problems)
    if problems.found:
        raise Invalid(*problems.found)
    return Library(version=digest.hexdigest()[:12] if articles else "", articles=tuple(articles), language=language)


def _files(folder: Path, problems: Problems) -> list[Path]:
    found = sorted(path for path in folder.rglob("*.md") if _is_article(path.relative_to(folder)))
    if len(found) > MAX_ARTICLES:
        problems.add(Place(file=folder.name), f"there are more than {MAX_ARTICLES} articles; put some elsewhere.")
    return found[:MAX_ARTICLES]


def _is_article(path: Path) -> bool:
    return not path.name.lower().startswith("readme") and not any(part.startswith((".", "_")) for part in path.parts)


def _bytes(path: Path, label: str, problems: Problems) -> bytes:
    """Return what a file holds, or nothing after complaining."""
    place = Place(file=label)
    try:
        if not path.is_file():  # to read a pipe would wait for ever
            problems.add(place, "it is no ordinary file; put one there, or remove it.")
        elif path.stat().st_size > MAX_ARTICLE:
            problems.add(place, f"it is larger than {MAX_ARTICLE} bytes; make two articles of it.")
        elif not (raw := path.read_bytes()).strip():
            problems.add(place, "it is empty; begin it with --- and id, title and --- on lines of their own.")
        else:
            return raw
    except OSError as error:
        problems.add(place, f"it cannot be read ({error.strerror}); check the file and its permissions.")
    return b""


def _article(label: str, raw: bytes, language: str, problems: Problems) -> Article | None:
    """Return what a file says, or None after complaining."""
    parts = _parts(label, raw, problems)
    if parts is None:
        return None
    front, body, first_line = parts
    document = read(label, front, problems)
    form = fill(ArticleForm, document, problems) if document else None
    if document is None or form is None:
        return None
    if form.state == "published" and not body.strip():
        problems.add(document.place(("state",)), "it is published and has no text; write it below the front matter.")
    products = [form.product] if isinstance(form.product, str) else form.product or []
    return Article(
        number=form.id,
        language=form.language or language,
        title=form.title,
        keywords=tuple(form.keywords or ()),
        audience=Audience(form.audience),
        state=ArticleState(form.state),
        products=tuple(products),
        is_suggested=form.suggest,
        summary=form.summary or _shortened(first_paragraph(body)),
        url=form.url or "",
        body=body,
        place=str(document.place(("id",))),
        first_line=first_line,
        profile=_profile(form, form.language or language),
    )


def _profile(form: ArticleForm, language: str) -> Profile:
    keywords = (stems(keyword, language) for keyword in form.keywords or ())
    return Profile(title=stems(form.title, language), keywords=tuple(one for one in keywords if one))


def _parts(label: str, raw: bytes, problems: Problems) -> tuple[bytes, str, int] | None:
    """Return front matter, on the lines where it stands in the file, the text below it, and the line that begins on."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.add(Place(file=label, line=line), "this is not UTF-8 text; save the file as UTF-8.")
        return None
    lines = text.split("\n")
    if not _FENCE.fullmatch(lines[0]):
        problems.add(
            Place(file=label), "it has no front matter; begin it with --- and id, title and --- on lines of their own."
        )
        return None
    end = next((at for at, line in enumerate(lines) if at and _FENCE.fullmatch(line)), None)
    if end is None:
        problems.add(Place(file=label), "its front matter does not end; write --- on a line of its own below it.")
        return None
    blank = next((at for at, line in enumerate(lines[end + 1 :]) if line.strip()), 0)
    body = "\n".join(lines[end + 1 + blank :]).rstrip() + "\n"
    return "\n".join(("", *lines[1:end])).encode(), body, end + 2 + blank


def _check_repeated(articles: list[Article], problems: Problems) -> None:
    """Complain about two articles with one id in one language, and about one id that is written in two ways."""
    seen: dict[tuple[int | None, str], Article] = {}
    spelt: dict[int | None, Article] = {}
    for article in articles:
        count = article_number(article.number)
        first = seen.setdefault((count, article.language), article)
        other = spelt.setdefault(count, article)
        if first is not article:
            what = f"{article.number} in {article.language!r} is {first.place} already; give it another id or language."
        elif other.number != article.number:
            what = f"{article.number} is written {other.number} in {other.place}; write both alike."
        else:
            continue
        problems.found.append(f"{article.place}: {what}")


def _shortened(text: str) -> str:
    """Return the first sentences of a paragraph, or its beginning."""
    if len(text) <= SUMMARY:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?](?= )", text[:SUMMARY])]
    return text[: ends[-1]] if ends else f"{text[: SUMMARY - 1].rsplit(' ', 1)[0]}…"


def template(article: Article) -> Iterator[str]:
    """Yield the lines of the file that says what `article` is, in the order in which people look for them."""
    yield "---"
    yield f"id: {article.number}"
    yield f"title: {_quoted(article.title)}"
    yield f"keywords: [{', '.join(_quoted(keyword) for keyword in article.keywords)}]"
    yield f"audience: {article.audience}"
    yield f"language: {_quoted(article.language)}"
    if article.products:
        yield f"product: [{', '.join(_quoted(product) for product in article.products)}]"
    yield f"state: {article.state}"
    yield "---"
    yield ""
    yield from article.body.rstrip().split("\n")


def _quoted(text: str) -> str:
    """Return `text` as YAML takes it for text, whatever it is: the strings of JSON are among those of YAML."""
    return json.dumps(text, ensure_ascii=False)
