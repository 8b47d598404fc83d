"""Whether a mail is signed or encrypted (S/MIME: RFC 8551, PGP/MIME: RFC 3156, inline PGP), recognised, not verified."""

from mailcase.mail.mime import Part

SIGNED, ENCRYPTED = "signed", "encrypted"
PKCS7 = {"application/pkcs7-mime", "application/x-pkcs7-mime"}


def of(root: Part, text: str) -> str | None:
    """Return `signed`, `encrypted` or None for a mail; `text` is its readable body."""
    if root.main == "multipart/encrypted":
        return ENCRYPTED
    if root.main in PKCS7:  # RFC 8551 section 3.2.2
        return SIGNED if root.type.parameters.get("smime-type", "").lower() == "signed-data" else ENCRYPTED
    if root.main == "multipart/signed" or any(child.main == "multipart/signed" for child in root.children):
        return SIGNED
    start = text.lstrip()[:100]
    if start.startswith("-----BEGIN PGP MESSAGE-----"):
        return ENCRYPTED
    return SIGNED if start.startswith("-----BEGIN PGP SIGNED MESSAGE-----") else None
