"""The front matter of an article as its writer sees it: the lines between the two `---` at its top."""

from typing import Literal

from pydantic import Field

from mailcase.rules.form_types import LANGUAGE, WEB, ArticleNumber, Form, Line


class ArticleForm(Form):
    """What stands above the text of an article."""

    id: ArticleNumber = Field(description="Such as KB-0012. A translation has the id of what it translates.")
    title: Line
    keywords: list[Line] | None = Field(
        default=None, description="What people write who need it; a phrase counts whole."
    )
    audience: Literal["internal", "public"] = Field(default="internal", description="public: customers may have it.")
    language: str | None = Field(default=None, pattern=LANGUAGE, description="ISO 639-1; the desk's, if left out.")
    product: Line | list[Line] | None = Field(
        default=None, description="Only for cases about it; for all, if left out."
    )
    state: Literal["draft", "published", "archived"] = "draft"
    suggest: bool = Field(default=True, description="false: the desk never offers it by itself.")
    summary: Line | None = Field(default=None, description="One sentence; the first paragraph, if left out.")
    url: str | None = Field(default=None, pattern=WEB, description="Where it stands on the web.")
