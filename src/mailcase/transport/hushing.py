"""What a server repeats of a secret in its answer is struck out before anybody is told of it."""

import base64
import contextlib
import re
from collections.abc import Iterator, Sequence
from functools import partial

from mailcase.errors import Unavailable

SHORTEST_SECRET = 6  # a shorter one is struck out of nothing: it could be any word
BASE64 = re.compile(r"[A-Za-z0-9+/]{8,}")  # a word that could be an answer of SASL, RFC 4648 section 4


@contextlib.contextmanager
def hushed(secret: str) -> Iterator[None]:
    """Strike `secret` out of an `Unavailable` that the block raises, and out of its causes by leaving them out."""
    try:
        yield
    except Unavailable as error:
        said = str(error)
        told = struck(said, [secret])
        if told == said:
            raise
        error.args = (told, *error.args[1:])
        raise error from None


def struck(text: str, secrets: Sequence[str]) -> str:
    """Return `text` without those of `secrets` that are long enough to be known again, as they are or within base64."""
    for secret in (secret for secret in secrets if len(secret) >= SHORTEST_SECRET):
        for form in (secret, " ".join(secret.split())):  # the second as an error writes it, in one line
            text = text.replace(form, "…")
        text = BASE64.sub(partial(_word, secret), text)
    return text


def _word(secret: str, found: re.Match[str]) -> str:
    word = found.group()
    whole = word[: len(word) // 4 * 4] if len(word) % 4 == 1 else word + "=" * (-len(word) % 4)
    return "…" if secret.encode() in base64.b64decode(whole) else word
