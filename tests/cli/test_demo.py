"""`mailcase demo`."""

import json
from pathlib import Path

import pytest

from cli.conftest import Mailcase
from lab import process
from mailcase.domain.number import parse_number

CASE = {"number", "title", "status", "status_reason", "queue", "customer", "priority"}
SENT = {"to", "subject", "template", "case"}


@pytest.mark.timeout(300)  # a whole desk with its servers, on a machine that may be busy
def test_the_demo_prints_one_json_document_of_its_story_and_nothing_else() -> None:
    done = process.mailcase("demo", "--once", "--json", timeout_s=240)
    assert (done.returncode, done.stderr) == (0, b"")
    told = json.loads(done.stdout)
    assert set(told) == {"cases", "sent", "held"}
    assert [set(case) for case in told["cases"]] == [CASE] * 3
    assert {frozenset(mail) for mail in told["sent"]} == {frozenset(SENT)}
    assert told["held"] == []
    numbers = [case["number"] for case in told["cases"]]
    assert [parse_number(number) for number in numbers] == [1, 2, 3]
    assert {mail["case"] for mail in told["sent"]} == set(numbers)
    printer = next(case for case in told["cases"] if case["title"].startswith("Printer"))
    assert (printer["status"], printer["priority"], printer["queue"]) == ("resolved", "low", "support")
    assert next(case["queue"] for case in told["cases"] if "Invoice" in case["title"]) == "billing"
    # What an acknowledgement promises depends on the hour at which the demo is played.
    sent = (mail for mail in told["sent"] if mail["case"] == printer["number"])
    templates = [mail["template"].removesuffix("_out_of_hours") for mail in sent]
    assert templates == [
        "customer/acknowledged",
        "agent/new_case",
        "customer/replied",
        "agent/customer_replied",
        "customer/resolved",
        "agent/transcript",
    ]


def test_the_demo_writes_over_nobodys_files(mailcase: Mailcase, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    mailcase("demo", "--once", "--folder", tmp_path).fails(2, "is not empty; name a new folder for the demo")
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]
