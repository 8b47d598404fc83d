"""What the errors of OAuth providers mean, and what a person does about each (RFC 6749 section 5.2, RFC 8628 section 3.5).

A provider's own code, such as Microsoft's AADSTS numbers, says more than the error of the standard, and goes first.
"""

import re
from dataclasses import dataclass

SIGN_IN = "Sign in anew: {login}."
ASK_ADMIN = "Ask the administrator of the tenant to allow it for this application and account."
CLIENT = "Check client_id and tenant of [oauth.{oauth}] against the registration of the application."
SECRET = "Make a new client secret at the provider and put it where [oauth.{oauth}] reads it."  # noqa: S105 - advice
SCOPE = "Check scope of [oauth.{oauth}], and which permissions the application was given."
CLOCK = "Check private_key_file and certificate_file of [oauth.{oauth}], that the provider knows this certificate, and this machine's clock."


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An error of a provider in words for a person."""

    meaning: str
    remedy: str
    """With `{login}` for the command that signs in and `{oauth}` for the name of the section."""


def _row(meaning: str, remedy: str) -> Explanation:
    return Explanation(meaning=meaning, remedy=remedy)


# https://learn.microsoft.com/entra/identity-platform/reference-error-codes
MICROSOFT = {
    "AADSTS50034": _row("the tenant does not know this account", "Check tenant of [oauth.{oauth}] and the account."),
    "AADSTS50076": _row("a second factor is asked for", SIGN_IN),
    "AADSTS50079": _row("the account has to enrol for a second factor", SIGN_IN),
    "AADSTS50173": _row("the password was changed or the sessions were revoked", SIGN_IN),
    "AADSTS53003": _row("a conditional access policy of the tenant forbids it", ASK_ADMIN),
    "AADSTS65001": _row("nobody has consented to what the application asks for", f"{SIGN_IN} Or: {ASK_ADMIN}"),
    "AADSTS700016": _row("the tenant does not know the application", CLIENT),
    "AADSTS700027": _row("the signature by the private key is not accepted", CLOCK),
    "AADSTS70008": _row("the sign-in has expired", SIGN_IN),
    "AADSTS700082": _row("the sign-in has expired, it was not used for too long", SIGN_IN),
    "AADSTS700084": _row("the sign-in has reached its fixed end", SIGN_IN),
    "AADSTS7000215": _row("the client secret is wrong (it is its value that counts, not its id)", SECRET),
    "AADSTS7000218": _row(
        "the application is not a public client",
        'Allow public client flows ("Authentication" of the app registration), or give [oauth.{oauth}] a client secret.',
    ),
    "AADSTS7000222": _row("the client secret has expired", SECRET),
    "AADSTS90002": _row("there is no such tenant", "Check tenant of [oauth.{oauth}]."),
}
STANDARD = {
    "access_denied": _row("the person who signed in said no, or may not", f"{SIGN_IN} Or: {ASK_ADMIN}"),
    "expired_token": _row("nobody signed in in time", SIGN_IN),
    "interaction_required": _row("the provider wants a person to sign in", SIGN_IN),
    "invalid_client": _row("the provider does not accept the application's own credentials", f"{CLIENT} {SECRET}"),
    "invalid_grant": _row(
        "the sign-in is not good any more: it expired, was revoked, or the password changed", SIGN_IN
    ),
    "invalid_request": _row("the provider does not understand the request", CLIENT),
    "invalid_scope": _row("the provider does not give these permissions", SCOPE),
    "server_error": _row("the provider has trouble of its own", "It is tried again."),
    "slow_down": _row("the provider is asked too often", "It is tried again."),
    "temporarily_unavailable": _row("the provider has trouble of its own", "It is tried again."),
    "unauthorized_client": _row("the application may not do this", f"{CLIENT} {ASK_ADMIN}"),
    "unsupported_grant_type": _row("the provider has no such grant", "Check grant and token_url of [oauth.{oauth}]."),
}
# A service account or an application has nobody who could sign in.
WITHOUT_A_PERSON = {
    "access_denied": _row("the application may not do this", ASK_ADMIN),
    "invalid_grant": _row(
        "the signature, the clock or the account is not accepted",
        "Check this machine's clock, the key of [oauth.{oauth}], and that the account exists.",
    ),
    "unauthorized_client": _row(
        "the application may not speak for this account with this scope",
        "Allow client id and scope for the whole domain (domain-wide delegation), or give the application its permissions.",
    ),
}
UNKNOWN = _row(
    "the provider refuses", "docs/operations.md has the steps for each provider; see its own log of sign-ins."
)


def explain(error: str, description: str, *, has_person: bool) -> Explanation:
    """Return what the error code and description of a provider mean; `has_person` when somebody can sign in."""
    for code in re.findall(r"AADSTS\d+", description):
        if code in MICROSOFT:
            return MICROSOFT[code]
    table = STANDARD if has_person else STANDARD | WITHOUT_A_PERSON
    return table.get(error, UNKNOWN)


def needs_a_person(error: str) -> bool:
    """Return whether asking again with the same refresh token is of no use."""
    return error in {"interaction_required", "invalid_grant"}
