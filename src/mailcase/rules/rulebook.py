"""The rulebook: everything the rule files say, checked, compiled and frozen. One version decides one mail."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from mailcase.domain.agreement import Agreement
from mailcase.domain.calendar import Calendar
from mailcase.domain.case import Case, Priority
from mailcase.domain.decision import NewCase
from mailcase.domain.flow import Flow
from mailcase.domain.ladder import Ladder
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.party import Agent, Team, canonical_address
from mailcase.domain.permission import Permissions
from mailcase.domain.queue import Queue
from mailcase.domain.relations import ParentClosing
from mailcase.domain.sla import Sla
from mailcase.domain.vocabulary import Vocabulary
from mailcase.rules.documents import Place
from mailcase.rules.expression import Condition, Environment
from mailcase.rules.told import NOTICES, Notice
from mailcase.rules.variables import FOR_NEW, FOR_REPLY, FOR_ROUTING

ROUTING = Environment(FOR_ROUTING)


class UnknownSenders(StrEnum):
    """What becomes of mail from people who are not known (Dynamics 365: unknown senders)."""

    CREATE = "create"
    """They become provisional contacts."""
    HOLD = "hold"
    IGNORE = "ignore"


class AfterResolved(StrEnum):
    """What a customer's mail on a resolved case does."""

    REACTIVATE = "reactivate"
    NEW_CASE = "new_case"
    """Open a new case that refers to the resolved one."""
    ATTACH = "attach"
    """File it there and leave the case resolved."""


class On(StrEnum):
    """Which mail a creation rule is for. Rules for new mail never see a reply, so no broad skip swallows an answer."""

    NEW = "new"
    REPLY = "reply"
    RESOLVED_REPLY = "resolved_reply"


_NEW, _REPLY = Environment(FOR_NEW), Environment(FOR_REPLY)
ENVIRONMENTS = {On.NEW: _NEW, On.REPLY: _REPLY, On.RESOLVED_REPLY: _REPLY}


