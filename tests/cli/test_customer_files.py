"""`mailcase contact import | export` and `mailcase account import | export`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import DeskFolder, Done, Mailcase

Run = Callable[..., Done]
CONTACTS = """\
address,other_addresses,name,account,language,time_zone,confirmed
clara@acme.example,clara@home.example c.weber@acme.example,Clara Weber,,de,Europe/Berlin,yes
max@other.example,,"Max, the second",-,,,no
=1+1@other.example,,,,,,
"""


@pytest.fixture
def run(mailcase: Mailcase, desk: DeskFolder) -> Run:
    """Runs a command on the desk; what changes something, as Anna who is a lead."""

    def run(*arguments: object, stdin: str = "", who: str = "anna") -> Done:
        is_reading = arguments[1] in ("export", "list", "show")
        return mailcase(
            "--config", desk.config, *arguments, *([] if is_reading else ["--as", who]), stdin=stdin.encode()
        )

    run("account", "create", "Acme", "--domain", "acme.example")
    return run


def test_contacts_are_taken_over(run: Run) -> None:
    assert run("contact", "import", "-", stdin=CONTACTS).text == ("contacts: 3 made, 0 changed, 0 as they were.\n")
    clara = run("contact", "show", "c.weber@acme.example", "--json").json
    assert (clara["address"], clara["name"], clara["account"]) == ("clara@acme.example", "Clara Weber", "Acme")
    assert (clara["language"], clara["time_zone"], clara["is_provisional"]) == ("de", "Europe/Berlin", False)
    assert run("contact", "show", "max@other.example", "--json").json["is_provisional"]


def test_the_same_file_twice_changes_nothing(run: Run) -> None:
    run("contact", "import", "-", stdin=CONTACTS)
    before = run("contact", "export").text

    assert "0 made, 0 changed, 3 as they were" in run("contact", "import", "-", stdin=CONTACTS).text
    assert "0 made, 0 changed, 3 as they were" in run("contact", "import", "-", stdin=before).text
    assert run("contact", "export").text == before


@pytest.mark.parametrize("excel", [[], ["--excel"]])
def test_an_exported_file_makes_the_same_contacts_elsewhere(
    run: Run, tmp_path: Path, desk: DeskFolder, excel: list[str]
) -> None:
    run("contact", "import", "-", stdin=CONTACTS)
    people, companies = tmp_path / "people.csv", tmp_path / "companies.csv"
    run("contact", "export", "-o", people, *excel)
    run("account", "export", "-o", companies, *excel)
    text = run("contact", "export").text
    for name in ("desk.db", "desk.db-wal", "desk.db-shm"):
        (desk.folder / name).unlink(missing_ok=True)

    assert run("account", "import", companies, "--json").json["created"] == 1
    assert run("contact", "import", people, "--json").json["created"] == 3
    assert run("contact", "export").text == text


def test_a_formula_is_guarded_in_the_file_only(run: Run) -> None:
    run("contact", "import", "-", stdin=CONTACTS)

    assert "\r\n'=1+1@other.example," in run("contact", "export").text
    assert run("contact", "show", "=1+1@other.example", "--json").json["address"] == "=1+1@other.example"


def test_a_row_changes_only_what_it_names(run: Run) -> None:
    run("contact", "import", "-", stdin=CONTACTS)
    done = run("contact", "import", "-", "--json", stdin="address;name;language\nclara@home.example;;-\n")

    clara = run("contact", "show", "clara@acme.example", "--json").json
    assert done.json["changed"] == 1
    assert (clara["name"], clara["language"], clara["address"]) == ("Clara Weber", None, "clara@home.example")
    assert len(clara["addresses"]) == 3


WRONG = """\
address,name,language,account,confirmed
nonsense,A,,,
max@other.example,B,german,,
support@northwind.example,C,,,
eve@other.example,D,,Nobody,perhaps
eve@other.example,E,,,
,F,,,
good@other.example,G,,,
"""
PLACES = ("2:1", "3:21", "4:1", "5:22", "5:29", "6:1", "7:1")


def test_all_that_is_wrong_is_told_and_nothing_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text(WRONG)
    done = run("contact", "import", tmp_path / "wrong.csv")

    assert done.code == 2
    lines = done.err.splitlines()
    assert sorted(line.split(": ")[1] for line in lines) == sorted(f"{tmp_path}/wrong.csv:{place}" for place in PLACES)
    assert run("contact", "list", "--json").json == []


def test_wrong_rows_are_left_out_if_told_so(run: Run) -> None:
    done = run("contact", "import", "-", "--skip-bad", stdin=WRONG)

    assert (done.code, done.text) == (0, "contacts: 1 made, 0 changed, 0 as they were, 6 rows left out.\n")
    assert done.err.count("mailcase: left out: standard input:") == len(PLACES)
    assert [one["name"] for one in run("contact", "list", "--json").json] == ["G"]


def test_a_trial_writes_nothing(run: Run) -> None:
    assert "3 would be made" in run("contact", "import", "-", "--dry-run", stdin=CONTACTS).text
    assert run("contact", "list", "--json").json == []


def test_addresses_of_two_contacts_are_not_joined_by_a_file(run: Run) -> None:
    run("contact", "create", "a@other.example")
    run("contact", "create", "b@other.example")
    text = "address,other_addresses\na@other.example,b@other.example\n"
    run("contact", "import", "-", stdin=text).fails(2, "standard input:2:1", "several contacts", "merge them")


def test_only_a_lead_takes_over_a_file(run: Run) -> None:
    run("contact", "import", "-", stdin=CONTACTS, who="ben").fails(1, "needs the role lead")


def test_accounts_are_taken_over_and_taken_in_again(run: Run) -> None:
    text = "name;domains\nAcme;acme.test\nOther GmbH;other.example\n"

    assert run("account", "import", "-", stdin=text).text == "accounts: 1 made, 1 changed, 0 as they were.\n"
    assert run("account", "import", "-", stdin=text).text == "accounts: 0 made, 0 changed, 2 as they were.\n"
    assert run("account", "export").text == (
        "name,domains\r\nAcme,acme.example acme.test\r\nOther GmbH,other.example\r\n"
    )


def test_a_domain_tells_which_account_is_renamed(run: Run) -> None:
    run("account", "import", "-", stdin="name,domains\nAcme South,acme.example\n")
    assert run("account", "show", "acme.example", "--json").json["name"] == "Acme South"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Mail,gmail.com", "2:6: gmail.com is a public mail provider"),
        ("Acme,acme", "2:6: 'acme' is no mail domain"),
        ("Other,acme.example", "2:1: the name is one account's and a domain another's"),
        (",acme.example", "2:1: the row has no name"),
    ],
)
def test_a_wrong_account_is_told_with_its_place(run: Run, row: str, said: str) -> None:
    run("account", "create", "Other")
    run("account", "import", "-", stdin=f"name,domains\n{row}\n").fails(2, f"standard input:{said}")


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    run("contact", "import", tmp_path / "none.csv").fails(2, "none.csv", "give a file that you may read")
