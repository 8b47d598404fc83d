"""The form of the file that describes process flows."""

from typing import Literal

from pydantic import Field

from mailcase.domain.activity import ActivityKind
from mailcase.domain.flow import Gate
from mailcase.rules.form_types import Form, Key, Line


class StepForm(Form):
    """One thing to do in a stage: a field to fill in, or activities to complete. One of the two."""

    field: Key | None = Field(default=None, description="A field of the case, or one of custom_fields.yaml.")
    activity: ActivityKind | None = Field(default=None, description="A kind of activity that has to be completed.")
    words: Line | None = Field(default=None, description="Only activities with these words in them count.")
    count: int = Field(default=1, ge=1, le=20, description="How many activities.")
    title: Line | None = Field(default=None, description="What to do, in your words; shown while it is not done.")


class BranchForm(Form):
    """Where a stage leads, for some cases."""

    when: str = Field(default="", description="A condition in CEL about the case; without one it is always so.")
    stage: Key = Field(description="A stage behind this one, or `end`.")


class StageForm(Form):
    """One stage of a flow."""

    title: Line | None = None
    steps: list[StepForm] | None = Field(default=None, description="What has to be done before the case goes on.")
    next: Key | list[BranchForm] | None = Field(
        default=None,
        description="A stage behind this one, or `end`, or branches; the next one of the file, if left out.",
    )
    gates: Literal["resolve"] | None = Field(default=None, description="The case cannot be resolved before this stage.")
    until: Gate = Field(default=Gate.DONE, description="Until when it is a gate: its steps are done, or it is reached.")


class FlowForm(Form):
    """One process flow."""

    title: Line | None = None
    when: str = Field(default="", description="The cases that it is for, as a condition in CEL; all, without one.")
    automatic: bool = Field(default=False, description="true: it begins by itself with each new case that it is for.")
    calendar: Key | None = Field(default=None, description="Whose business time the stages are measured in.")
    stages: dict[Key, StageForm | None] = Field(min_length=1, max_length=30, description="In order.")


class FlowsFile(Form):
    """flows.yaml: the stages that cases go through."""

    flows: dict[Key, FlowForm] | None = None
