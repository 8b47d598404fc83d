"""A document held against its schema: every deviation becomes a complaint with its place and a way out."""

import difflib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from mailcase.rules.documents import Document, Path, Problems

Form = TypeVar("Form", bound=BaseModel)


def fill(model: type[Form], document: Document, problems: Problems) -> Form | None:
    """Return the file as `model` has it, or None after adding all that deviates to `problems`."""
    try:
        return model.model_validate_json(json.dumps(document.value), strict=True)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            _complain(model, document, one, problems)
    return None


def _complain(model: type[BaseModel], document: Document, error: Mapping[str, Any], problems: Problems) -> None:
    path: Path = tuple(error["loc"])
    key = str(path[-1]) if path else ""
    if error["type"] == "extra_forbidden":
        known = sorted(_known_keys(_schema(model), path[:-1]))
        problems.add(document.place((*path, "")), f"{key!r} is not known here; {suggest(key, known)}")
    elif error["type"] == "missing":
        problems.add(document.place(path[:-1]), f"{key!r} is missing; add it.")
    else:
        name = ".".join(part for part in path if isinstance(part, str) and "[" not in part) or document.file
        what = str(error["msg"]).removeprefix("Value error, ").replace("Input should", "it should")
        problems.add(document.place(path), f"{name}: {what[0].lower()}{what[1:]}; mend the value.")


def suggest(word: str, known: list[str]) -> str:
    """Return a way out for a word that is none of `known`."""
    near = difflib.get_close_matches(word, known, 1, 0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known are {', '.join(known[:20])}." if known else "remove it."


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
