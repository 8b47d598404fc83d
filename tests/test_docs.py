"""The pages for people: what they tell to type works, what they tell to write is read, where they point is something."""

import shutil
from pathlib import Path

import pytest

import docs_pages
import generated
from mailcase.config import load_config
from mailcase.files import defaults, load_files

OPTIONS = generated.options()
NOT_YET: set[str] = set()
"""Commands that pages of the rules already tell of. The test fails as soon as one is there, so that it leaves this set."""
README = docs_pages.ROOT / "README.md"
SETTINGS = [
    pytest.param(block, id=f"{docs_pages.name(page)} {number}")
    for page in docs_pages.PAGES
    for number, block in enumerate(docs_pages.blocks(page, "toml"), 1)
]


def test_the_readme_shows_settings_for_three_kinds_of_server() -> None:
    assert len(docs_pages.blocks(README, "toml")) == 3


@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_on_a_page_are_read(settings: str, tmp_path: Path) -> None:
    path = tmp_path / "mailcase.toml"
    path.write_text(settings)

    config = load_config(path)

    assert config.model_fields_set


@pytest.mark.parametrize("page", docs_pages.PAGES, ids=docs_pages.name)
def test_a_command_on_a_page_is_one(page: Path) -> None:
    for words in docs_pages.commands(page):
        if any(" ".join(words).startswith(command) for command in NOT_YET):
            continue
        path = words_of_command(words)
        allowed = OPTIONS["mailcase"] | OPTIONS.get(path, frozenset()) | {"-h", "--help"}
        unknown = [word for word in words if word.startswith("-") and word != "-" and word not in allowed]
        assert (path, unknown) == (path, []), f"{' '.join(words)}: no such option"


def test_a_command_that_is_not_there_yet_is_not_there() -> None:
    assert NOT_YET.isdisjoint(OPTIONS)


def words_of_command(words: list[str]) -> str:
    """Return the name of the command that `words` run. Fails when there is none."""
    groups = {name.rpartition(" ")[0] for name in OPTIONS}
    plain, skip = ["mailcase"], False
    for word in words[1:]:
        if skip or word.startswith("-") or word == "…":
            skip = word in ("--config", "-c")
            continue
        if f"{' '.join(plain)} {word}" not in OPTIONS.keys() | groups:
            assert " ".join(plain) not in groups, f"{' '.join(words)}: no such command"
            break
        plain.append(word)
    return " ".join(plain)


def test_the_rules_of_the_readme_are_read(tmp_path: Path) -> None:
    for kind in ("rules", "templates"):
        shutil.copytree(defaults(kind), tmp_path / kind)
    (tmp_path / "mailcase.toml").write_text(docs_pages.blocks(README, "toml")[0])
    (block,) = docs_pages.blocks(README, "yaml")
    (tmp_path / block.splitlines()[0].removeprefix("# ")).write_text(block)

    rulebook = load_files(load_config(tmp_path / "mailcase.toml"), {}).rulebook

    assert rulebook.agents["anna"].address == "anna@example.com"


@pytest.mark.parametrize("page", docs_pages.PAGES, ids=docs_pages.name)
def test_a_link_on_a_page_leads_somewhere(page: Path) -> None:
    assert [str(target) for target in docs_pages.links(page) if not target.exists()] == []


def test_every_decision_is_in_the_index() -> None:
    index = docs_pages.ROOT / "docs/decisions/README.md"

    assert {target.name for target in docs_pages.links(index)} == {
        page.name for page in index.parent.glob("*.md") if page != index
    }
