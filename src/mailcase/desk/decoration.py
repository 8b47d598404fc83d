"""Which pictures came to so many cases that they are part of somebody's signature, asked of the store."""

from collections.abc import Iterable

from mailcase.domain.decoration import OFTEN, File, may_be_logo
from mailcase.store import activities
from mailcase.store.tx import Tx


def familiar(tx: Tx, files: Iterable[File], case_id: int) -> frozenset[str]:
    """Return the SHA-256 of those pictures among `files` of a new mail that came to `OFTEN` cases, or to its own before."""
    asked = {file.sha256 for file in files if may_be_logo(file)}
    found = {one: activities.cases_with(tx, one, OFTEN) for one in asked}
    return frozenset(one for one, cases in found.items() if len(cases) == OFTEN or case_id in cases)


def repeated(tx: Tx, files: Iterable[File]) -> frozenset[str]:
    """Return the SHA-256 of those pictures among stored `files` that came to `OFTEN` cases."""
    asked = {file.sha256 for file in files if may_be_logo(file)}
    return frozenset(one for one in asked if len(activities.cases_with(tx, one, OFTEN)) == OFTEN)
