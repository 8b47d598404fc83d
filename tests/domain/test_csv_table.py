"""CSV text, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.csv_table import decode, guarded, read, unguarded, write
from mailcase.errors import Invalid

COLUMNS = ("a", "b")
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
FORMULAS = st.builds("{}{}{}".format, st.sampled_from(["", "'", "''"]), st.sampled_from("=+-@\t\r＝＋"), TEXTS)


def table(text: str) -> list[tuple[str, str]]:
    sheet = read(text, "f.csv", COLUMNS, ("a",))
    assert sheet.problems == ()
    return [(record.text("a"), record.text("b")) for record in sheet.records]


@given(st.lists(st.tuples(TEXTS, TEXTS | FORMULAS), max_size=4), st.sampled_from([",", ";", "\t"]))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]], delimiter: str) -> None:
    text = "".join(write(COLUMNS, [(guarded(a), guarded(b)) for a, b in rows], delimiter))

    found = [(unguarded(a), unguarded(b)) for a, b in table(text)]

    kept = [(a if guarded(a).strip() else "", b if guarded(b).strip() else "") for a, b in rows]
    assert found == [row for row in kept if row != ("", "")]  # blanks alone are an empty cell


@given(TEXTS | FORMULAS)
def test_a_guard_is_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(FORMULAS)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert guarded(text)[0] == "'"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a,b\r\n1,2\r\n", "RFC 4180"),
        ("a,b\n1,2", "Unix, and no end of the last line"),
        ("a,b\r1,2\r", "old Macs"),
        ("b;a\r\n2;1\r\n", "Excel in Europe, other order"),
        ("sep=|\r\na|b\r\n1|2\r\n", "Excel says what stands between"),
        ("a\tb\n1\t2\n", "tabs"),
        ('"a";"b"\n"1";"2"\n', "all quoted"),
        ("A, B \n\n1,2\n,\n", "capitals and blanks in the header, empty rows"),
        ('"a,x",b\n'.replace("a,x", "a") + "1,2\n", "a quoted name"),
    ],
)
def test_tables_of_many_programs_are_read(text: str, why: str) -> None:
    assert table(text) == [("1", "2")], why


def test_quotes_and_line_ends_are_part_of_a_cell() -> None:
    assert table('a,b\n"say ""yes""","two\r\nlines"\n') == [('say "yes"', "two\r\nlines")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a,b\n1,"2\n3,4\n', "f.csv:2:3: a quote begins here and never ends"),
        ('a,b\n"1"x,2\n', "f.csv:2:5: 'x' stands behind a closing quote"),
        ("a,b\n1,2,3\n", "f.csv:2:1: the row has 3 cells and the header 2"),
        ('a,b\n"1\n1",2\n3\n', "f.csv:4:1: the row has 1 cells and the header 2"),  # lines within cells count
    ],
)
def test_a_wrong_row_is_told_with_its_place(text: str, said: str) -> None:
    (problem,) = read(text, "f.csv", COLUMNS, ("a",)).problems
    assert problem.startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.csv:1:1: the file is empty"),
        ("b\n2\n", "f.csv:1:1: the header names no column a"),
        ("a,x y\n", "f.csv:1:3: there is no column 'x y'; there are: a, b"),
        ("a,b,a\n", "f.csv:1:5: the column a is there twice"),
    ],
)
def test_a_wrong_header_stops_everything(text: str, said: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text, "f.csv", COLUMNS, ("a",))
    assert caught.value.problems[0].startswith(said)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a\nbü\n".encode("latin-1"), "f.csv:2:2: byte 0xfc is not UTF-8"),
        ("a\n".encode("utf-16"), "f.csv:1:1: the file is in UTF-16"),
    ],
)
def test_another_encoding_is_refused_with_advice(content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match="CSV UTF-8") as caught:
        decode(content, "f.csv")
    assert caught.value.problems[0].startswith(said)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode("\ufeffa,b\n".encode(), "f.csv") == decode(b"a,b\n", "f.csv") == "a,b\n"


def test_a_long_file_takes_no_longer_for_each_row() -> None:
    sheet = read("a,b\n" + '1,"2"\n' * 100_000, "f.csv", COLUMNS, ("a",))
    assert len(sheet.records) == 100_000
    assert sheet.records[-1].cells["b"].line == 100_001
