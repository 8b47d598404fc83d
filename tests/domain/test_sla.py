from datetime import timedelta

import pytest

from domain.clocks import hours, promise
from mailcase.domain.sla import Kpi, Sla
from mailcase.errors import Invalid


@pytest.mark.parametrize(
    ("terms", "problem"),
    [
        ({"fail_after": timedelta(), "warn_after": None}, "more than no time"),
        ({"fail_after": hours(-1), "warn_after": None}, "more than no time"),
        ({"fail_after": hours(4), "warn_after": hours(4)}, "warn between"),
        ({"fail_after": hours(4), "warn_after": timedelta()}, "warn between"),
    ],
)
def test_a_promise_is_warned_of_between_its_start_and_its_failure(terms, problem):
    with pytest.raises(Invalid, match=problem):
        promise(**terms)


def test_the_first_item_that_applies_counts_for_each_kpi():
    urgent, normal = promise(name="urgent", fail_after=hours(1), warn_after=None), promise(name="normal")
    solve = promise(name="solve", kpi=Kpi.RESOLUTION)
    sla = Sla(name="gold", items=(urgent, normal, solve))

    assert sla.applicable(lambda _: True) == (urgent, solve)
    assert sla.applicable(lambda item: item is not urgent) == (normal, solve)
    assert sla.applicable(lambda _: False) == ()


def test_two_items_of_an_sla_cannot_share_a_name():
    with pytest.raises(Invalid, match="answer"):
        Sla(name="gold", items=(promise(), promise(kpi=Kpi.RESOLUTION)))
