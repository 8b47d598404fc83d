"""The rule files as their writers see them: which keys a file has, of which type, with which defaults.

Strict and closed: an unknown key or a value of another type is an error. The JSON Schemas that editors use for
completion are printed from these classes.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, Field

from mailcase.domain.case import CaseType, Origin, Priority
from mailcase.domain.email import Kind
from mailcase.rules.form_types import ArticleNumber, Duration, Form, Key, Line, Words
from mailcase.rules.schema_clocks import CalendarsFile, SlaFile
from mailcase.rules.schema_closing import AutoCloseFile
from mailcase.rules.schema_desk import (
    AgentsFile,
    CustomFieldsFile,
    MailboxesFile,
    NoticesFile,
    QueuesFile,
    StatusReasonsFile,
    SubjectsFile,
)
from mailcase.rules.schema_entitlements import EntitlementsFile
from mailcase.rules.schema_flows import FlowsFile
from mailcase.rules.schema_people import RolesFile, TeamsFile


class CaptureForm(Form):
    """A regex whose named groups become fields of the case."""

    source: Line = Field(alias="in", description="subject, text, reply, or a header such as `header x-order`.")
    pattern: Words = Field(description="RE2; each (?P<name>…) fills the field `name`.")
    default: dict[Key, str] | None = Field(default=None, description="Values of groups that did not match.")


class CaseForm(Form):
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
    skills: list[Key] | None = Field(default=None, description="What the agent to whom the queue gives it has to know.")
    sla: Key | None = None
    exempt: bool | None = Field(default=None, description="true: it takes nothing from the customer's entitlement.")
    fields: dict[Key, str] | None = Field(default=None, description="Fields of your own.")


class WithoutForm(Form):
    """What becomes of a mail without a valid entitlement: a case in another queue, or an answer and no case."""

    queue: Key | None = None
    answer: Line | None = Field(
        default=None, description="A template: customer/not_entitled, or one named …_something."
    )


class ActionForm(Form):
    """What a rule does. Without `skip`, `hold` or `watch` the mail is filed."""

    case: CaseForm | None = None
    note: Words | None = Field(default=None, description="An internal note on the case.")
    flow: Key | Literal[False] | None = Field(
        default=None, description="The process flow that the case begins; false: none begins by itself."
    )
    acknowledge: Line | Literal[False] | None = Field(default=None, description="A template, or false for none.")
    suggest: bool | list[ArticleNumber] | None = Field(
        default=None,
        description="true: the acknowledgement offers articles that fit; a list: these articles; false: none. "
        "Only what is published and public; agents are told in any case.",
    )
    customer: Literal["sender", "reply_to"] = Field(
        default="sender", description="Whom the case is for. A contact form names its writer in Reply-To."
    )
    unknown_senders: Literal["create", "hold", "ignore"] | None = None
    skip: Line | None = Field(default=None, description="Why this mail needs no case.")
    hold: Line | None = Field(default=None, description="Why a person has to look at it first.")
    watch: bool = Field(default=False, description="Only note in the trace that the rule matched, and go on.")
    require: Literal["entitlement"] | None = Field(
        default=None, description="Only customers with a valid entitlement get a case."
    )
    otherwise: Literal["hold"] | WithoutForm | None = Field(
        default=None, description="What becomes of mail without one; held, if left out."
    )
    quiet: bool = Field(default=False, description="Replies: file it, tell nobody, move no clock.")
    resolved: Literal["reactivate", "new_case", "attach"] | None = Field(
        default=None, description="Replies to resolved cases."
    )


class ExampleMail(Form):
    """A mail that an example tries; what is left out is as in an ordinary mail of a person who is not known."""

    sender: Line = Field(default="customer@example.com", alias="from", description="`name@domain` or `Name <…>`.")
    to: list[Line] | None = Field(default=None, description="The mailbox's address, if left out.")
    cc: list[Line] | None = None
    reply_to: list[Line] | None = None
    subject: str = "A question"
    text: str = "Can you help me?"
    kind: Kind = Kind.HUMAN
    language: str | None = None
    headers: dict[str, str] | None = None
    attachments: list[Line] | None = Field(default=None, description="File names.")
    mailbox: Key | None = Field(default=None, description="The first mailbox that the rule is for, if left out.")
    known: bool = Field(default=False, description="true: the sender is a contact.")
    entitled: int | None = Field(
        default=None, description="Cases left of the customer's entitlement; none, if left out."
    )
    authentic: bool = Field(default=False, description="true: our server found the sender's domain genuine.")
    replies_to: Literal["active", "resolved"] | None = Field(default=None, description="A case of this status.")
    resolved_ago: Duration = Field(default=timedelta(days=1), json_schema_extra={"default": "1d"})
    at: datetime = Field(default=datetime(2026, 3, 2, 10, tzinfo=UTC), description="With its offset from UTC.")


class ExpectForm(Form):
    """What an example expects; only what is written is compared."""

    outcome: Literal["open", "append", "reactivate", "hold", "skip"] | None = None
    rule: Line | None = Field(default=None, description="`default` when no rule matches. If left out, the rule itself.")
    case: CaseForm | None = None
    queue: Key | None = Field(default=None, description="Where the case is routed to.")
    flow: Key | Literal[False] | None = Field(default=None, description="The process flow it begins; false for none.")
    acknowledge: Line | Literal[False] | None = Field(default=None, description="The template, or false for none.")
    suggest: bool | list[ArticleNumber] | None = Field(
        default=None, description="Whether the acknowledgement offers articles, or which ones the rule names."
    )
    customer: Line | None = Field(default=None, description="Address of the customer, where that is not the sender.")


class ExampleForm(Form):
    """A mail and what is to become of it, tried whenever the files are loaded."""

    name: Line | None = None
    mail: ExampleMail
    expect: ExpectForm = ExpectForm()


class CreationRuleForm(Form):
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


class CreationFile(Form):
    """record_creation.yaml: which mail becomes a case, and with which fields. The first rule that matches decides."""

    rules: list[CreationRuleForm] | None = None
    examples: list[ExampleForm] | None = None


class RouteForm(Form):
    """Where a case goes."""

    queue: Key | None = None
    owner: Key | None = None
    skills: list[Key] | None = Field(default=None, description="What the agent to whom the queue gives it has to know.")


class RoutingRuleForm(Form):
    """One rule of routing.yaml."""

    name: Line
    when: str = ""
    to: RouteForm


class RoutingFile(Form):
    """routing.yaml: which queue and agent a case goes to. The first rule that matches decides."""

    rules: list[RoutingRuleForm] | None = None
    examples: list[ExampleForm] | None = None


FILES: dict[str, type[BaseModel]] = {
    "agents.yaml": AgentsFile,
    "auto_close.yaml": AutoCloseFile,
    "calendars.yaml": CalendarsFile,
    "custom_fields.yaml": CustomFieldsFile,
    "entitlements.yaml": EntitlementsFile,
    "flows.yaml": FlowsFile,
    "mailboxes.yaml": MailboxesFile,
    "notices.yaml": NoticesFile,
    "queues.yaml": QueuesFile,
    "record_creation.yaml": CreationFile,
    "roles.yaml": RolesFile,
    "routing.yaml": RoutingFile,
    "sla.yaml": SlaFile,
    "status_reasons.yaml": StatusReasonsFile,
    "subjects.yaml": SubjectsFile,
    "teams.yaml": TeamsFile,
}
"""Every rule file and the form that it fills."""


def json_schemas() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every rule file by its name, for editors that complete and check YAML."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {
        name: {"$schema": dialect} | form.model_json_schema(by_alias=True) | {"title": name}
        for name, form in FILES.items()
    }


def schema_name(name: str) -> str:
    """Return the name of the schema file for the rule file `name`."""
    return name.replace(".yaml", ".schema.json")
