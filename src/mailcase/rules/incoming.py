"""One mail while it is decided upon: what came in, what is known around it, and what was tried so far."""

from dataclasses import dataclass, field
from datetime import datetime

from mailcase.domain.decision import Context, Step
from mailcase.domain.decoration import is_decoration
from mailcase.domain.email import Classification, InboundEmail, Kind
from mailcase.rules.creation import Match, Trial, first_match
from mailcase.rules.rulebook import On, Policy, Rulebook
from mailcase.rules.thanks import is_only_thanks

AUTOMATIC_ANSWERS = frozenset({Kind.AUTO_REPLY, Kind.OUT_OF_OFFICE})
"""Mail that no person wrote. Bulk mail is none of them: a person's answer may come by way of a mailing list."""
POLICY_PLACE = "desk policy"
"""The place of a step that no rule file holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One mail with all that a policy may look at."""

    email: InboundEmail
    classification: Classification
    context: Context
    rulebook: Rulebook
    now: datetime
    trial: Trial
    steps: list[Step] = field(default_factory=list)
    """What was tried, in order."""

    @property
    def kind(self) -> Kind:
        """What sort of mail it is."""
        return self.classification.kind

    @property
    def policy(self) -> Policy:
        """How its mailbox behaves."""
        return self.rulebook.policy(self.context.mailbox.name)

    @property
    def is_reply(self) -> bool:
        """Whether it says of itself that it answers something."""
        return bool(self.email.in_reply_to or self.email.references or self.context.hinted_case)

    @property
    def is_thanks(self) -> bool:
        """Whether its new text says thanks and nothing else."""
        sender = self.email.sender
        names = [agent.name for agent in self.rulebook.agents.values()]
        names += [sender.name, sender.address.partition("@")[0]] if sender else []
        return is_only_thanks(self.email.reply.text, self.email.language, names)

    @property
    def is_without_files(self) -> bool:
        """Whether nothing is attached but what decorates a signature."""
        return all(is_decoration(file, self.context.familiar) for file in self.email.attachments)

    @property
    def classified(self) -> str:
        """Why it is of its kind."""
        return "; ".join(self.classification.why) or self.kind.value

    def ask_rules(self, on: On) -> Match | None:
        """Try the creation rules for such mail, and note every one tried."""
        match, steps = first_match(self.trial, self.email, on)
        self.steps.extend(steps)
        return match

    def note(self, name: str, *, is_hit: bool, why: str) -> None:
        """Note the outcome of a policy."""
        self.steps.append(Step(rule=name, place=POLICY_PLACE, is_hit=is_hit, why=why))
