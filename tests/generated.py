"""The pages of docs/ that are printed from the code: `make docs` writes them, tests/test_generated.py compares them.

Everything is read from the declarations themselves, not from what a library prints of them, so that the pages are the
same on every Python, with every version of the libraries and on every terminal.
"""

import ast
import inspect
import sys
import types
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import typer
from annotated_types import Ge, Gt, Le
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from typer.models import ArgumentInfo, OptionInfo

from mailcase.cli import app
from mailcase.cli.printing import json_text
from mailcase.config import (
    AfterFiling,
    AfterTaking,
    Config,
    DkimSettings,
    DsnRequest,
    MaildirSettings,
    OAuthSettings,
    Provider,
    Security,
    values,
)
from mailcase.config.servers import ImapSettings, SmtpSettings
from mailcase.config.settings import ENVIRONMENT_PREFIX, MailboxSettings
from mailcase.domain.command_table import COMMANDS
from mailcase.domain.oauth import Grant
from mailcase.domain.party import Role
from mailcase.domain.permission import DEFAULTS, RIGHTS, Right
from mailcase.rules.schema import FILES, json_schemas, schema_name

DOCS = Path(__file__).parents[1] / "docs"
NOTE = "<!-- Written by `make docs` from the code; edit the code. -->"

KINDS: tuple[tuple[object, str], ...] = (
    (values.Address, "mail address"),
    (values.Sender, "mail address or @domain"),
    (values.Rates, 'list of: mails per second, minute, hour or day, such as `"30/minute"`'),
    (values.DomainName, "name in DNS"),
    (values.ZoneName, "time zone"),
    (values.Language, "two letters"),
    (values.Fingerprint, "64 hexadecimal digits"),
    (values.SectionName, "name"),
    (values.Url, "web address"),
    (date, "date"),
    (values.Keyword, "IMAP keyword"),
    (values.Duration, "duration, such as `30d` or `12h`"),
    (values.Listen, "`unix:…`, `inet:…` or `systemd`"),
    (values.Mode, "octal number"),
    (values.Moment, 'moment, or `"all"`'),
    (str, "text"),
    (SecretStr, "text"),
    (Path, "path"),
    (bool, "true or false"),
    (int, "whole number"),
    (float, "number"),
)
CHOICES: tuple[tuple[str, type[StrEnum]], ...] = (
    ("`security`", Security),
    ("`after_filing` of IMAP", AfterFiling),
    ("`after_filing` of a Maildir", AfterTaking),
    ("`dsn`", DsnRequest),
    ("`provider`", Provider),
    ("`grant`", Grant),
)
NAMED = (MailboxSettings, OAuthSettings)
"""Sections of which there may be several, each with a name."""
BOUNDS = ((Ge, "ge", "≥"), (Gt, "gt", ">"), (Le, "le", "≤"))


def configuration() -> str:
    """Return docs/configuration.md."""
    sections = [
        *_sections(),
        ("oauth.NAME", OAuthSettings),
        ("mailboxes.NAME", MailboxSettings),
        ("mailboxes.NAME.imap", ImapSettings),
        ("mailboxes.NAME.maildir", MaildirSettings),
        ("mailboxes.NAME.smtp", SmtpSettings),
        ("mailboxes.NAME.dkim", DkimSettings),
    ]
    lines = [
        "# Settings",
        NOTE,
        "",
        "One TOML file: the one that `--config` names, else `$MAILCASE_CONFIG`, else `mailcase.toml` in the current folder.",
        "`mailcase init DIR` writes a commented one, `mailcase check` tries everything that it names. Relative paths count",
        "from the folder of the file. An unknown key is an error, as is an unknown variable that begins with `MAILCASE_`.",
        "",
        "The variable overrides the key; in those of a mailbox stands its name in capitals, such as",
        "`MAILCASE_MAILBOXES__SUPPORT__IMAP__HOST`.",
        "",
    ]
    for name, model in sections:
        lines += [f"## `[{name}]`", "", " ".join((model.__doc__ or "").split()), "", *_keys(name, model), ""]
    for title, choice in CHOICES:
        lines += [f"## Values of {title}", "", *_table(("value", "meaning"), _meanings(choice)), ""]
    return "\n".join(lines)


