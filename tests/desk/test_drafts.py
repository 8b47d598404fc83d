"""Agents' mails that are held: for news of the customer, for strangers among the recipients, for want of proof."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from lab.desks import ManualClock
from lab.filed import file_mail
from lab.mails import ANNA, mail
from mailcase.app import App
from mailcase.desk.outcome import Act
from mailcase.desk.working import work_by_text
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.draft import DraftReason, DraftState
from mailcase.domain.outbox import OutboxMessage
from mailcase.errors import Refused
from mailcase.store import activities, cases, drafts, outbox
from mailcase.store.drafts import DRAFTS

SUPPORT = "support@northwind.example"


def written(app: App, template: str) -> list[OutboxMessage]:
    """The mails of a template, the oldest first."""
    with app.database.read() as tx:
        return sorted((one for one in outbox.find(tx, limit=100) if one.template == template), key=lambda one: one.id)


def arrive(app: App, raw: bytes, clock: ManualClock) -> None:
    clock.advance(timedelta(minutes=10))
    file_mail(app, raw)


def anna(answered: OutboxMessage, text: str, number: int, to: str = SUPPORT, **headers: str) -> bytes:
    """A mail of Anna's in answer to one of ours."""
    fields: Mapping[str, str] = {"In-Reply-To": f"<{answered.message_id}>", **headers}
    return mail(text, sender=ANNA, to=to, subject="Re: Printer", message_id=f"<a{number}@nw.example>", headers=fields)


def clara(answered: OutboxMessage, text: str, number: int) -> bytes:
    return mail(text, message_id=f"<c{number}@customer.example>", headers={"In-Reply-To": f"<{answered.message_id}>"})


def told(app: App, template: str = "customer/replied") -> list[str]:
    """What went to the customer."""
    return [one.raw.decode() for one in written(app, template)]


def last(app: App) -> Activity:
    with app.database.read() as tx:
        return activities.newest(tx, 1, 1)[0]


@pytest.fixture
def notice(app: App, clock: ManualClock) -> OutboxMessage:
    """The notice of Clara's new case."""
    arrive(app, mail(), clock)
    return written(app, "agent/new_case")[0]


@pytest.fixture
def news(app: App, clock: ManualClock, notice: OutboxMessage) -> OutboxMessage:
    """The notice of her first mail, when she has written again."""
    arrive(app, clara(written(app, "customer/acknowledged")[0], "It burns.\n", 2), clock)
    return notice


def test_an_answer_to_a_mail_before_the_newest_one_is_held_whole(
    app: App, clock: ManualClock, news: OutboxMessage
) -> None:
    arrive(app, anna(news, "#resolve\nTurn it off.\n", 1), clock)
    (back,) = written(app, "agent/held")
    assert "It burns." in back.raw.decode()
    assert not told(app)
    assert not told(app, "customer/resolved")
    assert (last(app).kind, last(app).text) == (ActivityKind.DRAFT, "#resolve\nTurn it off.\n")
    with app.database.read() as tx:
        (draft,) = drafts.held(tx, 1)
        case = cases.get(tx, 1)
    assert case is not None
    assert (draft.reason, draft.asked_as, case.is_active) == (DraftReason.STALE, back.message_id, True)


def test_an_answer_to_the_newest_mail_goes_out(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(written(app, "agent/customer_replied")[0], "Turn it off.\n", 1), clock)
    assert len(told(app)) == 1


