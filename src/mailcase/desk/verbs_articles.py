"""The verb about articles: `#kb KB-0012`, `#kb KB-0012 link`, `#kb KB-0012 solved`, `#kb -KB-0012`, `#kb search words`."""

import re
from collections.abc import Mapping
from dataclasses import replace

from mailcase.desk.call import Call, Verb
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain import lifecycle
from mailcase.domain.article import Article, Audience, Library, article_number
from mailcase.domain.article_use import ArticleUse, Use
from mailcase.domain.events_knowledge import ArticleUsed
from mailcase.errors import Refused

SEARCH = frozenset({"search", "find", "suche", "suchen", "chercher", "recherche", "buscar"})
USES: Mapping[str, Use] = {
    "send": Use.SENT, "senden": Use.SENT, "envoyer": Use.SENT, "enviar": Use.SENT,
    "link": Use.LINKED, "verknüpfen": Use.LINKED, "lier": Use.LINKED, "enlazar": Use.LINKED,
    "solved": Use.SOLVED, "gelöst": Use.SOLVED, "résolu": Use.SOLVED, "resuelto": Use.SOLVED,
}  # fmt: skip
MAX_SENT = 3  # articles in one mail
MAX_LISTED = 10
_WORD = re.compile(r"[^\s,;]+")


def _kb(outcome: Outcome, call: Call) -> Outcome:
    words = _WORD.findall(call.argument)
    if words[0].lower() in SEARCH:
        return _search(outcome, " ".join(words[1:]), call)
    asked = [word for word in words if word.lower() not in USES]
    uses = {USES[word.lower()] for word in words if word.lower() in USES}
    if len(uses) > 1 or not asked:
        raise Refused("write #kb KB-0012 to send an article, with `link` or `solved` behind it only to note it.")
    use = next(iter(uses), Use.SENT)
    for word in asked:
        article = _find(word.removeprefix("-"), outcome, call)
        outcome = _used(outcome, article, Use.REMOVED if word.startswith("-") else use, call.act, call.around.library)
    return outcome


def _search(outcome: Outcome, words: str, call: Call) -> Outcome:
    """Answer with the articles that were found, and leave the case alone."""
    found = call.around.shelf.articles(words, outcome.case.product, MAX_LISTED)
    lines = [f"{article.number} {article.title} ({article.audience}, {article.language})" for article in found]
    return replace(outcome, answers=(*outcome.answers, "\n".join(lines) or f"no article has {words!r}"))


def _find(word: str, outcome: Outcome, call: Call) -> Article:
    """Return the article that `word` names, in the customer's language if that can be. Raises Refused."""
    library = call.around.library
    if article_number(word) is None:
        raise Refused(f"{word!r} is no number of an article, such as KB-0012; #kb search words finds one.")
    article = library.find(word, outcome.case.language or "")
    if article is None:
        raise Refused(f"there is no article {word}; #kb search words finds one.")
    return article


def _used(outcome: Outcome, article: Article, use: Use, act: Act, library: Library) -> Outcome:
    if use is Use.SENT:
        _require_sendable(outcome, article, library)
    one = ArticleUse(number=article.number, title=article.title, use=use)
    event = ArticleUsed(actor=act.actor, cause=act.cause, number=one.number, title=one.title, use=use)
    return replace(outcome.then(event), articles=(*outcome.articles, one))


def _require_sendable(outcome: Outcome, article: Article, library: Library) -> None:
    """Raise Refused unless the article may go to the customer, with this mail."""
    lifecycle.require_active(outcome.case)
    number = article.number
    if library.find_public(number) is None and article.audience is Audience.INTERNAL:
        raise Refused(f"{number} is internal: customers never get it. #kb {number} link notes that it belongs here.")
    if library.find_public(number) is None:
        raise Refused(f"{number} is {article.state}; only published articles go to customers.")
    sent = [one.number for one in outcome.articles if one.use is Use.SENT]
    if number in sent:
        raise Refused(f"{number} is in this mail already.")
    if len(sent) == MAX_SENT:
        raise Refused(f"a mail takes {MAX_SENT} articles; send the others with another.")


KNOWLEDGE: dict[str, Verb] = {"kb": _kb}
