"""Values on their way into columns and back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mailcase.domain.activity import ActivityKind
from mailcase.store import activities, cases, contacts
from mailcase.store.columns import MAX_KEY_BYTES, key_of, storable
from mailcase.store.engine import Database
from store.values import NOW, a_contact, an_activity, stored_case

one_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
moments = st.datetimes(
    NOW.replace(year=1900, tzinfo=None),
    NOW.replace(year=9000, tzinfo=None),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14))]),
)
any_text = st.text(st.characters(codec=None, categories=None), max_size=50)


@one_database
@given(created_at=moments, due_at=st.none() | moments)
def test_moments_come_back_as_the_same_instant_in_utc(
    database: Database, created_at: datetime, due_at: datetime | None
) -> None:
    with database.begin() as tx:
        case = stored_case(tx)
        stored = activities.insert(tx, an_activity(case.id, created_at=created_at, due_at=due_at))
        found = activities.get(tx, stored.id)
    assert found == stored
    assert found.created_at.tzinfo is UTC


@one_database
@given(title=any_text, tags=st.lists(any_text, max_size=3).map(tuple))
def test_any_text_is_stored_less_what_no_database_holds(database: Database, title: str, tags: tuple[str, ...]) -> None:
    with database.begin() as tx:
        case = stored_case(tx, title=title, tags=tags)
        found = cases.get(tx, case.id)
    assert found == replace(case, title=storable(title), tags=tuple(storable(tag) for tag in tags))


@given(any_text)
def test_storable_text_is_left_alone(words: str) -> None:
    assert storable(storable(words)) == storable(words)
    assert len(storable(words)) == len(words)
    storable(words).encode()


@given(st.text(max_size=20), st.integers(min_value=1, max_value=200))
def test_a_key_fits_its_index(words: str, times: int) -> None:
    assert len(key_of(words * times).encode()) <= MAX_KEY_BYTES


def test_long_keys_that_differ_at_their_end_stay_apart() -> None:
    assert key_of("ü" * 9000 + "a") != key_of("ü" * 9000 + "b")


def test_a_moment_without_zone_is_refused(database: Database) -> None:
    with pytest.raises(TypeError), database.begin() as tx:
        contacts.insert(tx, a_contact(created_at=NOW.replace(tzinfo=None)))


def test_moments_sort_in_the_database(database: Database) -> None:
    early, late = NOW, NOW + timedelta(microseconds=1)
    with database.begin() as tx:
        case = stored_case(tx)
        for moment in (late, early):
            activities.insert(tx, an_activity(case.id, created_at=moment))
        order = tx.execute(text("SELECT id FROM activities ORDER BY created_at")).scalars().all()
    assert order == [2, 1]


@pytest.mark.parametrize("kind", ActivityKind)
def test_a_choice_is_stored_as_its_word(database: Database, kind: ActivityKind) -> None:
    with database.begin() as tx:
        activities.insert(tx, an_activity(stored_case(tx).id, kind=kind))
        assert tx.execute(text("SELECT kind FROM activities")).scalar_one() == str(kind)
        assert activities.by_case(tx, 1)[0].kind is kind
