"""Reads a folder of rule files into a rulebook, or says everything that is wrong with it at once.

A file that is missing stands for the shipped one of that name, so an empty folder is a working desk.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from mailcase.domain.agreement import Agreement
from mailcase.domain.calendar import Calendar
from mailcase.domain.ladder import Ladder
from mailcase.domain.lifecycle import StatusReasons
from mailcase.domain.mailbox import Mailbox
from mailcase.domain.party import Agent, Team, canonical_address
from mailcase.domain.permission import Permissions
from mailcase.domain.queue import Queue
from mailcase.domain.sla import NO_SLA
from mailcase.domain.vocabulary import Vocabulary
from mailcase.errors import Invalid
from mailcase.rules import (
    broken_rules,
    build_clocks,
    build_closing,
    build_desk,
    build_entitlements,
    build_flows,
    build_people,
    build_rules,
    build_vocabulary,
    examples,
    schema,
    schema_clocks,
    schema_closing,
    schema_desk,
    schema_entitlements,
    schema_flows,
    schema_people,
)
from mailcase.rules.build_clocks import ClockNames
from mailcase.rules.documents import Place, Problems, read
from mailcase.rules.forms import fill, suggest
from mailcase.rules.page import Names, Page
from mailcase.rules.rulebook import FlowRules, Rulebook, ServiceLevel
from mailcase.rules.schema import FILES
from mailcase.rules.told import NOTICES

MAX_FILE_BYTES = 1_000_000
_NOUNS = {
    "agents.yaml": ("agent", "agent or team", "agent, team or role"),
    "calendars.yaml": ("calendar",),
    "custom_fields.yaml": ("field",),
    "flows.yaml": ("flow",),
    "queues.yaml": ("queue",),
    "sla.yaml": ("SLA",),
    "status_reasons.yaml": ("status reason",),
    "subjects.yaml": ("subject",),
    "teams.yaml": ("team", "agent or team", "agent, team or role"),
}
"""What each file gives names to."""
_BROKEN = {"record_creation.yaml": broken_rules.check_creation, "routing.yaml": broken_rules.check_routing}
"""What looks at the rules of a file that does not keep to its form."""
_HERE = Path(__file__).resolve()
_INSTALLED, _IN_SOURCE = _HERE.parents[1] / "defaults" / "rules", _HERE.parents[3] / "rules"
SHIPPED = _INSTALLED if _INSTALLED.is_dir() else _IN_SOURCE
"""The default rule files: inside the wheel, or at the top of the source tree."""

Form = TypeVar("Form", bound=BaseModel)
Part = TypeVar("Part")


def load(folder: Path, mailboxes: Sequence[Mailbox], articles: frozenset[str] | None = None) -> Rulebook:
    """Return the rulebook that the files in `folder` say, for a desk with these mailboxes.

    `articles` are the numbers of all articles; without them, those that rules name are not looked for.

    Raises Invalid with all that is wrong, one line each: `file:line:column: what, and what to do`.
    """
    problems = Problems()
    raw = _read_all(folder, problems)
    book = _Loader(raw, problems, articles).rulebook(mailboxes)
    if problems.found or book is None:
        raise Invalid(*problems.found)
    return book


def _read_all(folder: Path, problems: Problems) -> dict[str, tuple[str, bytes]]:
    """Return every rule file, the folder's own or else the shipped one: what a complaint calls it, and its bytes."""
    if not folder.is_dir():
        raise Invalid(f"{folder}: this folder of rules does not exist; create it with `mailcase init`.")
    for path in sorted(folder.iterdir()):
        if path.suffix in (".yaml", ".yml") and path.name not in FILES:
            problems.add(Place(file=path.name), f"this is no rule file; {suggest(path.name, sorted(FILES))}")
    paths = {name: folder / name if (folder / name).exists() else SHIPPED / name for name in FILES}
    paths |= {path.name: path for path in sorted(folder.glob("*.ics"))}
    found = {}
    for name, path in paths.items():
        label = name if path.parent == folder else f"<shipped>/{name}"
        found[name] = (label, _read_one(path, problems))
    return found


