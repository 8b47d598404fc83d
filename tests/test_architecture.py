"""The layers of docs/flow.md, read from the imports themselves."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "mailcase"

RANK = {
    "domain": 0,
    "errors": -1,
    "mail": 1,
    "rules": 1,
    "config": 1,
    "clock": 1,
    "log": 1,
    "metrics": 1,
    "store": 2,
    "transport": 2,
    "desk": 3,
    "files": 2,
    "app": 4,
    "daemon": 5,
    "sandbox": 5,
    "web": 6,
    "cli": 7,
    "__main__": 8,
    "__init__": 0,
}
# A package may use the few leaf modules of its own rank: they have no state and import nothing of it.
LEAVES = {"errors", "config", "clock", "log", "metrics"}
ONLY_IMPORTERS = {
    "sqlalchemy": {"store"},
    "alembic": {"store"},
    "imap_tools": {"transport"},
    "imaplib": {"transport", "sandbox"},  # the people of the demo have a mail program of their own
    "aiosmtplib": {"transport"},
    "dkim": {"mail"},
    "dns": {"transport"},
    "aiosmtpd": {"sandbox", "transport"},
    "pymap": {"sandbox"},
    "httpx": {"transport"},
    "jwt": {"transport"},
    "cryptography": {"mail", "transport"},
    "apscheduler": {"daemon"},
    "typer": {"cli"},
    "starlette": {"web"},
    "uvicorn": {"web"},
    "prometheus_client": {"metrics", "web"},
}
IMPURE = {"os", "socket", "subprocess", "threading", "asyncio", "random", "secrets", "time", "pathlib", "sqlite3"}

MODULES = sorted(SOURCE.rglob("*.py"))


def package_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[str, int, bool]]:
    """(module, line, is inside a function) of every import of the file."""
    tree = ast.parse(path.read_text())
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, id(node) in inside) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = node.module == "mailcase"
                found.append((full if is_module else node.module or "", node.lineno, id(node) in inside))
    return found


def own(module: str) -> str | None:
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "__init__") if parts[0] == "mailcase" else None


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_imports_only_from_a_lower_rank(path: Path) -> None:
    package = package_of(path)
    for module, line, _ in imports(path):
        target = own(module)
        if target is None or target in (package, "__init__", "__version__"):
            continue
        is_leaf = target in LEAVES and package != "domain"
        assert RANK[target] < RANK[package] or is_leaf, f"{path.name}:{line}: {package} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_library_is_imported_only_where_it_belongs(path: Path) -> None:
    package = package_of(path)
    for module, line, _ in imports(path):
        allowed = ONLY_IMPORTERS.get(module.split(".")[0])
        assert allowed is None or package in allowed, f"{path.name}:{line}: {package} imports {module}"


@pytest.mark.parametrize(
    "path", [p for p in MODULES if package_of(p) == "domain"], ids=lambda p: str(p.relative_to(SOURCE))
)
def test_the_domain_is_pure(path: Path) -> None:
    for module, line, _ in imports(path):
        assert module.split(".")[0] not in IMPURE, f"{path.name}:{line}: domain imports {module}"


LATE = {
    "mailcase.mail.dkim_signature",
    "mailcase.mail.signing",
    "mailcase.store.migrations.run",
    "mailcase.transport.oauth",
    "mailcase.transport.oauth_assertion",
}
"""What the daemon needs once in its life or not at all, and would carry for the rest of it."""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_stand_at_the_top_of_the_file(path: Path) -> None:
    if package_of(path) in ("cli", "__main__"):
        return  # the command line imports late so that --help is quick
    late = [
        f"{path.name}:{line}: {module}" for module, line, is_inside in imports(path) if is_inside and module not in LATE
    ]
    assert not late


def test_no_two_modules_import_each_other() -> None:
    names = {p: "mailcase." + ".".join(p.relative_to(SOURCE).with_suffix("").parts) for p in MODULES}
    graph = {name: {m for m, _, _ in imports(p) if m in names.values()} for p, name in names.items()}
    for name, targets in graph.items():
        for target in targets:
            assert name not in graph[target], f"{name} and {target} import each other"
