"""The audit log of what is changed about customers, besides that of their cases (`desk.record`)."""

import json

from mailcase.desk.outcome import Act
from mailcase.domain.activity import AuditRecord
from mailcase.store import audit
from mailcase.store.tx import Tx


def keep(tx: Tx, act: Act, action: str, key: int, **changes: object) -> None:
    """Note in the audit log that `act` did `action`, such as `contact.update`, to the record with the id `key`."""
    said = json.dumps(changes | {"cause": act.cause}, ensure_ascii=False)
    kind = action.partition(".")[0]
    record = AuditRecord(at=act.now, actor=act.actor, action=action, object_type=kind, object_id=key, changes=said)
    audit.append(tx, (record,))
