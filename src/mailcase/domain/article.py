"""Knowledge: articles that answer what customers ask, in several languages, some of them for agents only.

An `Article` is what a file says. A `PublicArticle` is one that customers may have: mails to customers take nothing else,
and `for_customers` is the only way from one to the other. So an internal article, or a draft, cannot be sent by mistake.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from mailcase.domain.relevance import Profile, everywhere

SUMMARY = 300  # characters of a summary that is taken from the text
_NUMBER = re.compile(r"(?:kb[-_ ]?)?0*(?P<count>[0-9]{1,8})", re.IGNORECASE)


class Audience(StrEnum):
    """Who may read an article."""

    INTERNAL = "internal"
    """The people of the desk."""
    PUBLIC = "public"
    """Customers too."""


class ArticleState(StrEnum):
    """Where an article stands (Dynamics 365 `statecode` of `knowledgearticle`)."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"
    """Kept for the cases that refer to it; neither suggested nor sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in one language."""

    number: str
    """Such as KB-0012; its translations have the same."""
    language: str
    """ISO 639-1."""
    title: str
    keywords: tuple[str, ...] = ()
    audience: Audience = Audience.INTERNAL
    state: ArticleState = ArticleState.DRAFT
    products: tuple[str, ...] = ()
    """Empty for all."""
    is_suggested: bool = True
    """The desk may offer it by itself."""
    summary: str = ""
    """One or two sentences; the first paragraph, if its file names none."""
    url: str = ""
    """Where it stands on the web, or empty."""
    body: str = ""
    """Markdown."""
    place: str = ""
    """`file:line:column` of its id."""
    first_line: int = 1
    """Of `body`, in its file."""
    profile: Profile = field(default_factory=Profile)
    """The words that name it, as stems."""

    @property
    def is_published(self) -> bool:
        """Whether it may be suggested and searched."""
        return self.state is ArticleState.PUBLISHED

    def fits(self, product: str) -> bool:
        """Tell whether it is about `product`, or about no product in particular; everything fits an unknown one."""
        return not product or not self.products or product.lower() in {one.lower() for one in self.products}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicArticle:
    """One that customers may have: published, and for the public. Made by `for_customers` only."""

    number: str
    language: str
    title: str
    summary: str
    url: str
    body: str
    """Markdown."""


def for_customers(article: Article) -> PublicArticle | None:
    """Return what customers may have of `article`, or None when that is nothing."""
    if article.audience is not Audience.PUBLIC or not article.is_published:
        return None
    return PublicArticle(
        number=article.number,
        language=article.language,
        title=article.title,
        summary=article.summary,
        url=article.url,
        body=article.body,
    )


def article_number(words: str) -> int | None:
    """Return the count in an article's number as people write it (`KB-0012`, `kb 12`, `12`), or None."""
    match = _NUMBER.fullmatch(words.strip())
    return int(match["count"]) if match else None


def next_number(articles: Iterable[Article]) -> str:
    """Return the number of an article that is to be written."""
    counts = [article_number(article.number) or 0 for article in articles]
    return f"KB-{max(counts, default=0) + 1:04d}"


@dataclass(frozen=True, kw_only=True)
class Library:
    """All articles of a folder. Made by `rules.articles.load_articles`."""

    version: str = ""
    """Short hash of all files; empty for no article."""
    articles: tuple[Article, ...] = field(default=())
    language: str = "en"
    """That of the desk: the translation taken where none fits better."""

    @cached_property
    def _by_count(self) -> Mapping[int, tuple[Article, ...]]:
        found: dict[int, tuple[Article, ...]] = {}
        for article in self.articles:
            count = article_number(article.number) or 0
            found[count] = (*found.get(count, ()), article)
        return found

    @cached_property
    def languages(self) -> frozenset[str]:
        """Languages that there is an article in."""
        return frozenset(article.language for article in self.articles)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Numbers of all articles."""
        return frozenset(article.number for article in self.articles)

    @cached_property
    def _everywhere(self) -> Mapping[str, frozenset[str]]:
        return {
            language: everywhere(one.profile for one in self.articles if one.language == language)
            for language in self.languages
        }

    def common(self, language: str) -> frozenset[str]:
        """Return the words that tell no article in `language` from the others, as stems."""
        return self._everywhere.get(language, frozenset())

    def translations(self, number: str) -> tuple[Article, ...]:
        """Return the article with this number in every language, that of the desk first; none for an unknown number."""
        count = article_number(number)
        found = self._by_count.get(count, ()) if count is not None else ()
        return tuple(sorted(found, key=lambda one: (one.language != self.language, one.language)))

    def find(self, number: str, language: str = "") -> Article | None:
        """Return the article with this number in `language`, or else in that of the desk, or in any."""
        return _in_language(self.translations(number), language)

    def find_public(self, number: str, language: str = "") -> PublicArticle | None:
        """Return what customers may have of an article, in `language` if that can be."""
        public = (for_customers(article) for article in self.translations(number))
        found = [article for article in public if article is not None]
        return next((one for one in found if one.language == language), found[0] if found else None)


def _in_language(translations: tuple[Article, ...], language: str) -> Article | None:
    """Return the translation into `language`, or the first one that is published, or the first."""
    published = [one for one in translations if one.is_published]
    wanted = [one for one in (*published, *translations) if one.language == language]
    return next(iter((*wanted, *published, *translations)), None)
