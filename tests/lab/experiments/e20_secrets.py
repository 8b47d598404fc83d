"""E20: servers with bad certificates or without TLS, and a password that is looked for everywhere."""

import contextlib
import ssl
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from lab import dovecot
from lab.certificates import Certificates
from lab.desks import Furniture, furnish
from lab.dovecot import PASSWORD, Dovecot
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.faultproxy import FaultProxy
from lab.process import DaemonProcess, eventually, mailcase
from lab.smtpsink import SmtpSink

CANARY = "canary-Xy7+q/9&zß"
"""A password with characters that are encoded differently in headers, URLs and base64."""
COMMANDS = (["check"], ["check", "--json"], ["rules", "check"], ["inbox", "list"], ["outbox", "list"], ["case", "list"])
TRIES = 2
"""How often each server is tried before it is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that must not be trusted, or one that must."""

    what: str
    kind: str
    """`imap` or `smtp`."""
    host: str
    proxy: FaultProxy
    security: str
    ca_file: Path | None
    is_good: bool = False


@dataclass(kw_only=True)
class Scene:
    """All servers, and what is left of them."""

    stack: contextlib.ExitStack
    servers: list[Server] = field(default_factory=list)

    def add(self, what: str, kind: str, target: int, security: str, *, host: str = "localhost", **more: object) -> None:
        """Put a listening proxy before a server."""
        rewrite = more.pop("rewrite", bytes)
        proxy = self.stack.enter_context(FaultProxy(target=target, rewrite=rewrite))  # type: ignore[arg-type]
        self.servers.append(Server(what=what, kind=kind, host=host, proxy=proxy, security=security, **more))  # type: ignore[arg-type]


def without_starttls(packet: bytes) -> bytes:
    """Return what a server says without its offer of TLS, as a man in the middle would."""
    return packet.replace(b"STARTTLS", b"XSTARTXX")


def imap_servers(scene: Scene, server: Dovecot, other: Certificates) -> None:
    """Add Dovecot in many disguises."""
    ca = server.certificates.ca
    scene.add("an unknown authority", "imap", server.tls_port, "tls", ca_file=None)
    scene.add("another authority's certificate", "imap", server.tls_port, "tls", ca_file=other.ca)
    scene.add("a wrong host name", "imap", server.tls_port, "tls", ca_file=ca, host="127.0.0.1")
    scene.add("no TLS where it is expected", "imap", server.port, "tls", ca_file=ca)
    scene.add("STARTTLS stripped", "imap", server.port, "starttls", ca_file=ca, rewrite=without_starttls)
    scene.add("STARTTLS with an unknown authority", "imap", server.port, "starttls", ca_file=None)
    scene.add("a good server, TLS", "imap", server.tls_port, "tls", ca_file=ca, is_good=True)
    scene.add("a good server, STARTTLS", "imap", server.port, "starttls", ca_file=ca, is_good=True)


