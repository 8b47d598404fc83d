"""Letters rendered by templates: a subject, a text, and HTML beside it.

`Templates.load` reads folders, checks every file and tries each template on sample letters; a set with a mistake is
refused as a whole, with all of its mistakes. What a customer wrote is only ever a value: no text of a letter is
compiled, and HTML files escape all they print.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Self  # Any: the variables of a template

import css_inline
from jinja2 import Template, TemplateError

from mailcase.errors import Invalid, Refused
from mailcase.mail.letter import INTERNAL, AdminLetter, AgentLetter, AutomaticLetter, CustomerLetter, Letter
from mailcase.mail.letter_samples import samples
from mailcase.mail.limits import Limits
from mailcase.mail.markup import is_bounded
from mailcase.mail.subject import one_line, shortened
from mailcase.mail.template_check import Scope, scope_of
from mailcase.mail.template_files import TemplateFile, Wanted, parse_path
from mailcase.mail.template_language import Budget
from mailcase.mail.template_load import load_templates

MAX_SUBJECT = 250  # characters
DEFAULT_LANGUAGE = "en"
"""Language of the files that have none in their name."""

LIMITS = Limits()

AUTOMATIC = (
    "customer/acknowledged",
    "customer/merged",
    "customer/not_entitled",
    "customer/reactivated",
    "customer/waiting",
)
"""Templates of mail that no person wrote; those named `…_something` are theirs too."""

# Nothing is fetched: no style sheet by URL or file, whatever a template links to.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A letter as it will be read."""

    subject: str
    """One line."""
    text: str
    html: str | None
    """A whole document with its styles inlined, or None when the template has no HTML."""
    language: str
    """ISO 639-1, of the template that served."""


def letter_type(name: str) -> type[Letter]:
    """Return the type of letter that the template `name` is for."""
    if name.startswith("admin/"):
        return AdminLetter
    if name.startswith("agent/"):
        return AgentLetter
    is_automatic = any(name == automatic or name.startswith(f"{automatic}_") for automatic in AUTOMATIC)
    return AutomaticLetter if is_automatic else CustomerLetter


def scope_for(name: str) -> Scope:
    """Return the variables of the template `name`, with their types."""
    return scope_of(letter_type(name))


