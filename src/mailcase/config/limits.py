"""The bounds of the work for one mail and of what goes out by itself."""

from pydantic import Field

from mailcase.config.section import Section
from mailcase.config.values import Sender


class LimitSettings(Section):
    """Bounds. A mail past one is held with that reason, never dropped."""

    message_bytes: int = Field(35_000_000, gt=0, description="Largest mail that is fetched.")
    header_block_bytes: int = Field(256_000, gt=0, description="Largest header block.")
    header_bytes: int = Field(64_000, gt=0, description="Largest single header field.")
    headers: int = Field(1000, gt=0, description="Header fields.")
    depth: int = Field(20, gt=0, description="Nested MIME levels.")
    parts: int = Field(500, gt=0, description="MIME parts.")
    addresses: int = Field(200, gt=0, description="Addresses in To and Cc.")
    attachments: int = Field(100, gt=0, description="Attachments.")
    attachment_bytes: int = Field(25_000_000, gt=0, description="Largest attachment, decoded.")
    hops: int = Field(50, gt=0, description="Received fields.")
    readers: int = Field(
        1,
        ge=0,
        le=16,
        description="Processes that read mails beside the daemon, which are bounded and replaced; "
        "with 0 it reads them itself.",
    )
    reading_seconds: int = Field(10, gt=0, description="Processor time that reading one mail may take.")
    reading_memory_bytes: int = Field(
        512_000_000, ge=128_000_000, description="Memory of a reading process, with all that it has loaded."
    )
    mails_per_sender_hour: int = Field(
        60, ge=1, description="Mails of one sender in an hour; what comes above is held, and the admin is told."
    )
    exempt_senders: tuple[Sender, ...] = Field(
        (), description="Addresses, or domains as `@example.com`, to which mails_per_sender_hour does not apply."
    )
    acknowledgements_per_address_hour: int = Field(1, ge=0, description="Automatic mails to one address in an hour.")
    acknowledgements_per_address_day: int = Field(3, ge=0, description="Automatic mails to one address in a day.")
    acknowledgements_per_domain_hour: int = Field(20, ge=0, description="Automatic mails to one domain in an hour.")
    acknowledgements_per_hour: int = Field(200, ge=0, description="Automatic mails in an hour, in all.")
    returned_per_agent_hour: int = Field(
        5,
        ge=0,
        description="Mails in an hour that go back to an agent because they could not act; the others are held.",
    )
    outgoing_per_day: int = Field(
        1000,
        ge=1,
        description="Mails that go out in 24 hours, in all; more waits, the words of people go first, and the admin is told.",
    )
    free_space_bytes: int | None = Field(
        None,
        ge=0,
        description="No mail is fetched while the disk of the SQLite file has less free; "
        "1.5 times message_bytes and 200 MB when empty.",
    )
