"""Whether mail is signed with keys that the world can find."""

from collections.abc import Callable, Iterator

from mailcase.app import signer_of
from mailcase.config import Config
from mailcase.daemon.finding import Finding
from mailcase.errors import Invalid, Unavailable
from mailcase.mail.signer import Signer
from mailcase.transport.dns import texts_of

Look = Callable[[str], tuple[str, ...]]
"""Takes a name, and returns the text records in DNS under it. Raises Unavailable."""


def check_dkim(config: Config, look: Look = texts_of) -> Iterator[Finding]:
    """Yield a finding for the key of each mailbox that signs: it can be used, and its public half is in DNS."""
    for name, settings in config.mailboxes.items():
        if settings.dkim is None:
            continue
        what, section = f"dkim of {name}", f"mailboxes.{name}.dkim"
        try:
            signer = signer_of(settings.dkim, settings.address, section)
        except Invalid as invalid:
            yield from (Finding(what=what, is_ok=False, message=problem) for problem in invalid.problems)
            continue
        yield _published(what, signer, look)


def _published(what: str, signer: Signer, look: Look) -> Finding:
    publish = f'Publish the TXT record {signer.name} with "{signer.record}".'
    try:
        found = look(signer.name)
    except Unavailable as error:
        return Finding(what=what, is_ok=None, message=str(error), remedy=publish)
    if any(signer.is_published(text) for text in found):
        return Finding(what=what, is_ok=True, message=f"{signer.name}: {signer.algorithm}, published")
    message = (
        f"{signer.name}: {'another key is' if found else 'no key is'} published; what is signed cannot be verified."
    )
    return Finding(what=what, is_ok=False, message=message, remedy=publish)
