"""What a person does with a held mail from the command line: parsed outside, filed inside one transaction."""

from mailcase.app import App
from mailcase.desk import held
from mailcase.domain.inbox import InboxMessage
from mailcase.errors import Invalid, Refused, Unparseable
from mailcase.mail.classify import classify
from mailcase.mail.limits import relaxed
from mailcase.mail.parse import parse
from mailcase.store import inbox


def find(app: App, key: int) -> tuple[InboxMessage, bytes]:
    """Return a stored mail with its bytes. Raises Refused when there is none, Invalid when its bytes are gone."""
    with app.database.read() as tx:
        message = inbox.get(tx, key)
        raw = inbox.raw(tx, message.sha256) if message else None
    if message is None:
        raise Refused(f"mail {key} is not here; `mailcase inbox list` shows what is.")
    if raw is None:
        raise Invalid(f"the bytes of mail {key} ({message.sha256}) are not in the database; restore a backup.")
    return message, raw


def release(app: App, key: int, actor: str) -> InboxMessage:
    """File the held mail `key` as a new case in spite of the reason, read with wider limits.

    Raises Refused when it is not held, or cannot be read even so.
    """
    message, raw = find(app, key)
    desk = app.desk
    try:
        email = parse(raw, relaxed(app.limits))
    except Unparseable as error:
        raise Refused(
            f"mail {key} cannot be read even with wider limits: {error}. `mailcase inbox raw {key}` gives its bytes."
        ) from error
    classification = classify(email, desk.own_addresses)
    with app.database.begin() as tx:
        return held.release(tx, desk, message, email, classification, actor=actor, now=app.now())


def discard(app: App, key: int, why: str, actor: str) -> InboxMessage:
    """Set the held mail `key` aside with a reason. Raises Refused when it is not held."""
    message, _ = find(app, key)
    with app.database.begin() as tx:
        return held.discard(tx, message, why, actor, app.now())
