"""Where a secret stands: in the settings, or better in a file, an environment variable or a systemd credential."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from mailcase.errors import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One secret that may stand in one of four places, under the keys `name`, `name_file`, `name_env`, `name_credential`."""

    name: str
    """Such as `password`."""
    value: SecretStr | None
    file: Path | None
    env: str | None
    credential: str | None

    @property
    def keys(self) -> list[str]:
        """The keys that are set."""
        given = {"": self.value, "_file": self.file, "_env": self.env, "_credential": self.credential}
        return [f"{self.name}{ending}" for ending, value in given.items() if value is not None]

    def read(self, section: str) -> str:
        """Return the secret, read anew so that a changed one is used, or "" when there is none.

        Raises Invalid when it cannot be read, naming the key in `section` (such as `smtp`).
        """
        if self.value is not None:
            return self.value.get_secret_value()
        if self.env is not None:
            return self._of_environment(f"{section}.{self.name}_env", self.env)
        if self.credential is not None:
            return self._of_systemd(f"{section}.{self.name}_credential", self.credential)
        return first_line(self.file, f"{section}.{self.name}_file", self._words) if self.file is not None else ""

    @property
    def _words(self) -> str:
        return self.name.replace("_", " ")

    def _of_environment(self, key: str, variable: str) -> str:
        value = os.environ.get(variable)
        if value is None:
            raise Invalid(f"{key}: the environment variable {variable} is not set; it should hold the {self._words}.")
        return value

    def _of_systemd(self, key: str, credential: str) -> str:
        folder = os.environ.get("CREDENTIALS_DIRECTORY")
        if folder is None:
            raise Invalid(
                f"{key}: no systemd credentials here, so no {credential}; "
                f"start under systemd with LoadCredential=, or use {self.name}_file."
            )
        return first_line(Path(folder) / credential, key, self._words)


def first_line(path: Path, key: str, words: str = "password") -> str:
    """Return the first line of the file that `key` names. Raises Invalid when it cannot be read.

    `words` say what it should be.
    """
    try:
        return path.read_text(encoding="utf-8").split("\n", 1)[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        remedy = f"its first line should be the {words}; write it, or name another file or credential."
        raise Invalid(f"{key}: {path}: the {words} cannot be read ({why}); {remedy}") from error
