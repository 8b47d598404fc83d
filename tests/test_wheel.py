"""The wheel: built, installed into an empty environment, and run from elsewhere."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from mailcase import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "mailcase"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command as somebody would who has never seen this source, and return its standard output."""
    ours = ("MAILCASE_", "PYTHON", "COVERAGE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=90, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment with the wheel, and with the libraries of the running one."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", folder / "bin" / "python")
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=folder)
    site = folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    # Behind the environment's own folder, and a path of a .pth file runs no .pth file in it: an editable mailcase in
    # the running environment stays out of reach.
    (site / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return folder / "bin"


def test_the_wheel_holds_every_file_of_the_package_and_the_defaults(wheel: Path) -> None:
    expected = {
        f"{target}/{file.relative_to(source)}"
        for source, target in (
            (PACKAGE, "mailcase"),
            (ROOT / "rules", "mailcase/defaults/rules"),
            (ROOT / "templates", "mailcase/defaults/templates"),
            (ROOT / "articles", "mailcase/defaults/articles"),
            (ROOT / "systemd", f"mailcase-{__version__}.data/data/share/mailcase/systemd"),
            (ROOT / "docs", f"mailcase-{__version__}.data/data/share/doc/mailcase"),
        )
        for file in source.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    names = set(ZipFile(wheel).namelist())

    assert expected - names == set()
    assert {name for name in names - expected if ".dist-info/" not in name} == set()
    assert {"mailcase/py.typed", "mailcase/store/migrations/script.py.mako"} <= names


def test_the_installed_program_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "mailcase", "--version", cwd=tmp_path) == f"mailcase {__version__}\n"


def test_the_installed_program_is_the_wheel_and_not_the_source(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import mailcase; print(mailcase.__file__)", cwd=tmp_path)

    assert where.startswith(f"{installed.parent}/")


def test_the_installed_demo_plays_its_story(installed: Path, tmp_path: Path) -> None:
    found = json.loads(run(installed / "mailcase", "demo", "--once", "--json", cwd=tmp_path))

    statuses = {case["customer"]: (case["status"], case["queue"]) for case in found["cases"]}
    assert statuses == {
        "clara@customer.example": ("resolved", "support"),
        "tomas@rey.example": ("active", "billing"),
        "juergen@kunde.example": ("active", "support"),
    }
    # What an acknowledgement promises depends on the hour at which the demo is played.
    told = {(mail["to"], mail["template"].removesuffix("_out_of_hours")) for mail in found["sent"]}
    assert {
        ("juergen@kunde.example", "customer/acknowledged"),
        ("clara@customer.example", "customer/resolved"),
        ("anna@northwind.example", "agent/transcript"),
    } <= told
    assert found["held"] == []
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"


def test_a_desk_is_made_from_the_defaults_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    run(installed / "mailcase", "init", "desk", cwd=tmp_path)

    said = run(installed / "mailcase", "--config", "desk/mailcase.toml", "rules", "check", cwd=tmp_path)

    assert "No errors." in said
    assert (tmp_path / "desk/templates/customer/acknowledged.txt.j2").is_file()
