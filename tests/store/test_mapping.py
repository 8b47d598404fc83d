"""Values and rows: a field is a column of the same name."""

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from mailcase.domain.sla_clock import ClockSpan
from mailcase.store import activities, audit, cases, clocks, contacts, inbox, outbox, queues, schema, timeline
from mailcase.store.mapping import Mapping

MAPPINGS = [
    activities.ACTIVITIES,
    activities.FILES,
    audit.RECORDS,
    cases.CASES,
    clocks.CLOCKS,
    contacts.ACCOUNTS,
    contacts.CONTACTS,
    inbox.MESSAGES,
    outbox.MESSAGES,
    queues.ITEMS,
    timeline.ENTRIES,
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.table.name)
def test_every_field_is_a_column_and_every_column_a_field(mapping: Mapping[Any]) -> None:
    assert sorted(mapping.names) == sorted(mapping.table.c.keys())


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda mapping: mapping.table.name)
def test_a_column_may_be_null_exactly_where_the_field_may_be_none(mapping: Mapping[Any]) -> None:
    assert is_dataclass(mapping.kind)
    may_be_none = {field.name for field in fields(mapping.kind) if "None" in str(field.type)}
    assert {column.name for column in mapping.table.c if column.nullable} == may_be_none


def test_the_ledger_of_a_clock_has_its_fields() -> None:
    assert tuple(field.name for field in fields(ClockSpan)) == clocks.SPAN
    assert set(schema.clock_spans.c.keys()) == {"id", *clocks.SPAN}