def test_clocks_that_are_wrong_hold_nothing(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    newest = written(app, "agent/customer_replied")[0]
    arrive(app, anna(newest, "Turn it off.\n", 1, Date="Mon, 01 Jan 2001 00:00:00 +0000"), clock)
    assert len(told(app)) == 1


@pytest.mark.parametrize(("hour", "sent"), [("09:15", 0), ("09:25", 1)], ids=["before", "after"])
def test_without_any_reference_the_date_decides(
    app: App, clock: ManualClock, news: OutboxMessage, hour: str, sent: int
) -> None:
    token = next(line for line in news.raw.decode().splitlines() if "+mc-1-aanna-" in line).strip(" <>")
    fields = {"Date": f"Mon, 02 Mar 2026 {hour}:00 +0000"}
    raw = mail("Turn it off.\n", sender=ANNA, to=token, message_id="<a@nw.example>", headers=fields)
    arrive(app, raw, clock)
    assert len(told(app)) == sent


def test_mere_thanks_are_no_news(app: App, clock: ManualClock, notice: OutboxMessage) -> None:
    arrive(app, clara(written(app, "customer/acknowledged")[0], "Thank you!\n", 2), clock)
    arrive(app, anna(notice, "Turn it off.\n", 1), clock)
    assert len(told(app)) == 1


@pytest.mark.parametrize("text", ["#pick\n", "#note hm\n", "#send\nTurn it off.\n"])
def test_what_tells_the_customer_nothing_or_insists_is_not_held(
    app: App, clock: ManualClock, news: OutboxMessage, text: str
) -> None:
    arrive(app, anna(news, text, 1), clock)
    assert not written(app, "agent/held")


@pytest.mark.parametrize(
    "text",
    ["#send\n", "#SEND\n", "#senden\n", "#send 3\n", "Yes!\n", "ok\n", "# Send\n", "#send\n\nBest regards\nAnna\n"],
)
def test_send_lets_it_go_with_its_commands(app: App, clock: ManualClock, news: OutboxMessage, text: str) -> None:
    arrive(app, anna(news, "#priority high\nTurn it off.\n", 1), clock)
    arrive(app, anna(written(app, "agent/held")[0], text, 2), clock)
    (sent,) = told(app)
    assert "Turn it off." in sent
    assert "priority" not in sent
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        assert not drafts.held(tx, 1)
    assert case is not None
    assert case.priority == "high"


def test_a_held_mail_goes_once(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(news, "Turn it off.\n", 1), clock)
    for number in (2, 3):
        arrive(app, anna(written(app, "agent/held")[0], "#send\n", number), clock)
    assert len(told(app)) == 1
    assert "was sent already" in written(app, "agent/transcript")[-1].raw.decode()


def test_of_several_the_one_that_is_answered_goes(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(news, "Turn it off.\n", 1), clock)
    arrive(app, anna(news, "Turn it on.\n", 2), clock)
    arrive(app, anna(written(app, "agent/held")[1], "#send\n", 3), clock)
    (sent,) = told(app)
    assert "Turn it on." in sent
    with app.database.read() as tx:
        assert len(drafts.held(tx, 1)) == 1


def test_which_of_several_has_to_be_said(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(news, "Turn it off.\n", 1), clock)
    arrive(app, anna(news, "Turn it on.\n", 2), clock)
    arrive(app, anna(news, "#send\n", 3), clock)
    assert not told(app)
    assert "2 mails of yours are held" in written(app, "agent/transcript")[0].raw.decode()


def test_other_words_in_answer_replace_what_is_held(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(news, "Turn it off.\n", 1), clock)
    arrive(app, anna(written(app, "agent/held")[0], "Leave the house.\n", 2), clock)
    (sent,) = told(app)
    assert "Leave the house." in sent
    with app.database.read() as tx:
        draft = DRAFTS.get(tx, 1)
    assert draft is not None
    assert draft.state is DraftState.REPLACED


def test_another_agent_cannot_send_it(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    arrive(app, anna(news, "Turn it off.\n", 1), clock)
    act = Act(actor="ben", cause="command line", now=clock())
    ben = app.desk.rulebook.agents["ben"]
    with pytest.raises(Refused, match="mail 3 is anna's; only anna sends it"), app.database.begin() as tx:
        work_by_text(tx, app.desk, 1, ben, "#send 3", act)


def test_files_of_a_held_mail_go_with_it(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    body = "--b\nContent-Type: text/plain\n\nSee the plan.\n--b\nContent-Type: text/csv\nContent-Disposition: attachment; filename=plan.csv\n\n1,2\n--b--\n"
    arrive(app, anna(news, body, 1, **{"MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"'}), clock)
    arrive(app, anna(written(app, "agent/held")[0], "#send\n", 2), clock)
    assert "plan.csv" in told(app)[0]


def test_the_command_line_is_told_of_news_too(app: App, clock: ManualClock, news: OutboxMessage) -> None:
    act = Act(actor="anna", cause="command line", now=clock())
    me = app.desk.rulebook.agents["anna"]
    with pytest.raises(Refused, match="has written again"), app.database.begin() as tx:
        work_by_text(tx, app.desk, 1, me, "Turn it off.", act, seen=1)
    with app.database.begin() as tx:
        work_by_text(tx, app.desk, 1, me, "Turn it off.", act, seen=2)
    assert len(told(app)) == 1


def test_a_stranger_among_the_recipients_is_confirmed_first(
    app: App, clock: ManualClock, notice: OutboxMessage
) -> None:
    arrive(app, anna(notice, "Here it is.\n", 1, to=f"{SUPPORT}, Max <max@x.example>"), clock)
    assert not told(app)
    arrive(app, anna(written(app, "agent/held")[0], "#send\n", 2), clock)
    (sent,) = written(app, "customer/replied")
    assert [one.address for one in sent.recipients] == ["clara@customer.example", "max@x.example"]
    assert "\r\nCc: max@x.example\r\n" in sent.raw.decode()


@pytest.mark.parametrize(
    "to", ["ben@northwind.example", "info@northwind.example", "clara@customer.example", "SUPPORT@northwind.example"]
)
def test_colleagues_and_the_customer_are_no_strangers(
    app: App, clock: ManualClock, notice: OutboxMessage, to: str
) -> None:
    arrive(app, anna(notice, "Here it is.\n", 1, to=f"{SUPPORT}, {to}"), clock)
    assert len(told(app)) == 1


def test_who_is_named_by_command_is_no_stranger(app: App, clock: ManualClock, notice: OutboxMessage) -> None:
    arrive(app, anna(notice, "#cc +max@x.example\nHere it is.\n", 1, to=f"{SUPPORT}, max@x.example"), clock)
    (sent,) = written(app, "customer/replied")
    assert [one.address for one in sent.recipients] == ["clara@customer.example", "max@x.example"]


@pytest.fixture
def unproved(app: App, clock: ManualClock, notice: OutboxMessage) -> OutboxMessage:
    """The question that Anna gets when a mail without proof bears her address."""
    arrive(app, anna(written(app, "customer/acknowledged")[0], "#priority high\nTurn it off.\n", 1), clock)
    return written(app, "agent/confirm")[0]


def test_a_mail_without_proof_waits_for_a_yes(app: App, clock: ManualClock, unproved: OutboxMessage) -> None:
    assert (last(app).kind, last(app).created_by) == (ActivityKind.DRAFT, "system")
    assert not told(app)
    arrive(app, anna(unproved, "#send\n", 2), clock)
    assert len(told(app)) == 1


@pytest.mark.parametrize("text", ["#send\n", "#send 2\n", "yes\n"])
def test_a_yes_without_proof_is_asked_again(app: App, clock: ManualClock, unproved: OutboxMessage, text: str) -> None:
    arrive(app, anna(written(app, "customer/acknowledged")[0], text, 2), clock)
    assert not told(app)
    assert len(written(app, "agent/confirm")) == 2


def test_a_mail_without_proof_is_sent_only_by_its_name(app: App, clock: ManualClock, unproved: OutboxMessage) -> None:
    arrive(app, anna(written(app, "agent/new_case")[0], "#send\n", 2), clock)
    assert not told(app)
    arrive(app, anna(written(app, "agent/new_case")[0], "#send 2\n", 3), clock)
    assert len(told(app)) == 1


def test_it_can_be_confirmed_for_two_days(app: App, clock: ManualClock, unproved: OutboxMessage) -> None:
    clock.advance(timedelta(days=2))
    arrive(app, anna(unproved, "#send\n", 2), clock)
    assert not told(app)


def test_forgeries_do_not_flood_the_agent(app: App, clock: ManualClock, notice: OutboxMessage) -> None:
    customers = written(app, "customer/acknowledged")[0]
    for number in range(12):
        file_mail(app, anna(customers, "#resolve\n", number))
    assert len(written(app, "agent/confirm")) == app.desk.limits.returned_per_agent_hour
    with app.database.read() as tx:
        assert len(drafts.held(tx, 1)) == 12
