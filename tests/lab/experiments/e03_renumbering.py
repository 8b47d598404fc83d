"""E3: a folder is made anew, while the daemon watches it or while it is away, or moves to another account."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.imapserver import ImapServer
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

OLD, NEW = 30, 20
FOLDER = "Support"
RESTORED = "Restored"
IMAP = f'folder = "{FOLDER}"\ncommand_timeout_s = 10\nafter_filing = "keyword"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk whose mailbox is about to be renumbered."""

    host: Host
    smtp_port: int
    folder: Path
    old: list[bytes]
    new: list[bytes]

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'desk.db'}"

    def user(self, mails: list[bytes]) -> ImapServer:
        """Return a new user whose folder has these mails."""
        user = self.host.user()
        with user.client() as client:
            client.create(FOLDER)
        user.append(*mails, folder=FOLDER)
        return user

    def daemon(self, user: ImapServer) -> DaemonProcess:
        """Start the daemon on the folder of a user."""
        support = servers("support", user, self.smtp_port, imap=IMAP)
        return DaemonProcess(furnish(self.folder, Furniture(url=self.url, support=support)))

    def remake(self, user: ImapServer) -> None:
        """Put another folder in its place: another UIDVALIDITY, other UIDs, new mails before and among the old."""
        mixed = [mail for pair in zip(self.new, self.old, strict=False) for mail in pair] + self.old[len(self.new) :]
        with user.client() as client:
            client.create(RESTORED)
        user.append(*mixed, folder=RESTORED)
        with user.client() as client:
            client.delete(FOLDER)
            # While another session looks at the old one, Dovecot may take a moment for this.
            eventually(lambda: client.rename(RESTORED, FOLDER)[0] == "OK", "the folder is restored")

    def wait_for(self, filed: int) -> None:
        """Wait until this many mails are filed and the daemon has read all of its folder."""
        with ledger(self.url) as found:
            eventually(lambda: found.states()["filed"] >= filed and not found.waiting(), f"{filed} filed mails")


def watched(desk: Desk) -> None:
    """Made anew under the daemon's feet."""
    user = desk.user(desk.old)
    with desk.daemon(user) as daemon:
        daemon.wait_for_notice("READY=1")
        desk.wait_for(len(desk.old))
        desk.remake(user)
        desk.wait_for(len(desk.old + desk.new))
        daemon.stop()


def unwatched(desk: Desk) -> None:
    """Made anew while no daemon runs."""
    user = desk.user(desk.old)
    _file_and_stop(desk, user, len(desk.old))
    desk.remake(user)
    _file_and_stop(desk, user, len(desk.old + desk.new))


def moved(desk: Desk) -> None:
    """The same mails and new ones in another account, which the settings now name."""
    _file_and_stop(desk, desk.user(desk.old), len(desk.old))
    _file_and_stop(desk, desk.user([*desk.new, *desk.old]), len(desk.old + desk.new))


def _file_and_stop(desk: Desk, user: ImapServer, filed: int) -> None:
    with desk.daemon(user) as daemon:
        daemon.wait_for_notice("READY=1")
        desk.wait_for(filed)
        daemon.stop()


WAYS: dict[str, tuple[str, Callable[[Desk], None]]] = {
    "watched": ("folder made anew while the daemon watches it", watched),
    "unwatched": ("folder made anew while no daemon runs", unwatched),
    "moved": ("mailbox moved to another account", moved),
}


def run(setting: Setting) -> Findings:
    """Try each way as often as the scale says."""
    rounds, old, new = setting.scaled((1, 6, 4), (5, OLD, NEW))
    with imap_host() as host, SmtpSink() as sink:
        trials = []
        ways = setting.scaled(("watched", "moved"), tuple(WAYS))
        for number, (what, way) in enumerate(WAYS[name] for name in ways):
            lost = doubled = 0
            for turn in range(rounds):
                mails = letters(setting.random(f"{what} {turn}"), old + new)
                room = setting.room(f"{number}-{turn}")
                desk = Desk(host=host, smtp_port=sink.port, folder=room, old=mails[:old], new=mails[old:])
                way(desk)
                with ledger(desk.url) as found:
                    lost, doubled = lost + _lost(found, mails), doubled + _doubled(found, mails)
            setting.tell(f"{what}: {rounds} times")
            note = f"{old} old mails, then the same with {new} new: exactly {new} more"
            trials.append(Trial(what=what, times=rounds, lost=lost, doubled=doubled, note=note))
        return Findings(trials=tuple(trials), where=f"{host.name}, SQLite")


def _lost(found: Ledger, mails: list[bytes]) -> int:
    return len({sha256(mail) for mail in mails} - set(found.activities()))


def _doubled(found: Ledger, mails: list[bytes]) -> int:
    cases = found.number("SELECT count(*) FROM cases")
    return max(found.activities().total(), cases) - len(mails)


EXPERIMENT = Experiment(
    name="E3",
    promise="G3",
    title="A renumbered folder or another account brings exactly the new mails",
    how=(
        f"A folder with {OLD} filed mails is deleted and restored, with {NEW} new mails before and among the old ones, so that "
        "UIDVALIDITY and every UID are others; or the same mails are found in another account. Lost: a mail without an "
        "activity. Doubled: an activity or case too many."
    ),
    run=run,
)
