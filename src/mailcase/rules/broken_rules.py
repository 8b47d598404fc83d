"""What can still be said about the rules of a file that does not keep to its form, so that one look finds all of it."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mailcase.rules import schema
from mailcase.rules.build_rules import creation_rule, routing_rule
from mailcase.rules.documents import Path
from mailcase.rules.page import Names, Page
from mailcase.rules.rulebook import ENVIRONMENTS, ROUTING, On

Form = TypeVar("Form", bound=BaseModel)


def check_creation(names: Names, page: Page) -> None:
    """Complain about each rule of a broken record_creation.yaml; its form was complained about before."""

    def by_itself(rule: dict[str, Any], path: Path) -> None:
        on = rule.get("on", On.NEW)
        if on in list(On):
            _check_condition(rule, path, lambda text, at: page.condition(text, at, ENVIRONMENTS[On(on)]))

    _check(page, schema.CreationRuleForm, lambda form, path: creation_rule(form, path, names, page), by_itself)


def check_routing(names: Names, page: Page) -> None:
    """Complain about each rule of a broken routing.yaml; its form was complained about before."""

    def by_itself(rule: dict[str, Any], path: Path) -> None:
        _check_condition(rule, path, lambda text, at: page.condition(text, at, ROUTING))

    _check(page, schema.RoutingRuleForm, lambda form, path: routing_rule(form, path, names, page), by_itself)


def _check(
    page: Page,
    model: type[Form],
    make: Callable[[Form, Path], object],
    by_itself: Callable[[dict[str, Any], Path], None],
) -> None:
    """Make each rule that keeps to its form; of any other, look at the condition alone."""
    top = page.document.value
    rules = top.get("rules") if isinstance(top, dict) else None
    for number, rule in enumerate(rules if isinstance(rules, list) else ()):
        path: Path = ("rules", number)
        try:
            form = model.model_validate_json(json.dumps(rule), strict=True)
        except ValidationError:
            if isinstance(rule, dict):
                by_itself(rule, path)
        else:
            make(form, path)


def _check_condition(rule: dict[str, Any], path: Path, compile_at: Callable[[str, Path], object]) -> None:
    text = rule.get("when")
    if isinstance(text, str):
        compile_at(text, (*path, "when"))
