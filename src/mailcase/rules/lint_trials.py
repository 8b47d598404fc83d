"""Warnings found by trying the rules on mails that every desk gets: what they do, not how they are written."""

from collections.abc import Iterator, Sequence

from mailcase.domain.decision import AppendToCase, Decision, Ignore, OpenCase
from mailcase.domain.email import Kind
from mailcase.domain.mailbox import Mailbox
from mailcase.rules.documents import Place
from mailcase.rules.rulebook import Rulebook
from mailcase.rules.samples import judge_sample
from mailcase.rules.schema import ExampleMail

AUTOMATIC = {
    Kind.OUT_OF_OFFICE: "notes of people who are away",
    Kind.AUTO_REPLY: "automatic answers",
    Kind.BULK: "newsletters",
}
CREATION = "record_creation.yaml"


def automatic_mail(rulebook: Rulebook, mailboxes: Sequence[Mailbox]) -> Iterator[str]:
    """Warn of rules that make cases of mail which no person wrote."""
    for kind, words in AUTOMATIC.items():
        opening: dict[str, list[str]] = {}
        for mailbox in mailboxes:
            decision = judge_sample(ExampleMail(kind=kind), mailbox, rulebook).decision
            if isinstance(decision, OpenCase):
                opening.setdefault(decision.rule, []).append(mailbox.name)
        for rule, names in opening.items():
            yield (
                f"{_place(rulebook, rule)}: {words} to {_listed(names)} become cases, by rule {rule!r}; "
                f'put a rule before it with when: kind == "{kind}" and then: {{skip: …}}.'
            )


def swallowed_mail(rulebook: Rulebook, mailboxes: Sequence[Mailbox]) -> Iterator[str]:
    """Warn of rules by which an ordinary customer's mail reaches nobody."""
    for mailbox in mailboxes:
        for status, words in ((None, "mail"), ("active", "answers"), ("resolved", "answers to resolved cases")):
            mail = ExampleMail(replies_to=status, known=True)  # type: ignore[arg-type]  # the values of the literal
            decision = judge_sample(mail, mailbox, rulebook).decision
            rule = str(getattr(decision, "rule", ""))
            if _is_swallowed(decision) and _is_written(rulebook, rule):
                yield f"{_place(rulebook, rule)}: by rule {rule!r} nobody sees customers' {words} to mailbox {mailbox.name}."


def mail_of_our_own(rulebook: Rulebook, mailboxes: Sequence[Mailbox]) -> Iterator[str]:
    """Warn of rules that wait for mail from one of the desk's mailboxes to another: it is a loop, and no rule sees it."""
    warned: set[str] = set()
    for writer in mailboxes:
        for reader in mailboxes:
            usual = judge_sample(ExampleMail(), reader, rulebook).rule
            asked = judge_sample(ExampleMail.model_validate({"from": writer.address}), reader, rulebook).rule
            if asked != usual and asked not in warned and _is_written(rulebook, asked):
                warned.add(asked)
                yield (
                    f"{_place(rulebook, asked)}: rule {asked!r} is for mail from {writer.address}, a mailbox of this desk: "
                    "such mail is ignored before any rule is asked, or two mailboxes would answer each other for ever."
                )


def _is_swallowed(decision: Decision) -> bool:
    return isinstance(decision, Ignore) or (isinstance(decision, AppendToCase) and decision.is_quiet)


def _is_written(rulebook: Rulebook, rule: str) -> bool:
    return any(one.name == rule for one in rulebook.creation)


def _place(rulebook: Rulebook, rule: str) -> Place:
    return next((one.place for one in rulebook.creation if one.name == rule), Place(file=CREATION))


def _listed(names: Sequence[str]) -> str:
    return f"mailbox {names[0]}" if len(names) == 1 else f"the mailboxes {', '.join(names)}"
