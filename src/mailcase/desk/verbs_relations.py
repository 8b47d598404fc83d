"""The verbs about other cases: `#merge #child #parent #link`."""

import re
from dataclasses import replace

from mailcase.desk import relations
from mailcase.desk.call import Call, Verb, find_case, find_queue
from mailcase.desk.flows import begin_by_itself
from mailcase.desk.outcome import Outcome
from mailcase.domain.queue import Queue
from mailcase.errors import Refused

TELL = frozenset({"tell", "notify", "sagen", "mitteilen", "prévenir", "avisar"})
NONE = frozenset({"-", "none", "kein", "keiner", "aucun", "ninguno"})
_NUMBER = re.compile(r"[^\s,;]+")
_QUEUED = re.compile(r"\s*(?P<queue>[^:\n]{1,60}):(?:\s+(?P<title>.*))?", re.DOTALL)


def _merge(outcome: Outcome, call: Call) -> Outcome:
    """`#merge CAS… [CAS…] [tell]`."""
    words = _NUMBER.findall(call.argument)
    losers = [find_case(word, call) for word in words if word.lower() not in TELL]
    shelf = call.around.shelf
    children = [child for loser in losers for child in shelf.children(loser.case)]
    return relations.merge(
        outcome,
        losers,
        children,
        call.rulebook.status_reasons,
        call.act,
        own_children=len(shelf.children(outcome.case)),
        tell=any(word.lower() in TELL for word in words),
    )


def _child(outcome: Outcome, call: Call) -> Outcome:
    """`#child [queue:] title`."""
    queue, title = _queued(call)
    shelf = call.around.shelf
    born = sum(other.before is None for other in outcome.others)
    siblings = len(shelf.children(outcome.case)) + born
    added = relations.add_child(outcome, shelf.new_id(), title, queue, siblings, call.act)
    *others, child = added.others
    begun = begin_by_itself(child, shelf.people(outcome.case), call.rulebook, call.act)
    return replace(added, others=(*others, begun))


def _queued(call: Call) -> tuple[Queue | None, str]:
    match = _QUEUED.fullmatch(call.argument)
    if match is None:
        return None, call.argument
    try:
        return find_queue(match["queue"], call.rulebook.queues), match["title"] or ""
    except Refused:  # a title may have a colon of its own
        return None, call.argument


def _parent(outcome: Outcome, call: Call) -> Outcome:
    """`#parent CAS…`, or `#parent -` to leave it."""
    shelf = call.around.shelf
    if call.argument.strip().lower() in NONE:
        parent = shelf.case(outcome.case.parent_id) if outcome.case.parent_id else None
        if parent is None:
            raise Refused(f"{outcome.case.number} is nobody's child.")
        return relations.leave_parent(outcome, parent, call.act)
    parent = find_case(call.argument, call)
    siblings, children = len(shelf.children(parent.case)), len(shelf.children(outcome.case))
    return relations.set_parent(outcome, parent, siblings, children, call.act)


def _link(outcome: Outcome, call: Call) -> Outcome:
    """`#link CAS…`; a number with a leading dash takes the link away."""
    words = _NUMBER.findall(call.argument)
    linked = frozenset(
        other for link in call.around.shelf.links(outcome.case) for other in (link.case_id, link.other_id)
    ) - {outcome.case.id}
    added = [find_case(word, call) for word in words if not word.startswith("-")]
    removed = [find_case(word[1:], call) for word in words if word.startswith("-")]
    if added:
        outcome = relations.link(outcome, added, linked, call.act)
    return relations.unlink(outcome, removed, linked, call.act) if removed else outcome


RELATIONS: dict[str, Verb] = {"merge": _merge, "child": _child, "parent": _parent, "link": _link}
