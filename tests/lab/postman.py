"""A postman who delivers everything, and remembers it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from mailcase.domain.outbox import Delivery, OutboxMessage, Phase, RecipientState


@dataclass
class CollectingPostman:
    """Stands at the network's edge: what came to him has left the desk."""

    sent: list[OutboxMessage] = field(default_factory=list)

    def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
        for message in batch:
            self.sent.append(message)
            yield Delivery(
                outbox_id=message.id,
                fence=message.fence,
                recipients=tuple(
                    replace(one, state=RecipientState.ACCEPTED, response="250 ok") for one in message.recipients
                ),
                phase=Phase.DOT,
                response="250 2.0.0 taken",
            )

    def check(self) -> None:
        """There is no server to try."""

    def close(self) -> None:
        """There is no connection to close."""
