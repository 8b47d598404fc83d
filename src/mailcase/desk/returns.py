"""Mail that could not act goes back to the agent whose address it bears, a few times an hour (GUARANTEES G11, G13).

Anybody can write an agent's address into From. Without a bound, each such mail would make one to the agent. What comes
past it is kept all the same: as a draft or a note on the case that it proves, or held.

The turns of an hour are the dedupe keys of its mails, so that they are counted for all daemons together.
"""

from datetime import UTC, datetime

from mailcase.desk import post
from mailcase.desk.admin import Alarm, queue_alarm
from mailcase.desk.desk import Desk
from mailcase.domain.party import Agent
from mailcase.mail.draft import AutoSubmitted
from mailcase.store import outbox
from mailcase.store.tx import Tx

TEMPLATE, CONFIRM, FORWARDED = "agent/returned", "agent/confirm", "agent/forwarded"


def next_turn(tx: Tx, desk: Desk, agent: Agent, now: datetime) -> str | None:
    """Return the key of the next mail that goes back to `agent`, or None when this hour has no more; the admin is told."""
    hour = f"{now.astimezone(UTC):%Y-%m-%dT%H}"
    for number in range(desk.limits.returned_per_agent_hour):
        key = f"{agent.key} {hour} {number}"
        covers = (
            post.Cover(template=template, key=key, now=now, auto_submitted=AutoSubmitted.REPLIED)
            for template in (TEMPLATE, CONFIRM, FORWARDED)
        )
        if not any(outbox.is_known(tx, post.dedupe_key(cover, agent.address)) for cover in covers):
            return key
    queue_alarm(tx, desk, _alarm(desk, agent), now)
    return None


def objection(desk: Desk, agent: Agent, why: str) -> str:
    """Return why a mail past the bound is held, and what to do with it."""
    return (
        f"{why}; {desk.limits.returned_per_agent_hour} such mails went back to {agent.key} within the hour, this one did "
        "not. If the agent wrote it, file it by hand"
    )


def _alarm(desk: Desk, agent: Agent) -> Alarm:
    return Alarm(
        cause=f"returned to {agent.key}",
        trouble=f"More than {desk.limits.returned_per_agent_hour} mails within an hour bear the address of {agent.name} "
        "and do not prove that they are theirs. Perhaps somebody forges them.",
        remedy="What comes above is kept and told to nobody: `mailcase inbox held` lists it. If the agent writes "
        "them, see that the mail server signs them (desk.authserv_id); the limit is limits.returned_per_agent_hour.",
    )
