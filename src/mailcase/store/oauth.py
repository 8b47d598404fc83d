"""The tokens of OAuth 2.0: one row for each account, shared by all daemons of one database.

Who renews holds a lease while it asks the provider, so that nobody else uses the same refresh token; and what it brings
is stored only if nobody stored something newer meanwhile, such as a person who signed in anew.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import and_, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from mailcase.clock import Clock
from mailcase.domain.oauth import TokenKey, Tokens
from mailcase.store import leases, schema
from mailcase.store.engine import Database
from mailcase.store.leases import Lease
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

LEASE = timedelta(seconds=90)
"""Longer than a request to a provider may take; a daemon that dies in its midst holds up the others for as long."""
NAMES = (
    "client",
    "access_token",
    "refresh_token",
    "issued_at",
    "expires_at",
    "refresh_expires_at",
    "signed_in_at",
    "version",
)

_tokens = schema.oauth_tokens.c
_columns = [_tokens[name] for name in NAMES]
_is_of = and_(_tokens.oauth == bindparam("key_oauth"), _tokens.account == bindparam("key_account"))
_get = Statement(select(*_columns).where(_is_of))
_all = Statement(select(_tokens.oauth, _tokens.account, *_columns).order_by(_tokens.oauth, _tokens.account))
_insert = upsert(schema.oauth_tokens)
_put = Statement(
    _insert.on_conflict_do_update(
        index_elements=[_tokens.oauth, _tokens.account],
        set_={name: _insert.excluded[name] for name in NAMES} | {"version": _tokens.version + 1},
    ),
    keys=("oauth", "account", *NAMES),
)
_renew = Statement(
    update(schema.oauth_tokens)
    .where(_is_of, _tokens.version == bindparam("old_version"))
    .values({name: bindparam(name) for name in NAMES})
)
_delete = Statement(delete(schema.oauth_tokens).where(_is_of))


def get(tx: Tx, key: TokenKey) -> Tokens | None:
    """Return the tokens of `key`, or None."""
    row = tx.row(_get, _key(key))
    return None if row is None else Tokens(key=key, **dict(zip(NAMES, row, strict=True)))


def find(tx: Tx) -> list[Tokens]:
    """Return all tokens, by section and account."""
    return [
        Tokens(key=TokenKey(oauth=oauth, account=account), **dict(zip(NAMES, row, strict=True)))
        for oauth, account, *row in tx.rows(_all)
    ]


def put(tx: Tx, tokens: Tokens) -> None:
    """Store tokens in place of whatever there was, as after a new sign-in."""
    tx.write(_put, _row(tokens))


def renew(tx: Tx, tokens: Tokens) -> bool:
    """Store renewed tokens in place of the version that they were made from; False when that is gone or another."""
    row = _row(replace(tokens, version=tokens.version + 1))
    values = {name: row[name] for name in NAMES} | _key(tokens.key) | {"old_version": tokens.version}
    return tx.count(_renew, [values]) == 1


def remove(tx: Tx, key: TokenKey) -> None:
    """Forget the tokens of `key`."""
    tx.write(_delete, _key(key))


def _key(key: TokenKey) -> dict[str, str]:
    return {"key_oauth": key.oauth, "key_account": key.account}


def _row(tokens: Tokens) -> dict[str, object]:
    own = {name: getattr(tokens, name) for name in NAMES}
    return {"oauth": tokens.key.oauth, "account": tokens.key.account} | own


class StoredTokens:
    """The `TokenStore` of `transport.ports` on a database. Every method is a transaction and raises Unavailable."""

    def __init__(self, database: Database, now: Clock) -> None:
        self._database = database
        self._now = now
        self._holder = f"{socket.gethostname()}:{os.getpid()}"

    def load(self, key: TokenKey) -> Tokens | None:
        """Return what is kept for `key`."""
        with self._database.read() as tx:
            return get(tx, key)

    def all(self) -> Sequence[Tokens]:
        """Return everything that is kept."""
        with self._database.read() as tx:
            return find(tx)

    def put(self, tokens: Tokens) -> None:
        """Keep the first tokens after a sign-in, in place of any others."""
        with self._database.begin() as tx:
            put(tx, tokens)

    def renew(self, tokens: Tokens) -> bool:
        """Keep renewed tokens; False when others were stored since those that they were made from."""
        with self._database.begin() as tx:
            return renew(tx, tokens)

    def remove(self, key: TokenKey) -> None:
        """Forget what is kept for `key`."""
        with self._database.begin() as tx:
            remove(tx, key)

    def claim(self, key: TokenKey) -> Lease | None:
        """Take the sole right to renew, among all threads and daemons; None while another has it."""
        name = f"oauth {key.oauth} {key.account}".rstrip()
        with self._database.begin() as tx:
            return leases.acquire(tx, name, self._holder, LEASE, self._now())

    def release(self, claim: Lease) -> None:
        """Give that right back."""
        with self._database.begin() as tx:
            leases.release(tx, claim, self._now())
