"""The environment is the only thing that a deployment has to say, and each part of it counts."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "of the tests, and long enough to be one of a real deployment: 0123456789",
    "TOKEN_KEYS": "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDE=",
    "ALLOWED_HOSTS": "loyalty.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}
# What a deployment behind TLS has otherwise than the tests.
OF_HTTPS = (
    *("HTTPS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
)


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


def one_line(*command: str, **environment: str) -> str:
    """What is said where the start is refused: no traceback."""
    answer = python(*command, **environment)
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", ["check", "migrate", "doctor"])
@pytest.mark.parametrize(
    "url",
    [
        *("", "postgres", "//who:secret@host/name"),
        *("mysql://who:secret@host/name", "postgres://who:sec/ret@host/name"),
    ],
)
def test_no_address_of_a_database_is_said_in_one_line(url: str, command: str) -> None:
    said = one_line("manage.py", command, **(PRODUCTION | {"DATABASE_URL": url}))
    assert said.startswith("DATABASE_URL is no address of a database (postgres://")
    assert "sec" not in said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOKEN_KEYS", "secret", "Of TOKEN_KEYS no. 1 is no Fernet key"),
        (
            "TOKEN_KEYS",
            PRODUCTION["TOKEN_KEYS"] + ",secret",
            "Of TOKEN_KEYS no. 2 is no Fernet key",
        ),
        ("TOKEN_KEYS", ",", "Of TOKEN_KEYS no. 1 is no Fernet key"),
        ("HTTPS", "ture", "HTTPS has to be on or off, and is 'ture'."),
        ("TWO_STEP_REQUIRED", "always", "TWO_STEP_REQUIRED has to be on or off"),
        ("DEBUG", "2", "DEBUG has to be on or off"),
        ("TRUSTED_PROXIES", "one", "TRUSTED_PROXIES has to be a whole number of 0 or more"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES has to be a whole number of 0 or more"),
        ("ALTEGIO_RATE_PER_SECOND", "0", "ALTEGIO_RATE_PER_SECOND has to be a whole number of 1"),
        ("ALTEGIO_TIMEOUT", "soon", "ALTEGIO_TIMEOUT has to be a number of 1.0 or more"),
        ("ALTEGIO_TIMEOUT", "nan", "ALTEGIO_TIMEOUT has to be a number of 1.0 or more"),
        (
            "SESSION_IDLE_MINUTES",
            "0",
            "SESSION_IDLE_MINUTES has to be a whole number of 1 to 525600",
        ),
        ("PUBLIC_URL", "loyalty.example.com", "PUBLIC_URL is no address (https://…)"),
        ("PUBLIC_URL", "https://loyalty example.com", "PUBLIC_URL is no address (https://…)"),
        ("PUBLIC_URL", "https://[::1", "PUBLIC_URL is no address (https://…)"),
        ("PUBLIC_URL", "https://example.com/?a=1", "PUBLIC_URL is no address (https://…)"),
        ("PUBLIC_URL", "https://who:secret@example.com", "PUBLIC_URL is no address (https://…)"),
        ("EMAIL_URL", "smtp+tls://who:secret@host:secret", "EMAIL_URL is no address of a mail"),
        ("EMAIL_URL", "mail.example.com:587", "EMAIL_URL is no address of a mail server"),
        ("CACHE_URL", "secret", "CACHE_URL is no address of a cache (redis://host:6379/0)."),
        ("CACHE_URL", "dbcache://another", "CACHE_URL names no other table"),
        ("SESSION_HOURS", "999999999999", "SESSION_HOURS has to be a whole number of 1 to 8760"),
        ("ALTEGIO_API_URL", "http://[bad", "ALTEGIO_API_URL is no address"),
        ("ALTEGIO_API_URL", "ftp://secret", "ALTEGIO_API_URL is no address"),
        ("TIME_ZONE", "Nowhere/Else", "TIME_ZONE is no time zone: 'Nowhere/Else'."),
        ("TIME_ZONE", "../UTC", "TIME_ZONE is no time zone: '../UTC'."),
    ],
)
def test_a_value_that_makes_no_sense_is_said_in_one_line(name: str, value: str, said: str) -> None:
    environment = PRODUCTION | {"PUBLIC_URL": "https://example.com", "EMAIL_FROM": "a@example.com"}
    line = one_line("manage.py", "doctor", **(environment | {name: value}))
    assert line.startswith(said)
    assert "secret" not in line


def test_an_empty_value_is_the_default() -> None:
    """As where a deployment hands on what nobody set; for HTTPS that must not mean off."""
    names = ["HTTPS", "TRUSTED_PROXIES", "ALTEGIO_TIMEOUT", "TWO_STEP_REQUIRED", "TIME_ZONE"]
    names += ["ALTEGIO_API_URL"]
    empty = PRODUCTION | dict.fromkeys([*names, "CACHE_URL"], "")
    assert setting(*names, "CACHES", **empty) == setting(*names, "CACHES", **PRODUCTION)


def test_blanks_beside_the_commas_of_a_list_do_not_count() -> None:
    keys = PRODUCTION | {"TOKEN_KEYS": f" {PRODUCTION['TOKEN_KEYS']} , "}
    assert setting("TOKEN_KEYS", **keys) == {"TOKEN_KEYS": [PRODUCTION["TOKEN_KEYS"]]}
    hosts = PRODUCTION | {"ALLOWED_HOSTS": " a.example.com, b.example.com ,"}
    assert setting("ALLOWED_HOSTS", **hosts) == {
        "ALLOWED_HOSTS": ["a.example.com", "b.example.com"]
    }


def test_parameters_of_the_connection_reach_the_driver() -> None:
    """The limiter, which connects by itself, gets the same."""
    tls = {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/database.pem"}
    url = f"postgres://who:secret@db.example.com:6432/loyalty?{urlencode(tls)}"
    found = setting("DATABASES", **(PRODUCTION | {"DATABASE_URL": url}))["DATABASES"]
    assert isinstance(found, dict)
    assert found["default"]["OPTIONS"] == tls
    assert (found["default"]["HOST"], found["default"]["PORT"]) == ("db.example.com", 6432)
    script = (
        "import django; django.setup(); from loyalty_admin.connections import services; "
        "print(services.limiter_place()['conninfo'])"
    )
    environment = PRODUCTION | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"}
    place = python("-c", script, **environment)
    assert "sslmode=verify-full" in place.stdout, place.stderr
    assert "sslrootcert=/etc/ssl/database.pem" in place.stdout


# Secrets in files, as Docker, Kubernetes and the agents of vaults hand them in

SECRET_NAMES = ["SECRET_KEY", "TOKEN_KEYS", "ALTEGIO_PARTNER_TOKEN", "METRICS_TOKEN"]
SECRET_NAMES += ["DATABASE_URL", "EMAIL_URL"]


def test_secrets_are_read_from_the_files_that_the_environment_names(tmp_path: Path) -> None:
    token = "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDI="
    values = {name: f"the {name} = of a vault #1" for name in SECRET_NAMES}
    values |= {"TOKEN_KEYS": f"{token},{token}", "EMAIL_URL": MAIL["EMAIL_URL"]}
    values["DATABASE_URL"] = "postgres://who:of-a-vault@db.example.com/loyalty"
    files = {name: tmp_path / name.lower() for name in values}
    for file, (name, value) in zip(files.values(), values.items(), strict=True):
        file.write_text(value + ("\r\n" if name == "METRICS_TOKEN" else "\n"))
    # The files win over what stands in the environment besides.
    named = {f"{name}_FILE": str(file) for name, file in files.items()}
    found = setting(*SECRET_NAMES[:4], "EMAIL_URL", "DATABASES", **PRODUCTION, **MAIL, **named)
    assert found.pop("TOKEN_KEYS") == [token, token]
    databases = found.pop("DATABASES")
    assert isinstance(databases, dict) and databases["default"]["PASSWORD"] == "of-a-vault"
    assert found == {name: values[name] for name in found}


def test_a_secret_may_begin_with_a_dollar(tmp_path: Path) -> None:
    file, written = tmp_path / "token", r"$METRICS_TOKEN\$of{a}$$vault"
    file.write_text(written)
    read = setting("METRICS_TOKEN", **PRODUCTION, METRICS_TOKEN_FILE=str(file))
    assert read == setting("METRICS_TOKEN", **PRODUCTION, METRICS_TOKEN=written)
    assert read == {"METRICS_TOKEN": written}


def test_a_file_beside_the_env_file_wins_and_the_env_file_may_name_it(tmp_path: Path) -> None:
    secret, file = tmp_path / "secret", tmp_path / "env"
    secret.write_text("of the file, and long enough to be a secret of a real deployment: 0123\n")
    file.write_text(f"SECRET_KEY=of the env file\nSECRET_KEY_FILE={secret}\n")
    environment = {**PRODUCTION, "ENV_FILE": str(file)}
    del environment["SECRET_KEY"]
    assert setting("SECRET_KEY", **environment)["SECRET_KEY"] == secret.read_text().strip()


@pytest.mark.parametrize("command", ["check", "migrate", "doctor"])
@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_file_that_cannot_be_read_is_named_with_its_setting(
    name: str, command: str, tmp_path: Path
) -> None:
    missing = one_line("manage.py", command, **PRODUCTION, **{f"{name}_FILE": f"{tmp_path}/gone"})
    assert missing == (
        f"{name}_FILE names {tmp_path}/gone, which cannot be read: No such file or directory."
    )


def test_a_file_that_is_no_text_or_is_empty_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe\x00")
    named = {"SECRET_KEY_FILE": str(file)}
    assert one_line("manage.py", "check", **PRODUCTION, **named).endswith("it is no text.")
    file.write_text("\n")
    assert "SECRET_KEY is not set" in one_line("manage.py", "check", **PRODUCTION, **named)


def test_prepare_makes_no_keys_where_files_hold_them(tmp_path: Path) -> None:
    files = {"SECRET_KEY": "of a vault", "TOKEN_KEYS": PRODUCTION["TOKEN_KEYS"]}
    files["DJANGO_SUPERUSER_PASSWORD"] = "a long enough password"
    environment = {"ENV_FILE": f"{tmp_path}/env", "DJANGO_SUPERUSER_EMAIL": "first@example.com"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/db.sqlite3"
    for name, value in files.items():
        (tmp_path / name).write_text(f"{value}\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    answer = python("-m", "scripts.prepare", **environment)
    assert "first@example.com can sign in." in answer.stdout, answer.stderr
    assert not (tmp_path / "env").exists()


def test_with_the_keys_of_the_images_build_it_starts() -> None:
    keys = re.search(r"^RUN ((?:\w+=\S+ )+)/venv", (ROOT / "Dockerfile").read_text(), re.M)
    assert keys is not None
    environment = dict(each.split("=", 1) for each in keys[1].split())
    answer = python("manage.py", "check", ENV_FILE=os.devnull, **environment)
    assert answer.returncode == 0, answer.stderr


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


def test_prepare_makes_no_manager_with_a_password_that_nobody_may_choose(tmp_path: Path) -> None:
    environment = {"ENV_FILE": f"{tmp_path}/env", "DJANGO_SUPERUSER_EMAIL": "first@example.com"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/db.sqlite3"
    short = python("-m", "scripts.prepare", DJANGO_SUPERUSER_PASSWORD="short", **environment)
    assert short.returncode == 1
    assert short.stderr.startswith("DJANGO_SUPERUSER_PASSWORD: This password is too short.")
    good = environment | {"DJANGO_SUPERUSER_PASSWORD": "a long enough password"}
    assert "can sign in." in python("-m", "scripts.prepare", **good).stdout
