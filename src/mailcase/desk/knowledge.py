"""Articles on cases: which are suggested with a new case, what they are used for, and which of them solved it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from mailcase.desk.outcome import Outcome
from mailcase.domain.article import Article, Library, PublicArticle
from mailcase.domain.article_use import ArticleLink, ArticleUse, Use, is_solving, used
from mailcase.domain.case import Case
from mailcase.domain.events import CaseOpened, CaseReactivated, CaseResolved
from mailcase.domain.events_knowledge import ArticleUsed
from mailcase.domain.relevance import FOR_AGENTS, FOR_CUSTOMERS, strength
from mailcase.rules.stemming import stems
from mailcase.store import article_links, articles
from mailcase.store.articles import Wanted
from mailcase.store.tx import Tx

MAX_TOLD = 3  # articles that agents are told of
MAX_OFFERED = 2  # articles that customers are offered: more is a heap that nobody reads
CANDIDATES = 40  # hits of the full-text search that are looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """What may help with a new case."""

    for_agents: tuple[Article, ...] = ()
    for_customer: tuple[PublicArticle, ...] = ()
    uses: tuple[ArticleUse, ...] = ()
    """What the customer is offered, to be kept."""


def suggested(tx: Tx, library: Library, outcome: Outcome, language: str) -> Suggested:
    """Return what may help with a case that is being opened; `language` is that of mails to its customer."""
    opened = next((event for event in outcome.events if isinstance(event, CaseOpened)), None)
    if opened is None or outcome.is_quiet or not library.articles:
        return Suggested()
    case = outcome.case
    named = [library.find(number, language) for number in opened.articles]
    found = find(tx, library, case, (language, library.language), least=FOR_AGENTS)
    told = _once((*(one for one in named if one is not None and one.is_published), *found))[:MAX_TOLD]
    offered = _offered(tx, library, case, opened, language) if opened.suggest and opened.template else ()
    uses = tuple(ArticleUse(number=one.number, title=one.title, use=Use.OFFERED) for one in offered)
    return Suggested(for_agents=told, for_customer=offered, uses=uses)


def _offered(tx: Tx, library: Library, case: Case, opened: CaseOpened, language: str) -> tuple[PublicArticle, ...]:
    """Return what the customer is offered: nothing in another language, and nothing that is not clearly meant."""
    numbers = opened.articles
    if not numbers:
        close = find(tx, library, case, (language,), least=FOR_CUSTOMERS, is_public=True)
        numbers = tuple(article.number for article in close)
    public = (library.find_public(number, language) for number in numbers)
    return tuple(one for one in public if one is not None and one.language == language)[:MAX_OFFERED]


def find(
    tx: Tx, library: Library, case: Case, languages: Iterable[str], *, least: float, is_public: bool = False
) -> tuple[Article, ...]:
    """Return the published articles that what the customer wrote asks for, in these languages, the best first."""
    rated: list[tuple[float, int, Article]] = []
    for language in dict.fromkeys(languages):
        words = stems(f"{case.title}\n{case.description}", language) if language in library.languages else frozenset()
        hits = articles.find_any(tx, words, Wanted(language=language, is_public=is_public), CANDIDATES)
        for place, number in enumerate(hits):
            article = library.find(number, language)
            if article is not None and _may_be_suggested(article, language, case):
                rated.append((strength(words, article.profile, library.common(language)), -place, article))
    best = sorted((one for one in rated if one[0] >= least), key=lambda one: one[:2], reverse=True)
    return _once(article for _, _, article in best)


def _may_be_suggested(article: Article, language: str, case: Case) -> bool:
    return article.language == language and article.is_published and article.is_suggested and article.fits(case.product)


def _once(found: Iterable[Article]) -> tuple[Article, ...]:
    return tuple({article.number: article for article in reversed(tuple(found))}.values())[::-1]


def with_offer(outcome: Outcome, suggestion: Suggested) -> Outcome:
    """Return `outcome` with what its customer is offered, for the timeline and to be kept."""
    cause = outcome.events[0].cause if outcome.events else ""
    told = (
        ArticleUsed(actor="system", cause=cause, number=one.number, title=one.title, use=one.use)
        for one in suggestion.uses
    )
    return replace(outcome.then(*told), articles=(*outcome.articles, *suggestion.uses))


def sent(library: Library, outcome: Outcome, language: str) -> tuple[PublicArticle, ...]:
    """Return the articles that go to the customer, in their language if that can be."""
    numbers = [one.number for one in outcome.articles if one.use is Use.SENT]
    found = (library.find_public(number, language) for number in numbers)
    return tuple(one for one in found if one is not None)


def keep(tx: Tx, outcome: Outcome, case: Case) -> None:
    """Store what articles were used for, and what the end of the case says about those that were sent."""
    events = outcome.events
    is_resolved = any(isinstance(event, CaseResolved) for event in events)
    is_reopened = any(isinstance(event, CaseReactivated) for event in events)
    if not (outcome.articles or outcome.absorbed or is_resolved or is_reopened):
        return
    for loser_id in outcome.absorbed:
        article_links.move(tx, loser_id, case.id)
    known = {link.article: link for link in article_links.of_case(tx, case.id)}
    now, actor = case.modified_at, events[0].actor if events else "system"
    changed = dict(known)
    for one in outcome.articles:
        if one.use is Use.REMOVED:
            article_links.remove(tx, case.id, one.number)
            changed.pop(one.number, None)
            continue
        new = ArticleLink(case_id=case.id, article=one.number, created_at=now, created_by=actor)
        changed[one.number] = used(changed.get(one.number, new), one.use, now)
    for number, link in changed.items():
        settled = _settled(link, outcome, is_resolved=is_resolved, is_reopened=is_reopened)
        if settled != known.get(number):
            article_links.put(tx, settled)


def _settled(link: ArticleLink, outcome: Outcome, *, is_resolved: bool, is_reopened: bool) -> ArticleLink:
    """Return `link` as the end, or the reopening, of its case leaves it."""
    if is_resolved and not outcome.case.is_active and is_solving(link):
        return replace(link, solved_at=outcome.case.resolved_at)
    if is_reopened and link.solved_at is not None and not link.is_confirmed:
        return replace(link, solved_at=None)
    return link
