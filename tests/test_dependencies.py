"""pyproject.toml names the libraries that the code imports, no more and no fewer."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, requires
from pathlib import Path

from mailcase import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Imported beside a library that depends on them and chooses their version.
COMES_WITH = {
    "cryptography": "pyjwt",
    "markupsafe": "jinja2",
    "proxy-protocol": "pymap",
    "pydantic-core": "pydantic",
    "pysasl": "pymap",
}
NEVER_IMPORTED = {"tzdata", "psycopg"}  # data that zoneinfo finds by itself; the driver that SQLAlchemy loads for a URL


def normal(name: str) -> str:
    """Return the name of a distribution in its one form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported() -> set[str]:
    """Return the names of the distributions that modules of the package import."""
    modules = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                modules.add((node.module or "").split(".")[0])
    owners = packages_distributions()
    return {normal(owners[module][0]) for module in modules - {"mailcase", *sys.stdlib_module_names}}


def test_every_library_that_is_imported_is_declared_and_no_other() -> None:
    declared = {normal(re.match(r"[\w.-]+", line)[0]) for line in PROJECT["dependencies"]}

    assert imported() - COMES_WITH.keys() == declared - NEVER_IMPORTED


def test_what_comes_with_a_library_is_asked_for_by_it() -> None:
    wanted = {
        name: {normal(re.match(r"[\w.-]+", line)[0]) for line in requires(library) or ()}
        for name, library in COMES_WITH.items()
    }

    assert [name for name, names in wanted.items() if name not in names] == []


def test_a_version_is_told_in_one_place() -> None:
    assert PROJECT["version"] == __version__
