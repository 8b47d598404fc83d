"""Articles found by words, and taken over into the full-text index."""

from collections.abc import Iterable, Iterator

from mailcase.domain.article import Article, Library
from mailcase.domain.search import Term, parse_query
from mailcase.errors import Refused
from mailcase.rules.stemming import indexed, stem
from mailcase.store import articles
from mailcase.store import desk as founding
from mailcase.store.articles import IndexedArticle, Wanted
from mailcase.store.tx import Tx


def is_indexed(tx: Tx, library: Library) -> bool:
    """Tell whether the index holds these articles."""
    return articles.version(tx) == _version(library)


def index(tx: Tx, library: Library) -> None:
    """Let the index hold these articles; another daemon that does the same waits here, and finds it done."""
    founding.lock(tx)
    if not is_indexed(tx, library):
        articles.index(tx, _rows(library))


def _version(library: Library) -> str:
    return f"{library.version} {len(library.articles)}" if library.articles else ""


def _rows(library: Library) -> Iterator[IndexedArticle]:
    for article in library.articles:
        yield IndexedArticle(
            number=article.number,
            language=article.language,
            state=article.state,
            audience=article.audience,
            library=library.version,
            title=indexed(article.title, article.language),
            keywords=indexed(" ".join(article.keywords), article.language),
            body=indexed(article.body, article.language),
        )


def search_articles(
    tx: Tx, library: Library, query: str, limit: int, *, language: str = "", product: str = "", is_public: bool = False
) -> tuple[Article, ...]:
    """Return up to `limit` published articles with all words of `query`, in any language or in one, the best first.

    Those in the desk's language go before others of the same rank. Raises Refused when the query holds no word.
    """
    terms = parse_query(query)
    if all(term.is_excluded for term in terms):
        raise Refused(f"{query!r} holds no word to look for.")
    languages = [language] if language else sorted(library.languages, key=lambda one: (one != library.language, one))
    found: dict[str, tuple[int, Article]] = {}
    for one in languages:
        wanted = Wanted(language=one, is_public=is_public)
        for place, article in enumerate(_hits(tx, library, terms, wanted)):
            if article.fits(product):
                found.setdefault(article.number, (place, article))
    return tuple(article for _, article in sorted(found.values(), key=lambda pair: pair[0]))[:limit]


def _hits(tx: Tx, library: Library, terms: Iterable[Term], wanted: Wanted) -> Iterator[Article]:
    for number in articles.find(tx, _stemmed(terms, wanted.language), wanted, MAX_HITS):
        article = library.find(number, wanted.language)
        if article is not None and article.language == wanted.language:
            yield article


def _stemmed(terms: Iterable[Term], language: str) -> tuple[Term, ...]:
    """Return the terms as the index has their words; the beginning of a word stays as it was written."""
    return tuple(
        Term(
            words=term.words if term.is_prefix else tuple(stem(word, language) for word in term.words),
            is_prefix=term.is_prefix,
            is_excluded=term.is_excluded,
        )
        for term in terms
    )


MAX_HITS = 200
"""Of one language, before those about another product are left out."""