def _sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield the sections of the file in their order."""
    for name, annotation in get_type_hints(Config).items():
        found = [one for one in (annotation, *get_args(annotation)) if inspect.isclass(one)]
        model = next((one for one in found if issubclass(one, BaseModel)), None)
        if name in Config.model_fields and model is not None and model not in NAMED:
            yield name, model


def _keys(section: str, model: type[BaseModel]) -> list[str]:
    hints = get_type_hints(model, include_extras=True)
    rows = []
    for key, field in model.model_fields.items():
        if any(inspect.isclass(one) and issubclass(one, BaseModel) for one in get_args(field.annotation)):
            continue  # a section of its own
        variable = f"{ENVIRONMENT_PREFIX}{section}.{key}".replace(".", "__").upper().replace("__NAME__", "__…__", 1)
        rows.append((f"`{key}`", _kind(hints[key], field), _default(field), field.description or "", f"`{variable}`"))
    return _table(("key", "type", "default", "meaning", "variable"), rows)


def _kind(hint: Any, field: FieldInfo) -> str:
    known = next((words for kind, words in KINDS if kind == hint), None)
    if known is not None:
        return known + _bounds(field)
    if get_origin(hint) in (Union, types.UnionType):
        return ", ".join(_kind(one, field) for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return f"list of: {_kind(get_args(hint)[0], field)}"
    if get_origin(hint) is Annotated:
        return _kind(get_args(hint)[0], field)
    if get_origin(hint) is Literal:
        return " or ".join(f'`"{value}"`' for value in get_args(hint))
    return " or ".join(f'`"{value}"`' for value in hint)


def _bounds(field: FieldInfo) -> str:
    found = [
        f"{sign} {getattr(bound, name):g}"
        for kind, name, sign in BOUNDS
        for bound in field.metadata
        if isinstance(bound, kind)
    ]
    return f" {', '.join(found)}" if found else ""


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value in ("", ()):
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`".replace("'", '"')
    if isinstance(value, timedelta):
        return f'`"{value.days}d"`' if value.days else f'`"{value.seconds}s"`'
    return f"`{value}`" if isinstance(value, int | float) else f'`"{value}"`'


def _meanings(choice: type[StrEnum]) -> list[tuple[str, str]]:
    """Return the values of an enum with the docstrings below them, which only the source has."""
    (tree,) = ast.parse(inspect.getsource(choice)).body
    assert isinstance(tree, ast.ClassDef)
    texts = [
        one.value.value for one in tree.body[1:] if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    ]
    return [(f'`"{value}"`', str(text)) for value, text in zip(choice, texts, strict=True)]


def commands() -> str:
    """Return docs/commands.md."""
    lines = [
        "# Commands",
        NOTE,
        "",
        "## By mail, for agents",
        "",
        "Lines that begin with `#` at the top of an answer to a notice of the desk; the words below them go to the customer.",
        "A command that may not run, or is mistyped, stops the mail: nothing of it is done, and the agent is told why.",
        "",
        *_table(
            ("command", "meaning", "other words", "least role", "closed case"),
            [
                (
                    f"`{spec.usage}`",
                    spec.summary,
                    ", ".join(f"#{alias}" for alias in spec.aliases),
                    str(spec.role),
                    "yes" if spec.works_on_closed else "no",
                )
                for spec in COMMANDS
            ],
        ),
        "",
        f"Roles, each with the rights of those before it: {', '.join(Role)}.",
        "",
        "## On the command line",
        "",
        "Exit codes: 0 done; 1 the desk refused; 2 a file, a setting or an argument is wrong, or something outside does not",
        "answer. Errors are one line each on standard error, for each problem.",
        "",
        *_command("mailcase", app.registered_callback.callback),  # type: ignore[union-attr]  # there is one
    ]
    for name, callback in walk(app, "mailcase"):
        lines += _command(name, callback)
    return "\n".join(lines)


def roles() -> str:
    """Return docs/roles.md."""
    lines = [
        "# Who may do what",
        NOTE,
        "",
        "Every agent has one role; each has the rights of those before it.",
        "",
        *_table(("role", "is for"), _meanings(Role)),
        "",
        "What a command or right asks for stands below. `roles.yaml` changes it, for all cases or for those of one queue: see",
        "[rules.md](rules.md#who-may-do-what). The same holds by mail and on the command line. Whoever does not see a case",
        "may do nothing with it, and is told nothing of it.",
        "",
        "## Rights",
        "",
        *_table(
            ("right", "what it permits", "least role"),
            [(name.replace('"', ""), text, str(RIGHTS[name.strip('`"')].role)) for name, text in _meanings(Right)],
        ),
        "",
        "## Commands",
        "",
        *_table(("command", "least role"), [(f"`{spec.name}`", str(DEFAULTS[spec.name].role)) for spec in COMMANDS]),
        "",
    ]
    return "\n".join(lines)


def walk(group: typer.Typer, path: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the full name and the function of each command, in the order of the names."""
    found: list[tuple[str, Any]] = [(str(one.name), one) for one in group.registered_commands]
    found += [(str(one.name), one) for one in group.registered_groups]
    for name, info in sorted(found, key=lambda pair: pair[0]):
        inner = getattr(info, "typer_instance", None)
        if inner is None:
            yield f"{path} {name}", info.callback
        else:
            yield from walk(inner, f"{path} {name}")