class _Shelf(dict[str, Template]):
    """The files that includes of one reader find, by the name they are included by."""

    def __init__(self, find: Callable[[str, str], Template | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, file_name: str) -> Template:
        match = parse_path(file_name)
        found = self._find(match["name"], match["part"]) if match else None
        if found is None:
            raise Refused(f"there is no template file {file_name}")
        self[file_name] = found
        return found


class Templates:
    """A checked set of templates. Immutable: a changed folder is loaded anew."""

    def __init__(self, files: Mapping[str, TemplateFile], compiled: Mapping[str, Template]) -> None:
        self._files = files
        self._compiled = compiled
        self._serving = lru_cache(maxsize=1024)(self._find)
        self._shelf = lru_cache(maxsize=1024)(self._new_shelf)
        self._names = tuple(sorted({file.name for file in files.values() if not file.is_partial}))

    @classmethod
    def load(cls, folder: Path, *fallbacks: Path) -> Self:
        """Read, check and compile the templates of `folder`, and of `fallbacks` what it does not have.

        Raises Invalid with every mistake as `file:line: what`.
        """
        loaded = load_templates(scope_for, folder, *fallbacks)
        templates = cls(loaded.files, loaded.compiled)
        if problems := templates.check():
            raise Invalid(*problems)
        return templates

    def names(self) -> tuple[str, ...]:
        """Return the names of the templates, such as `customer/acknowledged`."""
        return self._names

    def languages(self, name: str) -> tuple[str, ...]:
        """Return the languages that the template `name` has."""
        files = (file for file in self._files.values() if file.name == name and file.part == "txt")
        return tuple(sorted({file.language or DEFAULT_LANGUAGE for file in files}))

    def render(self, name: str, letter: Letter, *, language: str = "", mailbox: str = "", queue: str = "") -> Rendered:
        """Return the letter as the template `name` puts it for this mailbox and queue, in `language` if it has it.

        `language` is ISO 639-1, by default the letter's own. Raises Refused when there is no such template, when the
        letter is of another type than it takes, or when it grows or runs past the limits; Invalid when the template
        itself is at fault.
        """
        kind = letter_type(name)
        if not isinstance(letter, kind):
            raise Refused(f"{name} is a template for {kind.__name__}, not for {type(letter).__name__}.")
        wanted = Wanted(language or letter.language, mailbox, queue)
        text_path = self._serving(wanted, name, "txt")
        subject_path = self._serving(wanted, name, "subject")
        if not text_path or not subject_path:
            raise Refused(f"there is no template {name}; there are: {', '.join(self.names())}.")
        spoken = self._files[text_path].language or DEFAULT_LANGUAGE
        variables = {field.name: getattr(letter, field.name) for field in fields(kind)} | {"language": spoken}
        # HTML stands in the same place and language as the text, so that the two never say different things.
        html_path = text_path.removesuffix("txt.j2") + "html.j2"
        html = self._run(html_path, variables, wanted) if html_path in self._compiled else None
        return Rendered(
            subject=shortened(one_line(self._run(subject_path, variables, wanted)), MAX_SUBJECT),
            text=self._run(text_path, variables, wanted).strip("\n") + "\n",
            html=self._styled(html_path, html) if html is not None else None,
            language=spoken,
        )

    def preview(self, name: str, *, language: str = "", mailbox: str = "", queue: str = "") -> Rendered:
        """Return the template `name` filled with a sample letter. Raises as `render` does."""
        return self.render(name, samples(name, letter_type(name))[0], language=language, mailbox=mailbox, queue=queue)

    def check(self) -> tuple[str, ...]:
        """Try every template on sample letters, full ones and bare ones; return what went wrong, a line each."""
        problems: list[str] = []
        for file in self._files.values():
            if file.part == "txt" and not file.is_partial:
                problems += self._try(file)
        return tuple(dict.fromkeys(problems))

    def _try(self, file: TemplateFile) -> Iterable[str]:
        place, _, owner = file.place.rstrip("/").partition("/")
        for letter in samples(file.name, letter_type(file.name)):
            try:
                rendered = self.render(
                    file.name,
                    letter,
                    language=file.language or DEFAULT_LANGUAGE,
                    mailbox=owner if place == "by_mailbox" else "",
                    queue=owner if place == "by_queue" else "",
                )
            except (Refused, Invalid) as error:
                yield str(error)
                continue
            if isinstance(letter, AgentLetter | AdminLetter):
                yield from self._unmarked(file, rendered)

    def _unmarked(self, file: TemplateFile, rendered: Rendered) -> Iterable[str]:
        """Complain of a letter to people of the desk that could be quoted to a customer without being recognised."""
        for part, content in (("txt", rendered.text), ("html", rendered.html)):
            if content is not None and INTERNAL not in content:
                shown = file.shown.removesuffix("txt.j2") + f"{part}.j2"
                yield f"{shown}:1: print {{{{ internal }}}}, so that the desk keeps a quoted notice from customers."

    def _styled(self, path: str, html: str) -> str:
        """Return a document with its styles put into its elements."""
        # The inliner overflows the stack on deep elements, and takes long on many: ask first, if there can be many.
        if html.count("<") > LIMITS.max_html_depth and not is_bounded(html, LIMITS):
            raise Refused(f"{self._files[path].shown}:1: its elements are nested too deep.")
        try:
            return _INLINER.inline(html)
        except css_inline.InlineError as error:
            raise Invalid(f"{self._files[path].shown}:1: a style sheet is at fault: {error}.") from error

    def _find(self, wanted: Wanted, name: str, part: str) -> str | None:
        return next((path for path in wanted.paths(name, part) if path in self._files), None)

    def _new_shelf(self, wanted: Wanted) -> _Shelf:
        def find(name: str, part: str) -> Template | None:
            path = self._find(wanted, name, part)
            return self._compiled[path] if path else None

        return _Shelf(find)

    def _run(self, path: str, variables: dict[str, Any], wanted: Wanted) -> str:
        budget = Budget()
        context = {**variables, "_budget": budget, "_files": self._shelf(wanted)}
        try:
            return budget.collect(self._compiled[path].generate(context))
        except (TemplateError, TypeError, ValueError, AttributeError) as error:
            raise Invalid(f"{self._place(path, error)}: {error}.") from error
        except Refused as error:
            raise Refused(f"{self._place(path, error)}: {error}.") from error

    def _place(self, path: str, error: Exception) -> str:
        """Return `file:line` of the innermost template line that an error passed through."""
        place, line = path, 1
        traceback = error.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename in self._files:
                place, line = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
            traceback = traceback.tb_next
        return f"{self._files[place].shown}:{line}"
