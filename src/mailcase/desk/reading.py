"""Articles as letters carry them."""

from collections.abc import Iterable

from mailcase.domain.article import Article, Audience, Library, PublicArticle
from mailcase.domain.article_use import ArticleUse
from mailcase.mail import letter
from mailcase.mail.article import article_html, article_text
from mailcase.rules.markdown import linked_number

MAX_OFFERED_TEXT = 1_200  # characters: an article that is longer is offered by its summary


def whole(library: Library, article: PublicArticle) -> letter.PublicArticle:
    """Return an article with all its text, as an agent sends it."""

    def resolve(target: str) -> str | None:
        number = linked_number(target)
        if number is None:
            return target
        other = library.find_public(number, article.language)
        return other.url if other is not None and other.url else None

    return letter.PublicArticle(
        number=article.number,
        title=article.title,
        summary=article.summary,
        url=article.url,
        text=article_text(article.body, resolve),
        html=article_html(article.body, resolve),
    )


def offered(library: Library, article: PublicArticle) -> letter.PublicArticle:
    """Return an article as an acknowledgement offers it: a long one by its summary and its address."""
    if len(article.body) <= MAX_OFFERED_TEXT:
        return whole(library, article)
    return letter.PublicArticle(number=article.number, title=article.title, summary=article.summary, url=article.url)


def told(article: Article) -> letter.Article:
    """Return an article as agents are told of it."""
    return letter.Article(number=article.number, title=article.title, is_internal=article.audience is Audience.INTERNAL)


def titles(articles: Iterable[ArticleUse]) -> str:
    """Return the lines that stand for articles where no agent wrote a word."""
    return "\n".join(f"{article.number}: {article.title}" for article in articles)


def is_titles(text: str, articles: Iterable[PublicArticle]) -> bool:
    """Tell whether `text` is what `titles` returned for these articles, in whatever language."""
    return [line.partition(":")[0] for line in text.split("\n")] == [article.number for article in articles]
