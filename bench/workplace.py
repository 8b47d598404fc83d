"""A desk to measure: its settings, rules and database, on the servers of `bench.servers`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.servers import Servers
from lab.postgres import Postgres
from mailcase import log
from mailcase.app import App, build, open_app_database
from mailcase.clock import utc_now
from mailcase.config import load_config
from mailcase.files import defaults
from mailcase.store import tokens

DESK = Path(__file__).parent / "desk"
SECRET = b"signs the tokens of seeded mail."


@contextmanager
def database_url(kind: str, folder: Path) -> Iterator[str]:
    """Yield the URL of an empty database whose commits are durable."""
    folder.mkdir(exist_ok=True)
    if kind == "sqlite":
        yield f"sqlite:///{folder.absolute() / 'desk.db'}"
        return
    server = Postgres.create()
    with (server.cluster / "postgresql.conf").open("a") as settings:
        settings.write("fsync = on\nfull_page_writes = on\n")
    server.start()
    try:
        with server.database() as url:
            yield url
    finally:
        server.destroy()


@contextmanager
def desk(folder: Path, url: str, servers: Servers, agents: int) -> Iterator[App]:
    """Yield the application with the rules of `bench/desk` and `agents` members in each queue, signing with `SECRET`."""
    folder.mkdir(exist_ok=True)
    log.configure("error", "json")
    shutil.copytree(defaults("rules"), folder / "rules", dirs_exist_ok=True)
    shutil.copytree(DESK / "rules", folder / "rules", dirs_exist_ok=True)
    shutil.copytree(defaults("templates"), folder / "templates", dirs_exist_ok=True)
    (folder / "rules" / "agents.yaml").write_text(_agents(agents), encoding="utf-8")
    queues = "queues:\n" + "".join(f"  {name}: {{title: {name}, members: all}}\n" for name in ("support", "billing"))
    (folder / "rules" / "queues.yaml").write_text(queues, encoding="utf-8")
    settings = (DESK / "mailcase.toml").read_text(encoding="utf-8")
    facts = {
        "{database}": url,
        "{imap_port}": str(servers.imap_port),
        "{smtp_port}": str(servers.smtp_port),
        "{password}": servers.password,
    }
    for name, value in facts.items():
        settings = settings.replace(name, value)
    (folder / "mailcase.toml").write_text(settings, encoding="utf-8")
    database = open_app_database(load_config(folder / "mailcase.toml"), utc_now())
    with database.begin() as tx:
        tokens.add(tx, SECRET, utc_now())
    database.close()
    app = build(folder / "mailcase.toml")
    try:
        yield app
    finally:
        app.close()


def _agents(count: int) -> str:
    one = "  agent{n}: {{name: Agent {n}, address: agent{n}@desk.example}}\n"
    return "agents:\n" + "".join(one.format(n=number) for number in range(1, count + 1)) if count else "agents: {}\n"
