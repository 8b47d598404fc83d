"""Warnings about articles that are sound by themselves but hardly what their writer wants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailcase.domain.article import Article, Audience, Library, for_customers
from mailcase.rules.markdown import links_to_articles
from mailcase.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """For whom there are articles."""

    languages: frozenset[str]
    """That mails are written in."""
    products: frozenset[str]
    """That rules and entitlements name; empty when any text may be a product."""


Check = Callable[[Article, Library, Readers], Iterator[str]]


def lint_articles(library: Library, readers: Readers) -> tuple[str, ...]:
    """Return the warnings about the articles, one line each, `file:line:column: what, and what to do`."""
    return tuple(
        warning for article in library.articles for check in CHECKS for warning in check(article, library, readers)
    )


def lint_suggestions(rulebook: Rulebook, library: Library) -> Iterator[str]:
    """Yield the warnings about rules that suggest articles which nobody, or no customer, is offered."""
    for rule in rulebook.creation:
        for number in rule.action.articles:
            found = library.translations(number)
            if found and not any(article.is_published for article in found):
                what = (
                    f"suggests {number}, which is {found[0].state}: nobody is offered it; publish it, or name another."
                )
            elif found and library.find_public(number) is None:
                what = f"suggests {number}, which is internal: only agents are offered it."
            else:
                continue
            yield f"{rule.place}: rule {rule.name!r} {what}"


def known_products(rulebook: Rulebook) -> frozenset[str]:
    """Return the products that rules and entitlements name; none when a rule captures them from mail."""
    if any("product" in capture.groups for rule in rulebook.creation for capture in rule.captures):
        return frozenset()
    named = {rule.action.fields.product for rule in rulebook.creation}
    bought = {product for agreement in rulebook.agreements.values() for product in agreement.products}
    return frozenset(product for product in named | bought if product)


def _links(article: Article, library: Library, _: Readers) -> Iterator[str]:
    file = article.place.rsplit(":", 2)[0]
    for line, number in links_to_articles(article.body):
        place = f"{file}:{article.first_line + line - 1}:1"
        if not library.translations(number):
            yield f"{place}: it links to {number}, and there is no such article; mend or remove the link."
        elif for_customers(article) is not None and library.find_public(number) is None:
            yield f"{place}: it links to {number}, which customers cannot have: they see its words without a link."


def _language(article: Article, _: Library, readers: Readers) -> Iterator[str]:
    if article.language not in readers.languages:
        known = ", ".join(sorted(readers.languages))
        yield f"{article.place}: nobody is written to in {article.language!r}; the languages here are {known}."


def _product(article: Article, _: Library, readers: Readers) -> Iterator[str]:
    for product in article.products if readers.products else ():
        if product.lower() not in {known.lower() for known in readers.products}:
            known = ", ".join(sorted(readers.products))
            yield f"{article.place}: no rule and no entitlement names a product {product!r}; there are {known}."


def _findable(article: Article, _: Library, __: Readers) -> Iterator[str]:
    if article.is_published and article.is_suggested and not article.keywords:
        yield f"{article.place}: it has no keywords, so hardly a mail brings it up; add the words of people who need it."


def _translations(article: Article, library: Library, _: Readers) -> Iterator[str]:
    """A translation for another audience is a slip: what is secret in one language is told in another."""
    first = library.translations(article.number)[0]
    if first.audience is Audience.INTERNAL and article.audience is Audience.PUBLIC:
        yield f"{article.place}: it is public, and {first.place} in {first.language!r} is internal; make both alike."


CHECKS: tuple[Check, ...] = (_links, _language, _product, _findable, _translations)
