"""The forms of the files that say who works here and how the desk behaves."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from mailcase.domain.assignment import Method, SkillMatch
from mailcase.domain.case import Status
from mailcase.domain.party import Role
from mailcase.domain.relations import ParentClosing
from mailcase.domain.vocabulary import FieldType
from mailcase.rules.form_types import LANGUAGE, Duration, Form, Key, Line


class AgentForm(Form):
    """One agent."""

    name: Line = Field(description="As customers see it.")
    address: Line = Field(description="Where this agent reads and writes mail.")
    role: Role = Role.AGENT
    active: bool = Field(default=True, description="false keeps the history and takes the power away.")
    language: str = Field(default="en", pattern=LANGUAGE, description="ISO 639-1.")
    capacity: int | None = Field(
        default=None, ge=0, le=10_000, description="Units of work that queues may give at once; no limit, if left out."
    )
    skills: list[Key] | None = Field(default=None, description="What routing rules can ask for, such as german.")
    calendar: Key | None = Field(default=None, description="Working hours; those of the queue, if left out.")
    login: Line | None = Field(
        default=None,
        description="The user of this machine who is this agent on the command line; the key, if left out.",
    )


class AgentsFile(Form):
    """agents.yaml: who works here."""

    agents: dict[Key, AgentForm] | None = None


class QueueForm(Form):
    """One queue."""

    title: Line
    members: Literal["all"] | list[Key] | None = Field(
        default=None,
        description="Keys of agents and teams, or `all` for every active agent: they are told of new work.",
    )
    private: bool = Field(
        default=False, description="true: only members see its cases, and agents with the right `see_private`."
    )
    mailbox: Key | None = Field(
        default=None,
        description="Mails about its cases come from this mailbox; from the one that each came by, if left out.",
    )
    assign: Method = Field(default=Method.NONE, description="How members get its cases; none: they pick them.")
    units: int = Field(default=1, ge=1, le=1000, description="Capacity that one of its cases takes.")
    skills: SkillMatch = Field(
        default=SkillMatch.EXACT, description="exact: all skills that a rule asks for; closest: the most of them."
    )
    calendar: Key | None = Field(
        default=None, description="When it gives out cases to members without hours of their own; always, if left out."
    )


class QueuesFile(Form):
    """queues.yaml: the lists of work. The first is used when nothing else names a queue."""

    queues: dict[Key, QueueForm] = Field(min_length=1)


class ResolvedReplyForm(Form):
    """What a customer's mail on a resolved case does."""

    reactivate_within: Duration = Field(default=timedelta(days=14), json_schema_extra={"default": "14d"})
    then: Literal["new_case", "attach"] = "new_case"


class PolicyForm(Form):
    """How one mailbox behaves. What is left out is as under `defaults`."""

    unknown_senders: Literal["create", "hold", "ignore"] | None = None
    resolved_reply: ResolvedReplyForm | None = None
    acknowledge: Line | Literal[False] | None = Field(default=None, description="A template, or false for none.")
    suggest: bool | None = Field(
        default=None, description="true: the acknowledgement offers articles that fit, if there are any."
    )
    agents_may_open_cases: bool | None = None
    strange_bounces: Literal["ignore", "hold"] | None = None
    parent_closing: ParentClosing | None = Field(
        default=None,
        description="What the end of a parent asks of its children: independent (nothing), blocked (they end first), "
        "cascade (they end with it).",
    )


class MailboxesFile(Form):
    """mailboxes.yaml: how the support mailboxes behave."""

    defaults: PolicyForm = PolicyForm()
    mailboxes: dict[Key, PolicyForm] | None = None


class CustomFieldForm(Form):
    """One field of your own."""

    title: Line | None = Field(default=None, description="As people see it; its name, if left out.")
    type: FieldType = FieldType.TEXT
    choices: list[Line] | None = Field(default=None, description="The only values of a field of type choice.")


class CustomFieldsFile(Form):
    """custom_fields.yaml: fields of your own on every case. Without any, every name is a field of text."""

    fields: dict[Key, CustomFieldForm] | None = None


class NoticeForm(Form):
    """Who is told of one kind of event. What is left out is as shipped."""

    to: list[Key] | None = Field(
        default=None,
        description="owner, queue, responsible (the owner or, without one, the queue), leads, managers, admins, "
        "or keys of agents and teams; [] for nobody.",
    )
    template: Line | None = Field(default=None, description="A template below agent/.")


class NoticesFile(Form):
    """notices.yaml: which agents are told of what by mail. Nobody is told what they did themselves."""

    notices: (
        dict[
            Literal[
                "new_case",
                "customer_replied",
                "assigned",
                "delivery_delayed",
                "delivery_failed",
                "escalated",
                "resolved",
                "cancelled",
                "reactivated",
            ],
            NoticeForm,
        ]
        | None
    ) = None


class SubjectForm(Form):
    """One subject, and those below it."""

    title: Line | None = Field(default=None, description="As people see it; its key, if left out.")
    subjects: dict[Key, "SubjectForm"] | None = None


class SubjectsFile(Form):
    """subjects.yaml: the tree of subjects that cases are filed under. Without any, every path is a subject."""

    subjects: dict[Key, SubjectForm] | None = None


class StatusReasonForm(Form):
    """One status reason."""

    title: Line
    status: Status
    pauses_clocks: bool = Field(default=False, description="SLA clocks stand still meanwhile.")
    after: list[Key] | None = Field(default=None, description="The only reasons that it may follow; any, if left out.")


class StatusReasonsFile(Form):
    """status_reasons.yaml: reasons of your own, and what you change about the built-in ones."""

    reasons: dict[Key, StatusReasonForm] | None = None
