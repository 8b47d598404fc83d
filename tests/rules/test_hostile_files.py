"""GUARANTEES G22: a bad rule file is refused with its place and a way out, quickly, whatever is in it."""

import time
from pathlib import Path

import pytest

from hostile_rules import HOSTILE
from mailcase.errors import Invalid
from mailcase.rules.load import load
from rule_cases import SUPPORT, write


@pytest.mark.parametrize(
    ("file", "content", "place", "what"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)
def test_a_wrong_file_is_refused_at_its_place(tmp_path: Path, file: str, content: str, place: str, what: str) -> None:
    write(tmp_path, **{file: content})
    started = time.process_time()

    with pytest.raises(Invalid) as refused:
        load(tmp_path, [SUPPORT])

    assert time.process_time() - started < 5
    assert any(line.startswith(f"{file}.yaml:{place}") and what in line for line in refused.value.problems), (
        refused.value
    )
    assert all(len(line) < 500 for line in refused.value.problems)
