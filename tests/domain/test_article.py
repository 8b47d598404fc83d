"""Articles as values: which one is found, and what customers may have of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.article import (
    Article,
    ArticleState,
    Audience,
    Library,
    PublicArticle,
    article_number,
    for_customers,
    next_number,
)
from mailcase.domain.relevance import FOR_CUSTOMERS, Profile, everywhere, strength

ARTICLES = st.builds(
    Article,
    number=st.sampled_from(["KB-0001", "KB-0002", "KB-0003"]),
    language=st.sampled_from(["en", "de", "fr"]),
    title=st.text(min_size=1, max_size=10),
    audience=st.sampled_from(Audience),
    state=st.sampled_from(ArticleState),
    body=st.text(max_size=20),
)


@given(ARTICLES)
def test_customers_may_have_what_is_published_and_public_and_nothing_else(article: Article) -> None:
    may = article.audience is Audience.PUBLIC and article.state is ArticleState.PUBLISHED

    assert isinstance(for_customers(article), PublicArticle) is may


@given(st.lists(ARTICLES, max_size=12), st.sampled_from(["en", "de", "fr", "es"]))
def test_no_library_gives_customers_an_article_that_is_not_for_them(articles: list[Article], language: str) -> None:
    library = Library(articles=tuple(articles))
    allowed = {for_customers(article) for article in articles} - {None}

    found = {library.find_public(number, language) for number in ("KB-0001", "KB-0002", "KB-0003")} - {None}

    assert found <= allowed


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("KB-0012", 12),
        ("kb 12", 12),
        ("12", 12),
        ("KB12", 12),
        (" kb-12 ", 12),
        ("KB-", None),
        ("-12", None),
        ("12x", None),
    ],
)
def test_the_number_of_an_article_is_understood_as_people_write_it(words: str, count: int | None) -> None:
    assert article_number(words) == count


def test_a_new_article_has_the_number_after_the_highest() -> None:
    articles = [Article(number=number, language="en", title="x") for number in ("KB-0009", "KB-12")]

    assert next_number(articles) == "KB-0013"


PASSWORD = Profile(
    title=frozenset({"reset", "password"}), keywords=(frozenset({"password"}), frozenset({"forgot", "login"}))
)


@pytest.mark.parametrize(
    ("text", "is_offered"),
    [
        ({"forgot", "login", "password", "reset"}, True),
        ({"password", "manager", "invoice"}, False),  # one word proves nothing
        ({"forgot", "invoice", "pay"}, False),  # half of a keyword of two words
        ({"chair", "broken", "leg"}, False),
        (set(), False),
    ],
)
def test_an_article_is_offered_only_when_it_is_clearly_meant(text: set[str], is_offered: bool) -> None:
    assert (strength(frozenset(text), PASSWORD) >= FOR_CUSTOMERS) is is_offered


def test_words_that_name_half_of_the_articles_count_for_nothing() -> None:
    profiles = [Profile(title=frozenset({"acme", word})) for word in "abcdef"]

    assert everywhere(profiles) == {"acme"}
    assert strength(frozenset({"acme", "a"}), profiles[0], everywhere(profiles)) == 0


@given(st.frozensets(st.sampled_from("abcdefgh")), st.frozensets(st.sampled_from("abcdefgh")))
def test_more_words_never_make_an_article_less_fitting(text: frozenset[str], more: frozenset[str]) -> None:
    profile = Profile(title=frozenset("abc"), keywords=(frozenset("d"), frozenset("ef")))

    assert strength(text | more, profile) >= strength(text, profile)
