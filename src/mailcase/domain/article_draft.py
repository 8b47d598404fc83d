"""The first draft of an article from a resolved case: what was asked, what solved it, and nothing of who asked."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.anonymous import names_in, without_person
from mailcase.domain.article import Article, ArticleState, Audience
from mailcase.domain.case import Case, Status
from mailcase.domain.party import Account, Contact
from mailcase.domain.similarity import words_of
from mailcase.errors import Refused

MAX_KEYWORDS = 6
_MARK = re.compile(r"\[[a-z ]+\]")
_HEADINGS = {
    "de": ("Frage", "Lösung"),
    "fr": ("Question", "Solution"),
    "es": ("Pregunta", "Solución"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose traces are taken out."""

    contact: Contact | None
    account: Account | None
    agents: tuple[str, ...] = ()
    """Names of people who work here: they change, articles stay."""


def draft(case: Case, mails: Sequence[Activity], person: Person, number: str, language: str) -> Article:
    """Return an internal draft from a resolved case; `mails` are its activities, the oldest first.

    Raises Refused when the case is not resolved, or tells nothing that solved it.
    """
    if case.status is not Status.RESOLVED:
        raise Refused(f"{case.number} is {case.status}; an article is drafted from a resolved case.")
    question = _first(mails, ActivityKind.EMAIL_IN) or case.description
    answer = case.resolution.strip() or _last_answer(mails)
    if not answer:
        raise Refused(f"{case.number} tells no resolution; write the article by hand.")
    names = (*_names(person, mails), *names_in(*person.agents))
    secrets = tuple(value for _, value in case.custom)
    title, asked, solved = (without_person(text, names, secrets) for text in (case.title, question, answer))
    ask, solve = _HEADINGS.get(language, ("Question", "Answer"))
    return Article(
        number=number,
        language=language,
        title=" ".join(title.split()) or "Untitled",
        keywords=_keywords(f"{title} {title} {asked} {solved}"),
        audience=Audience.INTERNAL,
        state=ArticleState.DRAFT,
        products=(case.product,) if case.product else (),
        body=f"## {ask}\n\n{asked}\n\n## {solve}\n\n{solved}\n",
    )


def _names(person: Person, mails: Iterable[Activity]) -> tuple[str, ...]:
    contact, account = person.contact, person.account
    local = contact.address.partition("@")[0] if contact else ""
    known = [contact.name if contact else "", account.name if account else ""]
    known += [re.sub(r"[._+-]", " ", local)] if re.search(r"[._-]", local) else [local]
    known += [activity.sender.partition("@")[0].replace(".", " ") for activity in mails if activity.sender]
    return names_in(*known)


def _first(mails: Iterable[Activity], kind: ActivityKind) -> str:
    return next((one.text for one in mails if one.kind is kind and not one.is_automatic and one.text.strip()), "")


def _last_answer(mails: Sequence[Activity]) -> str:
    return _first(reversed(mails), ActivityKind.EMAIL_OUT)


def _keywords(text: str) -> tuple[str, ...]:
    """Return the words that are said most, but for those that every mail has."""
    plain = _MARK.sub(" ", text)
    counts = Counter(word for word in re.findall(r"\w{4,}", plain.casefold()) if not word.isdigit())
    telling = words_of(plain)
    return tuple(word for word, _ in counts.most_common() if word in telling)[:MAX_KEYWORDS]
