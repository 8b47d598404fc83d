"""The generated pages of docs/ say what the code says."""

import pytest

from generated import DOCS, PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_as_the_code_is(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == PAGES[page](), "run `make docs` and commit what it writes"


def test_every_setting_and_command_says_what_it_means() -> None:
    rows = [line for page in PAGES.values() for line in page().splitlines() if line.startswith("| `")]

    assert [row for row in rows if "|  |  |" in row] == []
    assert len(rows) > 100
