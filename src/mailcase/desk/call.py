"""One command that is to be run, with all that its verb may need: who asks, by which rules, and the other cases."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from mailcase.desk.outcome import Act, NewActivity, Outcome
from mailcase.desk.rights import require
from mailcase.domain.activity import Activity
from mailcase.domain.article import Article, Library
from mailcase.domain.case import Case
from mailcase.domain.command import Command
from mailcase.domain.decision import Context
from mailcase.domain.draft import Draft
from mailcase.domain.email import Attachment
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.number import parse_number
from mailcase.domain.party import Account, Agent, Contact, Team, canonical_address
from mailcase.domain.queue import Queue
from mailcase.domain.relations import CaseLink
from mailcase.domain.transcript import Transcript
from mailcase.errors import Invalid, Refused
from mailcase.rules.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whom a case may be made the case of."""

    contact: Contact
    account: Account | None
    bought: tuple[Standing, ...]
    """What the two have bought, over or not."""


class Shelf(Protocol):
    """Where verbs find cases besides the one that they work on."""

    def case(self, case_id: int) -> Outcome | None:
        """Return the case with this id, as work on it would begin."""
        ...

    def people(self, case: Case) -> Context:
        """Return who stands behind a case."""
        ...

    def children(self, case: Case) -> tuple[Outcome, ...]:
        """Return the children of a case, the oldest first."""
        ...

    def links(self, case: Case) -> tuple[CaseLink, ...]:
        """Return what a case is linked with."""
        ...

    def new_id(self) -> int:
        """Return the id of a case that is going to be stored."""
        ...

    def last_transcript(self, case: Case) -> Transcript | None:
        """Return what the last commands on a case changed, if that was not taken back."""
        ...

    def activities(self, case: Case) -> tuple[Activity, ...]:
        """Return the activities of a case."""
        ...

    def customer(self, who: str | int) -> Customer | None:
        """Return who writes from an address (canonical), or the contact with an id."""
        ...

    def newcomer(self, contact: Contact) -> Customer:
        """Return a contact that is going to be stored, with the account of its domain. Raises Refused for our own."""
        ...

    def articles(self, words: str, product: str, limit: int) -> tuple[Article, ...]:
        """Return the published articles with all of these words that fit a product, the best first."""
        ...


class EmptyShelf:
    """There is no other case."""

    def case(self, case_id: int) -> Outcome | None:  # noqa: ARG002 - as the protocol has it
        """Return None."""
        return None

    def people(self, case: Case) -> Context:
        """Return that nobody is known."""
        return Context(mailbox=Mailbox(name=case.mailbox, address=""), contact=None, case=case)

    def children(self, case: Case) -> tuple[Outcome, ...]:  # noqa: ARG002 - as above
        """Return none."""
        return ()

    def links(self, case: Case) -> tuple[CaseLink, ...]:  # noqa: ARG002 - as above
        """Return none."""
        return ()

    def new_id(self) -> int:
        """Return 0: the database gives the id."""
        return 0

    def last_transcript(self, case: Case) -> Transcript | None:  # noqa: ARG002 - as above
        """Return None."""
        return None

    def activities(self, case: Case) -> tuple[Activity, ...]:  # noqa: ARG002 - as above
        """Return none."""
        return ()

    def customer(self, who: str | int) -> Customer | None:  # noqa: ARG002 - as above
        """Return None."""
        return None

    def newcomer(self, contact: Contact) -> Customer:
        """Return it without an account."""
        return Customer(contact=contact, account=None, bought=())

    def articles(self, words: str, product: str, limit: int) -> tuple[Article, ...]:  # noqa: ARG002 - as above
        """Return none."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a request is worked on."""

    shelf: Shelf = field(default_factory=EmptyShelf)
    library: Library = field(default_factory=Library)
    """The articles of the desk."""
    zone: tzinfo = UTC
    """In which people name times."""
    insiders: frozenset[str] = frozenset()
    """Who is never copied: the desk, its agents and the customer (`desk.participants`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Commands and words of one agent for one case."""

    agent: Agent
    commands: tuple[Command, ...]
    words: NewActivity | None
    """The mail for the customer, or None when there are no words."""
    files: tuple[Attachment, ...] = ()
    """To be kept with a note; those of a mail are kept with the activity that the mail becomes."""
    draft: Draft | None = None
    """The held mail whose commands and words these are, if they are one's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One command, with all that a verb may need to do it."""

    command: Command
    request: Request
    rulebook: Rulebook
    act: Act
    around: Surroundings = field(default_factory=Surroundings)

    @property
    def argument(self) -> str:
        """What stands behind the name of the command."""
        return self.command.argument

    @property
    def now(self) -> datetime:
        """When it is run, UTC."""
        return self.act.now

    def find_agent(self, words: str) -> Agent:
        """Return the agent whom `words` name. Raises Refused."""
        return find_agent(words, self.request.agent, self.rulebook.agents)

    def find_owner(self, words: str) -> Agent | Team:
        """Return the agent or team whom `words` name. Raises Refused."""
        return find_owner(words, self.request.agent, self.rulebook)


Verb = Callable[[Outcome, Call], Outcome]


def find_agent(words: str, me: Agent | None, agents: Mapping[str, Agent]) -> Agent:
    """Return the agent whom `words` names: `me`, a key, an address, or a name's unique beginning."""
    wanted = words.strip().lstrip("@").lower()
    if wanted in ("me", "mir", "moi", "mí") and me is not None:
        return me
    for agent in agents.values():
        if wanted in (agent.key.lower(), agent.name.lower()) or canonical_address(wanted) == agent.address:
            return agent
    close = [agent for agent in agents.values() if wanted and agent.name.lower().startswith(wanted)]
    if len(close) == 1:
        return close[0]
    raise Refused(f"{words!r} is no agent here; there are: {', '.join(sorted(agents)) or 'none'}.")


def find_owner(words: str, me: Agent | None, rules: Rulebook) -> Agent | Team:
    """Return the team whose key or name is `words`, or the agent whom they name as `find_agent` has it."""
    wanted = words.strip().lstrip("@").lower()
    for team in rules.teams.values():
        if wanted in (team.key.lower(), team.name.lower()):
            return team
    try:
        return find_agent(words, me, rules.agents)
    except Refused as refused:
        if not rules.teams:
            raise
        raise Refused(f"{refused} Teams: {', '.join(sorted(rules.teams))}.") from refused


def find_queue(words: str, queues: Mapping[str, Queue]) -> Queue:
    """Return the queue whose name or title is `words`."""
    wanted = words.strip().lower()
    for queue in queues.values():
        if wanted in (queue.name.lower(), queue.title.lower()):
            return queue
    raise Refused(f"{words!r} is no queue here; there are: {', '.join(sorted(queues)) or 'none'}.")


def find_case(number: str, call: Call) -> Outcome:
    """Return the case with this number, as work on it begins.

    Raises Refused when there is none, it is mistyped, or who asks may not do this with it.
    """
    try:
        found = call.around.shelf.case(parse_number(number.strip(" ,;")))
    except Invalid as error:
        raise Refused(str(error)) from error
    if found is None:
        raise Refused(f"{number} does not exist here.")
    require(call.rulebook, call.request.agent, call.command.spec.name, found.case)
    return found
