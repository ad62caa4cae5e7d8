"""Makes a deployment ready to start: keys, database, first manager.

python -m scripts.prepare          writes keys where there are none (ENV_FILE), migrates,
                                   makes the first manager that the environment names
python -m scripts.prepare keys     prints a fresh pair of keys
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def env_file() -> Path:
    return Path(os.environ.get("ENV_FILE") or ROOT / ".env")


def fresh_keys() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "TOKEN_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }


def write_private(path: Path, values: dict[str, str]) -> None:
    """Writes a new file of NAME=value lines that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())


def write_keys(*, debug: bool) -> None:
    """Writes the env file with fresh keys where it is missing. Keys are never replaced: stored
    tokens could not be read any more."""
    if not env_file().exists():
        write_private(env_file(), {"DEBUG": "on" if debug else "off", **fresh_keys()})


def open_database() -> None:
    """Loads Django with the deployment's settings and migrates."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def make_first_manager() -> str:
    """Makes the manager that DJANGO_SUPERUSER_EMAIL and DJANGO_SUPERUSER_PASSWORD name while there
    are no people yet; a sentence for the log."""
    from django.contrib.auth import get_user_model
    from django.core.exceptions import ValidationError

    from config.settings import env

    person = get_user_model()
    email = env.str("DJANGO_SUPERUSER_EMAIL", default="")
    password = env.str("DJANGO_SUPERUSER_PASSWORD", default="")
    if person.objects.exists():
        return "The database is up to date."
    if not email or not password:
        return (
            "Nobody can sign in yet. Make the first manager with: python manage.py createsuperuser"
        )
    try:
        person.objects.create_superuser(email, password)
    except ValidationError as error:
        sys.exit(f"DJANGO_SUPERUSER_PASSWORD: {' '.join(error.messages)}")
    return f"{email} can sign in."


def main() -> None:
    if sys.argv[1:] == ["keys"]:
        for name, value in fresh_keys().items():
            print(f"{name}={value}")
        return
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
        write_keys(debug=False)
    open_database()
    print(make_first_manager())


if __name__ == "__main__":
    main()
