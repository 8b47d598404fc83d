"""The mailboxes of the sandbox: pymap's in-memory IMAP server with users that are added as one goes.

pymap knows no keywords, which makes it the harder server for a daemon to work with.
"""

import asyncio
from argparse import Namespace
from datetime import UTC, datetime

from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.concurrent import Event, Subsystem
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import FetchRequirement
from pymap.selected import SelectedMailbox
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"


class _Config(Config):
    """pymap's settings: loopback only, so passwords in the clear and without a hash are as good as any."""

    def __init__(self) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=HOST,
            port=0,
            demo_data=False,
            demo_user="",
            demo_password="",
            tls_enabled=False,
            reject_dnsbl=False,
            invalid_user_sleep=0.0,
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )

    @property
    def greeting(self) -> bytes:
        return b"mailcase sandbox ready"  # pymap would ask the DNS for a name, on the loop


class _Inbox(MailboxData):
    """An INBOX that tells of every new mail: pymap's own forgets what comes while it gets ready to wait."""

    async def update_selected(self, selected: SelectedMailbox, *, wait_on: Event | None = None) -> SelectedMailbox:
        """Wait for `wait_on` or a change, but not when there has been a change already."""
        is_behind = selected.mod_sequence is not None and selected.mod_sequence < self._mod_sequences.highest
        return await super().update_selected(selected, wait_on=None if is_behind else wait_on)


class _Folders(MailboxSet):
    def __init__(self) -> None:
        super().__init__()
        self._inbox = _Inbox(self._content_cache, self._thread_cache)


class Mailboxes:
    """Users, their mail, and the IMAP server for them; every method runs on the loop that `listen` ran on."""

    def __init__(self) -> None:
        self._config = _Config()
        self._login = Login(self._config)
        self._server = IMAPServer(self._login, self._config)
        self._connections: set[asyncio.Task[None]] = set()

    async def listen(self, port: int) -> asyncio.Server:
        """Accept connections on `port` of the loopback, 0 for any free one."""
        self._config.apply_context()
        return await asyncio.start_server(self._accept, HOST, port)

    def add_user(self, address: str, password: str) -> None:
        """Make a user with an empty INBOX; one who is there already gets the new password and keeps the mail."""
        self._login.users_dict[address] = UserMetadata(self._config, address, password=password)
        self._config.set_cache.setdefault(address, (_Folders(), FilterSet()))

    def knows(self, address: str) -> bool:
        """Whether there is a user of this address."""
        return address in self._login.users_dict

    def is_password(self, address: str, password: str) -> bool:
        """Whether this is the password of this user."""
        user = self._login.users_dict.get(address)
        return user is not None and user.password == password

    def has_domain(self, domain: str) -> bool:
        """Whether any user has an address in this domain."""
        return any(address.rpartition("@")[2] == domain for address in self._login.users_dict)

    async def append(self, address: str, raw: bytes) -> None:
        """Put a mail into the INBOX of this user, announced to whoever is in IDLE."""
        inbox = await self._inbox(address)
        await inbox.append(AppendMessage(raw, datetime.now(UTC)), recent=True)

    async def messages(self, address: str) -> list[bytes]:
        """Return the mails in the INBOX of this user, oldest first."""
        inbox = await self._inbox(address)
        return [bytes(await message.load_content(FetchRequirement.CONTENT)) async for message in inbox.messages()]

    def hang_up(self) -> None:
        """End all connections."""
        for task in self._connections:
            task.cancel()

    async def _inbox(self, address: str) -> MailboxData:
        mailboxes, _ = self._config.set_cache[address]
        return await mailboxes.get_mailbox("INBOX")

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # The loop itself holds tasks weakly: unreferenced, a connection could be collected in mid-command.
        task = asyncio.get_running_loop().create_task(self._server(reader, writer, SocketInfo.get(writer, None)))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)
