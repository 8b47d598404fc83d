"""`mailcase kb draft | send | link`: articles from cases, and to cases."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailcase.cli import acting, case_mail, options, printing
from mailcase.cli.acting import As, Number
from mailcase.cli.kb import Article_

if TYPE_CHECKING:
    from mailcase.app import App
    from mailcase.domain.article import Article
    from mailcase.domain.case import Case


def draft(
    number: Number,
    folder: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder to write into; else the articles'.", show_default=False),
    ] = None,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Write a draft of an article from a resolved case, without what is known to tell who the customer is.

    Read it before you publish it: what a program takes out is a first cleaning.
    """
    from mailcase.desk.rights import require
    from mailcase.desk.working import find
    from mailcase.domain.number import parse_number
    from mailcase.domain.permission import Right

    with options.opened(config) as opened:
        agent = acting.agent_of(opened, who) if who else None
        with opened.database.read() as tx:
            case = find(tx, parse_number(number))
        require(opened.desk.rulebook, agent, Right.SEE, case)
        article = _drafted(opened, case)
        path = _write(article, folder or opened.config.paths.articles)
    if as_json:
        printing.as_json({"number": article.number, "path": str(path), "case": case.number})
    else:
        typer.echo(f"written  {path}: read it, take out what tells of the customer, and set audience and state.")


def _drafted(opened: "App", case: "Case") -> "Article":
    from mailcase.desk.context import account_of
    from mailcase.domain.article import next_number
    from mailcase.domain.article_draft import Person
    from mailcase.domain.article_draft import draft as draft_article
    from mailcase.store import activities, contacts

    desk = opened.desk
    with opened.database.read() as tx:
        mails = activities.by_case(tx, case.id)
        contact = contacts.get(tx, case.contact_id)
        account = account_of(tx, contact, contact.address) if contact else None
    names = tuple(agent.name for agent in desk.rulebook.agents.values())
    person = Person(contact=contact, account=account, agents=names)
    language = case.language or desk.language
    return draft_article(case, mails, person, next_number(desk.library.articles), language)


def _write(article: "Article", folder: Path) -> Path:
    """Write the file of a new article, and return its path; none that is there is ever written over."""
    from mailcase.errors import Invalid
    from mailcase.rules.articles import template

    path = folder / f"{article.number}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(template(article)) + "\n")
    except FileExistsError:
        raise Invalid(f"{path}: is there already; move it, or name another folder with --output.") from None
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}; name a folder that you may write with --output.") from error
    return path


def send(
    number: Number,
    articles: Annotated[list[str], typer.Argument(metavar="KB…", help="Such as KB-0012.", show_default=False)],
    words: Annotated[str, typer.Option("--words", help="To go before them; `-` reads standard input.")] = "",
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Send articles to the customer of a case, and link them with it."""
    case_mail.work(
        number, f"#kb {' '.join(articles)}\n\n{acting.text_of(words)}", who=who, as_json=as_json, config=config
    )


def link(
    number: Number,
    article: Article_,
    solved: Annotated[bool, typer.Option("--solved", help="It solved the case.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the link away.")] = False,
    who: As = None,
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Link an article with a case, without sending it."""
    from mailcase.errors import Invalid

    if solved and remove:
        raise Invalid("--solved and --remove exclude each other; keep one.")
    argument = f"-{article}" if remove else f"{article} {'solved' if solved else 'link'}"
    with options.opened(config) as opened:
        acting.told(acting.run(opened, number, [("kb", argument)], who), as_json=as_json)
