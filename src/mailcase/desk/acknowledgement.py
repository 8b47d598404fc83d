"""The guard before every automatic mail to a customer: no storm, whoever forges whom (GUARANTEES G11)."""

from datetime import datetime

from mailcase.desk.desk import AcknowledgementLimits
from mailcase.store import outbox
from mailcase.store.tx import Tx


def objection(tx: Tx, address: str, limits: AcknowledgementLimits, now: datetime) -> str:
    """Say why no automatic mail may go to `address` now, or return an empty string."""
    sent = outbox.automatic_mail(tx, address, now)
    counts = (
        (sent.to_address_last_hour, limits.per_address_hour, "an hour to one address"),
        (sent.to_address_last_day, limits.per_address_day, "a day to one address"),
        (sent.to_domain_last_hour, limits.per_domain_hour, "an hour to one domain"),
        (sent.in_all_last_hour, limits.per_hour, "an hour in all"),
    )
    return next((f"the limit of {most} {words} is reached" for count, most, words in counts if count >= most), "")
