"""What the rules say is to be done with one mail, and on what grounds: the closed union that `desk.intake` matches."""

from dataclasses import dataclass, field

from mailcase.domain.activity import Activity
from mailcase.domain.case import Case, CaseType, Origin, Priority
from mailcase.domain.email import Address
from mailcase.domain.entitlement_ledger import Standing
from mailcase.domain.inbox import HoldReason
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Account, Agent, Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the desk knows about the people and the case behind one mail, read before the rules decide."""

    mailbox: Mailbox
    contact: Contact | None
    """The sender as a customer, if known."""
    account: Account | None = None
    agent: Agent | None = None
    """The sender as an agent, if the address is one's."""
    has_authority: bool = False
    """The mail proves that this agent wrote it: the agent's own token, or an authenticated domain."""
    is_authentic: bool = False
    """Our own mail server found the domain of the From address genuine."""
    case: Case | None = None
    """The case that a verified token of a participant names."""
    hinted_case: Case | None = None
    """A case that the mail points to without proof."""
    last_customer_mail: Activity | None = None
    familiar: frozenset[str] = frozenset()
    """The SHA-256 of those pictures of the mail that came often, or on this case before: they say nothing new."""
    bounced: Activity | None = None
    """The mail of ours that this one reports as undelivered."""
    entitlements: tuple[Standing, ...] = ()
    """Those of the customer, and that of the case; over or not, drafts aside."""
    reactivations_last_hour: int = 0
    canary: str = ""
    """The mailbox whose canary mail this is; empty when it is none of ours."""
    flood_limit: int | None = None
    """How many mails an hour the sender may write, once there were more; None as long as there were not."""
    machine: str = ""
    """What shows that a machine answers each of our mails on this case, or nothing."""
    clues: tuple[str, ...] = ()
    """What in the mail points to a case, the strongest first, and what each was worth: for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """The fields a rule gives to a new case; None leaves the default."""

    title: str | None = None
    priority: Priority | None = None
    case_type: CaseType | None = None
    origin: Origin | None = None
    subject: str | None = None
    product: str | None = None
    tags: tuple[str, ...] = ()
    queue: str | None = None
    owner: str | None = None
    skills: tuple[str, ...] = ()
    """What the agent to whom a queue gives the case has to know."""
    customer: Address | None = None
    """Whom the case is for, where somebody else wrote the mail: a contact form, or a colleague."""
    sla: str | None = None
    """Name of the service level agreement, before the entitlement's and the default."""
    is_exempt: bool | None = None
    """It takes nothing from the customer's entitlement."""
    flow: str | None = None
    """Name of the process flow to begin; `none` for none, None for one that begins by itself."""
    note: str | None = None
    """An internal note to add."""
    custom: tuple[tuple[str, str], ...] = ()
    """Fields captured from the mail, `(name, value)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """Open a new case."""

    rule: str
    fields: NewCase
    acknowledge: str | None
    """Template for the customer, such as `customer/acknowledged`, or None for no mail."""
    suggest: bool = False
    """The acknowledgement offers articles."""
    articles: tuple[str, ...] = ()
    """Those that the rule names, instead of what a search finds."""
    entitlement: Standing | None = None
    """What it is opened under, where a rule requires one; else the customer's default."""
    is_unverified: bool = False
    related: Case | None = None
    """The case it claims to belong to, or follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendToCase:
    """Add the mail to its case."""

    rule: str
    case: Case
    note: str | None = None
    """An internal note to add."""
    is_quiet: bool = False
    """Nobody is told and no clock moves: an automatic answer, or only thanks."""
    update: NewCase | None = None
    """Fields of the case to change; tags are added."""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactivateCase:
    """Add the mail to its resolved case and make that active again."""

    rule: str
    case: Case
    update: NewCase | None = None
    """Fields of the case to change, and the note to add; tags are added."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCommands:
    """The mail is an agent's: run its commands and pass its words on."""

    case: Case
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnToAgent:
    """An agent's mail that cannot act: keep it if it names a case, and answer the agent."""

    agent: Agent
    case: Case | None
    why: str
    is_confirmable: bool = False
    """It would run if the agent were known to have written it: the agent is asked (GUARANTEES G13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBounce:
    """A mail of ours was not delivered: note it on its case."""

    case: Case
    recipients: tuple[str, ...]
    status: tuple[str, ...]
    is_permanent: bool
    activity: Activity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep the mail for a person to look at."""

    reason: HoldReason
    detail: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """File the mail nowhere: it needs no case."""

    reason: str
    """One word such as `bulk`, `loop`, `rule`."""
    detail: str = ""
    rule: str = ""
    answer: str | None = None
    """Template that tells the sender, or None for no mail."""


Decision = OpenCase | AppendToCase | ReactivateCase | RunCommands | ReturnToAgent | RecordBounce | Hold | Ignore


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One rule that was tried on a mail."""

    rule: str
    place: str
    """`file:line`."""
    is_hit: bool
    why: str
    """What decided, such as the condition or the part of it that was false."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Every rule tried on one mail, in order, under one version of the rules."""

    rulebook: str
    """Version: hash of the rule files."""
    steps: tuple[Step, ...] = field(default=())
