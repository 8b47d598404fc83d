"""Process flows on the command line."""

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number

FIRST = format_number(1)


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk with a case of Clara's and the shipped flow."""
    app = desk.opened()
    store(app, mail("About one.\n", subject="one", message_id="<one@c.example>"), None)
    while intake(app):
        pass
    app.close()
    return desk


def test_a_case_goes_through_a_flow(mailcase: Mailcase, desk: DeskFolder) -> None:
    def done(*words: str) -> str:
        return mailcase("--config", desk.config, "case", *words, "--as", "anna").text

    assert done("flow", FIRST, "standard") == f"{FIRST}: flow Standard begun, at Identify\n"
    mailcase("--config", desk.config, "case", "stage", FIRST, "next", "--as", "anna").fails(1, "type is empty")
    done("type", FIRST, "problem")
    assert done("stage", FIRST, "next") == f"{FIRST}: stage: Identify → Research\n"
    shown = mailcase("--config", desk.config, "case", "show", FIRST)
    assert "Research (2 of 3)" in shown.text
    assert done("flow", FIRST, "abandon", "no need") == f"{FIRST}: flow Standard given up at Research: no need\n"


def test_what_is_shown_is_there_for_programs_too(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "case", "flow", FIRST, "standard", "--as", "anna")
    told = mailcase("--config", desk.config, "case", "show", FIRST, "--json").json
    (stage,) = told["stages"]
    assert (stage["stage"], stage["visits"], stage["is_current"], stage["business_s"]) == ("identify", 1, True, None)
    assert (told["case"]["flow"], told["case"]["flow_state"]) == ("standard", "active")


def test_the_flows_of_the_desk_and_the_cases_in_them(mailcase: Mailcase, desk: DeskFolder) -> None:
    mailcase("--config", desk.config, "case", "flow", FIRST, "standard", "--as", "anna")
    listed = mailcase("--config", desk.config, "flow", "list")
    assert "identify → research → resolve" in listed.text
    (flow,) = mailcase("--config", desk.config, "flow", "list", "--json").json
    assert [(one["key"], one["cases"]) for one in flow["stages"]] == [("identify", 1), ("research", 0), ("resolve", 0)]
    shown = mailcase("--config", desk.config, "flow", "show", "standard")
    assert "Say what the customer wants (field type)" in shown.text
    assert mailcase("--config", desk.config, "flow", "show", "Standard", "--json").json == flow
    mailcase("--config", desk.config, "flow", "show", "none").fails(1, "'none' is no flow here; there are: standard")
