"""Commands about articles."""

from mailcase.domain.command import Argument, CommandSpec

KNOWLEDGE = (
    CommandSpec(
        name="kb",
        usage="#kb KB-… [link|solved] or #kb search words",
        summary="Send an article to the customer with your words; `link` and `solved` only note it, `-KB-…` takes that back.",
        argument=Argument.REQUIRED,
        aliases=("artikel", "article", "artículo"),
        works_on_closed=True,
    ),
)
