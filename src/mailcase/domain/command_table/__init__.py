"""What agents can tell the desk to do, as one table: the mail parser, the permissions, the help and the docs read it."""

from mailcase.domain.command_table.activities import ACTIVITIES
from mailcase.domain.command_table.ends import ENDS
from mailcase.domain.command_table.flow import FLOW
from mailcase.domain.command_table.knowledge import KNOWLEDGE
from mailcase.domain.command_table.mail import MAIL
from mailcase.domain.command_table.relations import RELATIONS
from mailcase.domain.command_table.talk import TALK
from mailcase.domain.command_table.work import WORK

COMMANDS = (*WORK, *FLOW, *ACTIVITIES, *RELATIONS, *KNOWLEDGE, *ENDS, *MAIL, *TALK)

BY_NAME = {spec.name: spec for spec in COMMANDS}
BY_WORD = {word: spec for spec in COMMANDS for word in (spec.name, *spec.aliases)}


def help_text() -> str:
    """Return the commands as plain text, one paragraph each."""
    return "\n".join(f"{spec.usage}\n    {spec.summary}" for spec in COMMANDS)
