"""Who gets a case of a queue, and that it is fair."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from mailcase.domain.assignment import Candidate, Method, SkillMatch, Terms, choose
from mailcase.domain.party import Agent

ROUND_ROBIN = Terms(method=Method.ROUND_ROBIN)


def agent(key: str, capacity: int | None = None, *skills: str) -> Agent:
    return Agent(key=key, name=key, address=f"{key}@desk.example", capacity=capacity, skills=skills)


def one(key: str, capacity: int | None = None, skills: tuple[str, ...] = (), **others: object) -> Candidate:
    return Candidate(agent=agent(key, capacity, *skills), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("method", "chosen"),
    [
        (Method.ROUND_ROBIN, "cleo"),  # her turn was longest ago
        (Method.MOST_FREE_CAPACITY, "ben"),  # 8 of 10 units free
        (Method.LEAST_ACTIVE, "anna"),  # one case, though a big one
        (Method.NONE, None),
    ],
)
def test_each_method_chooses_in_its_way(method: Method, chosen: str | None) -> None:
    candidates = [
        one("anna", 10, used=9, active=1, turn=7),
        one("ben", 10, used=2, active=2, turn=9),
        one("cleo", 10, used=3, active=3, turn=5),
    ]
    found = choose(candidates, Terms(method=method)).agent
    assert (found.key if found else None) == chosen


@pytest.mark.parametrize("method", [Method.ROUND_ROBIN, Method.MOST_FREE_CAPACITY, Method.LEAST_ACTIVE])
def test_a_tie_goes_to_whose_turn_was_longest_ago(method: Method) -> None:
    found = choose([one("anna", 5, turn=2), one("ben", 5, turn=1)], Terms(method=method)).agent
    assert found is not None
    assert found.key == "ben"


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        (one("anna", is_working=False), "anna is off work"),
        (one("anna", 3, used=2), "anna has no room (2 of 3 units)"),  # a case of this queue takes two
        (one("anna", 0), "anna has no room (0 of 0 units)"),
        (one("anna", skills=("english",)), "anna lacks german"),
    ],
)
def test_who_cannot_take_it_does_not_get_it(candidate: Candidate, why: str) -> None:
    found = choose([candidate], replace(ROUND_ROBIN, units=2), frozenset({"german"}))
    assert (found.agent, found.why) == (None, why)


def test_the_choice_says_why_the_others_lost() -> None:
    assert choose([one("anna", is_working=False), one("ben")], ROUND_ROBIN).why == "round_robin; anna is off work"


def test_a_queue_without_members_gives_to_nobody() -> None:
    assert choose([], ROUND_ROBIN).why == "the queue has no active member"


def test_the_closest_in_skills_comes_before_whose_turn_it_is() -> None:
    terms = replace(ROUND_ROBIN, match=SkillMatch.CLOSEST)
    candidates = [one("anna", skills=("german",), turn=9), one("ben", turn=1)]
    found = choose(candidates, terms, frozenset({"german", "billing"})).agent
    assert found is not None
    assert found.key == "anna"


class Office:
    """Twenty agents who get cases and finish some."""

    def __init__(self, seed: int, capacity: int | None) -> None:
        self.chance = random.Random(seed)
        self.candidates = {f"a{n:02}": one(f"a{n:02}", capacity) for n in range(20)}
        self.given: Counter[str] = Counter()
        self.open: list[str] = []

    def offer(self, method: Method, turn: int) -> None:
        chosen = choose(list(self.candidates.values()), Terms(method=method)).agent
        if chosen is not None:
            self._count(chosen.key, 1, turn=turn)
            self.given[chosen.key] += 1
            self.open.append(chosen.key)

    def finish(self) -> None:
        if self.open:
            self._count(self.open.pop(self.chance.randrange(len(self.open))), -1)

    def _count(self, key: str, by: int, **others: int) -> None:
        before = self.candidates[key]
        self.candidates[key] = replace(before, used=before.used + by, active=before.active + by, **others)


@pytest.mark.parametrize("method", [Method.ROUND_ROBIN, Method.MOST_FREE_CAPACITY, Method.LEAST_ACTIVE])
def test_nobody_is_ever_over_capacity(method: Method) -> None:
    office = Office(seed=1, capacity=7)
    for turn in range(1, 10_001):
        office.offer(method, turn)
        if office.chance.random() < 0.9:  # more cases come than are finished: all are full in the end
            office.finish()
        assert all(0 <= candidate.used <= 7 for candidate in office.candidates.values())
    assert sum(office.given.values()) > 9_000


def test_round_robin_is_even_to_within_one_case() -> None:
    office = Office(seed=2, capacity=None)
    for turn in range(1, 10_001):
        office.offer(Method.ROUND_ROBIN, turn)
        office.finish()
        assert max(office.given.values()) - min(office.given[key] for key in office.candidates) <= 1
    assert set(office.given.values()) == {500}


def test_least_active_keeps_everybody_as_busy_as_the_others() -> None:
    office = Office(seed=3, capacity=None)
    for turn in range(1, 10_001):
        office.offer(Method.LEAST_ACTIVE, turn)
    assert set(office.given.values()) == {500}
