"""A synchronous postman: the only asyncio of the mail core runs on a thread in here."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from mailcase.domain.outbox import Delivery, OutboxMessage, Phase
from mailcase.errors import Invalid, Unavailable
from mailcase.transport.account import SmtpAccount
from mailcase.transport.smtp_dialogue import pending
from mailcase.transport.smtp_session import SmtpSession

__all__ = ["SmtpAccount", "SmtpPostman"]

Answer = TypeVar("Answer")


class SmtpPostman:
    """A `Postman`: see `transport.ports`. `close` may come from another thread: it cuts a delivery short."""

    def __init__(self, account: SmtpAccount, is_ours: Callable[[int], bool] = lambda _: True) -> None:
        """Ask `is_ours`, with the id of a mail, just before its text and its final dot are sent: no means a cut line."""
        self.account = account
        self._is_ours = is_ours
        self._mutex = threading.Lock()
        self._runner: _Runner | None = None

    def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
        """Try each message once, in order, over one connection that is kept open; yield what each attempt brought.

        When the server cannot be reached for one message, the rest of the batch is not tried.
        """
        failure = ""
        for message in batch:
            outcome = _not_reached(message, failure) if failure else self._try(message)
            if not isinstance(outcome, Delivery):
                failure = str(outcome)
                outcome = _not_reached(message, failure)
            yield outcome

    def check(self) -> None:
        """Connect and log in; raise `errors.Unavailable` with the remedy when that fails."""
        self._ask(lambda session: session.check())

    def close(self) -> None:
        """Close the connection; never raises. A later delivery opens a new one."""
        with self._mutex:
            runner, self._runner = self._runner, None
        if runner is not None:
            runner.stop()

    def _try(self, message: OutboxMessage) -> Delivery | Unavailable | Invalid:
        try:
            return self._ask(lambda session: session.attempt(message))
        except (Unavailable, Invalid) as error:  # Invalid: the file of the password cannot be read
            return error

    def _ask(self, work: Callable[[SmtpSession], Coroutine[Any, Any, Answer]]) -> Answer:
        with self._mutex:
            if self._runner is None:
                self._runner = _Runner(self.account, self._is_ours)
            future = self._runner.submit(work)
        return future.result()


class _Runner:
    """An event loop with one session on a thread of its own."""

    def __init__(self, account: SmtpAccount, is_ours: Callable[[int], bool]) -> None:
        self._account = account
        self._is_ours = is_ours
        self._is_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._session: SmtpSession
        self._end: asyncio.Event
        self._thread = threading.Thread(target=self._run, name=f"smtp-{account.host}", daemon=True)
        self._thread.start()
        self._is_up.wait()

    def submit(self, work: Callable[[SmtpSession], Coroutine[Any, Any, Answer]]) -> "Future[Answer]":
        return asyncio.run_coroutine_threadsafe(work(self._session), self._loop)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._session = SmtpSession(self._account, self._is_ours)
        self._is_up.set()
        await self._end.wait()
        await self._session.end()


def _not_reached(message: OutboxMessage, reason: str) -> Delivery:
    return Delivery(
        outbox_id=message.id,
        fence=message.fence,
        recipients=tuple(pending(message)),
        phase=Phase.CONNECT,
        response=reason,
        is_server_down=True,
    )
