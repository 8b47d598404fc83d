"""`mailcase kb list | search | show | check | use`: the articles, and what they were good for."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing
from mailcase.domain.article import ArticleState, Audience
from mailcase.domain.counting import counted

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.domain.article import Article
    from mailcase.domain.article_use import ArticleRecord

app = typer.Typer(help="Articles: find them, check them, send them.", no_args_is_help=True)
Article_ = Annotated[str, typer.Argument(metavar="KB", help="Such as KB-0012; 12 will do.", show_default=False)]
Language = Annotated[str, typer.Option("--language", "-l", help="Only in this one, ISO 639-1.", show_default=False)]
Product = Annotated[str, typer.Option("--product", help="Only what fits this product.", show_default=False)]


@app.command("list")
def list_articles(
    state: Annotated[ArticleState | None, typer.Option(help="Only those in this state.", show_default=False)] = None,
    audience: Annotated[Audience | None, typer.Option(help="Only those for these readers.", show_default=False)] = None,
    language: Language = "",
    product: Product = "",
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """List the articles, with how often each was sent and how many cases it solved."""
    with options.opened(config) as opened:
        known = records(opened)
        found = [
            article
            for article in opened.desk.library.articles
            if state in (None, article.state)
            and audience in (None, article.audience)
            and language in ("", article.language)
            and article.fits(product)
        ]
    if as_json:
        printing.as_json([document(article, known.get(article.number)) for article in found])
        return
    rows = [(*_row(article), *_used(known.get(article.number))) for article in found]
    columns = ("Id", "Title", "Language", "State", "Audience", "Product", "Sent", "Solved")
    printing.table(counted(len(found), "article"), columns, rows, empty="No articles.")


@app.command("search")
def search(
    words: Annotated[list[str], typer.Argument(help='All of these; "a phrase", begin* and -without.')],
    language: Language = "",
    product: Product = "",
    public: Annotated[bool, typer.Option("--public", help="Only what customers may have.")] = False,
    limit: options.Limit = 20,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Find published articles by words, whatever their endings; those with the words in title or keywords come first."""
    from mailcase.desk.library import search_articles

    with options.opened(config) as opened, opened.database.read() as tx:
        found = search_articles(
            tx, opened.desk.library, " ".join(words), limit, language=language, product=product, is_public=public
        )
    if as_json:
        printing.as_json([document(article, None) for article in found])
        return
    columns = ("Id", "Title", "Language", "State", "Audience", "Product")
    printing.table(
        counted(len(found), "article"), columns, [_row(one) for one in found], empty="No article has these words."
    )


