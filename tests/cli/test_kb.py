"""`mailcase kb`: articles listed, searched, shown, checked, drafted, sent and linked."""

from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number
from mailcase.files import defaults

FIRST = format_number(1)
RESET = """\
---
id: KB-0001
title: How do I reset my password?
keywords: [password, reset]
audience: public
state: published
product: Portal
---
Choose **Forgot password**. See [the other](KB-0002).
"""
SECRET = "---\nid: KB-0002\ntitle: Locked out\nkeywords: [locked out]\nstate: published\n---\nUse the safe.\n"


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with two articles and one case."""
    (desk.folder / "articles").mkdir()
    (desk.folder / "articles" / "reset.md").write_text(RESET)
    (desk.folder / "articles" / "locked.md").write_text(SECRET)
    app = desk.opened()
    store(app, mail("The printer 4711-A shows E42.\n"), None)
    while intake(app):
        pass
    app.close()
    return desk


@pytest.fixture
def kb(mailcase: Mailcase, desk: DeskFolder) -> Mailcase:
    """Runs `mailcase kb …` on that desk."""
    return lambda *arguments, **more: mailcase("--config", desk.config, "kb", *arguments, **more)


def test_the_articles_are_listed(kb: Mailcase) -> None:
    rows = kb("list").text.splitlines()

    assert rows[0].strip() == "2 articles"
    assert "KB-0002" in rows[2]
    assert [one["number"] for one in kb("list", "--audience", "public", "--json").json] == ["KB-0001"]
    assert kb("list", "--state", "draft").text == "No articles.\n"


def test_articles_are_found_whatever_the_endings(kb: Mailcase) -> None:
    assert [one["number"] for one in kb("search", "resetting", "passwords", "--json").json] == ["KB-0001"]
    assert kb("search", "giraffe").text == "No article has these words.\n"
    assert kb("search", "safe", "--public", "--json").json == []


def test_an_article_is_shown_as_it_is_read(kb: Mailcase) -> None:
    shown = kb("show", "1").text

    assert "KB-0001  How do I reset my password?" in shown
    assert "Choose Forgot password. See the other." in shown
    assert "<strong>Forgot password</strong>" in kb("show", "kb-1", "--html").text
    assert kb("show", "KB-0001", "--json").json["products"] == ["Portal"]


@pytest.mark.parametrize("arguments", [("show", "KB-0099"), ("show", "1", "-l", "de"), ("use", "KB-0099")])
def test_an_article_that_is_not_there_is_told(kb: Mailcase, arguments: tuple[str, ...]) -> None:
    kb(*arguments).fails(1, "there is no article", "`mailcase kb list` shows all")


def test_articles_are_checked(kb: Mailcase, desk: DeskFolder) -> None:
    done = kb("check")

    assert done.code == 0
    assert "warning: articles/reset.md:9:1: it links to KB-0002, which customers cannot have" in done.text
    assert done.text.splitlines()[-1].endswith(": 2 articles. No errors.")


def test_every_mistake_is_told_with_its_place(kb: Mailcase, tmp_path: Path) -> None:
    folder = tmp_path / "proposed"
    folder.mkdir()
    (folder / "a.md").write_text("hello")
    (folder / "b.md").write_text("---\nid: 7\n---\n")

    done = kb("check", folder)

    assert done.code == 2
    assert [line.partition(" ")[2].partition(": ")[0] for line in done.err.splitlines()] == [
        "proposed/a.md:1:1",
        "proposed/b.md:2:5",
        "proposed/b.md:2:1",
    ]
    found = kb("check", folder, "--json")
    assert found.code == 2
    assert len(found.json["errors"]) == 3


def test_an_article_is_sent_and_counted(kb: Mailcase) -> None:
    done = kb("send", FIRST, "KB-0001", "--words", "Here it is.", "--as", "anna")

    assert done.text == f"{FIRST}: sent article KB-0001 (How do I reset my password?)\n"
    assert [(one["article"], one["sent"], one["solved"]) for one in kb("use", "--json").json] == [("KB-0001", 1, 0)]
    assert [one["case"] for one in kb("use", "KB-0001", "--json").json] == [FIRST]
    assert "On 1 case: sent 1, offered 0, solved 0" in kb("show", "KB-0001").text


def test_an_internal_article_is_never_sent(kb: Mailcase) -> None:
    kb("send", FIRST, "KB-0002", "--as", "anna").fails(1, "KB-0002 is internal")


def test_an_article_is_linked_and_taken_away(kb: Mailcase) -> None:
    assert (
        kb("link", FIRST, "KB-0002", "--solved", "--as", "anna").text
        == f"{FIRST}: solved by article KB-0002 (Locked out)\n"
    )
    assert "no longer linked" in kb("link", FIRST, "KB-0002", "--remove", "--as", "anna").text
    assert kb("use").text == "No article was used.\n"
    kb("link", FIRST, "KB-0002", "--remove", "--solved", "--as", "anna").fails(2, "exclude each other")


def test_a_draft_is_written_from_a_resolved_case_and_never_over_another(
    kb: Mailcase, mailcase: Mailcase, desk: DeskFolder
) -> None:
    kb("draft", FIRST).fails(1, "is active; an article is drafted from a resolved case")
    mailcase("--config", desk.config, "case", "resolve", FIRST, "Clara, open the flap of 4711-A.", "--as", "anna")

    done = kb("draft", FIRST, "--json")

    text = Path(done.json["path"]).read_text()
    assert done.json["number"] == "KB-0003"
    assert "state: draft" in text
    assert "audience: internal" in text
    assert "open the flap of [number]." in text
    assert [word for word in ("4711", "Clara", "clara") if word in text] == []
    assert kb("check").code == 0
    assert kb("list", "--state", "draft", "--json").json[0]["number"] == "KB-0003"


def test_a_draft_goes_where_it_is_wanted(kb: Mailcase, mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    mailcase("--config", desk.config, "case", "resolve", FIRST, "Open the flap.", "--as", "anna")

    assert kb("draft", FIRST, "-o", tmp_path / "new").code == 0
    kb("draft", FIRST, "-o", tmp_path / "new").fails(2, "KB-0003.md: is there already")


def test_the_shipped_articles_are_sound(kb: Mailcase) -> None:
    assert "No errors." in kb("check", defaults("articles")).text
