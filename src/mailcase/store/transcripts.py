"""The transcripts of commands: the last one of each case can be taken back."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam

from mailcase.domain.transcript import Transcript
from mailcase.store import schema
from mailcase.store.mapping import Mapping
from mailcase.store.statement import Statement
from mailcase.store.tx import Tx

TRANSCRIPTS = Mapping(schema.transcripts, Transcript)
_transcripts = schema.transcripts.c
_last = Statement(
    TRANSCRIPTS.select.where(_transcripts.case_id == bindparam("wanted"), _transcripts.undone_at.is_(None))
    .order_by(_transcripts.id.desc())
    .limit(1)
)


def add(tx: Tx, transcript: Transcript) -> None:
    """Store a new transcript."""
    TRANSCRIPTS.insert(tx, transcript)


def last(tx: Tx, case_id: int) -> Transcript | None:
    """Return the newest transcript of a case that was not taken back."""
    return TRANSCRIPTS.first(tx, _last, {"wanted": case_id})


def undo(tx: Tx, transcript: Transcript, now: datetime) -> None:
    """Note that a transcript was taken back."""
    TRANSCRIPTS.update(tx, replace(transcript, undone_at=now))
