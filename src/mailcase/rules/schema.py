"""The rule files as their writers see them: which keys a file has, of which type, with which defaults.

Strict and closed: an unknown key or a value of another type is an error. The JSON Schemas that editors use for
completion are printed from these classes.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from mailcase.domain.case import CaseType, Origin, Priority, Status
from mailcase.domain.email import Kind
from mailcase.domain.party import Role

_KEY, _LINE, _LANGUAGE = r"^[a-z0-9][a-z0-9._-]{0,63}$", r"^[^\r\n\x00]+$", "^[a-z]{2}$"
PATTERNS = {
    _KEY: "it should be lower case letters, digits, dot, dash and underscore, 64 at most",
    _LINE: "it should be one line of text",
    _LANGUAGE: "it should be an ISO 639-1 code such as en",
}
"""What the patterns of the forms ask for, in words."""
Key = Annotated[str, Field(pattern=_KEY)]
Line = Annotated[str, Field(min_length=1, max_length=500, pattern=_LINE)]
"""Text of one line."""
Words = Annotated[str, Field(min_length=1, max_length=10_000)]
_AMOUNT = re.compile(r"(\d{1,6})\s*(s|min|m|h|d|w)")
_UNITS = {"s": "seconds", "min": "minutes", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """Return the duration that `text` such as `14d`, `4h` or `1h 30min` writes. Raises ValueError."""
    amounts = _AMOUNT.findall(text.strip())
    if not amounts or _AMOUNT.sub("", text).strip():
        raise ValueError(f"{text!r} is not a duration; write for instance 30min, 4h or 14d")
    return sum((timedelta(**{_UNITS[unit]: int(amount)}) for amount, unit in amounts), timedelta())


def _duration(value: Any) -> Any:
    """Turn the text of a rule file into what pydantic reads as a timedelta; anything else is its to refuse."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a duration; write for instance 30min, 4h or 14d")  # noqa: TRY004 - pydantic reports ValueErrors with their place
    return parse_duration(value)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    Field(json_schema_extra={"type": "string", "format": "", "pattern": _AMOUNT.pattern, "examples": ["4h", "14d"]}),
]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AgentForm(_Form):
    """One agent."""

    name: Line = Field(description="As customers see it.")
    address: Line = Field(description="Where this agent reads and writes mail.")
    role: Role = Role.AGENT
    active: bool = Field(default=True, description="false keeps the history and takes the power away.")
    language: str = Field(default="en", pattern=_LANGUAGE, description="ISO 639-1.")


class AgentsFile(_Form):
    """agents.yaml: who works here."""

    agents: dict[Key, AgentForm] | None = None


class QueueForm(_Form):
    """One queue."""

    title: Line
    members: Literal["all"] | list[Key] | None = Field(
        default=None, description="Keys of agents, or `all` for every active agent: they are told of new work."
    )
    private: bool = Field(default=False, description="true: only members see and pick its cases.")


class QueuesFile(_Form):
    """queues.yaml: the lists of work. The first is used when nothing else names a queue."""

    queues: dict[Key, QueueForm] = Field(min_length=1)


class ResolvedReplyForm(_Form):
    """What a customer's mail on a resolved case does."""

    reactivate_within: Duration = timedelta(days=14)
    then: Literal["new_case", "attach"] = "new_case"


class PolicyForm(_Form):
    """How one mailbox behaves. What is left out is as under `defaults`."""

    unknown_senders: Literal["create", "hold", "ignore"] | None = None
    resolved_reply: ResolvedReplyForm | None = None
    acknowledge: Line | Literal[False] | None = Field(default=None, description="A template, or false for none.")
    agents_may_open_cases: bool | None = None
    strange_bounces: Literal["ignore", "hold"] | None = None


class MailboxesFile(_Form):
    """mailboxes.yaml: how the support mailboxes behave."""

    defaults: PolicyForm = PolicyForm()
    mailboxes: dict[Key, PolicyForm] | None = None


class CaptureForm(_Form):
    """A regex whose named groups become fields of the case."""

    source: Line = Field(alias="in", description="subject, text, reply, or a header such as `header x-order`.")
    pattern: Words = Field(description="RE2; each (?P<name>…) fills the field `name`.")
    default: dict[Key, str] | None = Field(default=None, description="Values of groups that did not match.")


class CaseForm(_Form):
    """Fields of the new case."""

    title: Line | None = None
    priority: Priority | None = None
    type: CaseType | None = None
    origin: Origin | None = None
    subject: Line | None = None
    product: Line | None = None
    tags: list[Line] | None = None
    queue: Key | None = None
    owner: Key | None = None
    fields: dict[Key, str] | None = Field(default=None, description="Fields of your own.")


