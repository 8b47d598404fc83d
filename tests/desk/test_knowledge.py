"""Articles on cases: suggested, found, sent, linked; the same on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from mailcase.app import App, take_over
from mailcase.desk.library import is_indexed, search_articles
from mailcase.desk.opening import Request, open_by_hand
from mailcase.desk.outcome import Act
from mailcase.desk.working import work_by_text
from mailcase.domain.article import Library
from mailcase.domain.case import Case
from mailcase.errors import Refused
from mailcase.store import article_links, cases, erasing, outbox, timeline


def article(number: str, title: str, body: str = "Text.", **changes: str) -> str:
    values = {"audience": "public", "state": "published", "keywords": "[]", **changes}
    front = "".join(f"{name}: {value}\n" for name, value in values.items())
    return f"---\nid: {number}\ntitle: {title}\n{front}---\n{body}\n"


ARTICLES = {
    "a.md": article(
        "KB-0001", "How do I reset my password?", "Choose *Forgot password*.", keywords="[password, reset]"
    ),
    "b.md": article("KB-0002", "Printing labels", "Reset the printer, then print the labels.", product="Printer"),
    "c.md": article(
        "KB-0003", "Locked out", "The break-glass password.", audience="internal", keywords="[locked out, password]"
    ),
    "d.md": article("KB-0004", "Passwords of old", "How passwords were.", state="archived"),
    "e.md": article("KB-0005", "Passwörter", "Wie man Rechnungen druckt.", language="de", keywords="[Rechnung]"),
}


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url, articles=ARTICLES)), clock)
    yield found
    found.close()


def numbers(app: App, query: str, **wanted: str | bool) -> list[str]:
    with app.database.read() as tx:
        return [found.number for found in search_articles(tx, app.desk.library, query, 10, **wanted)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("resetting passwords", ["KB-0001"]),  # whatever the endings
        ("reset", ["KB-0001", "KB-0002"]),  # keywords go before the text
        ("break-glass", ["KB-0003"]),
        ("print*", ["KB-0002"]),
        ('"the labels"', ["KB-0002"]),
        ("reset -printer", ["KB-0001"]),
        ("Rechnung", ["KB-0005"]),  # by the stemmer of the article's language
        ("passwords", ["KB-0001", "KB-0003"]),  # archived ones are not found
        ("giraffe", []),
        ("'; drop table articles --", []),
    ],
)
def test_articles_are_found_by_words(app: App, query: str, found: list[str]) -> None:
    assert numbers(app, query) == found


def test_a_search_can_be_for_a_product_a_language_or_customers(app: App) -> None:
    assert numbers(app, "reset", product="Portal") == ["KB-0001"]
    assert numbers(app, "reset", language="de") == []
    assert numbers(app, "password", is_public=True) == ["KB-0001"]


def test_a_search_needs_a_word(app: App) -> None:
    with pytest.raises(Refused, match="no word to look for"):
        numbers(app, "-only ---")


def test_the_index_follows_the_files(app: App, clock: ManualClock) -> None:
    app.config.paths.articles.joinpath("a.md").write_text(article("KB-0009", "Giraffes"))
    app.reload()

    assert numbers(app, "giraffe") == ["KB-0009"]
    assert numbers(app, "password") == ["KB-0003"]
    with app.database.read() as tx:
        assert is_indexed(tx, app.desk.library)
        assert not is_indexed(tx, Library())


def test_no_article_leaves_no_index(app: App, clock: ManualClock) -> None:
    for path in app.config.paths.articles.iterdir():
        path.unlink()
    app.reload()

    assert numbers(app, "reset") == []
    take_over(app.database, app.desk, clock())


def act(app: App, who: str = "anna") -> Act:
    return Act(actor=who, cause="test", now=app.now())


def opened(app: App, title: str, text: str, by: str = "anna") -> Case:
    request = Request(title=title, customer="clara@customer.example", text=text)
    with app.database.begin() as tx:
        return open_by_hand(tx, app.desk, request, act(app, by)).case


def told(app: App, case: Case, text: str) -> list[str]:
    with app.database.begin() as tx:
        done = work_by_text(tx, app.desk, case.id, app.desk.rulebook.agents["anna"], text, act(app))
    return [line.outcome for line in done.ran.lines]


def links(app: App, case: Case) -> dict[str, tuple[bool, bool]]:
    """Number → whether it was sent, and whether it solved the case."""
    with app.database.read() as tx:
        found = article_links.of_case(tx, case.id)
    return {link.article: (link.sent_at is not None, link.solved_at is not None) for link in found}


def mails(app: App, template: str) -> list[str]:
    with app.database.read() as tx:
        return [mail.raw.decode() for mail in outbox.find(tx, limit=50) if mail.template == template]


def test_an_article_is_sent_in_the_mail_of_the_words(app: App) -> None:
    case = opened(app, "Help", "x")

    assert told(app, case, "#kb 1\n\nHere you are.") == ["sent article KB-0001 (How do I reset my password?)"]

    (mail,) = mails(app, "customer/article")
    assert mail.index("Here you are.") < mail.index("Choose Forgot password.")
    assert "<em>Forgot password</em>" in mail
    assert links(app, case) == {"KB-0001": (True, False)}


def test_an_article_can_go_without_words(app: App) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0001 KB-0002")

    (mail,) = mails(app, "customer/article")
    assert "this may answer your question" in mail
    assert "Printing labels" in mail
    assert "KB-0002:" not in mail  # the line that stands for it on the timeline


def test_a_closure_mail_carries_the_article(app: App) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0001\n#resolve\n\nDone.")

    (mail,) = mails(app, "customer/resolved")
    assert "Choose Forgot password." in mail
    assert mails(app, "customer/article") == []
    assert links(app, case) == {"KB-0001": (True, True)}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("#kb KB-0003", "KB-0003 is internal: customers never get it"),
        ("#kb KB-0004", "KB-0004 is archived; only published articles go"),
        ("#kb KB-0099", "there is no article KB-0099; #kb search words finds one"),
        ("#kb password", "'password' is no number of an article"),
        ("#kb link", "write #kb KB-0012"),
        ("#kb KB-0001 link solved", "write #kb KB-0012"),
        ("#kb KB-0001 KB-0001", "in this mail already"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_sends_nothing(app: App, command: str, why: str) -> None:
    case = opened(app, "Help", "x")

    with pytest.raises(Refused, match=why):
        told(app, case, f"{command}\n\nWords.")

    assert mails(app, "customer/article") + mails(app, "customer/replied") == []


def test_an_article_that_was_sent_has_solved_the_case_until_it_is_reopened(app: App, clock: ManualClock) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0001\n#kb KB-0002 link")
    clock.advance(timedelta(hours=1))
    told(app, case, "#resolve")
    assert links(app, case) == {"KB-0001": (True, True), "KB-0002": (False, False)}

    told(app, case, "#reopen it did not help")

    assert links(app, case) == {"KB-0001": (True, False), "KB-0002": (False, False)}


def test_what_an_agent_said_solved_it_stays(app: App) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0003 solved\n#resolve")
    told(app, case, "#reopen more")

    assert links(app, case) == {"KB-0003": (False, True)}


def test_a_link_can_be_taken_away(app: App) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0003 link")

    assert told(app, case, "#kb -KB-0003") == ["no longer linked with article KB-0003 (Locked out)"]
    assert links(app, case) == {}


def test_a_search_answers_and_leaves_the_case_alone(app: App) -> None:
    case = opened(app, "Help", "x")
    with app.database.read() as tx:
        before = len(timeline.by_case(tx, case.id))

    assert told(app, case, "#kb search labels") == ["KB-0002 Printing labels (public, en)"]
    assert told(app, case, "#kb search giraffe") == ["no article has 'giraffe'"]
    with app.database.read() as tx:
        assert len(timeline.by_case(tx, case.id)) == before


def test_agents_are_told_of_what_may_help(app: App) -> None:
    opened(app, "Password", "I am locked out, please reset the password", by="ben")

    (mail,) = mails(app, "agent/new_case")
    assert "KB-0001  How do I reset my password?" in mail
    assert "KB-0003  Locked out (internal)" in mail
    assert "KB-0002" not in mail


def test_agents_are_told_of_nothing_that_is_about_another_matter(app: App) -> None:
    opened(app, "Where is my parcel?", "It has not come, and I need it by Friday.", by="ben")

    assert "Articles that may help" not in mails(app, "agent/new_case")[0]


def test_the_articles_of_a_merged_case_come_along(app: App) -> None:
    loser, survivor = opened(app, "One", "x"), opened(app, "Two", "y")
    told(app, loser, "#kb KB-0001")
    told(app, survivor, f"#merge {loser.number}")

    assert links(app, survivor) == {"KB-0001": (True, False)}


def test_what_articles_were_good_for_is_counted(app: App) -> None:
    for text in ("#kb KB-0001\n#resolve", "#kb KB-0001", "#kb KB-0003 link"):
        told(app, opened(app, "Help", "x"), text)

    with app.database.read() as tx:
        records = article_links.records(tx)
        later = article_links.records(tx, app.now() + timedelta(days=1))
    assert [(one.article, one.cases, one.sent, one.solved) for one in records] == [
        ("KB-0001", 2, 2, 1),
        ("KB-0003", 1, 0, 0),
    ]
    assert later == []


def test_a_deleted_case_takes_its_links_along(app: App) -> None:
    case = opened(app, "Help", "x")
    told(app, case, "#kb KB-0001")
    with app.database.begin() as tx:
        erasing.erase_cases(tx, [case.id])
        assert article_links.of_article(tx, "KB-0001") == []
        assert cases.get(tx, case.id) is None
