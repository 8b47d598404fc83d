"""E5: a colleague works in the same mailbox with a mail program of her own, in the midst of a batch."""

import signal
import time
from collections import Counter
from dataclasses import dataclass, field

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.imapserver import ImapServer
from lab.ledger import ledger, sha256
from lab.letterbox import letters
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

READ, LATER = 40, 5
DELETED, MARKED, MOVED = 3, 3, 2
ELSEWHERE = "Elsewhere"
ALL_FOLDERS = ("INBOX", "Mailcase", ELSEWHERE)
MODES = {
    "keep": "mails stay as they are",
    "keyword": "mails are marked with a keyword",
    "move": "mails are moved into another folder",
}


@dataclass(kw_only=True)
class Scene:
    """One mailbox with two people in it."""

    user: ImapServer
    mails: list[bytes]
    """The last `LATER` come after the colleague's work."""
    deleted: set[str] = field(default_factory=set)
    """SHA-256 of what she deleted for good; so the others below."""
    marked: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)

    def interfere(self) -> None:
        """Read all, delete some for good, move some away, and mark some as deleted that stay."""
        here = [message for message in self.user.messages() if "\\Deleted" not in message.flags]
        some = here[:: max(1, len(here) // (DELETED + MARKED + MOVED))]
        deleted, moved, marked = some[:DELETED], some[DELETED:][:MOVED], some[DELETED + MOVED :][:MARKED]
        with self.user.client() as client:
            client.create(ELSEWHERE)
            client.store("1:*", "+FLAGS.SILENT", "(\\Seen)")
            for message in moved:
                client.uid("COPY", str(message.uid), ELSEWHERE)
            for message in (*deleted, *moved):
                client.uid("STORE", str(message.uid), "+FLAGS.SILENT", "(\\Deleted)")
            client.expunge()
            for message in marked:
                client.uid("STORE", str(message.uid), "+FLAGS.SILENT", "(\\Deleted)")
        self.deleted, self.moved, self.marked = (
            {message.sha256 for message in group} for group in (deleted, moved, marked)
        )


@dataclass(kw_only=True)
class Outcome:
    """What became of the mails of one mailbox, or of several."""

    unfiled: int = 0
    gone: int = 0
    """From the server, though nobody deleted them."""
    doubled: int = 0
    flags: int = 0
    """Mails whose flags are not those that the colleague left."""

    def add(self, other: "Outcome") -> None:
        for name in ("unfiled", "gone", "doubled", "flags"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def run(setting: Setting) -> Findings:
    """Let the colleague interfere with each way to work on a mailbox."""
    modes, rounds = setting.scaled((["move"], 1), (list(MODES), 10))
    trials = []
    with imap_host() as host, SmtpSink() as sink:
        for mode in modes:
            sum_of = Outcome()
            for turn in range(rounds):
                sum_of.add(_round(setting, host, sink.port, mode, turn))
            setting.tell(f"{MODES[mode]}: {rounds} times")
            trials += [
                Trial(
                    what=f"{MODES[mode]}: all that she left are filed",
                    times=rounds * (READ + LATER),
                    lost=sum_of.unfiled,
                    doubled=sum_of.doubled,
                ),
                Trial(
                    what=f"{MODES[mode]}: what she did on the server stays",
                    times=rounds * (READ + LATER),
                    lost=sum_of.gone + sum_of.flags,
                ),
            ]
    return Findings(trials=tuple(trials), where=f"{host.name}, SQLite")


def _round(setting: Setting, host: Host, smtp_port: int, mode: str, turn: int) -> Outcome:
    chance = setting.random(f"{mode} {turn}")
    scene = Scene(user=host.user(), mails=letters(chance, READ + LATER))
    folder = setting.room(f"{mode}-{turn}")
    url = f"sqlite:///{folder / 'desk.db'}"
    support = servers("support", scene.user, smtp_port, imap=f'after_filing = "{mode}"')
    with DaemonProcess(furnish(folder, Furniture(url=url, support=support))) as daemon:
        daemon.wait_for_notice("READY=1")
        scene.user.append(*scene.mails[: READ // 2])
        time.sleep(chance.uniform(0, 0.3))
        daemon.process.send_signal(signal.SIGSTOP)  # in the midst of whatever it does
        scene.user.append(*scene.mails[READ // 2 : READ])
        scene.interfere()
        daemon.process.send_signal(signal.SIGCONT)
        scene.user.append(*scene.mails[READ:])
        return _wait_and_judge(scene, daemon, url, mode)


def _wait_and_judge(scene: Scene, daemon: DaemonProcess, url: str, mode: str) -> Outcome:
    sent = Counter(map(sha256, scene.mails))
    due = set(sent) - scene.deleted - scene.moved
    with ledger(url) as found:
        eventually(lambda: due <= set(found.activities()), f"{len(due)} mails are filed: {daemon.tail()}")
        eventually(lambda: not found.waiting(), "nothing is left")
        daemon.stop()
        activities = found.activities()
    there = sum((scene.user.hashes(folder) for folder in ALL_FOLDERS), Counter())
    return Outcome(
        unfiled=len(due - set(activities)),
        gone=len(set(sent) - scene.deleted - set(there)),
        doubled=(activities - sent).total(),
        flags=_wrong_flags(scene, mode),
    )


def _wrong_flags(scene: Scene, mode: str) -> int:
    """Return how many mails are not read, or not marked as deleted, as the colleague left them."""
    later = {sha256(mail) for mail in scene.mails[READ:]}
    folders = ["Mailcase", "INBOX"] if mode == "move" else ["INBOX"]
    messages = [message for folder in folders for message in scene.user.messages(folder)]
    wrong = [
        message
        for message in messages
        if ("\\Deleted" in message.flags) != (message.sha256 in scene.marked)
        or (message.sha256 in later and "\\Seen" in message.flags)
    ]
    return len(wrong) + len(scene.marked - {message.sha256 for message in messages})


EXPERIMENT = Experiment(
    name="E5",
    promise="G5",
    title="Other people in the mailbox are safe from the daemon, and it from them",
    how=(
        f"{READ} mails come in. While the daemon is in the midst of them, a second mail program reads all, deletes {DELETED} for "
        f"good, moves {MOVED} away and marks {MARKED} as deleted without removing them; then {LATER} more come in. Lost: a mail that "
        "she left and that is not filed, one that is gone from the server though she did not delete it, or one whose "
        "flags are no longer hers. Doubled: an activity too many."
    ),
    run=run,
    lasts_s=120,
)
