"""What every table of settings is: frozen, and strict about its keys."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of mailcase.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
