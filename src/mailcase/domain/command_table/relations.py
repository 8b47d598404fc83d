"""Commands about the customer of a case, and about a case and others."""

from mailcase.domain.command import Argument, CommandSpec

RELATIONS = (
    CommandSpec(
        name="customer",
        usage="#customer [new] jane@example.com [name]",
        summary="Make the case another contact's, who is made known with `new`; entitlement and clocks follow.",
        argument=Argument.REQUIRED,
        aliases=("kunde", "client", "cliente"),
    ),
    CommandSpec(
        name="merge",
        usage="#merge CAS… [CAS… …] [tell]",
        summary="Take over up to 10 other cases of the customer; nobody is told unless you write `tell`.",
        argument=Argument.REQUIRED,
        aliases=("zusammenführen", "fusionner", "fusionar"),
        is_guarded=True,
    ),
    CommandSpec(
        name="child",
        usage="#child [queue:] [title]",
        summary="Open a child of the case, for the same customer, in that queue or in the same.",
        argument=Argument.OPTIONAL,
        aliases=("kind", "unterfall", "enfant", "hijo"),
    ),
    CommandSpec(
        name="parent",
        usage="#parent CAS…",
        summary="Make the case a child of another; `-` takes it away from its parent.",
        argument=Argument.REQUIRED,
        aliases=("eltern", "oberfall", "padre"),
    ),
    CommandSpec(
        name="link",
        usage="#link CAS… [CAS… …]",
        summary="Link the case with others; `-CAS…` takes a link away.",
        argument=Argument.REQUIRED,
        aliases=("verknüpfen", "lier", "enlazar"),
        works_on_closed=True,
    ),
)
