"""Full-text search on a desk with many cases: words that are rare, common, together, in a phrase, and nowhere.

Each case has a mail of thirty words out of fifty thousand, as often as words of a language are (Zipf's law).
"""

import itertools
import random
import time
from contextlib import closing

from sqlalchemy import text

from bench.result import Figure, Options, Result, percentile
from bench.store import NOW, SENDERS, prepare
from bench.workplace import database_url
from mailcase.desk.search import search_cases
from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.case import Case
from mailcase.store.activities import ACTIVITIES
from mailcase.store.cases import CASES
from mailcase.store.engine import Database

VOCABULARY = 50_000
WORDS = 30  # of one mail
BATCH = 10_000
RUNS = 20
GOAL_MS = 100
QUERIES = (
    ("rare", "one rare word", "w40000"),
    ("common", "one word that is in most mails", "w1"),
    ("together", "two common words", "w2 w3"),
    ("mixed", "a common and a rare word", "w1 w30000"),
    ("phrase", "a phrase of common words", '"w1 w2"'),
    ("letter", "what most words begin with", "w*"),
    ("prefix", "the beginning of many words", "w12*"),
    ("long_prefix", "the long beginning of some", "w1234*"),
    ("customer", "the name of a customer", "customer7"),
    ("without", "a common word without another", "w1 -w2"),
    ("nowhere", "a word that is nowhere", "zebra"),
)


def run(options: Options) -> Result:
    """Fill a desk and search it."""
    with database_url(options.database, options.folder) as url, closing(prepare(url)) as database:
        fill(database, options.cases)
        figures = [_measured(database, *query) for query in QUERIES]
    worst = max(figure.value for figure in figures)
    note = f"The goal is {GOAL_MS} ms; the slowest took {worst:.0f} ms."
    return Result(stage="search", setting=f"{options.database}, {options.cases} cases", figures=figures, notes=(note,))


def fill(database: Database, cases: int) -> None:
    """Store `cases` cases with a mail each."""
    dice = random.Random(1)  # the same words in each run
    weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    vocabulary = [f"w{rank}" for rank in range(1, VOCABULARY + 1)]
    for first in range(1, cases + 1, BATCH):
        keys = range(first, min(first + BATCH, cases + 1))
        texts = [" ".join(dice.choices(vocabulary, cum_weights=weights, k=WORDS)) for _ in keys]
        with database.begin() as tx:
            CASES.insert_many(tx, (_case(key, words) for key, words in zip(keys, texts, strict=True)))
            ACTIVITIES.insert_many(tx, (_mail(key, words) for key, words in zip(keys, texts, strict=True)))
    if not database.is_sqlite:
        with database.begin() as tx:
            tx.execute(text("ANALYZE"))


def _case(key: int, words: str) -> Case:
    title = " ".join(words.split(" ", 4)[:4])
    return Case(title=title, contact_id=1 + key % SENDERS, mailbox="support", created_at=NOW, modified_at=NOW)


def _mail(key: int, words: str) -> Activity:
    return Activity(
        case_id=key, kind=ActivityKind.EMAIL_IN, text=words, sender="a@x", created_at=NOW, created_by="customer"
    )


def _measured(database: Database, key: str, name: str, query: str) -> Figure:
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        with database.read() as tx:
            search_cases(tx, query, 20)
        spent.append((time.perf_counter() - start) * 1000)
    return Figure(key=key, name=f"{name}, p95", value=percentile(spent, 95), unit="ms")
