"""Where an answer to the customer goes: to their address, or to the Reply-To of their newest mail where that is safe.

A Reply-To is no authority for anything: it neither joins a case nor makes anybody a participant. It only says where one
person wants to read the answer, and it is believed only of mail that a person wrote and that is either proved to come
from its From address, or names the same organisation there. Answers to a case would else go wherever a forger likes.
"""

from collections.abc import Collection, Iterable

from mailcase.domain.activity import Activity, ActivityKind
from mailcase.domain.addressing import PUBLIC_PROVIDERS
from mailcase.domain.email import InboundEmail
from mailcase.domain.party import Contact, canonical_address


def wanted(email: InboundEmail, own: Collection[str], *, is_human: bool, is_authentic: bool) -> str:
    """Return the canonical address that the writer of `email` wants answers at, or nothing for the From address.

    `own` are the addresses of the desk and its agents, where no answer to a customer goes.
    """
    if not is_human or len(email.reply_to) != 1 or len(email.senders) != 1:
        return ""
    sender, other = canonical_address(email.senders[0].address), canonical_address(email.reply_to[0].address)
    is_safe = is_authentic or _is_same_organisation(sender, other)
    return other if is_safe and other != sender and other not in own else ""


def address(contact: Contact, history: Iterable[Activity]) -> str:
    """Return where answers to `contact` go; `history` is what was done on the case, the newest first."""
    mails = (one for one in history if one.kind is ActivityKind.EMAIL_IN and not one.is_automatic)
    newest = next((one for one in mails if canonical_address(one.sender) == contact.address), None)
    return (newest.reply_to if newest else "") or contact.address


def _is_same_organisation(one: str, other: str) -> bool:
    """Whether two addresses are of one domain, or of one below the other, that is no provider for everybody."""
    first, second = one.rpartition("@")[2], other.rpartition("@")[2]
    above, below = sorted((first, second), key=len)
    is_one = above == below or below.endswith(f".{above}")
    return is_one and "." in above and above not in PUBLIC_PROVIDERS
