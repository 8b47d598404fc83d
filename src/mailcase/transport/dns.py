"""Text records of the Domain Name System."""

import dns.exception
import dns.resolver

from mailcase.errors import Unavailable

TIMEOUT_S = 5.0


def texts_of(name: str) -> tuple[str, ...]:
    """Return the text records that are published under `name`; none when there are none. Raises Unavailable."""
    try:
        found = dns.resolver.resolve(name, "TXT", lifetime=TIMEOUT_S)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError) as error:
        raise Unavailable(f"{name}: DNS does not answer ({error})", remedy="Check this machine's resolver.") from error
    return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found)
