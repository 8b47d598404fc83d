"""How long the desk keeps what it no longer works on."""

from typing import Annotated

from pydantic import Field

from mailcase.config.section import Section

Days = Annotated[int, Field(ge=1, le=36_500)]


class RetentionSettings(Section):
    """What is deleted by itself, each night. Open cases and held mail never are; when a key is empty, nothing is."""

    raw_mail_days: Days | None = Field(
        None, description="Days after which a closed case loses the raw bytes of its mails; what they said stays."
    )
    closed_cases_days: Days | None = Field(
        None, description="Days after which a closed case that nobody touched is deleted, with all that belongs to it."
    )
    ignored_mail_days: Days | None = Field(
        None, description="Days after which mail that was skipped or discarded is deleted."
    )
