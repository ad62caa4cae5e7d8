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
            return str(super().__getitem__(name)).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ImproperlyConfigured(
                f"{name}_FILE names {self.env[f'{name}_FILE']}, which cannot be read: {reason}."
            ) from None


class Environment(environ.Env):  # type: ignore[misc]
    ENVIRON = EnvironmentAndFiles()
