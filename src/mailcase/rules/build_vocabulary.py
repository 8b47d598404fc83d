"""Fields of one's own and the subject tree, made of their forms; and that rules use only what is declared."""

from collections.abc import Callable, Iterator, Mapping

from mailcase.domain.vocabulary import CustomField, FieldType, Vocabulary
from mailcase.errors import Refused
from mailcase.rules import schema_desk as schema
from mailcase.rules.capturing import CUSTOMER
from mailcase.rules.documents import Path, Place
from mailcase.rules.expression import Condition
from mailcase.rules.page import Page
from mailcase.rules.rulebook import Rulebook

OF_CASE = CUSTOMER | {"title", "priority", "type", "origin", "subject", "product", "tags", "queue", "owner", "sla"}
"""Names that a capture or a rule fills in on the case itself."""


def fields(form: schema.CustomFieldsFile, page: Page) -> dict[str, CustomField]:
    """Return the declared fields by name."""
    found = {}
    for name, one in (form.fields or {}).items():
        if name in OF_CASE:
            page.wrong(("fields", name, ""), f"{name} is a field of every case; choose another name.")
        if bool(one.choices) != (one.type is FieldType.CHOICE):
            page.wrong(("fields", name, ""), "`choices` belong to the type choice, and only to it.")
        found[name] = CustomField(
            name=name, title=one.title or name, kind=one.type, choices=tuple(dict.fromkeys(one.choices or ()))
        )
    return found


def subjects(form: schema.SubjectsFile, _page: Page) -> dict[str, str]:
    """Return the titles of all subjects by path, a parent before its children."""
    return dict(_paths(form.subjects or {}, ""))


def _paths(tree: Mapping[str, schema.SubjectForm], above: str) -> Iterator[tuple[str, str]]:
    for key, one in tree.items():
        yield f"{above}{key}", one.title or key
        yield from _paths(one.subjects or {}, f"{above}{key}/")


def checked_fields(given: Mapping[str, str], vocabulary: Vocabulary, path: Path, page: Page) -> dict[str, str]:
    """Return the values that a rule fills in, in the form in which they are kept."""
    return {name: _checked(name, text, vocabulary, (*path, name), page) for name, text in given.items()}


def _checked(name: str, text: str, vocabulary: Vocabulary, path: Path, page: Page) -> str:
    return _or_complain(lambda: vocabulary.find_field(name).value(text), path, page)


def checked_subject(subject: str | None, vocabulary: Vocabulary, path: Path, page: Page) -> str | None:
    """Return the path of the subject that a rule names."""
    if subject is None or "subject" in page.unread:
        return subject
    return _or_complain(lambda: vocabulary.find_subject(subject), path, page)


def _or_complain(find: Callable[[], str], path: Path, page: Page) -> str:
    try:
        return find()
    except Refused as refused:
        if "field" not in page.unread:
            page.wrong(path, str(refused))
        return ""


def unknown_fields(book: Rulebook) -> Iterator[tuple[Place, str]]:
    """Yield a place and a complaint for each condition that reads a field which the desk does not declare."""
    conditions: list[tuple[Place, Condition | None]] = [(rule.place, rule.condition) for rule in book.creation]
    conditions += [(rule.place, rule.condition) for rule in book.routing]
    for level in book.slas.values():
        for terms in level.terms.values():
            conditions += [(terms.place, terms.applies), (terms.place, terms.succeeds)]
    for rules in book.flows.values():
        conditions.append((rules.place, rules.applies))
        conditions += [(rules.place, branch.condition) for ways in rules.branches.values() for branch in ways]
    for place, condition in conditions:
        for name in sorted(condition.fields if condition else ()):
            try:
                book.vocabulary.find_field(name)
            except Refused as refused:
                yield place, f"its condition reads case.fields: {refused}"
