"""The units under systemd/, asked of systemd itself."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from mailcase.daemon.crew import STOP_WITHIN_S

SYSTEMD = Path(__file__).parents[1] / "systemd"
UNITS = ("mailcase.service", "mailcase@.service")
MAX_EXPOSURE = 25  # tenths: systemd calls up to 2.5 OK at the most


def run(*command: str | Path) -> str:
    """Run a tool of systemd and return what it says; skips where systemd is not installed, but never in CI."""
    if shutil.which(str(command[0])) is None:
        reason = f"{command[0]} is not installed (Debian: apt-get install systemd)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said


def settings(unit: str) -> dict[str, str]:
    """Return the settings of a unit, of all sections; one that is given twice is joined."""
    found: dict[str, str] = {}
    for line in (SYSTEMD / unit).read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key] = f"{found[key]} {value}" if key in found else value
    return found


@pytest.mark.parametrize(("unit", "instance"), [(UNITS[0], UNITS[0]), (UNITS[1], "mailcase@billing.service")])
def test_systemd_understands_every_line_of_the_unit(unit: str, instance: str, tmp_path: Path) -> None:
    # A copy, because systemd also checks that the program is there, and mailcase is not installed in /opt here.
    text = (SYSTEMD / unit).read_text().replace(settings(unit)["ExecStart"], "/bin/true")
    (tmp_path / instance).write_text(text)

    assert run("systemd-analyze", "verify", "--man=no", tmp_path / instance) == ""


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_is_sandboxed(unit: str) -> None:
    said = run(
        "systemd-analyze", "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", "--no-pager", SYSTEMD / unit
    )

    assert "Overall exposure level" in said


def test_the_two_units_differ_only_in_the_name_of_the_desk() -> None:
    single, several = (settings(unit) for unit in UNITS)

    without_desk = {key: value.replace("/%i", "").replace(" (desk %i)", "") for key, value in several.items()}

    assert without_desk == single


@pytest.mark.parametrize("unit", UNITS)
def test_the_unit_gives_the_daemon_longer_to_stop_than_it_takes(unit: str) -> None:
    assert int(settings(unit)["TimeoutStopSec"]) > 2 * STOP_WITHIN_S


def test_the_user_and_the_folders_are_made_with_their_rights(tmp_path: Path) -> None:
    secret = tmp_path / "etc/mailcase/secrets/support"
    secret.parent.mkdir(parents=True)
    secret.write_text("a password\n")
    if os.geteuid() != 0:
        assert "mailcase" in run("systemd-sysusers", "--dry-run", SYSTEMD / "sysusers.d/mailcase.conf")
        return  # giving folders to another user takes root

    run("systemd-sysusers", f"--root={tmp_path}", SYSTEMD / "sysusers.d/mailcase.conf")
    run("systemd-tmpfiles", f"--root={tmp_path}", "--create", SYSTEMD / "tmpfiles.d/mailcase.conf")

    uid = int((tmp_path / "etc/passwd").read_text().split("mailcase:x:")[1].split(":")[0])
    rights = {name: (tmp_path / name).stat() for name in ("etc/mailcase", "var/lib/mailcase", "etc/mailcase/secrets")}
    assert {name: oct(stat.st_mode & 0o777) for name, stat in rights.items()} == {
        "etc/mailcase": "0o750",
        "var/lib/mailcase": "0o700",
        "etc/mailcase/secrets": "0o750",
    }
    assert [stat.st_uid for stat in rights.values()] == [0, uid, 0]
    assert (secret.stat().st_uid, oct(secret.stat().st_mode & 0o777)) == (uid, "0o400")


def test_systemd_understands_every_line_of_the_socket(tmp_path: Path) -> None:
    for name in ("mailcase-lmtp.socket", "mailcase.service"):
        text = (SYSTEMD / name).read_text().replace(settings("mailcase.service")["ExecStart"], "/bin/true")
        (tmp_path / name).write_text(text)

    assert run("systemd-analyze", "verify", "--man=no", tmp_path / "mailcase-lmtp.socket") == ""


def test_only_the_mail_server_may_write_to_the_socket() -> None:
    socket = settings("mailcase-lmtp.socket")

    assert (socket["SocketUser"], socket["SocketMode"], socket["Service"]) == ("postfix", "0600", "mailcase.service")
