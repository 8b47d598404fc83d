"""Template folders read, checked and compiled: all of it or, with a list of every mistake, nothing."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Template, TemplateSyntaxError, nodes

from mailcase.errors import Invalid
from mailcase.mail.template_check import Inspection, Scope, find_foreign
from mailcase.mail.template_files import TemplateFile, parse_path, read_files
from mailcase.mail.template_language import Environment

MAX_DEPTH = 60  # syntax nodes within each other

_PLACE = re.compile(r"(.*?):(\d+): ")


@dataclass(frozen=True, slots=True)
class LoadedTemplates:
    """Files and what was compiled from them, by path."""

    files: Mapping[str, TemplateFile]
    compiled: Mapping[str, Template]


def load_templates(scope_for: Callable[[str], Scope], folder: Path, *fallbacks: Path) -> LoadedTemplates:
    """Read, check and compile the templates of `folder`, and of `fallbacks` what it does not have.

    `scope_for` tells the variables of a template by its name. Raises Invalid with every mistake as `file:line: what`.
    """
    files, problems = read_files(folder, *fallbacks)
    problems += [] if problems else _incomplete(files)
    environment = Environment()
    trees: dict[str, nodes.Template] = {}
    for file in files.values():
        try:
            trees[file.path] = _parse(environment, file)
        except Invalid as error:
            problems += error.problems
    problems += _misspelt(files, trees, scope_for)
    compiled: dict[str, Template] = {}
    for path, tree in [] if problems else trees.items():
        try:
            compiled[path] = environment.compiled(tree, path)
        except (TemplateSyntaxError, SyntaxError) as error:  # the second: Python's own limits on nested blocks
            problems.append(f"{files[path].shown}:{error.lineno or 1}: {error}.")
    if problems:
        raise Invalid(*_in_order(problems))
    return LoadedTemplates(files, compiled)


def _parse(environment: Environment, file: TemplateFile) -> nodes.Template:
    try:
        tree = environment.parse(file.source, file.path, file.shown)
    except TemplateSyntaxError as error:
        raise Invalid(f"{file.shown}:{error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise Invalid(f"{file.shown}:1: it is nested too deep.") from error
    _require_shallow(tree, file)
    if foreign := [f"{file.shown}:{line}: {what}." for line, what in find_foreign(tree)]:
        raise Invalid(*foreign)
    return tree


def _require_shallow(tree: nodes.Template, file: TemplateFile) -> None:
    level: list[nodes.Node] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in node.iter_child_nodes()]
    if level:
        raise Invalid(f"{file.shown}:{level[0].lineno}: it is nested too deep.")


def _incomplete(files: Mapping[str, TemplateFile]) -> list[str]:
    """Return what is said of a template without a text or without a subject: no mail can be made of it."""
    problems = []
    for file in files.values():
        for part, noun in (("txt", "text"), ("subject", "subject")):
            if not file.is_partial and not _variants(files, f"{file.name}.{part}.j2"):
                problems.append(f"{file.shown}:1: {file.name} has no {noun}; it needs {file.name}.{part}.j2.")
    return problems


def _misspelt(
    files: Mapping[str, TemplateFile], trees: Mapping[str, nodes.Template], scope_for: Callable[[str], Scope]
) -> list[str]:
    inspection = Inspection(trees, lambda name: _variants(files, name))
    for file in files.values():
        if not file.is_partial:
            inspection.inspect(file.path, scope_for(file.name))
    return [f"{files[path].shown}:{line}: {what}." for path, line, what in inspection.problems]


def _variants(files: Mapping[str, TemplateFile], file_name: str) -> tuple[str, ...]:
    """Return the paths that may serve when this file is wanted, in every language and place."""
    match = parse_path(file_name)
    if match is None:
        return ()
    return tuple(f.path for f in files.values() if f.name == match["name"] and f.part == match["part"])


def _in_order(problems: Iterable[str]) -> list[str]:
    def place(problem: str) -> tuple[str, int, str]:
        match = _PLACE.match(problem)
        return (match[1], int(match[2]), problem) if match else (problem, 0, problem)

    return sorted(set(problems), key=place)
