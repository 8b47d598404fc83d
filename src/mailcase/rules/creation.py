"""Creation rules tried in order on one mail: the first that matches decides (Dynamics 365 record creation rules)."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mailcase.domain.decision import NewCase, Step
from mailcase.domain.email import InboundEmail
from mailcase.rules import variables
from mailcase.rules.capturing import capture, reply_address, with_captured
from mailcase.rules.expression import Condition, Environment, Truth, Verdict
from mailcase.rules.rulebook import (
    ENVIRONMENTS,
    ROUTING,
    CreationRule,
    On,
    Otherwise,
    Rulebook,
)


@dataclass(frozen=True)
class Trial:
    """What rules are tried on, turned once into the form that conditions read and used for all of them."""

    subject: variables.Subject
    rulebook: Rulebook

    def activation(self, on: On) -> Any:
        """Return the activation for the conditions of such rules; the engine's own type.

        Activation and condition must be of one environment: the engine takes some types of values only there.
        """
        return self._of_new if on is On.NEW else self._of_reply

    @cached_property
    def _of_new(self) -> Any:
        return self._activate(ENVIRONMENTS[On.NEW])

    @cached_property
    def _of_reply(self) -> Any:
        return self._activate(ENVIRONMENTS[On.REPLY])

    @cached_property
    def of_routing(self) -> Any:
        """The activation for the conditions of routing rules."""
        return self._activate(ROUTING)

    def judge(self, condition: Condition) -> Verdict:
        """Evaluate a condition of a routing rule or a service level; most of the latter have none, and need no values."""
        return condition.evaluate(self.of_routing if condition.parts else None)

    def _activate(self, environment: Environment) -> Any:
        return environment.activation(
            variables.values(environment.variables, self.rulebook.headers, self.rulebook.fields, self.subject)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The rule that decided, and the fields it gives; or the error that stopped the trial."""

    rule: CreationRule
    fields: NewCase
    error: str = ""
    """A condition that cannot be evaluated is neither true nor false: the mail is held."""
    hold: str = ""
    """A capture that found nothing says hold."""


def first_match(trial: Trial, email: InboundEmail, on: On) -> tuple[Match | None, tuple[Step, ...]]:
    """Return what the first matching rule for such mail says, or None, and a step for every rule tried."""
    steps: list[Step] = []
    for rule in trial.rulebook.creation:
        if rule.on is not on:
            continue
        match, step = _try(rule, trial, email)
        steps.append(step)
        if match is not None and (match.error or not rule.action.watch):
            return match, tuple(steps)
    return None, tuple(steps)


def _try(rule: CreationRule, trial: Trial, email: InboundEmail) -> tuple[Match | None, Step]:
    mailbox = trial.subject.context.mailbox.name
    if rule.mailboxes and mailbox not in rule.mailboxes:
        return None, _step(rule, is_hit=False, why=f"not for mailbox {mailbox}")
    verdict = rule.condition.evaluate(trial.activation(rule.on))
    if verdict.truth is Truth.ERROR:
        return Match(rule=rule, fields=NewCase(), error=verdict.why), _step(
            rule, is_hit=False, why=f"error: {verdict.why}"
        )
    if verdict.truth is Truth.FALSE:
        return None, _step(rule, is_hit=False, why=verdict.why)
    captured, missing = capture(rule.captures, email, trial.rulebook.vocabulary)
    if missing and rule.otherwise is Otherwise.NEXT:
        return None, _step(rule, is_hit=False, why=f"nothing captured for {', '.join(missing)}")
    hold = f"nothing captured for {', '.join(missing)}" if missing and rule.otherwise is Otherwise.HOLD else ""
    why = f"{verdict.why}; only watching" if rule.action.watch else verdict.why
    claimed = reply_address(email) if rule.action.is_for_reply_to else None
    fields = with_captured(replace(rule.action.fields, customer=claimed), captured)
    return Match(rule=rule, fields=fields, hold=hold), _step(rule, is_hit=True, why=why)


def _step(rule: CreationRule, *, is_hit: bool, why: str) -> Step:
    return Step(rule=rule.name, place=rule.place.short, is_hit=is_hit, why=why)
