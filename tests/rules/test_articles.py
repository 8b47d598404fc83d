"""Articles read from their folder: what a file says, and every mistake with its place."""

from pathlib import Path

import pytest

from mailcase.domain.article import Article, ArticleState, Audience, Library
from mailcase.errors import Invalid
from mailcase.files import defaults
from mailcase.rules.article_lint import Readers, lint_articles
from mailcase.rules.articles import load_articles, template

HEAD = "---\nid: KB-0001\ntitle: T\n---\nText.\n"
READERS = Readers(languages=frozenset({"en", "de"}), products=frozenset({"Portal"}))


def written(folder: Path, **files: str | bytes) -> Library:
    for name, content in files.items():
        path = folder / f"{name}.md"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load_articles(folder, "en")


def article(**changes: str) -> str:
    values = {"id": "KB-0001", "title": "T", "body": "Text.", **changes}
    body = values.pop("body")
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in values.items()) + f"---\n{body}\n"


def test_a_file_says_what_the_article_is(tmp_path: Path) -> None:
    (found,) = written(tmp_path, one=article(keywords="[a b, c]", product="Portal", state="published")).articles

    assert (found.number, found.title, found.keywords, found.products) == ("KB-0001", "T", ("a b", "c"), ("Portal",))
    assert (found.audience, found.state, found.language) == (Audience.INTERNAL, ArticleState.PUBLISHED, "en")
    assert (found.body, found.summary, found.place) == ("Text.\n", "Text.", f"{tmp_path.name}/one.md:2:5")


def test_windows_line_ends_and_a_byte_order_mark_are_no_matter(tmp_path: Path) -> None:
    (found,) = written(tmp_path, one=b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode()).articles

    assert found.body == "Text.\n"


def test_a_folder_that_is_not_there_has_no_articles(tmp_path: Path) -> None:
    assert load_articles(tmp_path / "none", "en") == Library(language="en")


def test_readme_and_hidden_files_are_no_articles(tmp_path: Path) -> None:
    (tmp_path / "_old").mkdir()
    for name in ("README.md", "_draft.md", ".x.md", "_old/a.md"):
        (tmp_path / name).write_text("no front matter")

    assert load_articles(tmp_path, "en").articles == ()


def test_every_change_is_another_version(tmp_path: Path) -> None:
    before = written(tmp_path, one=HEAD).version

    assert written(tmp_path, one=HEAD + "More.\n").version != before


HOSTILE = [
    ("no front matter", "hello\n", "1:1", "no front matter; begin it with ---"),
    ("front matter that does not end", "---\nid: KB-0001\n", "1:1", "does not end; write ---"),
    ("empty", "   \n", "1:1", "it is empty"),
    ("no id", "---\ntitle: T\n---\nx\n", "2:1", "'id' is missing; add it"),
    ("an id of another form", article(id="FAQ 7"), "2:5", "it should be the number of an article, such as KB-0012"),
    ("no title", "---\nid: KB-0001\n---\nx\n", "2:1", "'title' is missing"),
    ("a misspelt key", article(keyword="[a]"), "4:1", "did you mean 'keywords'?"),
    ("an unknown state", article(state="public"), "4:8", "'draft', 'published' or 'archived'"),
    ("an unknown audience", article(audience="everybody"), "4:11", "'internal' or 'public'"),
    ("a language in words", article(language="English"), "4:11", "ISO 639-1"),
    ("a number for a title", article(title="7"), "3:8", "valid string"),
    ("a text for keywords", article(keywords="a, b"), "4:11", "it should be a list, such as [one, two]"),
    ("a web address that is none", article(url="javascript:x"), "4:6", "begins with https://"),
    ("not YAML", article(keywords="[a"), "4:13", "check the YAML"),
    ("a key twice", article(Title="x").replace("Title", "title"), "4:1", "given twice"),
    ("an object", article(product="!!python/object/apply:os.system [id]"), "4:10", ""),
    ("published and empty", article(state="published", body=""), "4:8", "has no text; write it below"),
    ("another encoding", b"---\nid: KB-0001\ntitle: \xe4\n---\n", "3:1", "not UTF-8"),
]


@pytest.mark.parametrize(("content", "place", "words"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_a_mistake_is_told_with_its_place_and_a_way_out(
    content: str | bytes, place: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid) as caught:
        written(tmp_path, one=content)

    assert caught.value.problems[0].startswith(f"{tmp_path.name}/one.md:{place}: ")
    assert words in caught.value.problems[0]


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        written(tmp_path, one="x", two=article(state="x", audience="y"))

    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (HEAD, "in 'en' is"),
        (article(id="KB-1", language="de"), "write both alike"),  # one number in two spellings
    ],
)
def test_an_id_is_given_once_in_each_language(other: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=words):
        written(tmp_path, one=HEAD, two=other)


def test_a_translation_has_the_id_of_what_it_translates(tmp_path: Path) -> None:
    library = written(tmp_path, one=article(language="de", title="Deutsch"), two=HEAD)

    assert [found.language for found in library.translations("kb 1")] == ["en", "de"]
    assert library.find("KB-0001", "de").title == "Deutsch"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (article(body="\nSee [it](KB-0009)."), "one.md:6:1: it links to KB-0009, and there is no such article"),
        (
            article(body="[it](KB-0002.md#top)", state="published", audience="public", keywords="[a]"),
            "customers cannot",
        ),
        (article(language="fi"), "nobody is written to in 'fi'"),
        (article(product="Potral"), "names a product 'Potral'; there are Portal"),
        (article(state="published"), "it has no keywords"),
        (article(id="KB-2", language="de", audience="public").replace("KB-2", "KB-0002"), "make both alike"),
    ],
)
def test_what_is_hardly_meant_is_warned_of(content: str, words: str, tmp_path: Path) -> None:
    library = written(tmp_path, one=content, two=article(id="KB-0002", state="draft"))

    (warning,) = lint_articles(library, READERS)

    assert words in warning
    assert warning.startswith(f"{tmp_path.name}/one.md:")


def test_the_shipped_examples_are_sound() -> None:
    library = load_articles(defaults("articles"), "en")

    assert lint_articles(library, READERS) == ()
    assert all(library.find_public(found.number) is None for found in library.articles)


def test_a_file_that_was_written_is_read_as_it_was_meant(tmp_path: Path) -> None:
    meant = Article(
        number="KB-0007", language="no", title='A "quoted": title # no comment', keywords=("a: b", "null"),
        products=("Portal, new",), body="Text.\n",
    )  # fmt: skip
    (found,) = written(tmp_path, one="\n".join(template(meant)) + "\n").articles

    names = ("number", "language", "title", "keywords", "products", "body", "state", "audience")
    assert [getattr(found, name) for name in names] == [getattr(meant, name) for name in names]
