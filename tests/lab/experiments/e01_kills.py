"""E1: mails come in while the daemon is killed again and again, and none is lost."""

from collections import Counter

from lab import strace
from lab.experiment import Experiment, Figure, Findings, Load, Setting, Trial
from lab.storm import STRUCK, Weathered, weather

TOLD = {"keyword": "marked on the server", "move": "moved on the server"}


def run(setting: Setting) -> Findings:
    """Weather the storm and compare the mails that came in with those that are stored."""
    where, desks = weather(setting)
    kills = sum((left.kills for left in desks), Counter())
    trials = [
        Trial(
            what=f"{left.sent.total()} mails, {TOLD[left.after]}",
            times=left.kills.total(),
            lost=_lost(left),
            doubled=_doubled(left),
        )
        for left in desks
    ]
    looks = sum(left.looks for left in desks)
    early = sum(left.too_early for left in desks)
    what = "look between two lives: what the server was told of is stored"
    trials.append(Trial(what=what, times=looks, lost=early))
    by_hand = sum(left.retried_by_hand for left in desks)
    return Findings(
        trials=tuple(trials),
        figures=(
            *(Figure(name=name, value=times, unit="times") for name, times in sorted(kills.items())),
            Figure(name="held after three deaths, filed after `mailcase inbox retry`", value=by_hand, unit="mails"),
        ),
        where=f"{where}, SQLite",
        faults=tuple(fault for left in desks for fault in _faults(left)),
        omitted=_omitted(kills, setting),
    )


def _omitted(kills: Counter[str], setting: Setting) -> tuple[str, ...]:
    if not strace.is_there():
        return ("Kills before the Nth system call: strace is not installed.",)
    has_struck = any(name.startswith(STRUCK) for name in kills)
    return (
        ()
        if has_struck or setting.scaled(True, False)
        else ("Kills before the Nth system call: strace may not attach.",)
    )


def _lost(left: Weathered) -> int:
    return (left.sent - left.stored).total()


def _doubled(left: Weathered) -> int:
    return (left.stored - left.sent).total()


def _faults(left: Weathered) -> list[str]:
    missing = len(set(left.sent) - set(left.on_server))
    return [f"{missing} mails are gone from the server."] if missing else []


EXPERIMENT = Experiment(
    name="E1",
    promise="G1",
    title="No mail is lost, wherever the daemon is killed",
    how=(
        "Mails come in while the daemon is started and killed, again and again: at random moments of its start and of its "
        "work, and just before the Nth call by which it writes a page, makes a commit durable, or speaks to a server. A last "
        "daemon, on a clock two hours ahead, does what is left. The SHA-256 of every mail on the server is then compared "
        "with those of the bytes in the database. Lost: on the server only. Doubled: in the database more than once."
    ),
    run=run,
    lasts_s=300,
    load=Load.WORKS,
)
