"""Whether our own mail server found the sender's domain genuine (RFC 8601), for deciding what an agent may do by mail.

Anybody can write an Authentication-Results field. One counts by three rules: it bears the authserv-id of our own
server, it is the topmost one that does (a relay writes above what came in; a forger writes below), and it follows the
grammar to the letter. If it does not, there is no result; it is never passed over for the next. Everything doubtful
ends in "not authentic", which costs a genuine agent one confirmation.
"""

import re
from dataclasses import dataclass

from mailcase.domain.email import InboundEmail
from mailcase.mail.authres import MethodResult, Result, authserv_id_of, parse

_DOMAIN = re.compile(r"(?=.{1,253}$)[^\s@.\"]+(?:\.[^\s@.\"]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """What our server said about the domain of the From field."""

    domain: str
    """Domain of the only From address; empty when there is not exactly one."""
    dmarc: Result
    """For this domain."""
    dkim: Result
    """Of a signature by this domain or one above it; NONE when only others signed."""
    spf: Result
    """Of the envelope sender, whatever its domain: told, never a ground for trust."""
    why: str
    """One line for the audit."""

    @property
    def is_authentic(self) -> bool:
        """Whether the From domain is proved: DMARC pass, or an aligned DKIM pass that DMARC does not contradict."""
        if not self.domain or self.dmarc is Result.FAIL:
            return False
        return Result.PASS in (self.dmarc, self.dkim)


def authenticate(email: InboundEmail, authserv_id: str) -> Authenticity:
    """Read what the server that calls itself `authserv_id` found about the sender of `email`.

    An empty `authserv_id` trusts nobody.
    """
    domain = _only_sender_domain(email)
    if not domain:
        return _unknown("", "not exactly one From address")
    if not authserv_id:
        return _unknown(domain, "no authserv-id is configured")
    for value in email.header_values("authentication-results"):
        if authserv_id_of(value) == authserv_id.lower():
            results = parse(value)  # The topmost of ours decides, well formed or not: RFC 8601 section 5.
            return _unknown(domain, "malformed Authentication-Results") if results is None else _judge(domain, results)
    return _unknown(domain, f"no Authentication-Results of {authserv_id}")


def _judge(domain: str, results: tuple[MethodResult, ...]) -> Authenticity:
    dmarc = _dmarc(domain, results)
    signed = [one.result for one in results if one.method == "dkim" and _is_aligned(domain, _signer(one))]
    dkim = Result.PASS if Result.PASS in signed else next(iter(signed), Result.NONE)
    spf = next((one.result for one in results if one.method == "spf"), Result.NONE)
    why = f"dmarc={dmarc} dkim={dkim} spf={spf} for {domain}"
    return Authenticity(domain=domain, dmarc=dmarc, dkim=dkim, spf=spf, why=why)


def _dmarc(domain: str, results: tuple[MethodResult, ...]) -> Result:
    """Return the result for the From domain; a pass for another domain, or beside a second verdict, is no pass."""
    found = [one for one in results if one.method == "dmarc"]
    if any(one.result is Result.FAIL for one in found):
        return Result.FAIL
    is_ours = len(found) == 1 and _address_domain(found[0].value("header.from")) == domain
    return found[0].result if is_ours else Result.NONE


def _signer(result: MethodResult) -> str:
    """Return the signing domain: header.d, else the domain of header.i (RFC 8601 section 2.7.1)."""
    return _address_domain(result.value("header.d")) or _address_domain(result.value("header.i"))


def _is_aligned(domain: str, signer: str) -> bool:
    # RFC 7489 section 3.1.1 aligns by organizational domain, which needs the public suffix list. Without it only the
    # domain itself and one above it are sure: whoever runs a domain also decides about what lies below.
    return bool(signer) and (domain == signer or domain.endswith("." + signer))


def _address_domain(value: str | None) -> str:
    domain = (value or "").rpartition("@")[2].rstrip(".").lower()
    return domain if _DOMAIN.fullmatch(domain) else ""


def _only_sender_domain(email: InboundEmail) -> str:
    if len(email.senders) != 1 or len(email.header_values("from")) != 1:
        return ""
    return _address_domain(email.senders[0].address)


def _unknown(domain: str, why: str) -> Authenticity:
    return Authenticity(domain=domain, dmarc=Result.NONE, dkim=Result.NONE, spf=Result.NONE, why=why)
