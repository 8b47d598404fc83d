"""The form of the file that says what happens to cases whose customers owe an answer."""

from pydantic import Field

from mailcase.rules.form_types import BusinessTime, Form, Key


class LadderForm(Form):
    """Reminders, and the resolution at the end."""

    calendar: Key = Field(description="Whose opening hours are counted.")
    remind_after: list[BusinessTime] | None = Field(
        default=None, description="Business time since the case waits, for each reminder to the customer."
    )
    resolve_after: BusinessTime = Field(description="Business time until it is resolved, with a notice.")
    resolution: Key = Field(default="information_provided", description="The status reason that it gets.")


class AutoCloseFile(Form):
    """auto_close.yaml: what happens when a customer does not answer."""

    reasons: dict[Key, LadderForm] | None = Field(default=None, description="By status reason of active cases.")
