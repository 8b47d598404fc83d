"""The verbs of process flows: `#stage #flow`."""

from collections.abc import Callable

from mailcase.desk import flows
from mailcase.desk.call import Call, Verb
from mailcase.desk.outcome import Outcome
from mailcase.desk.rights import require
from mailcase.domain import flow_moves
from mailcase.domain.case import Case
from mailcase.domain.flow_moves import Walk, has_gates
from mailcase.domain.permission import Right
from mailcase.errors import Refused
from mailcase.rules.flows import find_flow, flow_of, onward, require_applicable

NEXT = frozenset({"next", "weiter", "nächste", "suivant", "suivante", "siguiente"})
BACK = frozenset({"back", "zurück", "retour", "précédente", "atrás", "anterior"})
FINISH = frozenset({"finish", "abschließen", "beenden", "terminer", "terminar"})
GIVE_UP = frozenset({"abandon", "none", "-", "aufgeben", "abandonner", "abandonar"})
_MOVES: tuple[tuple[frozenset[str], Callable[[Case, Walk], Case]], ...] = (
    (NEXT, flow_moves.advance),
    (BACK, lambda case, _: flow_moves.go_back(case)),
    (FINISH, flow_moves.finish),
)


def _stage(outcome: Outcome, call: Call) -> Outcome:
    """`#stage next`, `#stage back`, `#stage finish`, or the name of a stage."""
    walk = _walk(outcome, call)
    word = call.argument.strip().casefold()
    move = next((one for words, one in _MOVES if word in words), None)
    if move is None:
        moved = flow_moves.go_to(outcome.case, walk.flow.find(call.argument), walk)
    else:
        moved = move(outcome.case, walk)
    return flows.move(outcome, moved, walk.flow, call.act)


def _walk(outcome: Outcome, call: Call) -> Walk:
    case = outcome.case
    rules = call.rulebook.flows.get(case.flow or "")
    if rules is None:
        known = ", ".join(call.rulebook.flows) or "none"
        what = f"its flow {case.flow} is not in flows.yaml any more" if case.flow else "it has no flow"
        raise Refused(f"{case.number}: {what}; #flow NAME begins one of: {known}.")
    people = call.around.shelf.people(case)
    return Walk(
        flow=rules.flow,
        onward=onward(rules, people, call.rulebook, call.now),
        activities=outcome.all_work,
    )


def _flow(outcome: Outcome, call: Call) -> Outcome:
    """`#flow NAME`, or `#flow abandon why`."""
    case, current = outcome.case, flow_of(outcome.case, call.rulebook)
    first, _, rest = call.argument.strip().partition(" ")
    if first.casefold() in GIVE_UP:
        _require_free(case, call)
        return flows.give_up(outcome, current, rest.strip(), call.act)
    rules = find_flow(call.argument, call.rulebook)
    require_applicable(rules, case, call.around.shelf.people(case), call.rulebook, call.now)
    _require_free(case, call)
    return flows.begin(outcome, rules.flow, call.act)


def _require_free(case: Case, call: Call) -> None:
    """Raise Refused when a flow with gates is under way, and somebody who may not wants to be rid of it."""
    if not case.is_in_flow or not has_gates(flow_of(case, call.rulebook)):
        return
    try:
        require(call.rulebook, call.request.agent, Right.LEAVE_GATES, case)
    except Refused as refused:
        raise Refused(f"the flow {case.flow} has a stage that gates the resolution: {refused}") from refused


FLOWS: dict[str, Verb] = {"stage": _stage, "flow": _flow}
