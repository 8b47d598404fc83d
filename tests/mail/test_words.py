"""Encoded words, the proper and the broken."""

import pytest

from mailcase.mail import words

ROWS = [
    ("plain text", "plain text", "nothing is encoded"),
    ("=?utf-8?Q?gr=C3=BC=C3=9Fe?=", "grüße", "Q"),
    ("=?UTF-8?b?Z3LDvMOfZQ==?=", "grüße", "B in lower case"),
    ("=?utf-8*de?Q?gr=C3=BC=C3=9Fe?=", "grüße", "RFC 2231 section 5: a language after the charset"),
    ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab", "RFC 2047 section 6.2: blanks between words vanish"),
    ("=?utf-8?Q?a?= b", "a b", "blanks before other text stay"),
    ("=?utf-8?Q?gr=C3?= =?utf-8?Q?=BCn?=", "grün", "a character cut between two words"),
    ("=?utf-8?B?w?= =?utf-8?B?7w=?=", "\ufffd", "half a character that never comes"),
    ("=?utf-8?B?Z3LDvG4?=", "grün", "padding left out"),
    ("=?utf-8?Q?two words?=", "two words", "a blank inside a word"),
    ("=?utf-8?Q?really??=", "really?", "a question mark inside a word"),
    ("=?utf-8?Q?cut_sho", "cut sho", "the end was cut off"),
    ("Re:=?utf-8?Q?_x?=", "Re: x", "no blank in front"),
    ("=?utf-8?X?abc?=", "=?utf-8?X?abc?=", "an encoding that does not exist stays"),
    ("=?iso-2022-jp?B?GyRCJCIbKEI=?=", "あ", "a seven-bit charset"),
    ("=?gb2312?B?6UY=?=", "镕", "GB2312 that is GBK"),
    ("=?x-unknown?Q?caf=C3=A9?=", "café", "an unknown charset that is UTF-8"),
    ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b", "line breaks never come out"),
    ("=?utf-8?Q?a=00b?=", "ab", "nor does NUL"),
    ("=?utf-8?B?77u/YQ==?=", "a", "nor a byte order mark"),
    ("=?utf-8?Q?cut?", "cut", "cut within its end"),
]


@pytest.mark.parametrize(("text", "expected"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_encoded_words_are_decoded(text: str, expected: str) -> None:
    assert words.decode(text) == expected
