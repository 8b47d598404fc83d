"""What happened to a case with articles."""

from dataclasses import dataclass

from mailcase.domain.article_use import SAID, Use
from mailcase.domain.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleUsed(Event):
    """An article was offered, linked, sent, or found to solve the case."""

    number: str
    title: str
    use: Use

    @property
    def summary(self) -> str:
        return SAID[self.use].format(f"{self.number} ({self.title})")
