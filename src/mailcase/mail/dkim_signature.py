"""One DKIM signature by dkimpy, which is loaded only where mail is signed."""

from collections.abc import Sequence

import dkim


def signature(raw: bytes, selector: str, domain: str, key: bytes, algorithm: str, fields: Sequence[str]) -> bytes:
    """Return the header field that signs `raw`, a mail with CRLF line ends, over the named fields and the body."""
    made: bytes = dkim.sign(
        raw,
        selector.encode(),
        domain.encode(),
        key,
        canonicalize=(b"relaxed", b"relaxed"),  # relays fold fields anew and trim spaces
        signature_algorithm=algorithm.encode(),
        include_headers=[name.encode() for name in fields],
    )
    return made
