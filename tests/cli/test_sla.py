"""`mailcase sla explain`: where the time of a promise went."""

from datetime import UTC, datetime, timedelta

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.cli.sla import BAR, span
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.outcome import Act
from mailcase.desk.sla_explain import explain_case
from mailcase.desk.working import find, work_by_text
from mailcase.domain.number import format_number

FIRST = format_number(1)
SLA = """\
default: standard
slas:
  standard:
    calendar: office
    items:
      - {name: answer, kpi: first_response, warn_after: 3h, fail_after: 4h}
      - {name: end, kpi: resolution, fail_after: 16h}
"""


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with a case of Monday 09:00 that was paused from 10:00 to 12:00 and answered at 13:00."""
    (desk.folder / "rules/sla.yaml").write_text(SLA)
    app = desk.opened()
    store(app, mail(), None)
    while intake(app):
        pass
    anna = app.desk.rulebook.agents["anna"]
    for hours, said in ((1, "#status on_hold"), (2, "#status in_progress"), (1, "Open the flap.")):
        desk.clock.advance(timedelta(hours=hours))
        with app.database.begin() as tx:
            work_by_text(tx, app.desk, 1, anna, said, Act(actor="anna", cause="a test", now=app.now()))
    app.close()
    return desk


def test_every_span_is_told_counted_or_not_and_why(mailcase: Mailcase, desk: DeskFolder) -> None:
    told = mailcase("--config", desk.config, "sla", "explain", FIRST, "--kpi", "first_response", "--json").json

    (clock,) = told["clocks"]
    assert [(one["cause"], one["counted"], one["seconds"]) for one in clock["spans"]] == [
        ("open", True, 3600),
        ("paused: on_hold", False, 7200),
        ("open", True, 3600),
    ]
    assert (clock["state"], clock["counted_s"], clock["promised_s"]) == ("succeeded", 7200, 14400)


def test_the_picture_shows_each_clock_as_a_bar_and_its_stretches(mailcase: Mailcase, desk: DeskFolder) -> None:
    text = mailcase("--config", desk.config, "sla", "explain", FIRST).text

    first, _, _ = text.partition("\n\n")
    head, due, marks, bar, *stretches = first.splitlines()
    assert head == "first_response (standard / answer): succeeded, 2 h of 4 h on the clock"
    assert due == "  due Mon 2026-03-02 15:00 +0000 by the calendar office (UTC)"
    assert marks.index("▽") < marks.index("▼") == BAR + 1
    assert bar == f"  {'█' * 10}{'░' * 20}{'█' * 10}"
    assert stretches[1] == "  ░ Mon 2026-03-02 10:00 +0000 - Mon 2026-03-02 12:00 +0000        2 h  paused: on_hold"
    assert "resolution (standard / end): " in text
    assert " more; --json has all" in text, "that clock has run for months by the clock of this machine"


def test_closed_hours_are_shown_with_their_reason(desk: DeskFolder) -> None:
    app = desk.opened()
    with app.database.read() as tx:
        (_, end) = explain_case(tx, app.desk, find(tx, 1), datetime(2026, 3, 3, 10, tzinfo=UTC))
    app.close()

    assert [line.cause for line in end.lines] == ["open", "paused: on_hold", "open", "out of hours", "open"]
    assert end.counted == timedelta(hours=1 + 5 + 1)


def test_without_its_calendar_a_clock_is_explained_all_the_same(mailcase: Mailcase, desk: DeskFolder) -> None:
    (desk.folder / "rules/sla.yaml").write_text("slas: {}\n")
    (desk.folder / "rules/calendars.yaml").write_text("calendars: {}\n")

    done = mailcase("--config", desk.config, "sla", "explain", FIRST)

    assert done.code == 0
    assert "the rules have no calendar office any more" in done.text


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 min"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (3900, "1 h 05 min")]
)
def test_lengths_of_time_are_written_for_people(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_other_promises_are_tried_on_stored_cases(mailcase: Mailcase, desk: DeskFolder) -> None:
    proposed = desk.folder / "proposed.yaml"
    proposed.write_text(SLA.replace("warn_after: 3h, fail_after: 4h", "warn_after: 1h, fail_after: 90min"))

    words = ("sla", "simulate", "--sla", proposed, "--since", "2026-03-01")
    told = mailcase("--config", desk.config, *words, "--json").json
    text = mailcase("--config", desk.config, *words).text

    answer = next(one for one in told["promises"] if one["kpi"] == "first_response")
    assert (answer["before"]["attainment"], answer["after"]["attainment"]) == (1.0, 0.0)
    assert [(one["kpi"], one["before"], one["after"]) for one in told["changed"]] == [
        ("first_response", "kept", "broken")
    ]
    assert "1 promises come out differently" in text


def test_other_opening_hours_are_tried_on_stored_cases(mailcase: Mailcase, desk: DeskFolder) -> None:
    hours = desk.folder / "hours.yaml"
    hours.write_text("calendars:\n  office: {time_zone: UTC, hours: {monday: 09:00-09:30, friday: 09:00-17:00}}\n")

    told = mailcase(
        "--config", desk.config, "sla", "simulate", "--calendar", hours, "--since", "2026-03-01", "--json"
    ).json

    assert told["cases"] == 1
    assert told["promises"][0]["after"]["kept"] == 1


def test_something_has_to_be_proposed(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "sla", "simulate").fails(2, "--against")


def test_only_a_manager_has_clocks_counted_anew(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "sla", "recalculate", FIRST, "--as", "anna").fails(1, "manager")