@app.command("show")
def show(
    article: Article_,
    language: Language = "",
    html: Annotated[bool, typer.Option("--html", help="Print it as HTML, as mails carry it.")] = False,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Print an article as customers and agents read it, with the cases that it was sent to and solved."""
    from mailcase.errors import Refused

    with options.opened(config) as opened:
        found = opened.desk.library.find(article, language)
        record = records(opened).get(found.number) if found else None
    if found is None or (language and found.language != language):
        raise Refused(
            f"there is no article {article}{f' in {language}' if language else ''}; `mailcase kb list` shows all."
        )
    if as_json:
        printing.as_json(document(found, record) | {"body": found.body})
    else:
        _print(found, record, is_html=html)


def _print(article: "Article", record: "ArticleRecord | None", *, is_html: bool) -> None:
    from mailcase.mail.article import article_html, article_text
    from mailcase.rules.markdown import linked_number

    def target(link: str) -> str | None:
        return None if linked_number(link) else link

    if is_html:
        typer.echo(article_html(article.body, target))
        return
    facts = (article.state, article.audience, article.language, ", ".join(article.products))
    typer.echo(f"{article.number}  {article.title}\n{' · '.join(fact for fact in facts if fact)}  ({article.place})")
    if article.keywords:
        typer.echo(f"Keywords: {', '.join(article.keywords)}")
    if record is not None:
        typer.echo(
            f"On {counted(record.cases, 'case')}: sent {record.sent}, offered {record.offered}, solved {record.solved}"
        )
    typer.echo(f"\n{article_text(article.body, target)}")


@app.command("check")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of articles; else the desk's.", show_default=False, file_okay=False)
    ] = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Check every article: front matter, ids, links, languages and products; exit code 2 when something is wrong."""
    from mailcase.app import mailbox_of
    from mailcase.config import load_config
    from mailcase.errors import Invalid
    from mailcase.files import article_doubts, load_files

    settings = load_config(options.config_path(config))
    if folder is not None:
        paths = settings.paths.model_copy(update={"articles": folder})
        settings = settings.model_copy(update={"paths": paths})
    mailboxes = {name: mailbox_of(settings, name, mailbox) for name, mailbox in settings.mailboxes.items()}
    errors: tuple[str, ...] = ()
    try:
        files = load_files(settings, mailboxes)
    except Invalid as invalid:
        if not as_json:
            raise
        errors = invalid.problems
    warnings = () if errors else article_doubts(files, mailboxes)
    if as_json:
        count = 0 if errors else len(files.library.articles)
        printing.as_json(
            {"folder": str(settings.paths.articles), "articles": count, "errors": errors, "warnings": warnings}
        )
        raise typer.Exit(printing.EXIT_TROUBLE if errors else 0)
    for warning in warnings:
        typer.echo(f"warning: {warning}")
    version = files.library.version or "none"
    typer.echo(
        f"{settings.paths.articles}: version {version}: {counted(len(files.library.articles), 'article')}. No errors."
    )


@app.command("use")
def use(
    article: Annotated[
        str | None, typer.Argument(metavar="[KB]", help="One article, with its cases.", show_default=False)
    ] = None,
    since: Annotated[str, typer.Option(help="Only since then: 30d, or a date.", show_default=False)] = "",
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Tell which articles were sent, and which solved cases; with an article, which cases."""
    from mailcase.cli.replay import moment_of

    with options.opened(config) as opened:
        start = moment_of(since, opened.now()) if since else None
        if article is not None:
            _cases(opened, article, start, as_json=as_json)
            return
        known = list(records(opened, start).values())
        titles = {one.article: opened.desk.library.find(one.article) for one in known}
    if as_json:
        printing.as_json([plain(record) for record in known])
        return
    rows = [
        (one.article, found.title if (found := titles[one.article]) else "(no file)", one.cases, one.offered, one.sent, one.solved, one.last_at)
        for one in known
    ]  # fmt: skip
    columns = ("Id", "Title", "Cases", "Offered", "Sent", "Solved", "Last")
    printing.table("Articles on cases", columns, rows, empty="No article was used.")


def _cases(opened: "App", article: str, start: datetime | None, *, as_json: bool) -> None:
    from mailcase.domain.number import format_number
    from mailcase.errors import Refused
    from mailcase.store import article_links

    found = opened.desk.library.find(article)
    number = found.number if found else article.upper()
    with opened.database.read() as tx:
        links = [one for one in article_links.of_article(tx, number) if start is None or one.created_at >= start]
    if found is None and not links:
        raise Refused(f"there is no article {article}; `mailcase kb list` shows all.")
    if as_json:
        printing.as_json([plain(one) | {"case": format_number(one.case_id)} for one in links])
        return
    rows = [
        (format_number(one.case_id), one.created_by, one.offered_at, one.sent_at, one.solved_at, "said so" if one.is_confirmed else "")
        for one in links
    ]  # fmt: skip
    printing.table(number, ("Case", "By", "Offered", "Sent", "Solved", ""), rows, empty=f"{number} is on no case.")


def records(opened: "App", start: datetime | None = None) -> "dict[str, ArticleRecord]":
    """Return what each article was good for, by its number."""
    from mailcase.store import article_links

    with opened.database.read() as tx:
        return {record.article: record for record in article_links.records(tx, start)}


def plain(value: Any) -> dict[str, Any]:  # a dataclass of any kind
    """Return the fields of a value, for JSON."""
    from dataclasses import asdict

    return {name: one for name, one in asdict(value).items() if name not in ("id", "case_id")}


def document(article: "Article", record: "ArticleRecord | None") -> dict[str, Any]:
    """Return what a list tells of an article, for JSON."""
    names = ("number", "language", "title", "keywords", "audience", "state", "products", "summary", "url", "place")
    used = {name: getattr(record, name, 0) for name in ("cases", "offered", "sent", "solved")}
    return {name: getattr(article, name) for name in names} | used


def _row(article: "Article") -> tuple[str, ...]:
    products = ", ".join(article.products)
    return (article.number, article.title, article.language, article.state, article.audience, products)


def _used(record: "ArticleRecord | None") -> tuple[int, int]:
    return (record.sent, record.solved) if record else (0, 0)
