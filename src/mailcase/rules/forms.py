"""A document held against its schema: every deviation becomes a complaint with its place and a way out."""

import difflib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mailcase.rules.documents import Document, Path, Place, Problems
from mailcase.rules.form_types import PATTERNS

Filled = TypeVar("Filled", bound=BaseModel)


def fill(model: type[Filled], document: Document, problems: Problems) -> Filled | None:
    """Return the file as `model` has it, or None after adding all that deviates to `problems`."""
    try:
        return model.model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        found: dict[tuple[Place, str], list[str]] = {}
        for one in error.errors(include_url=False):
            place, name, what = _complaint(model, document, one)
            found.setdefault((place, name), []).append(what)
        for (place, name), whats in found.items():  # the branches of a choice are one complaint
            problems.add(place, f"{name}{' or '.join(dict.fromkeys(whats))}")
    return None


def _complaint(model: type[BaseModel], document: Document, error: Mapping[str, Any]) -> tuple[Place, str, str]:
    """Return the place, whose value it is, and what is wrong with it."""
    path: Path = tuple(error["loc"])
    key = str(path[-1]) if path else ""
    if error["type"] == "extra_forbidden":
        known = sorted(_known_keys(_schema(model), path[:-1]))
        return document.place((*path, "")), f"{key!r} ", f"is not known here; {suggest(key, known)}"
    if error["type"] == "missing":
        return document.place(path[:-1]), f"{key!r} ", "is missing; add it."
    while path and path not in document.places:
        path = path[:-1]
    name = ".".join(part for part in path if isinstance(part, str)) or "the file"
    return document.place(path), f"{name}: ", _what(error)


def _what(error: Mapping[str, Any]) -> str:
    context, sort = error.get("ctx", {}), str(error["type"])
    if sort in ("model_type", "model_attributes_type", "dict_type"):
        return "it should be a mapping of keys to values"
    if sort == "list_type":
        return "it should be a list, such as [one, two]"
    if sort == "string_pattern_mismatch":
        return PATTERNS.get(str(context.get("pattern")), "it has a form that is not known here")
    if sort == "literal_error":
        return f"it should be {str(context.get('expected')).replace('False', 'false')}"
    what = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "it should")
    return f"{what[:1].lower()}{what[1:]}"


def suggest(word: str, known: list[str]) -> str:
    """Return a way out for a word that is none of `known`."""
    near = difflib.get_close_matches(word, known, 1, 0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(known[:20])}." if known else "there are none yet."


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def _known_keys(schema: dict[str, Any], path: Path) -> set[str]:
    """Return the keys that the mapping at `path` may have."""
    nodes = [schema]
    for part in path:
        inner = [found for node in nodes for option in _options(schema, node) for found in _step(option, part)]
        nodes = inner or nodes  # pydantic also names the branches of a union, which are no step in the file
    return {key for node in nodes for option in _options(schema, node) for key in option.get("properties", {})}


def _options(schema: dict[str, Any], node: Any) -> list[dict[str, Any]]:
    if "$ref" in node:
        return _options(schema, schema["$defs"][node["$ref"].rpartition("/")[2]])
    found = [option for choice in node.get("anyOf", ()) for option in _options(schema, choice)]
    return [node, *found]


def _step(node: dict[str, Any], part: str | int) -> list[dict[str, Any]]:
    if isinstance(part, int):
        return [node["items"]] if "items" in node else []
    if part in node.get("properties", {}):
        return [node["properties"][part]]
    extra = [*node.get("patternProperties", {}).values(), node.get("additionalProperties")]
    return [option for option in extra if isinstance(option, dict)]
