"""Reading the settings: `mailcase.toml` first, then the environment, every problem said in a line of its own.

A variable such as `MAILCASE_DATABASE__URL` overrides the key `url` of `[database]`. Relative paths count from the
folder of the file.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from mailcase.config.settings import ENVIRONMENT_PREFIX, Config
from mailcase.errors import Invalid

FILE_NAME = "mailcase.toml"
Model = TypeVar("Model", bound=BaseModel)

# What pydantic finds, in words for a person who edits the file: by the type of its finding.
WORDS = {
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "dict_type": "should be a section in square brackets, not a value",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "int_from_float": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "missing": "is missing; set it",
    "model_type": "should be a section in square brackets, not a value",
    "path_type": "should be a path in quotes",
    "string_too_short": "is empty; give it a value or leave the line out",
    "string_type": "should be text in quotes",
    "tuple_type": 'should be a list, such as ["one", "two"]',
}


def load_config(path: Path) -> Config:
    """Read the settings file at `path` and the environment.

    Raises Invalid with one line for each problem: file, key, what is wrong and what to do.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Invalid(f"{path}: not found; `mailcase init DIR` writes one, `--config` names another.") from None
    except IsADirectoryError:
        raise Invalid(f"{path}: is a folder; name the file in it, such as {path / FILE_NAME}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"{path}: cannot be read: {error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise Invalid(f"{path}: not valid TOML: {error}.") from error
    stray = _stray_variables()
    if stray:
        raise Invalid(*stray)
    try:
        config = Config(**values)
    except SettingsError as error:
        raise Invalid(f"environment: {error}; set one key at a time, as in MAILCASE_DESK__NAME=Support.") from error
    except ValidationError as error:
        raise Invalid(*(_problem(path, problem, values) for problem in error.errors())) from error
    folder = path.resolve().parent
    database = config.database.model_copy(update={"url": _anchored_url(config.database.url, folder)})
    return _anchored(config.model_copy(update={"database": database}), folder)


def _stray_variables() -> list[str]:
    """Name the variables with our prefix that name no section: a mistyped one would be silently without effect."""
    sections = {f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Config.model_fields}
    known = {f"{ENVIRONMENT_PREFIX}CONFIG"}
    return [
        f"environment variable {name}: no such setting; sections are {', '.join(sorted(Config.model_fields))}."
        for name in sorted(os.environ)
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known and name.split("__")[0] not in sections
    ]


def _problem(path: Path, problem: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """Say one of pydantic's findings in a line: where, what, what to do."""
    where = [str(part) for part in problem["loc"] if part != "[key]"]  # the name of a section itself
    key = ".".join(where) or "the file as a whole"
    place = path if _is_in(where[:-1], values) or not where else f"{path} or environment"
    if problem["type"] == "extra_forbidden":
        return f"{place}: {key}: unknown key{_suggestion(where)}."
    message = WORDS.get(problem["type"]) or str(problem["msg"]).removeprefix("Value error, ")
    return f"{place}: {key}: {message[:1].lower()}{message[1:]}."


def _is_in(where: Sequence[str], values: Any) -> bool:
    for part in where:
        if not isinstance(values, Mapping) or part not in values:
            return False
        values = values[part]
    return True


def _suggestion(where: Sequence[str]) -> str:
    model: Any = Config
    for part in where[:-1]:
        model = _model_at(model, part)
    names = list(getattr(model, "model_fields", ()))
    close = difflib.get_close_matches(where[-1], names, n=1)
    return f"; did you mean {close[0]}" if close else f"; known here: {', '.join(names)}" if names else ""


def _model_at(model: Any, part: str) -> Any:
    """Return the model class that the key `part` of `model` holds; a table of named sections stays as it is."""
    if isinstance(model, type) and issubclass(model, BaseModel) and part in model.model_fields:
        annotation = model.model_fields[part].annotation
        return next(iter(_models_in(annotation)), None)
    return model


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in getattr(annotation, "__args__", ()) for model in _models_in(inner)]


def _anchored(model: Model, folder: Path) -> Model:
    """Return `model` with every relative path in it, and in what it holds, counted from `folder`."""

    def anchored(value: object) -> object:
        if isinstance(value, Path):
            return folder / value.expanduser()
        if isinstance(value, BaseModel):
            return _anchored(value, folder)
        if isinstance(value, dict):
            return {key: anchored(inner) for key, inner in value.items()}
        return value

    return model.model_copy(update={name: anchored(getattr(model, name)) for name in type(model).model_fields})


def _anchored_url(url: str, folder: Path) -> str:
    """Return `url` with the file of an SQLite URL counted from `folder`."""
    scheme = "sqlite:///"
    file = url.removeprefix(scheme)
    return f"{scheme}{folder / file}" if url.startswith(scheme) and file and file != ":memory:" else url
