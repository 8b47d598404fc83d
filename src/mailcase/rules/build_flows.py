"""Process flows made of their forms: steps, branches and gates checked, conditions compiled."""

from collections.abc import Collection, Iterator

from mailcase.domain.flow import END, FIELDS, NO_FLOW, Flow, Stage, Step
from mailcase.rules import schema_flows as schema
from mailcase.rules.documents import Path
from mailcase.rules.expression import ALWAYS_TRUE
from mailcase.rules.page import Names, Page, Part
from mailcase.rules.rulebook import ROUTING, Branch, FlowRules

RESERVED_STAGES = frozenset({END, "next", "back", "finish"})
RESERVED_FLOWS = frozenset({NO_FLOW, "abandon"})


def flows(form: schema.FlowsFile, names: Names, calendars: Collection[str], page: Page) -> dict[str, FlowRules]:
    """Return the flows by name, in the order of the file."""
    found = {}
    for name, one in (form.flows or {}).items():
        path: Path = ("flows", name)
        if name in RESERVED_FLOWS:
            page.wrong((*path, ""), f"{name} is a word of #flow; choose another name.")
        page.check_name((*path, "calendar"), one.calendar, "calendar", calendars)
        branches = {key: _branches(key, one, (*path, "stages", key, "next"), page) for key in one.stages}
        found[name] = FlowRules(
            flow=Flow(
                name=name,
                title=one.title or name.replace("_", " ").capitalize(),
                stages=tuple(
                    _stage(key, stage or schema.StageForm(), branches[key], names, page.inside(*path, "stages", key))
                    for key, stage in one.stages.items()
                ),
                calendar=one.calendar or "",
            ),
            place=page.document.place((*path, "")),
            applies=page.condition(one.when, (*path, "when"), ROUTING),
            is_automatic=one.automatic,
            branches=branches,
        )
    return found


def _stage(key: str, form: schema.StageForm, branches: tuple[Branch, ...], names: Names, part: Part) -> Stage:
    if key in RESERVED_STAGES:
        part.wrong(f"{key} is a word of #stage; choose another name.", "")
    if form.gates is None and "until" in form.model_fields_set:
        part.wrong("it belongs to `gates: resolve`; add that, or remove it.", "until", "")
    steps = enumerate(form.steps or ())
    return Stage(
        key=key,
        title=form.title or key.replace("_", " ").capitalize(),
        steps=tuple(_step(step, names, part.inside("steps", number)) for number, step in steps),
        targets=tuple(dict.fromkeys(_targets(branches))),
        gate=form.until if form.gates else None,
    )


def _step(form: schema.StepForm, names: Names, part: Part) -> Step:
    if (form.field is None) == (form.activity is None):
        part.wrong("a step asks for a field or for an activity; write one of the two.")
    if form.field is not None:
        for name in sorted({"words", "count"} & form.model_fields_set):
            part.wrong(f"{name!r} means nothing for a field; remove it.", name, "")
        _check_field(form.field, names, part)
    return Step(
        title=form.title or "",
        field=form.field or "",
        activity=form.activity,
        words=form.words or "",
        count=form.count,
    )


def _check_field(name: str, names: Names, part: Part) -> None:
    if name not in FIELDS and names.vocabulary.fields:  # a desk that declares none takes any
        part.check_name(name, "field", {*FIELDS, *names.vocabulary.fields}, "field")


def _targets(branches: tuple[Branch, ...]) -> Iterator[str | None]:
    """Yield where a stage leads: what stands behind a way that is always taken is never reached by it."""
    for branch in branches:
        yield branch.stage
        if branch.condition == ALWAYS_TRUE:
            return


def _branches(key: str, flow: schema.FlowForm, path: Path, page: Page) -> tuple[Branch, ...]:
    form = flow.stages[key] or schema.StageForm()
    behind = _behind(key, flow)
    follows = Branch(condition=ALWAYS_TRUE, stage=behind[0] if behind else None)
    if form.next is None:
        return (follows,)
    if isinstance(form.next, str):
        _check_target(form.next, flow, behind, path, page)
        return (Branch(condition=ALWAYS_TRUE, stage=_target(form.next)),)
    found = []
    for number, one in enumerate(form.next):
        _check_target(one.stage, flow, behind, (*path, number, "stage"), page)
        condition = page.condition(one.when, (*path, number, "when"), ROUTING)
        found.append(Branch(condition=condition, stage=_target(one.stage)))
    return tuple(found) if any(one.condition == ALWAYS_TRUE for one in found) else (*found, follows)


def _check_target(target: str, flow: schema.FlowForm, behind: tuple[str, ...], path: Path, page: Page) -> None:
    if target in flow.stages and target not in behind:
        page.wrong(
            path, f"a flow goes forward, and {target} is not behind this stage; people go back with #stage back."
        )
        return
    page.check_name(path, target, "stage", (*behind, END))


def _target(stage: str) -> str | None:
    return None if stage == END else stage


def _behind(key: str, flow: schema.FlowForm) -> tuple[str, ...]:
    keys = tuple(flow.stages)
    return keys[keys.index(key) + 1 :]