class Otherwise(StrEnum):
    """What happens when a capture finds nothing and has no default."""

    CONTINUE = "continue"
    """The field stays empty."""
    NEXT = "next"
    """The rule does not match after all."""
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """What becomes of a mail without a valid entitlement where a rule requires one; with neither, it is held."""

    queue: str | None = None
    """Where its case goes."""
    answer: str | None = None
    """The template that answers it; then there is no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How one mailbox behaves."""

    unknown_senders: UnknownSenders = UnknownSenders.CREATE
    reactivate_within: timedelta = timedelta(days=14)
    after_that: AfterResolved = AfterResolved.NEW_CASE
    acknowledge: str | None = "customer/acknowledged"
    """Template for a new case when its rule names none; None for no acknowledgement."""
    suggest: bool = False
    """The acknowledgement offers articles, unless a rule says otherwise."""
    agents_may_open_cases: bool = True
    """An agent's new mail that is neither a command nor a reply opens a case, as a customer's would."""
    hold_strange_bounces: bool = False
    """Hold a bounce that fits no mail of ours, instead of ignoring it."""
    parent_closing: ParentClosing = ParentClosing.INDEPENDENT
    """What the end of a parent asks of its children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A regex whose named groups become fields of the case."""

    source: str
    """`subject`, `text`, `reply`, or `header name`."""
    pattern: Any  # a compiled re2 pattern, which has no types
    groups: tuple[str, ...]
    defaults: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a creation rule does with the mail that it matches."""

    fields: NewCase = field(default_factory=NewCase)
    acknowledge: str | None = None
    """A template; None leaves it to the mailbox."""
    is_silent: bool = False
    """No acknowledgement, whatever the mailbox says."""
    suggest: bool | None = None
    """The acknowledgement offers articles; None leaves it to the mailbox."""
    articles: tuple[str, ...] = ()
    """Numbers of those to offer, instead of what a search finds."""
    is_for_reply_to: bool = False
    """The customer is whom Reply-To names, as contact forms have it."""
    unknown_senders: UnknownSenders | None = None
    requires: Without | None = None
    """The customer needs a valid entitlement, and what happens without one; None when anybody is served."""
    skip: str | None = None
    hold: str | None = None
    watch: bool = False
    quiet: bool = False
    resolved: AfterResolved | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationRule:
    """One rule of record_creation.yaml."""

    name: str
    place: Place
    mailboxes: frozenset[str]
    """Empty for all."""
    on: On
    condition: Condition
    captures: tuple[Capture, ...] = ()
    otherwise: Otherwise = Otherwise.CONTINUE
    action: Action = Action()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRule:
    """One rule of routing.yaml."""

    name: str
    place: Place
    condition: Condition
    queue: str | None
    owner: str | None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAction:
    """What happens to a case when a clock is warned, broken or kept, and who is told."""

    tell: tuple[str, ...] = ()
    """`owner`, `queue`, `leads`, `managers`, `admins`, or keys of agents."""
    priority: Priority | None = None
    queue: str | None = None
    """Where the case is moved to."""
    escalate: bool = False
    is_urgent: bool = False
    """People are told at once, at work or not."""
    repeat: timedelta | None = None
    """Business time after which those told last are told again, until it is done; None for once."""
    then: tuple[tuple[timedelta, tuple[str, ...]], ...] = ()
    """Who is told after that, as long as it is not done: business time since the telling before, and whom."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the rules say about one SLA item besides its times."""

    place: Place
    applies: Condition
    succeeds: Condition | None
    """None leaves it to what the KPI means."""
    on_warn: ClockAction
    on_fail: ClockAction
    on_success: ClockAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLevel:
    """A service level agreement with the conditions and actions of its items."""

    sla: Sla
    terms: Mapping[str, Terms]
    """By name of the item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One way that leads on from a stage of a flow; the first whose condition is true is taken."""

    condition: Condition
    stage: str | None
    """None for the end of the flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRules:
    """A process flow with its conditions."""

    flow: Flow
    place: Place
    applies: Condition
    """Which cases it is for."""
    is_automatic: bool
    """It begins by itself with each new case that it is for, unless another one stands before it."""
    branches: Mapping[str, tuple[Branch, ...]]
    """By key of the stage."""


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """What the rule files of one folder say. Made by `rules.load.load`."""

    version: str
    """Short hash of all files: the same files have the same version."""
    creation: tuple[CreationRule, ...] = ()
    routing: tuple[RoutingRule, ...] = ()
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    permissions: Permissions = field(default_factory=Permissions)
    status_reasons: StatusReasons = field(default_factory=StatusReasons)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    default_policy: Policy = Policy()
    policies: Mapping[str, Policy] = field(default_factory=dict)
    """By key of the mailbox; others have the default policy."""
    notices: Mapping[str, Notice] = field(default_factory=lambda: NOTICES)
    """Which agents are told of what, by the name of the notice."""
    agreements: Mapping[str, Agreement] = field(default_factory=dict)
    """What customers have bought, by key."""
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    """What happens when a customer does not answer, by status reason."""
    flows: Mapping[str, FlowRules] = field(default_factory=dict)
    """Process flows by name, in the order of their file."""
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    slas: Mapping[str, ServiceLevel] = field(default_factory=dict)
    default_sla: str | None = None
    is_sla_off: bool = False
    """Cases that are opened meanwhile make no promise: for imports."""

    @cached_property
    def headers(self) -> frozenset[str]:
        """Names of the header fields that some condition reads: only these are looked up in a mail."""
        return frozenset(name for condition in self._conditions() for name in condition.headers)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the fields of one's own that some condition reads."""
        return frozenset(name for condition in self._conditions() for name in condition.fields)

    def _conditions(self) -> list[Condition]:
        terms = [one for level in self.slas.values() for one in level.terms.values()]
        conditions = [rule.condition for rule in self.creation] + [rule.condition for rule in self.routing]
        conditions += [one for term in terms for one in (term.applies, term.succeeds) if one is not None]
        conditions += [one.applies for one in self.flows.values()]
        conditions += [
            branch.condition for one in self.flows.values() for ways in one.branches.values() for branch in ways
        ]
        return conditions

    @property
    def default_queue(self) -> str:
        """Where a case goes when neither a rule nor its mailbox names a queue: the first queue of the file."""
        return next(iter(self.queues))

    def queue_of(self, case: Case) -> Queue | None:
        """Return the queue that a case is or was routed to, unless the rules no longer have it."""
        return self.queues.get(case.queue or "")

    def owner_name(self, key: str) -> str:
        """Return the name of the agent or team with this key, or the key."""
        owner = self.agents.get(key) or self.teams.get(key)
        return owner.name if owner else key

    def agent_by_address(self, address: str) -> Agent | None:
        """Return the agent who writes from `address`, active or not, or None."""
        wanted = canonical_address(address)
        return next((agent for agent in self.agents.values() if agent.address == wanted), None)

    def policy(self, mailbox: str) -> Policy:
        """Return how the mailbox of that key behaves."""
        return self.policies.get(mailbox, self.default_policy)
