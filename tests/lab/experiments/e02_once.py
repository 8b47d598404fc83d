"""E2: after the storm of kills of E1 every mail is exactly one activity, and nothing hangs in the air."""

from lab.experiment import Experiment, Findings, Load, Setting, Trial
from lab.storm import Weathered, weather


def run(setting: Setting) -> Findings:
    """Look at what E1 left behind, or weather a storm of the same seed."""
    where, desks = weather(setting)
    mails = sum(left.sent.total() for left in desks)
    cases = sum(left.cases for left in desks)
    return Findings(
        trials=(
            Trial(what="mail becomes one activity", times=mails, lost=_missing(desks), doubled=_surplus(desks)),
            Trial(
                what="mail of a new customer becomes one case",
                times=mails,
                lost=max(0, mails - cases),
                doubled=max(0, cases - mails),
            ),
            Trial(
                what="automatic mail goes out at most once",
                times=mails,
                doubled=sum(left.told_twice for left in desks),
            ),
            Trial(
                what="daemon dies, and the processes that it started end too",
                times=sum(left.kills.total() for left in desks),
                leaked=sum(left.survivors for left in desks),
            ),
        ),
        where=f"{where}, SQLite, after {sum(left.kills.total() for left in desks)} kills",
        faults=tuple(f"{left.orphans} rows belong to nothing." for left in desks if left.orphans),
    )


def _missing(desks: list[Weathered]) -> int:
    return sum((left.sent - left.activities).total() for left in desks)


def _surplus(desks: list[Weathered]) -> int:
    return sum((left.activities - left.sent).total() for left in desks)


EXPERIMENT = Experiment(
    name="E2",
    promise="G2",
    title="Every mail is exactly one activity, whatever was killed where",
    how=(
        "The desks that E1 left behind. Lost: a mail without its activity or case. Doubled: an activity, case or automatic "
        "mail too many. Cases without mail or history, activities without case or mail, filed mail without activity, and "
        "outgoing mail without case must not be there at all."
    ),
    run=run,
    load=Load.WORKS,
    after="E1",
)
