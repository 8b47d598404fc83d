"""Who takes part in a case besides its customer: copied on every answer, in a Cc that all can see; their replies join.

Only an agent makes somebody a participant. A Cc in a mail never does; the agent is told of it (GUARANTEES G12).
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from mailcase.desk.call import Call
from mailcase.desk.desk import Desk
from mailcase.desk.outcome import Act, Outcome
from mailcase.domain.case import Case
from mailcase.domain.email import Address, InboundEmail
from mailcase.domain.events_mail import CopiesChanged
from mailcase.domain.party import canonical_address
from mailcase.errors import Refused
from mailcase.mail.thread import without_tokens
from mailcase.store import contacts
from mailcase.store.tx import Tx

MAX_PARTICIPANTS = 20
_ADDRESS = re.compile(r"(?P<sign>[+-]?)<?(?P<address>[^\s<>,;@+-][^\s<>,;@]*@[^\s<>,;@]+\.[^\s<>,;@.]+)>?[,;]?")


def change(outcome: Outcome, call: Call) -> Outcome:
    """Do what `#cc` says: add the addresses, take off those with a dash, or, without any, change nothing.

    Raises Refused for what is no address, and for the addresses of the desk, its agents and the customer.
    """
    added, removed = parse(call.argument)
    return changed(outcome, added, removed, call.around.insiders, call.act)


def changed(
    outcome: Outcome, added: Iterable[str], removed: Iterable[str], insiders: Collection[str], act: Act
) -> Outcome:
    """Return the outcome with others who are copied; `insiders` get the mail anyway, or must not. Raises Refused."""
    before = outcome.case.cc
    gone = tuple(dict.fromkeys(removed))
    for address in gone:
        if address not in before:
            raise Refused(f"{address} is not copied; copied are: {', '.join(before) or 'none'}.")
    new = tuple(address for address in dict.fromkeys(added) if address not in before)
    for address in new:
        if address in insiders:
            raise Refused(f"{address} belongs to the desk, or is the customer; there is no need to copy it.")
    now = (*(address for address in before if address not in gone), *new)
    if len(now) > MAX_PARTICIPANTS:
        raise Refused(f"at most {MAX_PARTICIPANTS} others take part in a case; take one off first.")
    if now == before:
        return outcome
    event = CopiesChanged(actor=act.actor, cause=act.cause, added=new, removed=gone)
    return outcome.then(event, case=replace(outcome.case, cc=now))


def insiders(tx: Tx, desk: Desk, case: Case) -> frozenset[str]:
    """Return whom nobody has to copy: the desk, its agents and the customer; `@domain` stands for a whole domain."""
    return frozenset((*of_house(desk), *contacts.addresses(tx, case.contact_id)))


def of_house(desk: Desk) -> frozenset[str]:
    """Return the addresses of the desk and its agents, and its domains as `@domain`."""
    own = desk.own_addresses
    agents = (agent.address for agent in desk.rulebook.agents.values())
    return frozenset((*own, *agents, *(f"@{address.rpartition('@')[2]}" for address in own)))


def parse(argument: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the canonical addresses that `argument` adds, and those that it takes off.

    Names beside an address in angle brackets are passed over. Raises Refused when it holds no address at all.
    """
    if not argument.strip():
        return (), ()
    found = [(match["sign"], canonical_address(match["address"])) for match in _ADDRESS.finditer(_signed(argument))]
    if not found:
        raise Refused(f"{argument!r} holds no mail address; write #cc +max@x.example or #cc -max@x.example.")
    return (
        tuple(address for sign, address in found if sign != "-"),
        tuple(address for sign, address in found if sign == "-"),
    )


def told(outcome: Outcome) -> str:
    """Say who is copied."""
    return f"copied: {', '.join(outcome.case.cc)}" if outcome.case.cc else "nobody else is copied"


def outsiders(email: InboundEmail, participants: Collection[str], insiders: Collection[str]) -> tuple[str, ...]:
    """Return the addresses in To and Cc of `email` that neither belong to the desk nor take part in the case."""
    return outside((*email.to, *email.cc), participants, insiders)


def outside(addresses: Iterable[Address], participants: Collection[str], insiders: Collection[str]) -> tuple[str, ...]:
    """Return those of `addresses`, canonical, that neither belong to the desk nor take part in the case."""
    own_domains = {address.rpartition("@")[2] for address in insiders if address.startswith("@")}
    found = dict.fromkeys(canonical_address(without_tokens(one.address)) for one in addresses)
    known = {*participants, *insiders}
    return tuple(one for one in found if "@" in one and one not in known and one.rpartition("@")[2] not in own_domains)


def _signed(argument: str) -> str:
    """Return `argument` with the sign before a name put before its address: `-Max <max@x.example>`.

    What Outlook adds to an address in plain text, `<mailto:max@x.example>`, is left out.
    """
    argument = re.sub(r"[<(]mailto:[^<>()\s]*[>)]|mailto:|[\[\]]", "", argument, flags=re.IGNORECASE)
    return re.sub(r"(?<!\S)([+-])[^@<>,;]*<", r" \1<", argument)
