"""The guard before every automatic mail to a customer: no storm, whoever forges whom (GUARANTEES G11)."""

from datetime import datetime

from mailcase.desk.admin import Alarm, queue_alarm
from mailcase.desk.desk import Desk
from mailcase.store import automatic_mail
from mailcase.store.tx import Tx

BREAKER = Alarm(
    cause="acknowledgements",
    trouble="So many automatic mails were written in the last hour that no more are: the breaker is open.",
    remedy="Look for a flood or a loop in `mailcase inbox list`; cases are opened all the same, and after an hour "
    "acknowledgements go out again. The limit is limits.acknowledgements_per_hour.",
)


def objection(tx: Tx, desk: Desk, address: str, now: datetime) -> str:
    """Say why no automatic mail may go to `address` now, or return an empty string; the admin hears of a flood."""
    limits = desk.limits
    automatic_mail.lock(tx, address)
    sent = automatic_mail.to_customers(tx, address, now)
    counts = (
        (sent.to_address_last_hour, limits.per_address_hour, "an hour to one address"),
        (sent.to_address_last_day, limits.per_address_day, "a day to one address"),
        (sent.to_domain_last_hour, limits.per_domain_hour, "an hour to one domain"),
        (sent.in_all_last_hour, limits.per_hour, "an hour in all"),
    )
    if sent.in_all_last_hour >= limits.per_hour > 0:  # 0: no acknowledgements are wanted
        queue_alarm(tx, desk, BREAKER, now)
    return next((f"the limit of {most} {words} is reached" for count, most, words in counts if count >= most), "")
