"""Whom the rules can have told of something, and of what they are told unless notices.yaml says otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from mailcase.domain.party import Role

ROLES = {"leads": Role.LEAD, "managers": Role.MANAGER, "admins": Role.ADMIN}
"""Words for everybody of a role."""
TOLD = ("owner", "queue", "responsible", *ROLES)
"""Whom rules can name besides agents by key: `responsible` is the owner or, while there is none, the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Who is told of one kind of event, and with which template."""

    to: tuple[str, ...]
    """Words of `TOLD`, or keys of agents; empty for nobody."""
    template: str


NOTICES: Mapping[str, Notice] = MappingProxyType(
    {
        "new_case": Notice(to=("responsible",), template="agent/new_case"),
        "customer_replied": Notice(to=("responsible",), template="agent/customer_replied"),
        "assigned": Notice(to=("responsible",), template="agent/assigned"),
        "delivery_delayed": Notice(to=("responsible",), template="agent/delivery_delayed"),
        "delivery_failed": Notice(to=("responsible",), template="agent/delivery_failed"),
        "escalated": Notice(to=(), template="agent/happened"),
        "resolved": Notice(to=(), template="agent/happened"),
        "cancelled": Notice(to=(), template="agent/happened"),
        "reactivated": Notice(to=(), template="agent/happened"),
    }
)
"""What agents are told of when notices.yaml says nothing. Service levels name whom they tell themselves."""