def options() -> dict[str, frozenset[str]]:
    """Return the options of each command, by its full name; those of the program under `mailcase`."""
    program = ("mailcase", app.registered_callback.callback)  # type: ignore[union-attr]  # there is one
    return {name: frozenset(_names(callback)) for name, callback in (program, *walk(app, "mailcase"))}


def _names(callback: Callable[..., Any]) -> Iterator[str]:
    hints = get_type_hints(callback, include_extras=True)
    for key in inspect.signature(callback).parameters:
        info = get_args(hints[key])[1]
        if isinstance(info, OptionInfo):
            yield from _option_names(key, info)


def _option_names(key: str, info: OptionInfo) -> list[str]:
    first = (info.default,) if isinstance(info.default, str) else ()  # where typer.Option keeps it inside Annotated
    return [*first, *(info.param_decls or ())] or [f"--{key.replace('_', '-')}"]


def _command(name: str, callback: Callable[..., Any]) -> list[str]:
    hints = get_type_hints(callback, include_extras=True)
    usage, rows = [name], []
    for key, parameter in inspect.signature(callback).parameters.items():
        kind, info = get_args(hints[key])[:2]
        if isinstance(info, ArgumentInfo):
            many = "…" if get_origin(kind) is list else ""
            is_optional = parameter.default is not inspect.Parameter.empty
            usage.append(f"[{key.upper()}{many}]" if is_optional else f"{key.upper()}{many}")
            rows.append((f"`{key.upper()}`", _help(info), "" if is_optional else "required"))
        else:
            rows.append(_option(key, kind, info, parameter.default))
    text = inspect.getdoc(callback) or ""
    shown = f"{' '.join(usage)} [OPTION…]" if name != "mailcase" else "mailcase [OPTION…] COMMAND …"
    return [f"### `{name}`", "", text, "", f"    {shown}", "", *_table(("argument", "meaning", "default"), rows), ""]


def _option(key: str, kind: Any, info: OptionInfo, default: Any) -> tuple[str, str, str]:
    names = _option_names(key, info)
    inner = [one for one in (kind, *get_args(kind)) if inspect.isclass(one) and one is not type(None)]
    choice = next((one for one in inner if issubclass(one, StrEnum)), None)
    if choice is not None:
        names[0] += f" {'|'.join(choice)}"
    elif bool not in inner:
        names[0] += f" {'NUMBER' if int in inner else 'PATH' if Path in inner else 'TEXT'}"
    is_told = not isinstance(default, bool) and default not in (None, "", inspect.Parameter.empty)
    return ", ".join(f"`{name}`" for name in names), _help(info), f"`{default}`" if is_told else ""


def _help(info: OptionInfo | ArgumentInfo) -> str:
    return info.help or ""


def _table(columns: tuple[str, ...], rows: list[Any]) -> list[str]:
    """Return a Markdown table; none without rows."""
    if not rows:
        return []
    lines = [columns, tuple("---" for _ in columns), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines]


def schema(name: str) -> str:
    """Return the JSON Schema of a rule file."""
    return json_text(json_schemas()[name])


PAGES: dict[str, Callable[[], str]] = {
    "configuration.md": configuration,
    "commands.md": commands,
    "roles.md": roles,
} | {f"schemas/{schema_name(name)}": partial(schema, name) for name in FILES}

if __name__ == "__main__":
    for page, write in PAGES.items():
        (DOCS / page).write_text(write(), encoding="utf-8")
        sys.stdout.write(f"written  docs/{page}\n")
