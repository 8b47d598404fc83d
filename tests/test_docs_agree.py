"""docs/flow.md and docs/glossary.md name what the code has: layers, functions, classes and tables."""

import importlib
import re

import pytest

from docs_pages import ROOT
from mailcase.domain.case import Status
from mailcase.domain.decision import Decision
from mailcase.domain.inbox import HoldReason, InboxState
from mailcase.domain.outbox import OutboxState
from mailcase.store.schema.base import metadata
from test_architecture import RANK

FLOW = (ROOT / "docs/flow.md").read_text()
OPERATIONS = (ROOT / "docs/operations.md").read_text()
GLOSSARY = (ROOT / "docs/glossary.md").read_text()


def rows(text: str) -> list[list[str]]:
    """Return the cells of the tables of `text`, without their heads."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("| ---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def code(text: str) -> list[str]:
    """Return what stands in backticks in `text`, drawings aside."""
    return re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def is_there(path: str) -> bool:
    """Tell whether the module, class or function `path` below the package is there."""
    module, names = f"mailcase.{path}".split("."), []
    while module:
        try:
            found: object = importlib.import_module(".".join(module))
        except ModuleNotFoundError:
            names.insert(0, module.pop())
            continue
        for name in names:
            found = getattr(found, name, None)
        return found is not None
    return False


DOTTED = sorted(
    {path for path in code(FLOW) if re.fullmatch(r"(?:daemon|desk|domain|mail|rules|store|transport)\.[\w.]+", path)}
)


@pytest.mark.parametrize("path", DOTTED)
def test_the_flow_names_modules_and_functions_that_are_there(path: str) -> None:
    assert is_there(path)


def test_the_layers_of_the_flow_are_those_that_the_architecture_test_holds() -> None:
    layers = FLOW.split("## Layers")[1]

    told = {module: int(rank) for rank, modules, _ in rows(layers) for module in code(modules)}

    sources = {path.stem for path in (ROOT / "src/mailcase").iterdir() if not path.name.startswith("_")}
    sources -= {"errors", "py"}  # below all layers, and no module
    assert told == {module: RANK[module] for module in sources}


def test_the_flow_draws_every_state_and_names_every_decision() -> None:
    states = {*InboxState, *OutboxState, *Status}
    decisions = {decision.__name__ for decision in Decision.__args__}

    assert {state for state in states if not re.search(rf"\b{state}\b", FLOW.split("## States")[1])} == set()
    assert decisions <= set(code(FLOW))


@pytest.mark.parametrize("row", rows(GLOSSARY), ids=lambda row: row[0])
def test_a_word_of_the_glossary_names_its_class_and_table(row: list[str]) -> None:
    _, meaning, _, named, tables = row

    assert meaning
    assert [path for path in code(named) if "/" not in path and not is_there(path)] == []
    assert set(code(tables)) <= set(metadata.tables)


def test_every_table_is_in_the_glossary() -> None:
    told = {table for row in rows(GLOSSARY) for table in code(row[4])}

    assert set(metadata.tables) - told == set()


def test_operations_tell_what_to_do_for_every_reason_to_hold() -> None:
    assert {str(reason) for reason in HoldReason} - set(code(OPERATIONS)) == set()


def test_operations_tell_of_log_events_that_there_are() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src/mailcase/daemon").glob("*.py"))
    logged = set(re.findall(r'"([a-z]+\.[a-z_]+)"', source))

    told = {event for row in rows(OPERATIONS.split("## Logs")[1].split("## What")[0]) for event in code(row[0])}

    assert told - logged == set()