def _read_one(path: Path, problems: Problems) -> bytes:
    """Return the bytes of a file, or none after complaining."""
    place = Place(file=path.name)
    try:
        if not path.is_file():  # to read a pipe would wait for ever
            problems.add(place, "it is no ordinary file; put one there, or remove it.")
        elif path.stat().st_size > MAX_FILE_BYTES:
            problems.add(place, f"it is larger than {MAX_FILE_BYTES} bytes; split or shorten it.")
        else:
            return path.read_bytes()
    except OSError as error:
        problems.add(place, f"it cannot be read ({error.strerror}); check the file and its permissions.")
    return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Who works where, and may do what."""

    agents: Mapping[str, Agent]
    teams: Mapping[str, Team]
    queues: Mapping[str, Queue]
    permissions: Permissions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clocks:
    """What the rules say about time."""

    reasons: StatusReasons
    calendars: Mapping[str, Calendar]
    levels: Mapping[str, ServiceLevel]


class _Loader:
    """Builds the parts in the order in which they refer to each other; a broken file gives its part's empty value."""

    def __init__(self, raw: dict[str, tuple[str, bytes]], problems: Problems, articles: frozenset[str] | None) -> None:
        self._raw = raw
        self._articles = articles
        self._problems = problems
        documents = {name: read(label, content, problems) for name, (label, content) in raw.items() if name in FILES}
        forms = {name: fill(FILES[name], one, problems) for name, one in documents.items() if one}
        unread = frozenset(noun for name, nouns in _NOUNS.items() if not forms.get(name) for noun in nouns)
        pages = {name: Page(document=one, problems=problems, unread=unread) for name, one in documents.items() if one}
        self._pages = {name: (form, pages[name]) for name, form in forms.items() if form}
        self._broken = {name: page for name, page in pages.items() if name not in self._pages}

    def rulebook(self, mailboxes: Sequence[Mailbox]) -> Rulebook | None:
        """Return the rulebook, or None when something is wrong."""
        known = frozenset(mailbox.name for mailbox in mailboxes)
        people = self._people(mailboxes, known)
        slas = self._part(schema_clocks.SlaFile, lambda form, _: form)
        names = self._names(known, people, slas)
        self._check_queues(mailboxes, names)
        policies = self._part(schema_desk.MailboxesFile, lambda form, page: build_desk.policies(form, names, page))
        notices = self._part(schema_desk.NoticesFile, lambda form, page: build_desk.notices(form, names, page))
        creation = self._part(schema.CreationFile, lambda form, page: build_rules.creation(form, names, page))
        routing = self._part(schema.RoutingFile, lambda form, page: build_rules.routing(form, names, page))
        self._check_broken(names)
        clocks = self._clocks(names)
        agreements = self._agreements(names)
        ladders = self._ladders(clocks)
        flows = self._flows(names, clocks)
        if self._problems.found or policies is None or creation is None or routing is None:
            return None
        book = Rulebook(
            version=self._version(),
            creation=creation,
            routing=routing,
            queues=people.queues,
            agents=people.agents,
            teams=people.teams,
            permissions=people.permissions,
            status_reasons=clocks.reasons,
            vocabulary=names.vocabulary,
            default_policy=policies[0],
            policies=policies[1],
            notices=notices or NOTICES,
            agreements=agreements,
            ladders=ladders,
            flows=flows,
            calendars=clocks.calendars,
            slas=clocks.levels,
            default_sla=slas.default if slas else None,
            is_sla_off=bool(slas and slas.off),
        )
        self._try_out(book, mailboxes)
        return book

    def _agreements(self, names: Names) -> Mapping[str, Agreement]:
        def build(form: schema_entitlements.EntitlementsFile, page: Page) -> Mapping[str, Agreement]:
            return build_entitlements.agreements(form, names, page)

        return self._part(schema_entitlements.EntitlementsFile, build) or {}

    def _ladders(self, clocks: _Clocks) -> Mapping[str, Ladder]:
        def build(form: schema_closing.AutoCloseFile, page: Page) -> Mapping[str, Ladder]:
            return build_closing.ladders(form, clocks.reasons, clocks.calendars, page)

        return self._part(schema_closing.AutoCloseFile, build) or {}

    def _flows(self, names: Names, clocks: _Clocks) -> Mapping[str, FlowRules]:
        def build(form: schema_flows.FlowsFile, page: Page) -> Mapping[str, FlowRules]:
            return build_flows.flows(form, names, clocks.calendars, page)

        return self._part(schema_flows.FlowsFile, build) or {}

    def _check_broken(self, names: Names) -> None:
        for name, check in _BROKEN.items():
            if page := self._broken.get(name):
                check(names, page)

    def _names(self, known: frozenset[str], people: _People, slas: schema_clocks.SlaFile | None) -> Names:
        """Return what rules may name; `known` are the keys of the mailboxes."""
        flows = self._part(schema_flows.FlowsFile, lambda form, _: form)
        return Names(
            mailboxes=known,
            queues=people.queues,
            agents=people.agents,
            teams=people.teams,
            slas=frozenset((slas and slas.slas) or ()) | {NO_SLA},
            flows=frozenset((flows and flows.flows) or ()),
            articles=self._articles,
            vocabulary=Vocabulary(
                fields=self._part(schema_desk.CustomFieldsFile, build_vocabulary.fields) or {},
                subjects=self._part(schema_desk.SubjectsFile, build_vocabulary.subjects) or {},
            ),
        )

    def _try_out(self, book: Rulebook, mailboxes: Sequence[Mailbox]) -> None:
        """Complain about fields that only the whole can tell to be unknown, and about examples that come out otherwise."""
        for place, what in build_vocabulary.unknown_fields(book):
            self._problems.add(place, what)
        self._part(schema.CreationFile, lambda form, page: examples.check_creation(form, book, mailboxes, page))
        self._part(schema.RoutingFile, lambda form, page: examples.check_routing(form, book, mailboxes, page))

    def _people(self, mailboxes: Sequence[Mailbox], known: frozenset[str]) -> _People:
        """Return who works where; `known` are the keys of the mailboxes."""
        ours = {canonical_address(a): box.name for box in mailboxes for a in (box.address, *box.aliases)}
        agents = self._part(schema_desk.AgentsFile, lambda form, page: build_desk.agents(form, ours, page)) or {}
        teams = self._part(schema_people.TeamsFile, lambda form, page: build_people.teams(form, agents, page)) or {}
        queues = self._part(
            schema_desk.QueuesFile, lambda form, page: build_desk.queues(form, agents, teams, known, page)
        )
        permissions = self._part(
            schema_people.RolesFile,
            lambda form, page: build_people.permissions(form, agents, teams, queues or {}, page),
        )
        return _People(agents=agents, teams=teams, queues=queues or {}, permissions=permissions or Permissions())

    def _clocks(self, names: Names) -> _Clocks:
        reasons = self._part(schema_desk.StatusReasonsFile, build_desk.status_reasons) or StatusReasons()
        files = {name: content for name, (_, content) in self._raw.items() if name.endswith(".ics")}
        calendars = (
            self._part(schema_clocks.CalendarsFile, lambda form, page: build_clocks.calendars(form, files, page)) or {}
        )
        self._part(schema_desk.AgentsFile, lambda form, page: build_desk.check_hours(form, calendars, page))
        self._part(schema_desk.QueuesFile, lambda form, page: build_desk.check_hours(form, calendars, page))
        known = ClockNames(names=names, calendars=calendars, reasons=reasons)
        levels = self._part(schema_clocks.SlaFile, lambda form, page: build_clocks.service_levels(form, known, page))
        return _Clocks(reasons=reasons, calendars=calendars, levels=levels or {})

    def _part(self, model: type[Form], make: Callable[[Form, Page], Part]) -> Part | None:
        """Return what `make` makes of the file that fills `model`, or None when that file is broken."""
        for form, page in self._pages.values():
            if isinstance(form, model):
                return make(form, page)
        return None

    def _check_queues(self, mailboxes: Sequence[Mailbox], names: Names) -> None:
        for mailbox in mailboxes:
            if mailbox.queue and names.queues and mailbox.queue not in names.queues:
                what = f"mailbox {mailbox.name} wants a queue {mailbox.queue!r} that is not here; add it."
                self._problems.add(Place(file="queues.yaml"), what)

    def _version(self) -> str:
        digest = hashlib.sha256()
        for name, (_, content) in sorted(self._raw.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()[:12]
