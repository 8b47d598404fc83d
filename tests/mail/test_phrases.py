"""The tables of phrases."""

import pytest

from mailcase.mail import phrases_absence, phrases_automatic, phrases_bounce, phrases_challenge
from mailcase.mail.phrases import Phrases, fold

WORDS = "i am out of office until monday und dann bin ich wieder erreichbar je suis absent mit freundlichen gruessen"
TABLES = {
    name: table
    for tables in (phrases_absence, phrases_automatic, phrases_bounce, phrases_challenge)
    for name, table in vars(tables).items()
    if isinstance(table, Phrases)
}


@pytest.mark.parametrize("name", TABLES)
def test_no_table_outgrows_the_memory_of_its_automaton(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    text = fold(" ".join(WORDS[index % 60 :] for index in range(500)))
    TABLES[name].find(text)
    TABLES[name].count(text)
    assert capfd.readouterr().err == ""
