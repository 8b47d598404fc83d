"""The language of a text, told from its script and its small words; None when there is too little of it.

No model is loaded. Where a script belongs to one language, the letters decide; elsewhere each function word votes for
its languages, and the winner must be clearly ahead. `docs/decisions` compares this with the libraries that were tried.
"""

import re
from collections import Counter, defaultdict

from mailcase.mail.function_words import WORDS

MAX_SAMPLE = 1_000  # characters looked at: more change nothing
MIN_WORDS = 4
MIN_VOTES = 1.5
MIN_SHARE = 0.1  # of the words of a text: names, addresses and code hold none
MIN_LEAD = 1.15  # times the votes of the second
MIN_LETTERS = 6  # of a script that tells the language by itself

_AROUND = ".,;:!?()[]<>\"'’*…«»„“”–—"  # and between words
MARKS = str.maketrans(dict.fromkeys(_AROUND, " "))
ASCII_MARKS = bytes(32 if chr(code) in _AROUND else code for code in range(256))
# Scripts of one language in mail; Japanese before Chinese, whose characters it also uses.
SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
)
LETTER_SHARE = 0.15  # of all letters: a CJK character says as much as a word


def _votes() -> dict[str, tuple[tuple[str, float], ...]]:
    """Return for each word the languages it speaks for, each with its share of the vote."""
    languages: defaultdict[str, list[str]] = defaultdict(list)
    for code, words in WORDS.items():
        for word in dict.fromkeys(words.split()):
            languages[word].append(code)
    return {word: tuple((code, len(codes) ** -0.5) for code in codes) for word, codes in languages.items()}


VOTES = _votes()


def detect(text: str) -> str | None:
    """Return the ISO 639-1 code of the language that `text` is written in, or None when it is too short to tell."""
    sample = text[:MAX_SAMPLE].lower()
    if sample.isascii():
        plain = sample.encode("ascii").translate(ASCII_MARKS).decode("ascii")  # a fifth of the time
    else:
        by_script = _by_script(sample)
        if by_script:
            return by_script
        plain = sample.translate(MARKS)
    words = list(filter(str.isalpha, plain.split()))  # no addresses, numbers, code
    if len(words) < MIN_WORDS:
        return None
    tally: defaultdict[str, float] = defaultdict(float)
    counts = Counter(words)
    for word in filter(VOTES.__contains__, counts):
        weight = counts[word] ** 0.5  # a word repeated says less than another word
        for code, vote in VOTES[word]:
            tally[code] += vote * weight
    ranked = sorted(tally.items(), key=lambda item: -item[1])[:2]
    if not ranked or ranked[0][1] < max(MIN_VOTES, MIN_SHARE * len(counts)):
        return None
    is_clear = len(ranked) == 1 or ranked[0][1] >= MIN_LEAD * ranked[1][1]
    return ranked[0][0] if is_clear else None


def _by_script(sample: str) -> str | None:
    """Return the language of the script that a good part of the letters belong to."""
    letters = sum(map(str.isalpha, sample))
    for code, script in SCRIPTS:
        found = len(script.findall(sample))
        if found >= MIN_LETTERS and found >= LETTER_SHARE * letters:
            return code
    return None
