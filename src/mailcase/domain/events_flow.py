"""What happened to the process flow of a case, as values."""

from dataclasses import dataclass

from mailcase.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowBegun(Event):
    """A process flow began, in its first stage."""

    flow: str
    """Titles, as people know them."""
    stage: str
    rule: str = ""
    """The rule that began it; empty for a person, or a flow that begins by itself."""

    @property
    def summary(self) -> str:
        by = f" by rule {self.rule}" if self.rule else ""
        return f"flow {self.flow} begun{by}, at {self.stage}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEntered(Event):
    """The case is in another stage of its flow."""

    before: str
    after: str

    @property
    def summary(self) -> str:
        return f"stage: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFinished(Event):
    """The case came to the end of its flow."""

    flow: str

    @property
    def summary(self) -> str:
        return f"flow {self.flow} finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAbandoned(Event):
    """The flow was given up before its end."""

    flow: str
    stage: str
    why: str = ""

    @property
    def summary(self) -> str:
        return f"flow {self.flow} given up at {self.stage}{': ' if self.why else ''}{self.why}"
