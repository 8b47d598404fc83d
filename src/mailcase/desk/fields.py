"""The fields of a case as people set them: each takes what was written, and refuses what is no value of the field."""

from mailcase.desk import cases
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.case import MAX_TITLE, CaseType, Priority
from mailcase.errors import Refused


def set_priority(outcome: Outcome, word: str, act: Act) -> Outcome:
    """Set the priority that `word` names."""
    lifecycle.require_active(outcome.case)
    return cases.change_fields(outcome, act, priority=_choice(Priority, word))


def set_type(outcome: Outcome, word: str, act: Act) -> Outcome:
    """Set the case type that `word` names."""
    lifecycle.require_active(outcome.case)
    return cases.change_fields(outcome, act, case_type=_choice(CaseType, word))


def set_tags(outcome: Outcome, words: str, act: Act) -> Outcome:
    """Add the tags in `words`, separated by spaces or commas; one with a leading dash is taken off."""
    tags = dict.fromkeys(outcome.case.tags)
    for word in words.lower().replace(",", " ").split():
        if word.startswith("-"):
            tags.pop(word[1:], None)
        else:
            tags[word.lstrip("#")] = None
    return cases.change_fields(outcome, act, tags=tuple(tags))


def set_words(outcome: Outcome, name: str, text: str, act: Act) -> Outcome:
    """Set the field of every case called `name`, title or product, to one line of text. Raises Refused for no title."""
    words = " ".join(text.split())[:MAX_TITLE]
    if not words and name == "title":
        raise Refused("a case needs a title; write `#set title` and a few words.")
    return cases.change_fields(outcome, act, **{name: words})


def set_field(outcome: Outcome, name: str, value: str | None, act: Act) -> Outcome:
    """Set a field of one's own to a value in the form in which it is kept, or take it away with None."""
    custom = {**dict(outcome.case.custom), name: value or ""}
    return cases.change_fields(outcome, act, custom=tuple((key, text) for key, text in custom.items() if text))


def _choice(kind: type[Priority] | type[CaseType], word: str) -> Priority | CaseType:
    try:
        return kind(word.strip().lower())
    except ValueError:
        raise Refused(f"{word!r} is none of {', '.join(kind)}.") from None
