"""What is wrong with templates, found without rendering them: constructs outside the language, and misspelt names.

Every branch is followed with the types of the letter's fields, also into the files that it includes or extends.
"""

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any, Union, get_args, get_origin, get_type_hints  # the types are those of the letter's fields

from jinja2 import nodes

from mailcase.mail.template_filters import FILTERS, TESTS
from mailcase.mail.template_language import ALLOWED, LOOP_FIELDS

Scope = dict[str, Any]
"""Variable → type; `Any` when nothing is known of it."""

_NAMES = {
    nodes.Add: "+",
    nodes.AssignBlock: "a captured block",
    nodes.Call: "a call",
    nodes.Concat: "~",
    nodes.Getitem: "an index",
    nodes.Macro: "a macro",
    nodes.ScopedEvalContextModifier: "autoescape",
}


class _Loop:
    """Type of the variable `loop`."""


def find_foreign(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield (line, what) for everything in a syntax tree that the language of templates does not have."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            what = _NAMES.get(type(node), type(node).__name__.lower())
            yield node.lineno, f"{what} is not part of the template language"
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield node.lineno, f"there is no filter {node.name}; there are: {', '.join(sorted(FILTERS))}"
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            yield node.lineno, f"there is no test {node.name}; there are: {', '.join(sorted(TESTS))}"
        else:
            yield from ((node.lineno, what) for what in _misused(node))


def _misused(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Include) and (node.ignore_missing or not node.with_context):
        yield "an include has no options"
    if isinstance(node, nodes.Include | nodes.Extends) and not _constant(node.template):
        yield "the file to include or extend is named by a text in quotes"
    if isinstance(node, nodes.For) and node.recursive:
        yield "a recursive loop is not part of the template language"
    if isinstance(node, nodes.Assign) and not isinstance(node.target, nodes.Name):
        yield "set gives a value to one variable"
    if isinstance(node, nodes.Assign) and isinstance(node.node, nodes.List | nodes.Tuple):
        yield "a list stands only in a loop or after `in`"


def _constant(node: nodes.Expr) -> str | None:
    return node.value if isinstance(node, nodes.Const) and isinstance(node.value, str) else None


@dataclass(slots=True)
class Inspection:
    """Follows names through templates; what it found is in `problems`, as (path, line, what)."""

    trees: Mapping[str, nodes.Template]
    """By path."""
    variants: Callable[[str], tuple[str, ...]]
    """The paths that may serve an include of this file, in every language and place."""
    problems: set[tuple[str, int, str]] = field(default_factory=set)
    _open: list[str] = field(default_factory=list)
    _seen: set[tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=set)

    def inspect(self, path: str, scope: Scope) -> None:
        """Check the names in the file at `path` and in what it opens, with these variables at hand."""
        key = (path, tuple(sorted((name, repr(kind)) for name, kind in scope.items())))
        if key in self._seen or path not in self.trees:
            return
        self._seen.add(key)
        self._open.append(path)
        self._statements(self.trees[path].body, dict(scope))
        self._open.pop()

    def _problem(self, node: nodes.Node, what: str) -> None:
        self.problems.add((self._open[-1], node.lineno, what))

    def _statements(self, body: list[nodes.Node], scope: Scope) -> None:
        for node in body:
            self._statement(node, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.Output():
                for part in node.nodes:
                    self._kind(part, scope)
            case nodes.If():
                self._branches(node, scope)
            case nodes.For():
                self._loop(node, scope)
            case nodes.Assign(target=nodes.Name(name=name)):
                scope[name] = self._kind(node.node, scope)
            case nodes.Block():
                self._statements(node.body, dict(scope))
            case nodes.Include() | nodes.Extends():
                self._opening(node, scope)
            case _:
                pass

    def _branches(self, node: nodes.If, scope: Scope) -> None:
        if not _is_absent(node.test, scope):
            self._kind(node.test, scope)
            self._statements(node.body, scope)
        self._statements([*node.elif_, *node.else_], scope)

    def _loop(self, node: nodes.For, scope: Scope) -> None:
        inner = dict(scope)
        item = _item(self._kind(node.iter, scope))
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = item
        else:
            inner.update((target.name, Any) for target in node.target.find_all(nodes.Name))
        if node.test:
            self._kind(node.test, inner)
        inner["loop"] = _Loop
        self._statements(node.body, inner)
        self._statements(node.else_, dict(scope))

    def _opening(self, node: nodes.Include | nodes.Extends, scope: Scope) -> None:
        name = _constant(node.template) or ""
        paths = self.variants(name)
        if not paths:
            self._problem(node, f"there is no template file {name!r}")
        if ("html." in name) != (".html." in self._open[-1]):
            self._problem(node, "text and HTML files do not open each other: only HTML is escaped")
        for path in paths:
            if path in self._open:
                self._problem(node, f"{name} opens itself")
            else:
                self.inspect(path, {name: kind for name, kind in scope.items() if kind is not _Loop})

    def _kind(self, node: nodes.Node, scope: Scope) -> Any:
        """Return the type of an expression, `Any` when unknown, and note what is wrong in it."""
        match node:
            case nodes.TemplateData() | nodes.Const():
                return str
            case nodes.Name(name=name):
                if name not in scope:
                    self._problem(node, f"there is no variable {name}; there are: {', '.join(sorted(scope))}")
                return scope.get(name, Any)
            case nodes.Getattr(attr=attr):
                return self._field(node, self._kind(node.node, scope), attr)
            case nodes.Filter(name="take", node=nodes.Node() as items):
                return self._kind(items, scope)
            case nodes.Test(name="defined" | "undefined"):
                return bool
            case _:
                pass
        for child in node.iter_child_nodes():
            self._kind(child, scope)
        return Any

    def _field(self, node: nodes.Node, owner: Any, name: str) -> Any:
        if owner is _Loop:
            fields: dict[str, Any] = dict.fromkeys(LOOP_FIELDS, Any)
        elif is_dataclass(owner):
            fields = get_type_hints(owner)
        elif owner is Any:
            return Any
        else:
            self._problem(node, f"a value of type {getattr(owner, '__name__', owner)} has no field {name}")
            return Any
        if name not in fields:
            self._problem(node, f"there is no field {name}; there are: {', '.join(sorted(fields))}")
        return _present(fields.get(name, Any))


def scope_of(letter_type: type) -> Scope:
    """Return the variables that a letter of this type gives to a template."""
    return {name: _present(kind) for name, kind in get_type_hints(letter_type).items()}


def _present(kind: Any) -> Any:
    """Return the type without None."""
    if get_origin(kind) in (Union, types.UnionType):
        return next(member for member in get_args(kind) if member is not types.NoneType)
    return kind


def _item(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is tuple else Any


def _is_absent(test: nodes.Node, scope: Scope) -> bool:
    """Whether a condition asks for a variable that is never there, so that its branch is never rendered."""
    match test:
        case nodes.Test(name="defined", node=nodes.Name(name=name)):
            return name not in scope
        case nodes.And():
            return _is_absent(test.left, scope) or _is_absent(test.right, scope)
        case _:
            return False
