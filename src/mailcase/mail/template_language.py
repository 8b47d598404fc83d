"""The language of the templates: what of Jinja2 is left when nothing may run long, grow large or reach outside.

There are values, conditions, loops over what a letter holds, blocks, extends and include. There are no calls, macros,
arithmetic, captured text or unescaped output, so text can grow through output alone, which a `Budget` counts together
with each turn of a loop and each include. Names of includes are resolved among the loaded files, never on a disk.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any  # values of the template's own making

from jinja2 import StrictUndefined, Template, nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailcase.errors import Refused
from mailcase.mail import letter
from mailcase.mail.template_filters import FILTERS, TESTS

MAX_OUTPUT = 1_000_000  # characters of one part of a mail (GUARANTEES G16)
MAX_STEPS = 100_000  # turns of loops, includes
MAX_SECONDS = 5.0  # of CPU
STEPS_BETWEEN_CLOCKS = 64

ALLOWED = (
    nodes.And,
    nodes.Assign,
    nodes.Block,
    nodes.Compare,
    nodes.CondExpr,
    nodes.Const,
    nodes.Extends,
    nodes.Filter,
    nodes.For,
    nodes.Getattr,
    nodes.If,
    nodes.Include,
    nodes.Keyword,
    nodes.List,
    nodes.Name,
    nodes.Not,
    nodes.Operand,
    nodes.Or,
    nodes.Output,
    nodes.Template,
    nodes.TemplateData,
    nodes.Test,
    nodes.Tuple,
)
"""Every construct that a template may use."""

LOOP_FIELDS = frozenset({"first", "index", "index0", "last", "length", "revindex", "previtem", "nextitem"})
FIELDS: dict[type, frozenset[str]] = {
    LoopContext: LOOP_FIELDS,
    **{
        noun: frozenset(field.name for field in fields(noun))
        for noun in vars(letter).values()
        if isinstance(noun, type) and is_dataclass(noun)
    },
}
"""What a template may ask of each type of value; of others, nothing."""


class Budget:
    """What one rendering may still use up."""

    __slots__ = ("_deadline", "_output", "_steps")

    def __init__(self) -> None:
        self._output = MAX_OUTPUT
        self._steps = MAX_STEPS
        self._deadline: float | None = None  # asking the clock of the processor costs more than a short template

    def collect(self, pieces: Iterable[str]) -> str:
        """Return the pieces as one text. Raises Refused past MAX_OUTPUT, MAX_STEPS or MAX_SECONDS."""
        kept = []
        for piece in pieces:
            self._output -= len(piece)
            if self._output < 0:
                raise Refused(f"it becomes longer than {MAX_OUTPUT} characters")
            kept.append(piece)
        return "".join(kept)

    def step(self) -> None:
        """Count one turn of a loop, or one include; look at the clock now and then."""
        self._steps -= 1
        if self._steps < 0:
            raise Refused(f"it takes more than {MAX_STEPS} steps")
        if self._steps % STEPS_BETWEEN_CLOCKS == 0:
            self._look_at_clock()

    def _look_at_clock(self) -> None:
        now = time.thread_time()
        if self._deadline is None:
            self._deadline = now + MAX_SECONDS
        elif now > self._deadline:
            raise Refused(f"it takes longer than {MAX_SECONDS} s")


class Environment(ImmutableSandboxedEnvironment):
    """Jinja2 without loader, globals, calls or foreign attributes."""

    def __init__(self) -> None:
        super().__init__(
            autoescape=lambda name: name is None or ".html." in name,
            undefined=StrictUndefined,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals.clear()
        self.filters.clear()
        self.filters.update(FILTERS, _counted=_counted, _opened=_opened)
        self.tests.clear()
        self.tests.update(TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a field of a letter, or what a loop knows of itself; of anything else, an undefined value."""
        if attribute in FIELDS.get(type(obj), ()):
            return getattr(obj, attribute)
        return self.undefined(obj=obj, name=attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002 - jinja2's signature
        """Return the same answer as `getattr` gives, for jinja2's own questions."""
        return attr in FIELDS.get(type(obj), ())

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ARG002 - jinja2's signature
        """Nothing."""
        return False

    def compiled(self, tree: nodes.Template, name: str) -> Template:
        """Return the template of a syntax tree that was checked. Its loops and includes count their steps."""
        for loop in list(tree.find_all(nodes.For)):
            loop.iter = _filtered(loop.iter, "_counted")
        for include in list(tree.find_all(nodes.Include)):
            include.template = _filtered(include.template, "_opened")
        for extends in list(tree.find_all(nodes.Extends)):
            extends.template = _filtered(extends.template, "_opened")
        return Template.from_code(self, self.compile(tree, name, name), {})


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


@pass_context
def _counted(context: Context, items: Iterable[Any]) -> Iterator[Any]:
    budget: Budget = context["_budget"]
    for item in items:
        budget.step()
        yield item


@pass_context
def _opened(context: Context, name: str) -> Template:
    context["_budget"].step()
    opened: Template = context["_files"][name]
    return opened


def _printable(value: Any) -> Any:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, naming what is undefined
    hint = "; use a filter such as date or time" if isinstance(value, datetime) else ""
    raise Refused(f"a value of type {type(value).__name__} cannot be printed{hint}")
