"""A desk for a test: a folder with settings and rules, opened as an application on a clock that the test sets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailcase.app import App, build_desk, mail_limits, mailbox_of, open_app_database, take_over
from mailcase.config import Config, load_config
from mailcase.desk.desk import Desk

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
SECRET = b"the secret of the tests' desks!!"
SETTINGS = """\
[desk]
name = "Northwind Support"
authserv_id = "mx.northwind.example"
{desk}

[database]
url = "{url}"

[mailboxes.support]
address = "support@northwind.example"
queue = "support"
subaddress = true
{support}

[mailboxes.billing]
address = "billing@northwind.example"
name = "Northwind Billing"
queue = "billing"
{extra}
"""
RULES = {
    "agents.yaml": """\
agents:
  anna: {name: Anna Berg, address: anna@northwind.example, role: lead}
  ben: {name: Ben Okoro, address: ben@northwind.example}
""",
    "queues.yaml": """\
queues:
  support: {title: Support, members: [anna]}
  billing: {title: Billing, members: [ben]}
""",
    "routing.yaml": """\
rules:
  - name: money
    when: case.title.matches("(?i)invoice|refund")
    to: {queue: billing}
""",
    "sla.yaml": "slas: {}\n",
}
_desks: dict[str, Desk] = {}


@dataclass
class ManualClock:
    """A clock that stands still until it is moved."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What is written into the folder of a desk."""

    url: str
    rules: Mapping[str, str] = field(default_factory=dict)
    """More rule files, or others in place of those in `RULES`."""
    articles: Mapping[str, str] = field(default_factory=dict)
    """Articles by the names of their files."""
    support: str = ""
    """More settings of the mailbox `support`."""
    desk: str = ""
    """More settings of the section `desk`."""
    extra: str = ""
    """More sections of the settings."""


def furnish(folder: Path, furniture: Furniture) -> Path:
    """Write a desk into `folder` and return its settings file."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    (folder / "templates").mkdir(exist_ok=True)
    for name, content in (RULES | dict(furniture.rules)).items():
        (folder / "rules" / name).write_text(content, encoding="utf-8")
    for name, content in furniture.articles.items():
        (folder / "articles").mkdir(exist_ok=True)
        (folder / "articles" / name).write_text(content, encoding="utf-8")
    settings = SETTINGS.format(url=furniture.url, desk=furniture.desk, support=furniture.support, extra=furniture.extra)
    path = folder / "mailcase.toml"
    path.write_text(settings, encoding="utf-8")
    return path


def open_app(path: Path, clock: ManualClock) -> App:
    """Open the desk of a settings file as `app.build` does, with one secret for all and each rulebook read only once."""
    config = load_config(path)
    database, desk = open_app_database(config, clock()), _desk(config)
    take_over(database, desk, clock())
    return App(path=path, config=config, database=database, limits=mail_limits(config), now=clock, _desk=desk)


@pytest.fixture
def clock() -> ManualClock:
    """The clock of `app`."""
    return ManualClock()


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    """A desk without mail servers, on each kind of database."""
    found = open_app(furnish(tmp_path, Furniture(url=database_url)), clock)
    yield found
    found.close()


def _desk(config: Config) -> Desk:
    texts = (*config.paths.rules.iterdir(), *config.paths.articles.glob("*.md"))
    rules = sorted((file.name, file.read_text(encoding="utf-8")) for file in texts)
    mailboxes = [mailbox_of(config, name, settings) for name, settings in config.mailboxes.items()]
    key = repr(
        (
            config.desk,
            config.limits,
            mailboxes,
            rules,
            [(box.subaddress, box.return_path, box.dkim) for box in config.mailboxes.values()],
        )
    )
    if key not in _desks:
        _desks[key] = build_desk(config, (SECRET,))
    return replace(_desks[key])
