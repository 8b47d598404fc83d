"""Paragraphs that a mailer broke into lines and marked as such (format=flowed, RFC 3676), put together again.

Quoted lines are left as they came: there every reader counts the marks at the beginning of a line.
"""

SIGNATURE = "-- "  # RFC 3676 section 4.3: never flowed


def joined(text: str, *, is_spaceless: bool) -> str:
    """Return text with line feeds only, its flowed lines joined; `is_spaceless` is DelSp, for scripts without blanks."""
    out: list[str] = []  # lines, and what stands between them
    is_open = False
    for line in text.split("\n"):
        bare = line.removeprefix(" ")  # RFC 3676 section 4.4: space-stuffing
        is_fixed = line.startswith(">") or bare == SIGNATURE
        if out and (is_fixed or not is_open):
            out.append("\n")
        is_open = not is_fixed and bare.endswith(" ")
        if is_fixed:
            out.append(line)
        else:
            out.append(bare[:-1] if is_open and is_spaceless else bare)  # RFC 3676 section 4.2
    return "".join(out)
