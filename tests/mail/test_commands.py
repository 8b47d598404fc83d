"""Commands in an agent's mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.command import Argument
from mailcase.domain.command_table import BY_WORD, COMMANDS
from mailcase.errors import Refused
from mailcase.mail.commands import parse_commands, starts_with_command

EXAMPLE = {Argument.NONE: "", Argument.OPTIONAL: "", Argument.REQUIRED: " something", Argument.BLOCK: " a note"}


def shown(text: str) -> tuple[list[str], str]:
    parsed = parse_commands(text)
    return [str(command) for command in parsed.commands], parsed.words


@pytest.mark.parametrize(
    ("text", "commands", "words"),
    [
        ("Dear Clara,\n\nplease wait.", [], "Dear Clara,\n\nplease wait."),
        ("", [], ""),
        ("#pick", ["#pick"], ""),
        ("#pick\nDear Clara", ["#pick"], "Dear Clara"),
        ("\n\n#pick\n\n#priority high\n\nDear Clara\n", ["#pick", "#priority high"], "Dear Clara"),
        ("#PICK", ["#pick"], ""),
        ("#priority: high", ["#priority high"], ""),  # a colon, as people write
        ("#priority\thigh", ["#priority high"], ""),
        ("#lösen\nFertig.", ["#resolve"], "Fertig."),  # German
        ("#résoudre", ["#resolve"], ""),  # French
        ("\u200b#pick", ["#pick"], ""),  # an editor's zero-width space
        ("＃pick", ["#pick"], ""),  # a full-width sign
        ("\u00a0#priority\u00a0high", ["#priority high"], ""),
        ("#resolve All done.\nDear Clara", ["#resolve All done."], "Dear Clara"),
        ("#note one line\nDear Clara", ["#note one line"], "Dear Clara"),
        ("#note\nfirst\n\nsecond", ["#note first\n\nsecond"], ""),
        ("Dear Clara\n#note\nShe is kind.", ["#note She is kind."], "Dear Clara"),  # hides the rest, wherever it stands
        ("#note\ninner\n#pick\nDear Clara", ["#note inner", "#pick"], "Dear Clara"),
        ("Dear Clara,\n#1 is the switch, #colour the other", [], "Dear Clara,\n#1 is the switch, #colour the other"),
        ("# heading", [], "# heading"),  # no command of ours
        ("# Pick\nDear Clara", ["#pick"], "Dear Clara"),  # a phone puts a space and a capital
        ("# note She is kind.\nDear Clara", ["#note She is kind."], "Dear Clara"),
        ("Dear Clara\n# Note\nOpen it.", [], "Dear Clara\n# Note\nOpen it."),  # a heading within her words
        ("#Cc +max@x.example –eva@x.example", ["#cc +max@x.example -eva@x.example"], ""),  # an autocorrected dash
    ],
)
def test_commands_are_taken_off_the_top(text: str, commands: list[str], words: str) -> None:
    assert shown(text) == (commands, words)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#resolv", "#resolv is not a command; did you mean #resolve"),
        ("#xyzzy\nDear Clara", "#xyzzy is not a command. #help lists them"),
        ("#pick\n#frobnicate", "#frobnicate is not a command"),
        ("#assign", "#assign needs more: #assign anna"),
        ("#note", "#note needs more: #note text"),
        ("#note\n\n\n", "#note needs more"),
        ("#pick me", "#pick stands alone on its line"),
        ("Dear Clara,\n#resolve", "#resolve stands below your words; commands go above them"),
        ("Dear Clara,\n#priority high\nBye", "stands below your words"),
    ],
)
def test_a_mail_that_is_not_understood_is_refused_as_a_whole(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        parse_commands(text)


@pytest.mark.parametrize("word", sorted(BY_WORD))
def test_every_word_of_the_table_is_understood(word: str) -> None:
    spec = BY_WORD[word]
    (command,) = parse_commands(f"#{word}{EXAMPLE[spec.argument]}").commands
    assert command.spec is spec


@pytest.mark.parametrize(
    ("text", "is_one"), [("#pick", True), ("\n #nonsense x", True), ("#1", False), ("Dear #pick", False), ("", False)]
)
def test_a_mail_that_begins_like_a_command_is_known(text: str, is_one: bool) -> None:
    assert starts_with_command(text) is is_one


@given(st.lists(st.sampled_from(COMMANDS)), st.text(alphabet="abc xyz.\n").map(str.strip))
def test_no_line_of_the_words_is_lost_and_no_command_stays_in_them(specs: list, words: str) -> None:
    specs = [spec for spec in specs if spec.argument is not Argument.BLOCK]
    text = "".join(f"#{spec.name}{EXAMPLE[spec.argument]}\n" for spec in specs) + words
    parsed = parse_commands(text)
    assert [command.spec for command in parsed.commands] == specs
    assert parsed.words.split() == words.split()


@given(st.text(max_size=200))
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    try:
        parsed = parse_commands(text)
    except Refused:
        return
    assert set(parsed.words.split()) <= set(text.split())


@pytest.mark.parametrize(
    ("text", "name", "argument"),
    [
        ("＃pick", "pick", ""),
        ("#tag –vip", "tag", "-vip"),
        ("#tag —vip", "tag", "-vip"),
        ("#merge CAS‑000001‑PJM", "merge", "CAS-000001-PJM"),
        ("\u200b#pick", "pick", ""),
        ("#lo\u0308sen", "resolve", ""),
        ("#Erledigt", "resolve", ""),
        ("#child «billing: refund»", "child", '"billing: refund"'),
        ("#note C’est “bon” – merci", "note", "C’est “bon” – merci"),
    ],
)
def test_what_phones_and_word_processors_make_of_a_command_is_understood(text: str, name: str, argument: str) -> None:
    (command,) = parse_commands(text).commands
    assert (command.spec.name, command.argument) == (name, argument)
