"""`mailcase flow`: the process flows of the desk, and where cases are in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mailcase.cli import options, printing

if TYPE_CHECKING:
    from mailcase.domain.flow import Stage, Step
    from mailcase.rules.rulebook import FlowRules

app = typer.Typer(help="The process flows of the desk, and where cases are in them.", no_args_is_help=True)
Counts = dict[tuple[str, str], int]


@app.command("list")
def list_flows(as_json: options.Json = False, config: options.Config = None) -> None:
    """List the process flows of rules/flows.yaml, with the cases that are under way in each."""
    from mailcase.store import stage_visits

    with options.opened(config) as opened, opened.database.read() as tx:
        flows, counts = opened.desk.rulebook.flows, stage_visits.count_standing(tx)
    if as_json:
        printing.as_json([_document(rules, counts) for rules in flows.values()])
        return
    rows = [
        (
            name,
            rules.flow.title,
            " → ".join(stage.key for stage in rules.flow.stages),
            "by itself" if rules.is_automatic else "when told to",
            sum(count for (flow, _), count in counts.items() if flow == name),
        )
        for name, rules in flows.items()
    ]
    columns = ("Flow", "Title", "Stages", "Begins", "Cases under way")
    printing.table("Process flows", columns, rows, empty="rules/flows.yaml has no flow.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(help="Name or title of a flow.", show_default=False)],
    as_json: options.Json = False,
    config: options.Config = None,
) -> None:
    """Show a process flow: its stages, what each asks for, where it leads, and the cases that are in it."""
    from mailcase.rules.flows import find_flow
    from mailcase.store import stage_visits

    with options.opened(config) as opened, opened.database.read() as tx:
        rules, counts = find_flow(name, opened.desk.rulebook), stage_visits.count_standing(tx)
    if as_json:
        printing.as_json(_document(rules, counts))
        return
    flow = rules.flow
    typer.echo(f"{flow.title} ({flow.name}): {'; '.join(_terms(rules))}")
    rows = [
        (
            stage.title,
            "\n".join(map(_asked, stage.steps)),
            "\n".join(_ways(rules, stage)),
            f"resolve, until it is {stage.gate}" if stage.gate else "",
            counts.get((flow.name, stage.key), 0),
        )
        for stage in flow.stages
    ]
    printing.table("", ("Stage", "Asks for", "Leads to", "Gates", "Cases"), rows, empty="")


def _terms(rules: "FlowRules") -> Iterator[str]:
    yield "begins by itself" if rules.is_automatic else "begins when told to"
    yield f"for cases where {rules.applies.text}" if rules.applies.text.strip() else "for all cases"
    if rules.flow.calendar:
        yield f"measured in business time of {rules.flow.calendar}"


def _asked(step: "Step") -> str:
    from mailcase.domain.flow import KINDS

    what = f"field {step.field}" if step.activity is None else f"{step.count} × {KINDS[step.activity]}"
    words = f" with {step.words!r}" if step.words else ""
    return f"{step.title} ({what}{words})" if step.title else f"{what}{words}"


def _ways(rules: "FlowRules", stage: "Stage") -> Iterator[str]:
    """Yield where a stage leads, up to the first way that is always taken."""
    for branch in rules.branches.get(stage.key, ()):
        target = branch.stage or "the end"
        if not branch.condition.text.strip():
            yield target
            return
        yield f"{target} if {branch.condition.text.strip()}"


def _document(rules: "FlowRules", counts: Counts) -> dict[str, Any]:
    flow = rules.flow
    return {
        "name": flow.name,
        "title": flow.title,
        "when": rules.applies.text,
        "automatic": rules.is_automatic,
        "calendar": flow.calendar or None,
        "stages": [
            {
                "key": stage.key,
                "title": stage.title,
                "steps": [
                    {
                        "title": step.title,
                        "field": step.field or None,
                        "activity": step.activity,
                        "words": step.words,
                        "count": step.count,
                    }
                    for step in stage.steps
                ],
                "next": [
                    {"when": branch.condition.text, "stage": branch.stage}
                    for branch in rules.branches.get(stage.key, ())
                ],
                "gate": stage.gate,
                "cases": counts.get((flow.name, stage.key), 0),
            }
            for stage in flow.stages
        ],
    }
