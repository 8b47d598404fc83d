"""The form of the file that says what support customers have bought."""

from datetime import date
from typing import Literal

from pydantic import Field

from mailcase.domain.case import Origin
from mailcase.rules.form_types import Form, Key, Line


class AccountForm(Form):
    """A company that is a customer."""

    name: Line
    domains: list[Line] = Field(min_length=1, description="Its mail domains; the first finds it.")


class EntitlementForm(Form):
    """Support that one customer has bought."""

    name: Line = Field(description="As agents see it.")
    account: AccountForm | None = Field(default=None, description="The customer: a company, or a contact.")
    contact: Line | None = Field(default=None, description="The customer: the address of a person.")
    contacts: list[Line] | None = Field(
        default=None, description="Addresses of the company's people who may use it; all, if left out."
    )
    products: list[Line] | None = Field(default=None, description="What it covers; everything, if left out.")
    channels: dict[Origin, float] | None = Field(
        default=None, description="Origins that it covers, with the share of each; all, if left out."
    )
    cases: int | None = Field(default=None, gt=0, description="How many cases it is good for.")
    hours: float | None = Field(default=None, gt=0, description="How many hours of billable time it is good for.")
    decrease_on: Literal["creation", "resolution"] | None = Field(
        default=None, description="When a case takes from it; creation for cases, resolution for hours, if left out."
    )
    restrict: bool = Field(default=True, description="false: what is taken beyond the total goes negative.")
    sla: Key | None = Field(default=None, description="SLA of its cases, unless one is set by hand or by a rule.")
    owner: Key | None = Field(
        default=None, description="The agent who is told at 80 and 100 percent; the managers, if left out."
    )
    default: bool = Field(default=True, description="false: only applied by hand, or where a rule requires one.")
    renew: bool = Field(default=False, description="true: renewed by itself for the same length of time.")
    first: date = Field(alias="from", description="The first day.")
    last: date = Field(alias="to", description="The last day.")


class EntitlementsFile(Form):
    """entitlements.yaml: what support customers have bought."""

    entitlements: dict[Key, EntitlementForm] | None = None
