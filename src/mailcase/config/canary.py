"""The probe that mail goes the whole way round."""

from datetime import timedelta

from pydantic import Field, model_validator

from mailcase.config.section import Section
from mailcase.config.values import Duration

SHORTEST = timedelta(minutes=1)
DEFAULT_LATE = timedelta(minutes=10)


class CanarySettings(Section):
    """Canary mails: each mailbox that sends and fetches writes to itself, and an alarm tells when that does not come back."""

    every: Duration | None = Field(None, description="How often, such as `15m`; never when empty.")
    late_after: Duration = Field(DEFAULT_LATE, description="How long one may take before it is missed.")

    @model_validator(mode="after")
    def _not_too_often(self) -> "CanarySettings":
        if self.every is not None and self.every < SHORTEST:
            raise ValueError("every: a canary each minute is enough; set 1m or more")
        return self