def smtp_servers(scene: Scene, own: Certificates, other: Certificates) -> None:
    """Add the sink in many disguises."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    tls, upgraded, plain = SmtpSink(tls=context), SmtpSink(starttls=context), SmtpSink()
    for sink in (tls, upgraded, plain):
        scene.stack.enter_context(sink)
    scene.add("an unknown authority", "smtp", tls.port, "tls", ca_file=None)
    scene.add("another authority's certificate", "smtp", tls.port, "tls", ca_file=other.ca)
    scene.add("a wrong host name", "smtp", tls.port, "tls", ca_file=own.ca, host="127.0.0.1")
    scene.add("no TLS where it is expected", "smtp", plain.port, "tls", ca_file=own.ca)
    scene.add("STARTTLS not offered", "smtp", plain.port, "starttls", ca_file=own.ca)
    scene.add("STARTTLS stripped", "smtp", upgraded.port, "starttls", ca_file=own.ca, rewrite=without_starttls)
    scene.add("STARTTLS with an unknown authority", "smtp", upgraded.port, "starttls", ca_file=None)
    scene.add("a good server, TLS", "smtp", tls.port, "tls", ca_file=own.ca, is_good=True)
    scene.add("a good server, STARTTLS", "smtp", upgraded.port, "starttls", ca_file=own.ca, is_good=True)


def forms(secret: str) -> set[bytes]:
    """Return a secret in every form in which it could be written down."""
    raw = secret.encode()
    plain = {
        raw,
        quote(secret).encode(),
        quote(secret, safe="").encode(),
        repr(secret).encode(),
        secret.encode("utf-16-le"),
    }
    escaped = {secret.encode("unicode_escape"), secret.replace("&", "&amp;").encode()}
    logins = (raw, b"\0user\0" + raw, b"user\0user\0" + raw)
    return plain | escaped | {b64encode(one).rstrip(b"=")[:-1] for one in logins}


def settings_of(folder: Path, scene: Scene) -> Path:
    """Write a desk with a mailbox for each server."""
    secret = folder / "secret"
    secret.write_text(f"{CANARY}\n", encoding="utf-8")
    sections = []
    for number, server in enumerate(scene.servers):
        name = f"box{number}"
        password = f'password_file = "{secret}"' if number % 2 else f'password = "{CANARY}"'
        trust = f'ca_file = "{server.ca_file}"\n' if server.ca_file else ""
        sections.append(
            f'[mailboxes.{name}]\naddress = "{name}@northwind.example"\nqueue = "support"\n[mailboxes.{name}.{server.kind}]\n'
            f'host = "{server.host}"\nport = {server.proxy.port}\nsecurity = "{server.security}"\nusername = "user"\n'
            f"{password}\n{trust}connect_timeout_s = 5\ncommand_timeout_s = 5\n"
        )
    return furnish(folder, Furniture(url=f"sqlite:///{folder / 'desk.db'}", extra="\n".join(sections)))


def said(setting: Setting, folder: Path, settings: Path, scene: Scene) -> dict[str, bytes]:
    """Let everything that mailcase can say be said, and return it by where it was said."""
    with DaemonProcess(settings) as daemon:
        daemon.wait_for_notice("READY=1")
        watched = [one for one in scene.servers if one.kind == "imap"]
        eventually(lambda: all(one.proxy.heard for one in watched), "a first try of each server")
        eventually(lambda: daemon.log.read_bytes().count(b"thread.") >= TRIES * len(watched) / 2, "some tries")
        daemon.stop()
        found = {"the log": daemon.log.read_bytes()}
    for arguments in setting.scaled(COMMANDS[:1], COMMANDS):
        done = mailcase("--config", str(settings), *arguments, timeout_s=120)
        found[f"`{' '.join(arguments)}`"] = done.stdout + done.stderr
    return found | _mistakes(setting, folder, settings) | _files(folder)


def _mistakes(setting: Setting, folder: Path, settings: Path) -> dict[str, bytes]:
    """Return what is said of settings that are wrong close to the password."""
    good = settings.read_text(encoding="utf-8")
    mistakes = {
        "a misspelt key": good.replace("password =", "pasword =", 1),
        "a number for a password": good.replace(f'password = "{CANARY}"', f'password = ["{CANARY}"]', 1),
        "broken TOML": good.replace(f'password = "{CANARY}"', f'password = "{CANARY}', 1),
        "two passwords": good.replace(f'password = "{CANARY}"', f'password = "{CANARY}"\npassword_env = "X"', 1),
        "a database out of reach": good.replace(
            "sqlite:///", f"postgresql://user:{quote(CANARY, safe='')}@127.0.0.1:1/x?a=", 1
        ),
    }
    found = {}
    chosen = setting.scaled(list(mistakes)[:3], list(mistakes))
    for number, what in enumerate(chosen):
        file = folder / f"mistake{number}.toml"
        file.write_text(mistakes[what], encoding="utf-8")
        for command in setting.scaled(["run"], ["check", "run"]):
            done = mailcase("--config", str(file), command, timeout_s=120)
            assert done.returncode != 0, f"{what}: `{command}` finds nothing wrong"
            found[f"`{command}` with {what}"] = done.stdout + done.stderr
    return found


def _files(folder: Path) -> dict[str, bytes]:
    return {f"the file {path.name}": path.read_bytes() for path in folder.glob("desk.db*")}


def judge(setting: Setting, scene: Scene) -> tuple[list[Trial], list[str]]:
    """Try all servers, and look for the password."""
    folder = setting.room("desk")
    everything = said(setting, folder, settings_of(folder, scene), scene)
    trials = []
    report = everything["`check`"].decode(errors="replace")
    for server in scene.servers:
        told = next((line for line in report.splitlines() if f":{server.proxy.port}" in line), "")
        has_secret = any(form in bytes(server.proxy.heard) for form in forms(CANARY))
        is_trusted = told.startswith("ok") or "the login of user is refused" in told  # Dovecot knows another password
        lost = server.is_good and not is_trusted
        leaked = not server.is_good and (has_secret or is_trusted)
        trials.append(Trial(what=f"{server.kind.upper()}: {server.what}", times=1, lost=int(lost), leaked=int(leaked)))
    places = [where for where, text in everything.items() if any(form in text for form in forms(CANARY))]
    looked = Trial(what="places where the password was looked for", times=len(everything), leaked=len(places))
    return [*trials, looked], [f"The password is in {where}." for where in places]


@contextlib.contextmanager
def scenery(setting: Setting) -> Iterator[Scene]:
    """Start all servers."""
    with contextlib.ExitStack() as stack:
        scene = Scene(stack=stack)
        own, other = Certificates.create(setting.room("own")), Certificates.create(setting.room("other"))
        if dovecot.binary() is not None:
            server = Dovecot.start()
            stack.callback(server.stop)
            imap_servers(scene, server, other)
        smtp_servers(scene, own, other)
        yield scene


def run(setting: Setting) -> Findings:
    """Try each server, and look for the password everywhere."""
    assert PASSWORD not in CANARY
    with scenery(setting) as scene:
        trials, faults = judge(setting, scene)
    omitted = () if dovecot.binary() is not None else ("IMAP with TLS: Dovecot is not installed.",)
    return Findings(
        trials=tuple(trials), faults=tuple(faults), omitted=omitted, where="Dovecot and the SMTP sink, SQLite"
    )


EXPERIMENT = Experiment(
    name="E20",
    promise="G21",
    title="No server gets a password that did not prove itself, and nobody else does",
    how=(
        "Servers with certificates of an unknown or another authority or for another name, without TLS, and with STARTTLS taken "
        "out of what they offer. What the daemon says to them is recorded: the password must not be in it, and none of them may "
        "be found good. The password is then looked for, in clear, escaped, percent-encoded and base64, in the log, in what the "
        "commands print, in the complaints about settings that are wrong next to it, and in the files of the database."
    ),
    run=run,
)
