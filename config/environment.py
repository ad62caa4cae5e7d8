import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping


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


class Environment(environ.Env):  # type: ignore[misc]
    """A value is what is written: one that begins with $ names no other variable."""

    ENVIRON = EnvironmentAndFiles()

    def __init__(self) -> None:
        super().__init__()
        self.escape_proxy = True
