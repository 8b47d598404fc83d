"""Text without what tells who a customer is, as far as that is known: for what is written about a case and kept for all.

Names that are known are taken out wherever they stand; addresses, numbers and streets are recognised by their form. It is
a first cleaning for a person who reads the result, no proof that nothing is left.
"""

import re
from collections.abc import Iterable

NAME, MAIL, LINK, NUMBER, PLACE = "[name]", "[mail address]", "[link]", "[number]", "[place]"
MIN_NAME = 2  # letters: a lone initial is in many words
_MAIL = re.compile(r"[^\s<>()\[\],;:\"']+@[\w-]+(?:\.[\w-]+)*")
_OWN_LINK = re.compile(r"(?:https?://|www\.)\S*[?@#\d]\S*")  # one that may be this customer's alone
_CODE = re.compile(r"(?<![\w-])(?=[\w/.-]*\d[\w/.-]*\d[\w/.-]*\d)[A-Za-z0-9][\w/.-]*\w")
"""Three digits or more within one word: orders, serials, postcodes, amounts."""
_PHONE = re.compile(r"(?<!\w)(?:\+|00|\(0|0)[\d()][\d ()/.-]{4,}\d|(?<!\w)\d{2,}(?:[ /.-]\d{2,}){2,}(?!\w)")
_STREET = re.compile(
    r"\b(?:[^\W\d_][\w.-]*(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|damm)"
    r"|(?:rue|avenue|boulevard|calle|plaza|via)(?: [^\W\d_][\w'-]*){1,4},?"
    r"|(?:[A-Z][\w'-]* ){1,3}(?:street|road|avenue|lane|square|drive|st\.|rd\.|ave\.))"
    r" ?\d{1,4} ?[a-z]?\b|\b\d{1,4} (?:[A-Z][\w'-]* ){1,3}(?:street|road|avenue|lane|square|drive)\b",
    re.IGNORECASE,
)
_TOWN = re.compile(r"(?<![\w-])(?:[A-Z]{1,2}-)?\d{4,5} [A-ZÀ-ÖØ-Þ][\w-]+")
_SALUTATION = re.compile(
    r"^(?:dear|hello|hi|hey|good (?:morning|afternoon|evening)|sehr geehrte[rs]?|liebe[rs]?|hallo|guten (?:tag|morgen|abend)"
    r"|bonjour|bonsoir|ch(?:er|ère)|madame|monsieur|hola|estimad[oa]s?|buenos días|buenas tardes)\b[^.?!\n]{0,60}[,!.:]?$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:kind|best|warm|many)? ?(?:regards|thanks|wishes)|thank you|sincerely|yours|cheers|mit freundlichen|viele grüße"
    r"|beste grüße|freundliche|gruß|danke|vielen dank|cordialement|merci|bien à vous|saludos|gracias|atentamente)\b",
    re.IGNORECASE,
)


def names_in(*texts: str) -> tuple[str, ...]:
    """Return the words of names such as `Clara Weber`, the longest first."""
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text)}
    return tuple(sorted((word for word in words if len(word) >= MIN_NAME), key=lambda one: (-len(one), one)))


def without_person(text: str, names: Iterable[str], secrets: Iterable[str] = ()) -> str:
    """Return `text` without salutation, closing, the given `names` and `secrets`, and what looks like personal data.

    `secrets` are texts such as an order number that was captured; both are taken out in any case.
    """
    body = "\n".join(_between(text.strip().splitlines())).strip()
    for secret in sorted((one for one in secrets if one.strip()), key=len, reverse=True):
        body = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", NUMBER, body, flags=re.IGNORECASE)
    for pattern, mark in ((_MAIL, MAIL), (_OWN_LINK, LINK), (_STREET, PLACE), (_TOWN, PLACE), (_PHONE, NUMBER)):
        body = pattern.sub(mark, body)
    body = _CODE.sub(NUMBER, body)
    for name in names:
        body = re.sub(rf"(?<!\w){re.escape(name)}(?:['’]?s)?(?!\w)", NAME, body, flags=re.IGNORECASE)
    return re.sub(rf"{re.escape(NAME)}(?: {re.escape(NAME)})+", NAME, body)


def _between(lines: list[str]) -> list[str]:
    """Return the lines after the salutation and before the closing."""
    start = next((at + 1 for at, line in enumerate(lines[:3]) if _SALUTATION.match(line.strip())), 0)
    ends = (at for at in range(start, len(lines)) if _CLOSING.match(lines[at].strip()) and len(lines) - at <= 6)
    return lines[start : next(ends, len(lines))]
