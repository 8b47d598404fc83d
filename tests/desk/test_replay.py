"""Other rules tried on mail that was decided upon before."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import RULES, START, Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail, raw_mail
from mailcase.app import App
from mailcase.daemon.intake import intake
from mailcase.desk import replay
from mailcase.desk.replay import Comparison, Replayed, replay_page
from mailcase.rules.load import load
from mailcase.store import inbox, rulings
from mailcase.store.engine import Database

CREATION = "rules:\n  - {{name: {name}, when: '{when}', then: {then}}}\n"
BEFORE = START - timedelta(days=1)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[App]:
    found = open_app(furnish(tmp_path, Furniture(url=database_url)), ManualClock())
    yield found
    found.close()


def tried(app: App, folder: Path, *, is_then: bool = False, **files: str) -> list[Replayed]:
    """What the desk's rules with these files instead make of all stored mail."""
    folder.mkdir()
    changed = RULES | {f"{name}.yaml": content for name, content in files.items()}
    for name, content in changed.items():
        (folder / name).write_text(content)
    rules = load(folder, list(app.desk.mailboxes.values()))
    present = None if is_then else app.desk.rulebook
    compared = Comparison(proposed=rules, present=present, mailboxes=app.desk.mailboxes, limits=app.limits)
    with app.database.read() as tx:
        return list(replay_page(tx, compared, BEFORE, 0).replayed)


def changes(mail: Replayed) -> dict[str, tuple[str, str]]:
    return {one.name: (one.before, one.after) for one in mail.differences}


def rows(database: Database) -> list[object]:
    with database.read() as tx:
        return [inbox.find(tx), rulings.precedents(tx, BEFORE, 0, 100)]


@pytest.mark.parametrize("is_then", [False, True])
def test_the_same_rules_decide_the_same(app: App, tmp_path: Path, is_then: bool) -> None:
    file_mail(app, raw_mail("My invoice"))
    file_mail(app, raw_mail("Out of office", Auto_Submitted="auto-replied"))
    (first, second) = tried(app, tmp_path / "same", is_then=is_then)
    assert (changes(first), changes(second)) == ({}, {})


@pytest.mark.parametrize(
    ("when", "then", "expected"),
    [
        ('subject.contains("parcel")', "{skip: no}", {"outcome": ("open", "skip")}),
        ("true", "{hold: look}", {"outcome": ("open", "hold")}),
        ("true", "{case: {priority: high}}", {"priority": ("normal", "high")}),
        ("true", "{case: {queue: billing}}", {"queue": ("support", "billing")}),
        ("true", "{acknowledge: false}", {"acknowledge": ("customer/acknowledged", "none")}),
        ("true", "{case: {tags: [a, b]}}", {"tags": ("none", "a, b")}),
        ("true", '{case: {fields: {order: "7"}}}', {"fields.order": ("none", "7")}),
        ("true", "{watch: true}", {}),  # another rule matched, nothing comes of it
        ("customer.is_known", "{skip: no}", {}),  # nobody knew her then, though she is known by now
    ],
)  # fmt: skip
def test_what_comes_out_differently_is_told(
    app: App, tmp_path: Path, when: str, then: str, expected: dict[str, tuple[str, str]]
) -> None:
    file_mail(app, raw_mail("My parcel"))
    rule = CREATION.format(name="new", when=when, then=then)
    (found,) = tried(app, tmp_path / "other", record_creation=rule)
    assert changes(found) == expected


SLA = """
default: office
slas:
  office: {{calendar: office, items: [{{name: answer, kpi: first_response, fail_after: {hours}h}}]}}
"""


def test_another_promise_is_a_difference(app: App, tmp_path: Path) -> None:
    file_mail(app, raw_mail("My parcel"))
    (found,) = tried(app, tmp_path / "other", sla=SLA.format(hours=1))
    promised = "by 2026-03-02 10:00 UTC (office/answer)"
    assert changes(found) == {"promise first_response": ("none", promised)}
    assert {one.sort for one in found.differences} == {"promised"}


def test_routing_is_tried_too(app: App, tmp_path: Path) -> None:
    file_mail(app, raw_mail("My invoice"))
    (found,) = tried(app, tmp_path / "other", routing="rules: []\n")
    assert changes(found) == {"queue": ("billing", "support")}


def test_somebody_who_would_be_an_agent_is_taken_for_one(app: App, tmp_path: Path) -> None:
    file_mail(app, raw_mail("#resolve", text="#resolve done"))
    agents = RULES["agents.yaml"] + "  clara: {name: Clara, address: clara@customer.example}\n"
    (found,) = tried(app, tmp_path / "other", agents=agents)
    assert changes(found) == {"outcome": ("open", "return")}


def test_nothing_is_written(app: App, tmp_path: Path) -> None:
    file_mail(app, raw_mail("My parcel"))
    stored = rows(app.database)
    tried(app, tmp_path / "other", record_creation=CREATION.format(name="n", when="true", then="{skip: no}"))
    assert rows(app.database) == stored


def test_only_the_last_decision_on_a_mail_counts(app: App, tmp_path: Path) -> None:
    held = file_mail(app, raw_mail("Two", From="a@b.example, c@d.example"))
    with app.database.begin() as tx:
        inbox.requeue(tx, held)
    intake(app)
    assert [mail.mail for mail in tried(app, tmp_path / "same")] == [held.id]


def test_a_mail_whose_parsed_form_is_old_is_parsed_again(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_mail(app, raw_mail("My invoice"))
    monkeypatch.setattr("mailcase.mail.parsed.FORM", 2)
    (found,) = tried(app, tmp_path / "same")
    assert (found.subject, changes(found)) == ("My invoice", {})


def test_many_mails_come_in_pages(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [file_mail(app, raw_mail(f"Mail {n}")).id for n in range(3)]
    monkeypatch.setattr(replay, "PAGE", 2)
    rules = app.desk.rulebook
    compared = Comparison(proposed=rules, present=rules, mailboxes=app.desk.mailboxes, limits=app.limits)
    with app.database.read() as tx:
        first = replay_page(tx, compared, BEFORE, 0)
        second = replay_page(tx, compared, BEFORE, first.last)
        assert [mail.mail for page in (first, second) for mail in page.replayed] == numbers
        assert (first.is_last, second.is_last, rulings.count(tx, BEFORE)) == (False, True, 3)
        assert replay_page(tx, compared, START + timedelta(seconds=1), 0).replayed == ()
