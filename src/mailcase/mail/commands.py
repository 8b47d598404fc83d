"""Commands in an agent's mail: lines that start with `#` at the top of the new text, and the words below them.

    #priority high          a command
    #resolve                a command; what follows goes to the customer
    Dear Ms Weber, …        words
    #note                   from here on internal, wherever it stands

Below the first word only `#note` is a command: it can but hide text from the customer. Any other command there is
refused before anything happens, because a person who wrote it meant it, and no customer should read it.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass

from mailcase.domain.command import Argument, Command
from mailcase.domain.command_table import BY_WORD
from mailcase.errors import Refused

_SPACED = re.compile(r"#[ \t]+(?=[^\W\d_])")  # as phones correct it; a heading of somebody's words begins so too
_LINE = re.compile(r"#(?P<word>[^\W\d_]+)(?:[ \t:]+(?P<argument>.*))?", re.DOTALL)
_TYPOGRAPHY = str.maketrans(
    {
        "＃": "#",
        "\u00a0": " ",
        "\u200b": None,
        "\ufeff": None,
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("“”„‟«»", '"'),
        **dict.fromkeys("‘’‚‛", "'"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentText:
    """The new text of an agent's mail, taken apart."""

    commands: tuple[Command, ...]
    words: str
    """For the customer; may be empty."""


def parse_commands(text: str) -> AgentText:
    """Take the commands off the top of `text`, the new text of a mail.

    Raises Refused for an unknown command, a missing or needless argument, and a command below the words.
    """
    lines = text.strip().split("\n")
    commands: list[Command] = []
    words: list[str] = []
    while lines:
        line = lines.pop(0)
        found = _command(line, is_top=not words)
        if found is None:
            if line.strip() or words:
                words.append(line.rstrip())
            continue
        if found.spec.argument is Argument.BLOCK and not found.argument:
            block = _up_to_next_command(lines)
            del lines[: len(block)]
            found = Command(spec=found.spec, argument="\n".join(block).strip())
        commands.append(_checked(found))
    return AgentText(commands=tuple(commands), words="\n".join(words).strip())


def starts_with_command(text: str) -> bool:
    """Tell whether the first line of `text` has the form of a command, known or not."""
    return _LINE.fullmatch(_plain(text.strip().split("\n", 1)[0])) is not None


def _plain(line: str) -> str:
    """Return a line as a keyboard writes it: phones and word processors set dashes and quotes, Macs part letters from dots."""
    return unicodedata.normalize("NFC", line.translate(_TYPOGRAPHY)).strip()


def _up_to_next_command(lines: list[str]) -> list[str]:
    end = next((index for index, line in enumerate(lines) if _is_known(line)), len(lines))
    return lines[:end]


def _is_known(line: str) -> bool:
    match = _LINE.fullmatch(_plain(line))
    return match is not None and match["word"].lower() in BY_WORD


def _match(line: str, *, is_top: bool) -> re.Match[str] | None:
    """Return the command that a line has the form of.

    With a space behind its mark it is one only at the top, and only if there is such a command.
    """
    plain = _plain(line)
    spaced = _LINE.fullmatch(_SPACED.sub("#", plain, count=1)) if is_top and _SPACED.match(plain) else None
    if spaced is not None and spaced["word"].lower() in BY_WORD:
        return spaced
    return _LINE.fullmatch(plain)


def _command(line: str, *, is_top: bool) -> Command | None:
    match = _match(line, is_top=is_top)
    if match is None:
        return None
    spec = BY_WORD.get(match["word"].lower())
    if spec is None:
        if is_top:
            raise Refused(_unknown(match["word"]))
        return None
    if not is_top and spec.argument is not Argument.BLOCK:
        raise Refused(f"#{match['word']} stands below your words; commands go above them. Nothing was done or sent.")
    if spec.argument is Argument.BLOCK:  # words for people stay as they were written
        _, _, argument = _SPACED.sub("#", line.strip(), count=1).partition(" ")
        return Command(spec=spec, argument=argument.strip() if match["argument"] else "")
    return Command(spec=spec, argument=(match["argument"] or "").strip())


def _unknown(word: str) -> str:
    close = difflib.get_close_matches(word.lower(), BY_WORD, n=1)
    return f"#{word} is not a command{f'; did you mean #{close[0]}' if close else ''}. #help lists them."


def _checked(command: Command) -> Command:
    spec = command.spec
    if spec.argument in (Argument.REQUIRED, Argument.BLOCK) and not command.argument:
        raise Refused(f"#{spec.name} needs more: {spec.usage}")
    if spec.argument is Argument.NONE and command.argument:
        raise Refused(f"#{spec.name} stands alone on its line: {spec.usage}")
    return command