class ActionForm(_Form):
    """What a rule does. Without `skip`, `hold` or `watch` the mail is filed."""

    case: CaseForm | None = None
    note: Words | None = Field(default=None, description="An internal note on the case.")
    acknowledge: Line | Literal[False] | None = Field(default=None, description="A template, or false for none.")
    unknown_senders: Literal["create", "hold", "ignore"] | None = None
    skip: Line | None = Field(default=None, description="Why this mail needs no case.")
    hold: Line | None = Field(default=None, description="Why a person has to look at it first.")
    watch: bool = Field(default=False, description="Only note in the trace that the rule matched, and go on.")
    quiet: bool = Field(default=False, description="Replies: file it, tell nobody, move no clock.")
    resolved: Literal["reactivate", "new_case", "attach"] | None = Field(
        default=None, description="Replies to resolved cases."
    )


class ExampleMail(_Form):
    """A mail that an example tries; what is left out is as in an ordinary mail of a person who is not known."""

    sender: Line = Field(default="customer@example.com", alias="from", description="`name@domain` or `Name <…>`.")
    to: list[Line] | None = Field(default=None, description="The mailbox's address, if left out.")
    cc: list[Line] | None = None
    subject: str = "A question"
    text: str = "Can you help me?"
    kind: Kind = Kind.HUMAN
    language: str | None = None
    headers: dict[str, str] | None = None
    attachments: list[Line] | None = Field(default=None, description="File names.")
    mailbox: Key | None = Field(default=None, description="The first mailbox that the rule is for, if left out.")
    known: bool = Field(default=False, description="true: the sender is a contact.")
    authentic: bool = Field(default=False, description="true: our server found the sender's domain genuine.")
    replies_to: Literal["active", "resolved"] | None = Field(default=None, description="A case of this status.")
    resolved_ago: Duration = timedelta(days=1)
    at: datetime = Field(default=datetime(2026, 3, 2, 10, tzinfo=UTC), description="With its offset from UTC.")


class ExpectForm(_Form):
    """What an example expects; only what is written is compared."""

    outcome: Literal["open", "append", "reactivate", "hold", "skip"] | None = None
    rule: Line | None = Field(default=None, description="`default` when no rule matches. If left out, the rule itself.")
    case: CaseForm | None = None
    queue: Key | None = Field(default=None, description="Where the case is routed to.")
    acknowledge: Line | Literal[False] | None = Field(default=None, description="The template, or false for none.")


class ExampleForm(_Form):
    """A mail and what is to become of it, tried whenever the files are loaded."""

    name: Line | None = None
    mail: ExampleMail
    expect: ExpectForm = ExpectForm()


class CreationRuleForm(_Form):
    """One rule of record_creation.yaml."""

    name: Line
    mailbox: Key | list[Key] | None = Field(default=None, description="Only for mail of these mailboxes.")
    on: Literal["new", "reply", "resolved_reply"] = "new"
    when: str = Field(default="", description="A condition in CEL; without one the rule always matches.")
    capture: list[CaptureForm] | None = None
    otherwise: Literal["continue", "next", "hold"] = Field(
        default="continue", description="When a capture finds nothing and has no default."
    )
    then: ActionForm = ActionForm()
    examples: list[ExampleForm] | None = None


class CreationFile(_Form):
    """record_creation.yaml: which mail becomes a case, and with which fields. The first rule that matches decides."""

    rules: list[CreationRuleForm] | None = None
    examples: list[ExampleForm] | None = None


class RouteForm(_Form):
    """Where a case goes."""

    queue: Key | None = None
    owner: Key | None = None


class RoutingRuleForm(_Form):
    """One rule of routing.yaml."""

    name: Line
    when: str = ""
    to: RouteForm


class RoutingFile(_Form):
    """routing.yaml: which queue and agent a case goes to. The first rule that matches decides."""

    rules: list[RoutingRuleForm] | None = None
    examples: list[ExampleForm] | None = None


class StatusReasonForm(_Form):
    """One status reason."""

    title: Line
    status: Status
    pauses_clocks: bool = Field(default=False, description="SLA clocks stand still meanwhile.")
    after: list[Key] | None = Field(default=None, description="The only reasons that it may follow; any, if left out.")


class StatusReasonsFile(_Form):
    """status_reasons.yaml: reasons of your own, and what you change about the built-in ones."""

    reasons: dict[Key, StatusReasonForm] | None = None


FILES: dict[str, type[BaseModel]] = {
    "agents.yaml": AgentsFile,
    "mailboxes.yaml": MailboxesFile,
    "queues.yaml": QueuesFile,
    "record_creation.yaml": CreationFile,
    "routing.yaml": RoutingFile,
    "status_reasons.yaml": StatusReasonsFile,
}
"""Every rule file and the form that it fills."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every rule file by its name, for editors that complete and check YAML."""
    return {name: {"title": name, **form.model_json_schema(by_alias=True)} for name, form in FILES.items()}
