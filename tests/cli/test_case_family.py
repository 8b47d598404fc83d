"""Cases among others, activities and the end for good, on the command line."""

import json
from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number

FIRST, SECOND = format_number(1), format_number(2)


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with two cases of Clara's."""
    app = desk.opened()
    for name in ("one", "two"):
        store(app, mail(f"About {name}.\n", subject=name, message_id=f"<{name}@c.example>"), None)
    while intake(app):
        pass
    app.close()
    return desk


def done(mailcase: Mailcase, desk: DeskFolder, *arguments: str) -> str:
    ran = mailcase("--config", desk.config, "case", *arguments, "--as", "anna")
    assert ran.code == 0, ran.err
    return ran.text


def test_a_merged_case_reads_as_part_of_the_survivor(mailcase: Mailcase, desk: DeskFolder) -> None:
    assert done(mailcase, desk, "merge", FIRST, SECOND) == f"{FIRST}: took over {SECOND}\n"
    shown = mailcase("--config", desk.config, "case", "show", FIRST).text
    assert "About two." in shown
    assert f"[{SECOND}]" in shown
    assert "merged" in shown.split("Timeline")[0]
    told = mailcase("--config", desk.config, "case", "show", SECOND, "--json").json
    assert [(one["is"], one["number"]) for one in told["relations"]] == [("survivor", FIRST)]


def test_families_and_links(mailcase: Mailcase, desk: DeskFolder) -> None:
    child = format_number(3)
    assert (
        done(mailcase, desk, "child", FIRST, "Refund", "--queue", "billing")
        == f"{FIRST}: child {child} opened: Refund\n"
    )
    assert "child of" in done(mailcase, desk, "parent", SECOND, FIRST)
    assert "no longer a child" in done(mailcase, desk, "parent", SECOND, "-")
    assert "linked with" in done(mailcase, desk, "link", FIRST, SECOND)
    told = mailcase("--config", desk.config, "case", "show", FIRST, "--json").json["relations"]
    assert {(one["is"], one["number"]) for one in told} == {("child", child), ("linked", SECOND)}
    assert "no longer linked" in done(mailcase, desk, "unlink", FIRST, SECOND)


def test_activities_and_time(mailcase: Mailcase, desk: DeskFolder) -> None:
    assert "for ben" in done(mailcase, desk, "task", FIRST, "ring the depot", "--due", "in 3 days", "--for", "ben")
    assert "20 min, 5 billable" in done(
        mailcase, desk, "phone", FIRST, "she agrees", "--time", "20m", "--billable", "5m"
    )
    done(mailcase, desk, "time", FIRST, "1h", "research")
    done(mailcase, desk, "letter", FIRST, "contract", "--time", "10m")
    shown = mailcase("--config", desk.config, "case", "show", FIRST).text
    assert "task: ring the depot" in shown
    assert "1 h 30 min, 1 h 15 min billable" in shown
    refused = mailcase("--config", desk.config, "case", "resolve", FIRST, "--as", "anna")
    refused.fails(1, "has open activities: task", "ring the depot")
    assert "completed" in done(mailcase, desk, "done", FIRST, "ring", "--time", "5m")
    done(mailcase, desk, "task", FIRST, "another")
    assert "cancelled" in done(mailcase, desk, "drop", FIRST, "--all")
    assert "95 min spent, 80 billable" in done(mailcase, desk, "resolve", FIRST)


def test_a_case_is_deleted_by_an_admin_who_says_yes(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "case", "delete", FIRST, "--yes", "--as", "anna").fails(1, "needs the role admin")
    agents = desk.folder / "rules" / "agents.yaml"
    agents.write_text(agents.read_text().replace("role: lead", "role: admin"))
    no = mailcase("--config", desk.config, "case", "delete", FIRST, "--as", "anna", stdin=b"n\n")
    assert (no.code, "was not deleted" in no.err) == (1, True)
    gone = mailcase("--config", desk.config, "case", "delete", FIRST, "--as", "anna", "--yes", "--json").json
    assert (gone["deleted"], gone["rows"]["activities"]) == ([FIRST], 1)
    mailcase("--config", desk.config, "case", "show", FIRST).fails(1, "does not exist here")


def test_cases_are_found_by_their_words(mailcase: Mailcase, desk: DeskFolder) -> None:
    shown = mailcase("--config", desk.config, "case", "search", "about", "two").text
    assert (SECOND in shown, FIRST in shown) == (True, False)
    (one,) = mailcase("--config", desk.config, "case", "search", FIRST, "--json").json
    assert (one["number"], one["where"]) == (FIRST, "number")
    assert mailcase("--config", desk.config, "case", "search", "nowhere").text == "None.\n"
    mailcase("--config", desk.config, "case", "search", "--", "-about").fails(1, "holds no word")


def test_a_case_is_exported_as_files(mailcase: Mailcase, desk: DeskFolder, tmp_path: Path) -> None:
    photo = tmp_path / "über $HOME.png"
    photo.write_bytes(b"\x89PNG")
    mailcase("--config", desk.config, "case", "note", FIRST, "as seen", "--file", photo, "--as", "anna")
    told = mailcase("--config", desk.config, "case", "export", FIRST, "-o", tmp_path / "out", "--json").json
    top = tmp_path / "out" / FIRST
    assert sorted(told["files"]) == sorted(str(path.relative_to(top)) for path in top.rglob("*") if path.is_file())
    assert "About one." in (top / "story.txt").read_text()
    assert json.loads((top / "case.json").read_text())["number"] == FIRST
    assert (top / "mail" / "in-1.eml").read_bytes().endswith(b"About one.\r\n")
    assert [path.name for path in (top / "files").iterdir()] == ["1-über__HOME.png"]
    again = mailcase("--config", desk.config, "case", "export", FIRST, "-o", tmp_path / "out")
    again.fails(2, "is there already")


def test_what_was_done_is_taken_back(mailcase: Mailcase, desk: DeskFolder) -> None:
    done(mailcase, desk, "priority", FIRST, "high")
    assert done(mailcase, desk, "undo", FIRST) == f"{FIRST}: took back: priority\n"
    mailcase("--config", desk.config, "case", "undo", FIRST, "--as", "anna").fails(1, "nothing on", "to take back")


def test_open_activities_end_with_the_case_if_that_is_said(mailcase: Mailcase, desk: DeskFolder) -> None:
    done(mailcase, desk, "task", FIRST, "look again")
    ended = done(mailcase, desk, "resolve", FIRST, "Done.", "--drop", "--time", "30m", "--billable", "10m")
    assert "30 min spent, 10 billable" in ended
    done(mailcase, desk, "task", SECOND, "look again")
    assert "cancelled (a test)" in done(mailcase, desk, "cancel", SECOND, "a test", "--drop")


def test_a_parent_tells_of_the_end_of_its_child(mailcase: Mailcase, desk: DeskFolder) -> None:
    done(mailcase, desk, "parent", SECOND, FIRST)
    done(mailcase, desk, "resolve", SECOND)
    entries = mailcase("--config", desk.config, "case", "show", FIRST, "--json").json["timeline"]
    assert entries[-1]["summary"] == f"child {SECOND} is resolved: two"
