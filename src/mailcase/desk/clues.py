"""What in a mail points to a case, and what each clue was worth: for people who ask why a mail went where it did."""

from collections.abc import Iterator

from mailcase.domain.case import Case
from mailcase.domain.number import format_number
from mailcase.domain.token import Token
from mailcase.mail.thread import ThreadKeys

MAX_CLUES = 10  # an old thread has hundreds, all for one case


def clues(keys: ThreadKeys, numbers: tuple[int, ...], case: Case | None, hinted: Case | None) -> tuple[str, ...]:
    """Return a sentence for each clue, in the order in which they are looked at.

    `numbers` are the case ids in the subject; `case` is the case that was proven, `hinted` one without proof.
    """
    named = {token.case_id for token in keys.tokens} | set(numbers)
    found = [*_of_tokens(keys.tokens, case)]
    if hinted is not None and hinted.id not in named:
        found.append(f"what it answers, or a merged case that it names, leads to {hinted.number}: a hint, no proof")
    found += [f"{format_number(one)} in the subject: {_worth(one, case, hinted)}" for one in numbers]
    return tuple(found[:MAX_CLUES])


def _of_tokens(tokens: tuple[Token, ...], case: Case | None) -> Iterator[str]:
    for place, token in enumerate(tokens):
        who = f"{token.party} {token.party_id}"
        head = f"a reply token that we gave {who} for {format_number(token.case_id)}"
        if case is None:
            yield f"{head}: a hint only, the sender takes no part in that case"
        elif token.case_id == case.id:
            yield f"{head}: proof, the sender takes part in that case"
        elif place == 0:
            yield f"{head}: that case was merged, is gone, or the sender takes no part in it"
        else:
            yield f"{head}: not needed, {case.number} was found before or the sender takes no part in it"


def _worth(number: int, case: Case | None, hinted: Case | None) -> str:
    if case is not None and number == case.id:
        return "the proven case"
    if case is not None:
        return f"passed over, the mail proves to be of {case.number}"
    if hinted is not None and number == hinted.id:
        return "a hint, no proof: a number can be guessed"
    return "no case that is here, or a weaker hint"
