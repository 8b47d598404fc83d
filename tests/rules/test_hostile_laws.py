"""Any bytes for a rule file and any text for a condition: understood, or refused as Invalid; nothing else."""

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailcase.errors import Invalid
from mailcase.rules.closures import closures
from mailcase.rules.expression import Environment, Faulty
from mailcase.rules.load import SHIPPED, load
from mailcase.rules.schema import FILES
from mailcase.rules.variables import FOR_REPLY
from rule_cases import SUPPORT

ENVIRONMENT = Environment(FOR_REPLY)
PIECES = ["subject", "text", ".matches(", "'a'", '"', "\\", "\\ud800", "(", ")", "[", "]", "&&", "||", "?", ":", "case.",
          "headers", "[", "duration(", "!", "1", "==", "in", "to", ".exists(x, ", ",", "//", "\n", "r'", "'''", "é", "😀"]  # fmt: skip


def is_loaded_or_refused(name: str, content: bytes) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        try:
            return load(Path(folder), [SUPPORT]).version != ""
        except Invalid as error:
            return all(line.startswith((name, "<shipped>/", "queues.yaml:1:1: mailbox")) for line in error.problems)


def is_condition_or_faulty(text: str) -> bool:
    try:
        return ENVIRONMENT.compile(text).text in (text.strip(), "")
    except Faulty as error:
        return all(fault.line >= 1 and fault.column >= 1 for fault in error.faults)


def count_of_closures(calendar: bytes) -> int:
    try:
        return len(closures(calendar))
    except Invalid as error:
        return len(error.problems)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_refused_or_loaded(name: str, content: bytes) -> None:
    assert is_loaded_or_refused(name, content)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(FILES)), seed=st.integers(0, 2**32))
def test_a_file_with_a_piece_lost_or_moved_is_refused_or_loaded(name: str, seed: int) -> None:
    chance, lines = random.Random(seed), (SHIPPED / name).read_text(encoding="utf-8").replace("#", "").splitlines()
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        lines[place] = chance.choice(["", lines[place][::-1], "  " + lines[place], lines[place] * 2, lines[-1]])

    assert is_loaded_or_refused(name, "\n".join(lines).encode())


@settings(max_examples=300, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join) | st.text(max_size=100))
def test_any_text_is_a_condition_or_faulty(text: str) -> None:
    assert is_condition_or_faulty(text)


@pytest.mark.parametrize(
    "text",
    ["!" * 3900 + "true", "[" * 3900, "(" * 1900 + "true" + ")" * 1900, "subject" + ".a" * 1900, "1" + "+1" * 1900 + " > 1",
     "to.exists(a," * 300 + "true" + ")" * 300, "{1:" * 900 + "1" + "}" * 900 + " == {}", "9" * 3900 + " > 1"],
)  # fmt: skip
def test_deep_and_long_conditions_end_well(text: str) -> None:
    assert is_condition_or_faulty(text)


@settings(max_examples=100, deadline=None)
@given(
    start=st.dates(), rule=st.sampled_from(["FREQ=DAILY", "FREQ=SECONDLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "X"])
)
def test_any_closures_are_read_or_refused(start, rule: str) -> None:
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:{start:%Y%m%d}\r\nRRULE:{rule}\r\nEND:VEVENT\r\n"
    calendar = f"BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n".encode()

    assert count_of_closures(calendar) <= 5000


def test_a_pipe_and_a_folder_are_no_rule_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "routing.yaml")
    (tmp_path / "queues.yaml").mkdir()

    with pytest.raises(Invalid) as refused:
        load(tmp_path, [SUPPORT])

    assert [line for line in refused.value.problems if "no ordinary file" in line and "routing" in line]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "routing.yaml").open("wb") as file:
        file.truncate(10**12)

    with pytest.raises(Invalid, match="larger than"):
        load(tmp_path, [SUPPORT])
