"""The folders that people edit, read as a whole: rules, templates and articles, and what is doubtful in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

from mailcase.config import Config
from mailcase.domain.article import Library
from mailcase.domain.mailbox import Mailbox
from mailcase.errors import Invalid
from mailcase.mail.render import Templates
from mailcase.mail.template_files import names_in
from mailcase.rules.article_lint import Readers, known_products, lint_articles, lint_suggestions
from mailcase.rules.articles import load_articles
from mailcase.rules.lint import Around, lint
from mailcase.rules.load import load as load_rules
from mailcase.rules.rulebook import Rulebook

T = TypeVar("T")


def defaults(kind: str) -> Path:
    """Return the folder of the shipped `rules`, `templates` or `articles`: in the wheel, or beside the source."""
    installed = Path(str(resources.files("mailcase"))) / "defaults" / kind
    return installed if installed.is_dir() else Path(__file__).parents[2] / kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the folders hold that people edit."""

    rulebook: Rulebook
    templates: Templates
    library: Library


def load_files(config: Config, mailboxes: Mapping[str, Mailbox]) -> Files:
    """Read rules, templates and articles; the problems of all come in one Invalid."""
    problems: list[str] = []

    def read(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except Invalid as invalid:
            problems.extend(invalid.problems)
            return None

    library = read(lambda: load_articles(config.paths.articles, config.desk.language))
    numbers = library.numbers if library is not None else None
    rulebook = read(lambda: load_rules(config.paths.rules, list(mailboxes.values()), numbers))
    templates = read(lambda: Templates.load(config.paths.templates, defaults("templates")))
    if rulebook is None or templates is None or library is None:
        raise Invalid(*problems)
    return Files(rulebook=rulebook, templates=templates, library=library)


def doubts(config: Config, files: Files, mailboxes: Mapping[str, Mailbox]) -> tuple[str, ...]:
    """Return warnings about files that are sound by themselves but hardly meant, one line each."""
    rulebook, templates = files.rulebook, files.templates
    around = Around(
        templates=frozenset(templates.names()),
        own_templates=names_in(config.paths.templates) - names_in(defaults("templates")),
        mailboxes=tuple(mailboxes.values()),
    )
    about_rules = (*lint(rulebook, around), *lint_suggestions(rulebook, files.library))
    return (*about_rules, *article_doubts(files, mailboxes))


def article_doubts(files: Files, mailboxes: Mapping[str, Mailbox]) -> tuple[str, ...]:
    """Return warnings about articles, one line each."""
    names = files.templates.names()
    written = {
        language for name in names if name.startswith("customer/") for language in files.templates.languages(name)
    }
    languages = frozenset(written | {mailbox.language for mailbox in mailboxes.values()} | {files.library.language})
    return lint_articles(files.library, Readers(languages=languages, products=known_products(files.rulebook)))
