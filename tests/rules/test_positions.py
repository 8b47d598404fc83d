"""The places of mistakes inside a condition, however YAML writes it."""

from pathlib import Path

import pytest

from mailcase.errors import Invalid
from mailcase.rules.positions import positions
from rule_cases import book

HEAD = "rules:\n  - name: a\n    when: "


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        pytest.param('|\n      subject == "x"\n      && subjet == "y"', 5, 10, id="literal"),
        pytest.param('|2-\n        subject == "x" &&\n        subjet == "y"', 5, 9, id="literal with an indent given"),
        pytest.param('>-\n      subject == "x"\n      && subjet == "y"', 5, 10, id="folded"),
        pytest.param('subject == "x" &&\n      subjet == "y"', 4, 7, id="plain over two lines"),
        pytest.param("'subject == \"it''s\" && subjet == \"y\"'", 3, 34, id="a doubled quote"),
        pytest.param('"subject == \\"\\u00e9\\" && subjet == \'y\'"', 3, 37, id="escapes"),
        pytest.param("\"subject == 'x' \\\n      && subjet == 'y'\"", 4, 10, id="an escaped end of line"),
        pytest.param('|\r\n      subject == "x"\r\n      && subjet == "y"', 5, 10, id="line ends of Windows"),
    ],
)
def test_a_mistake_is_told_where_the_file_has_it(tmp_path: Path, written: str, line: int, column: int) -> None:
    (tmp_path / "record_creation.yaml").write_bytes(f"{HEAD}{written}\n".encode())

    with pytest.raises(Invalid) as refused:
        book(tmp_path)

    assert refused.value.problems == (
        f"record_creation.yaml:{line}:{column}: subjet is not known here; did you mean subject?",
    )


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        pytest.param(b"rules:\n  - name: a\x00b\n", "2:12: a character that YAML does not allow (#x0000)", id="NUL"),
        pytest.param("rules:\n  - name: äh\n".encode("latin-1"), "2:11: this is not UTF-8 text", id="Latin-1"),
    ],
)
def test_a_character_that_is_no_text_is_told_where_it_is(tmp_path: Path, raw: bytes, place: str) -> None:
    (tmp_path / "record_creation.yaml").write_bytes(raw)

    with pytest.raises(Invalid) as refused:
        book(tmp_path)

    assert refused.value.problems[0].startswith(f"record_creation.yaml:{place}")


def test_folded_white_space_stands_where_the_line_ends() -> None:
    assert positions("a\n  b", "a b", None) == [0, 1, 4]
