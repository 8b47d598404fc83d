"""docs/templates.md says what is there."""

import re
from dataclasses import fields
from pathlib import Path

from mail.test_templates_shipped import SHIPPED
from mailcase.mail.letter import AdminLetter, AgentLetter, AutomaticLetter, CustomerLetter
from mailcase.mail.render import letter_type
from mailcase.mail.template_filters import FILTERS, TESTS

DOCS = (Path(__file__).parents[2] / "docs" / "templates.md").read_text()
ROWS = [
    [cell.strip() for cell in row.split("|")[1:]]
    for row in DOCS.replace("\\|", "/").splitlines()
    if row.startswith("| `")
]


def test_every_template_is_described() -> None:
    described = {row[0].strip("`"): row[1] for row in ROWS if "/" in row[0]}
    assert set(described) == set(SHIPPED.names())
    for name, reader in described.items():
        assert ("automatic" in reader) == (letter_type(name) is AutomaticLetter)


def test_every_variable_is_described_for_the_letters_that_have_it() -> None:
    rows = [row for row in ROWS if len(row) == 6]
    for column, kind in ((1, AutomaticLetter), (2, CustomerLetter), (3, AgentLetter)):
        described = {row[0].strip("`") for row in rows if row[column] == "x"}
        assert described == {field.name for field in fields(kind)}


def test_every_variable_of_the_admins_letters_is_described() -> None:
    below = DOCS.partition("A template below `admin/` sees")[2].partition("## ")[0]
    assert all(f"`{field.name}`" in below for field in fields(AdminLetter))


def test_every_filter_and_test_is_described() -> None:
    described = {name for row in ROWS if len(row) == 3 for name in re.findall(r"`(\w+)[(`]", row[0])}
    assert described == set(FILTERS)
    assert all(f"`is {test}`" in DOCS for test in TESTS)
