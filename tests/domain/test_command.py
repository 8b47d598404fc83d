"""The table of commands."""

import re

from mailcase.domain.command_table import BY_WORD, COMMANDS, help_text


def test_no_word_means_two_commands() -> None:
    words = [word for spec in COMMANDS for word in (spec.name, *spec.aliases)]
    assert len(words) == len(set(words)) == len(BY_WORD)


def test_every_word_can_be_written_as_a_command() -> None:
    for word in BY_WORD:
        assert re.fullmatch(r"[^\W\d_]+", word), word
        assert word == word.lower()


def test_the_help_tells_of_every_command_by_its_usage() -> None:
    told = help_text()
    for spec in COMMANDS:
        assert spec.usage.startswith(f"#{spec.name}")
        assert f"{spec.usage}\n    {spec.summary}" in told
