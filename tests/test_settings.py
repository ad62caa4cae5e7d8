"""The environment is the only thing that a deployment has to say, and each part of it counts."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "of the tests, and long enough to be one of a real deployment: 0123456789",
    "TOKEN_KEYS": "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDE=",
    "ALLOWED_HOSTS": "loyalty.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs Python in the project with this environment and nothing else of the project's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def setting(*names: str, **environment: str) -> dict[str, object]:
    """The values that these settings get in this environment."""
    script = (
        "import json; from config import settings; "
        f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
    )
    answer = python("-c", script, **environment)
    assert answer.returncode == 0, answer.stderr
    values: dict[str, object] = json.loads(answer.stdout)
    return values


def names_read_by_settings() -> set[str]:
    tree = ast.parse((ROOT / "config/settings.py").read_text())
    names = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        function = call.func
        if isinstance(function, ast.Attribute):
            reads = isinstance(function.value, ast.Name) and function.value.id == "env"
        else:
            reads = isinstance(function, ast.Name) and function.id == "required"
        if reads and call.args and isinstance(call.args[0], ast.Constant):
            names.add(str(call.args[0].value))
    return names


def test_every_variable_has_its_line_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))]
    assert len(named) == len(set(named))
    assert set(named) == names_read_by_settings()
    for name in named:
        at = next(at for at, line in enumerate(lines) if re.match(rf"#?{name}=", line))
        assert lines[at - 1].startswith("# "), f"{name} is not explained"


def test_the_example_says_the_true_defaults() -> None:
    commented = {
        match[1]: match[2]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if (match := re.match(r"#([A-Z_]+)=(.*)", line))
    }
    names = ["HTTPS", "TRUSTED_PROXIES", "ALTEGIO_API_URL", "ALTEGIO_RATE_PER_SECOND"]
    names += ["ALTEGIO_RATE_PER_MINUTE", "ALTEGIO_TIMEOUT", "TIME_ZONE", "DEBUG"]
    read = {"CACHES": "CACHE_URL"}
    read |= {"SESSION_COOKIE_AGE": "SESSION_HOURS", "SESSION_IDLE_AGE": "SESSION_IDLE_MINUTES"}
    said = {name: commented[name] for name in (*names, *read.values())}
    assert setting(*names, *read, **PRODUCTION, **said) == setting(*names, *read, **PRODUCTION)


def test_a_missing_key_stops_the_start_with_its_name() -> None:
    for name in ("SECRET_KEY", "TOKEN_KEYS"):
        answer = python("manage.py", "check", **{**PRODUCTION, name: ""})
        assert answer.returncode != 0
        assert f"{name} is not set" in answer.stderr.splitlines()[-1]


def test_debug_needs_no_keys() -> None:
    answer = python(
        "manage.py", "check", ENV_FILE=os.devnull, DEBUG="on", DATABASE_URL="sqlite://:memory:"
    )
    assert answer.returncode == 0, answer.stderr


def test_without_debug_nothing_is_served_for_unnamed_hosts() -> None:
    hosts = setting("ALLOWED_HOSTS", "DEBUG", **{**PRODUCTION, "ALLOWED_HOSTS": ""})
    assert hosts == {"ALLOWED_HOSTS": [], "DEBUG": False}


HTTPS_SETTINGS = {
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
}
COOKIES = {"SESSION_COOKIE_NAME": "__Host-sessionid", "CSRF_COOKIE_NAME": "__Host-csrftoken"}


def test_https_is_on_by_itself() -> None:
    assert setting(*HTTPS_SETTINGS, **PRODUCTION) == HTTPS_SETTINGS


def test_cookies_are_of_this_very_host_where_they_can_be() -> None:
    # What a browser asks of the prefix: https only, no other domain, the whole site.
    asked = {
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": True,
    }
    asked |= {"CSRF_COOKIE_DOMAIN": None, "CSRF_COOKIE_PATH": "/", "CSRF_COOKIE_SECURE": True}
    expected = COOKIES | asked
    script = (
        "import django, json; from django.conf import settings; django.setup(); "
        f"print(json.dumps({{name: getattr(settings, name) for name in {list(expected)!r}}}))"
    )
    environment = PRODUCTION | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    answer = python("-c", script, **environment)
    assert json.loads(answer.stdout) == expected, answer.stderr
    plain = json.loads(python("-c", script, **environment, HTTPS="off").stdout)
    assert (plain["SESSION_COOKIE_NAME"], plain["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")


def test_passwords_are_encoded_with_argon2() -> None:
    hashers = setting("PASSWORD_HASHERS", **PRODUCTION)["PASSWORD_HASHERS"]
    assert isinstance(hashers, list)
    assert hashers[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


MAIL = {
    "EMAIL_URL": "smtp+tls://who:the%20password@mail.example.com:587",
    "EMAIL_FROM": "Loyalty Admin <loyalty@example.com>",
    "PUBLIC_URL": "https://loyalty.example.com/",
}


def test_a_mail_server_is_one_address() -> None:
    found = setting("MAILERS", "DEFAULT_FROM_EMAIL", "PUBLIC_URL", **PRODUCTION, **MAIL)
    assert found["PUBLIC_URL"] == "https://loyalty.example.com"
    assert found["DEFAULT_FROM_EMAIL"] == MAIL["EMAIL_FROM"]
    assert found["MAILERS"] == {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": "mail.example.com",
                "port": 587,
                "username": "who",
                "password": "the password",
                "use_tls": True,
                "use_ssl": False,
                "timeout": 10,
            },
        }
    }


def test_a_mail_server_passes_the_deployment_check() -> None:
    checked = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    answer = python(*checked, **PRODUCTION, **MAIL)
    assert answer.returncode == 0, answer.stderr


def test_a_mail_server_needs_an_address_for_links_and_a_sender() -> None:
    for name in ("EMAIL_FROM", "PUBLIC_URL"):
        answer = python("manage.py", "check", **PRODUCTION, **(MAIL | {name: ""}))
        assert answer.returncode != 0
        assert "EMAIL_URL needs PUBLIC_URL and EMAIL_FROM" in answer.stderr.splitlines()[-1]


def test_https_off_serves_plain_http() -> None:
    plain = {"HTTPS": "off", **PRODUCTION}
    expected = dict.fromkeys(HTTPS_SETTINGS, False) | {"SECURE_HSTS_SECONDS": 0}
    assert setting(*HTTPS_SETTINGS, **plain) == expected


def test_debug_serves_plain_http() -> None:
    debug = setting("SECURE_SSL_REDIRECT", "HTTPS", **PRODUCTION, DEBUG="on")
    assert debug == {"SECURE_SSL_REDIRECT": False, "HTTPS": False}


def test_the_deployment_check_finds_nothing() -> None:
    answer = python("manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_the_file_of_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ALTEGIO_RATE_PER_SECOND=2\nALTEGIO_RATE_PER_MINUTE=90\n")
    names = ("ALTEGIO_RATE_PER_SECOND", "ALTEGIO_RATE_PER_MINUTE")
    environment = PRODUCTION | {"ENV_FILE": str(file), "ALTEGIO_RATE_PER_MINUTE": "30"}
    assert setting(*names, **environment) == {names[0]: 2, names[1]: 30}


def test_prepare_writes_keys_once_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "env"
    environment = {"ENV_FILE": str(file), "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    environment |= {"DJANGO_SUPERUSER_EMAIL": "first@example.com"}
    first = python("-m", "scripts.prepare", **environment)
    assert first.returncode == 0, first.stderr
    assert "createsuperuser" in first.stdout
    assert file.stat().st_mode & 0o777 == 0o600
    written = file.read_text()
    environment |= {"DJANGO_SUPERUSER_PASSWORD": "a long enough password"}
    second = python("-m", "scripts.prepare", **environment)
    assert "first@example.com can sign in." in second.stdout, second.stderr
    assert file.read_text() == written
    third = python("-m", "scripts.prepare", **environment)
    assert third.stdout.strip() == "The database is up to date."
