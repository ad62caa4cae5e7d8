import math

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

ON = {"on", "yes", "true", "1"}
OFF = {"off", "no", "false", "0"}


class EnvironmentAndFiles(FileAwareMapping):  # type: ignore[misc]  # environ has no types
    """The environment, with the content of the file that NAME_FILE names in place of NAME's value.

    Raises ImproperlyConfigured with the variable's name where the file cannot be read.
    """

    def __getitem__(self, name: str) -> str:
        try:
            # Editors, and `echo`, end a file with a line break that belongs to no secret.
            value = str(super().__getitem__(name)).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ImproperlyConfigured(
                f"{name}_FILE names {self.env[f'{name}_FILE']}, which cannot be read: {reason}."
            ) from None
        return value.replace("$", r"\$")  # which Environment takes for a plain $


class Environment(environ.Env):  # type: ignore[misc]  # as above
    """A value is what is written: one that begins with $ names no other variable.

    One that makes no sense stops the start with the variable's name: a switch that is taken for off
    by mistake may be the one that encrypts.
    """

    # Without a cache a process can read the settings of several environments, one after another.
    ENVIRON = EnvironmentAndFiles(cache=False)

    def __init__(self) -> None:
        super().__init__()
        self.escape_proxy = True

    def text(self, name: str, *, default: str) -> str:
        """As it is written; an empty value is none."""
        return str(self.str(name, default="")) or default

    def switch(self, name: str, *, default: bool) -> bool:
        """On or off; an empty value is none. Raises ImproperlyConfigured."""
        text = self.str(name, default="").strip().lower()
        if text in ("", *ON, *OFF):
            return text in ON if text else default
        raise ImproperlyConfigured(f"{name} has to be on or off, and is {text!r}.")

    def number[N: (int, float)](
        self, name: str, *, default: N, least: N, most: N | None = None
    ) -> N:
        """Of the default's kind; an empty value is none. Raises ImproperlyConfigured."""
        text = self.str(name, default="").strip()
        try:
            value = type(default)(text) if text else default
        except ValueError:
            value = None
        if value is None or not least <= value < math.inf or (most and value > most):
            kind = "whole number" if type(default) is int else "number"
            limits = f"{least} to {most}" if most else f"{least} or more"
            raise ImproperlyConfigured(f"{name} has to be a {kind} of {limits}, and is {text!r}.")
        return value

    def names(self, name: str, *, default: list[str]) -> list[str]:
        """What stands between commas, blanks around it aside."""
        return [part.strip() for part in self.list(name, default=default) if part.strip()]
