"""Who may see and do what, as a table: roles and members, queues, and what they want to do."""

from dataclasses import replace

import pytest

from mailcase.domain.party import RANKS, Agent, Role
from mailcase.domain.permission import DEFAULTS, RIGHTS, Grant, Permissions, Right, holders, may, wanted
from mailcase.domain.queue import Queue

PEOPLE = {
    who: Agent(key=who, name=who.title(), address=f"{who}@desk.example", role=role)
    for who, role in (
        ("insider", Role.AGENT),
        ("outsider", Role.AGENT),
        ("lead", Role.LEAD),
        ("manager", Role.MANAGER),
        ("admin", Role.ADMIN),
    )
}
SUPPORT = Queue(name="support", title="Support", members=("insider", "lead"))
HR = Queue(name="hr", title="HR", members=("insider",), is_private=True)
LEGAL = Queue(name="legal", title="Legal", members=("insider", "lead"), is_private=True)
QUEUES = {"support": SUPPORT, "hr": HR, "legal": LEGAL, "none": None}
PERMISSIONS = Permissions(
    general={**DEFAULTS, "merge": Grant(role=Role.LEAD, agents=frozenset({"outsider"})), "tag": Grant(role=None)},
    in_queues={
        "legal": {"queue": Grant(role=Role.LEAD), "reply": Grant(needs_membership=True)},
        "support": {"delete": Grant(role=None, agents=frozenset({"insider"}))},
    },
)
ALL = "insider outsider lead manager admin"
TABLE = [
    # permission, queue, who may
    ("see", "support", ALL),
    ("see", "none", ALL),
    ("see", "hr", "insider admin"),
    ("see", "legal", "insider lead admin"),
    ("see_private", "hr", "admin"),
    ("pick", "support", ALL),
    ("pick", "hr", "insider admin"),
    ("pick", "legal", "insider lead admin"),
    ("queue", "support", ALL),
    ("queue", "hr", "insider admin"),
    ("queue", "legal", "lead admin"),
    ("reply", "support", ALL),
    ("reply", "hr", "insider admin"),
    ("reply", "legal", "insider lead"),
    ("merge", "support", "outsider lead manager admin"),
    ("merge", "hr", "admin"),
    ("merge", "legal", "lead admin"),
    ("tag", "support", ""),
    ("tag", "hr", ""),
    ("sla", "support", "lead manager admin"),
    ("sla", "hr", "admin"),
    ("entitlements", "none", "manager admin"),
    ("customers", "none", ALL),
    ("manage_customers", "none", "lead manager admin"),
    ("manage_people", "none", "manager admin"),
    ("delete", "support", "insider"),
    ("delete", "hr", "admin"),
    ("delete", "none", "admin"),
    ("export", "hr", "insider admin"),
    ("undo_others", "legal", "lead admin"),
    ("recalculate", "legal", "admin"),
    ("delete_activities", "support", "lead manager admin"),
    ("leave_gates", "support", "lead manager admin"),
]


@pytest.mark.parametrize(("permission", "queue", "who"), TABLE, ids=[f"{name} {queue}" for name, queue, _ in TABLE])
def test_who_may_do_what_where(permission: str, queue: str, who: str) -> None:
    found = holders(permission, QUEUES[queue], PERMISSIONS, PEOPLE.values())
    assert [agent.key for agent in found] == who.split()


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("permission", DEFAULTS)
@pytest.mark.parametrize("who", PEOPLE)
def test_whoever_does_not_see_a_case_may_do_nothing_with_it(who: str, permission: str, queue: str) -> None:
    agent, place = PEOPLE[who], QUEUES[queue]
    if may(agent, permission, place, PERMISSIONS) and permission != Right.SEE_PRIVATE:
        assert may(agent, Right.SEE, place, PERMISSIONS)


@pytest.mark.parametrize("permission", DEFAULTS)
def test_a_higher_role_may_what_a_lower_one_may_unless_the_file_says_otherwise(permission: str) -> None:
    found = [
        role
        for role in Role
        if may(Agent(key="x", name="X", address="x@d.example", role=role), permission, None, Permissions())
    ]
    assert found == [role for role in Role if RANKS[role] >= RANKS[found[0]]]


@pytest.mark.parametrize("queue", QUEUES)
@pytest.mark.parametrize("permission", DEFAULTS)
def test_who_is_not_active_may_nothing(permission: str, queue: str) -> None:
    gone = replace(PEOPLE["admin"], is_active=False)
    assert not may(gone, permission, QUEUES[queue], PERMISSIONS)


@pytest.mark.parametrize(("queue", "is_open"), [("support", True), ("none", True), ("hr", False)])
def test_nobody_in_particular_sees_what_is_not_private_and_does_nothing(queue: str, is_open: bool) -> None:
    place = QUEUES[queue]
    assert [may(None, name, place, PERMISSIONS) for name in (Right.SEE, "pick", Right.SEE_PRIVATE)] == [
        is_open,
        False,
        False,
    ]


def test_every_right_has_a_default() -> None:
    assert set(RIGHTS) == set(Right)


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        (Grant(role=Role.LEAD), "the role lead"),
        (Grant(role=None), "a right that nobody has"),
        (Grant(role=None, agents=frozenset({"b", "a"})), "to be one of a, b"),
        (Grant(role=Role.LEAD, agents=frozenset({"a"})), "the role lead or to be one of a"),
        (Grant(needs_membership=True), "the role agent, and membership of the queue"),
    ],
)
def test_what_is_missing_is_told_in_words(grant: Grant, words: str) -> None:
    assert wanted("merge", None, Permissions(general={**DEFAULTS, "merge": grant})) == words
