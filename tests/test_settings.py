"""The environment configures a deployment, and a value that makes no sense stops the start."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.utils import load_backend

from loyalty_admin.accounts.models import Role, User
from loyalty_admin.connections import services as connection_services
from scripts import prepare
from scripts.read_settings import read_settings

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "of the tests, and long enough to be one of a real deployment: 0123456789",
    "TOKEN_KEYS": "dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDE=",
    "ALLOWED_HOSTS": "loyalty.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}
MAIL = {
    "EMAIL_URL": "smtp+tls://who:the%20password@mail.example.com:587",
    "EMAIL_FROM": "Loyalty Admin <loyalty@example.com>",
    "PUBLIC_URL": "https://loyalty.example.com/",
}
# What a deployment behind TLS has otherwise than the tests.
OF_HTTPS = (
    *("HTTPS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"),
    *("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD"),
    *("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME"),
)
PASSWORD = "a long enough password"


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project with this environment and nothing else of the project's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def one_line(*command: str, **environment: str) -> str:
    """Return what a refused start writes: one line, no traceback."""
    answer = python(*command, **environment)
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    return line


def setting(*names: str, **environment: str) -> dict[str, object]:
    """Return the values that these settings get in this environment."""
    values = read_settings(environment)
    return {name: values[name] for name in names}


def refusal(**environment: str) -> str:
    """Return why the start is refused in this environment."""
    with pytest.raises(ImproperlyConfigured) as refused:
        read_settings(environment)
    return str(refused.value)


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


# .env.example


def test_every_variable_has_its_line_in_the_example() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [match[1] for line in lines if (match := re.match(r"#?([A-Z_]+)=", line))]
    assert len(named) == len(set(named))
    assert set(named) == names_read_by_settings()
    for name in named:
        at = next(at for at, line in enumerate(lines) if re.match(rf"#?{name}=", line))
        assert lines[at - 1].startswith("# "), f"{name} is not explained"


def test_example_names_the_true_defaults() -> None:
    commented = {
        match[1]: match[2]
        for line in (ROOT / ".env.example").read_text().splitlines()
        if (match := re.match(r"#([A-Z_]+)=(.*)", line))
    }
    names = ["HTTPS", "TRUSTED_PROXIES", "ALTEGIO_API_URL", "ALTEGIO_RATE_PER_SECOND"]
    names += ["ALTEGIO_RATE_PER_MINUTE", "ALTEGIO_TIMEOUT", "TIME_ZONE", "DEBUG"]
    read = {"CACHES": "CACHE_URL"}
    read |= {"SESSION_COOKIE_AGE": "SESSION_HOURS", "SESSION_IDLE_AGE": "SESSION_IDLE_MINUTES"}
    written = {name: commented[name] for name in (*names, *read.values())}
    assert setting(*names, *read, **PRODUCTION, **written) == setting(*names, *read, **PRODUCTION)


# Values that stop the start


@pytest.mark.slow
def test_refused_start_is_one_line_for_every_kind_of_command() -> None:
    for command in ("check", "doctor"):  # Django's own, and one that an application brings
        url = "mysql://who:secret@host/name"
        line = one_line("manage.py", command, **(PRODUCTION | {"DATABASE_URL": url}))
        assert line.startswith("DATABASE_URL ")
        assert "secret" not in line


def test_a_missing_key_stops_the_start_with_its_name() -> None:
    for name in ("SECRET_KEY", "TOKEN_KEYS"):
        assert refusal(**(PRODUCTION | {name: ""})).startswith(f"{name} ")


# A value that holds "secret" must not be repeated.
SENSELESS = [
    ("DATABASE_URL", ""),
    ("DATABASE_URL", "postgres"),
    ("DATABASE_URL", "//who:secret@host/name"),
    ("DATABASE_URL", "mysql://who:secret@host/name"),
    ("DATABASE_URL", "postgres://who:secret/of@host/name"),
    ("TOKEN_KEYS", "secret"),
    ("TOKEN_KEYS", ","),
    ("HTTPS", "ture"),
    ("TWO_STEP_REQUIRED", "always"),
    ("DEBUG", "2"),
    ("TRUSTED_PROXIES", "one"),
    ("TRUSTED_PROXIES", "-1"),
    ("ALTEGIO_RATE_PER_SECOND", "0"),
    ("ALTEGIO_TIMEOUT", "soon"),
    ("ALTEGIO_TIMEOUT", "nan"),
    ("ALTEGIO_API_URL", "http://[bad"),
    ("ALTEGIO_API_URL", "ftp://secret"),
    ("SESSION_IDLE_MINUTES", "0"),
    ("SESSION_HOURS", "999999999999"),
    ("PUBLIC_URL", "loyalty.example.com"),
    ("PUBLIC_URL", "https://loyalty example.com"),
    ("PUBLIC_URL", "https://[::1"),
    ("PUBLIC_URL", "https://example.com/?a=1"),
    ("PUBLIC_URL", "https://who:secret@example.com"),
    ("EMAIL_URL", "smtp+tls://who:secret@host:secret"),
    ("EMAIL_URL", "mail.example.com:587"),
    ("CACHE_URL", "secret"),
    ("CACHE_URL", "dbcache://another"),
    ("TIME_ZONE", "Nowhere/Else"),
    ("TIME_ZONE", "../UTC"),
]


def test_senseless_value_stops_the_start_with_its_name() -> None:
    wrong = []
    for name, value in SENSELESS:
        said = refusal(**(PRODUCTION | MAIL | {name: value}))
        if not re.match(rf"(Of )?{name}\b", said) or "secret" in said or "\n" in said:
            wrong.append((name, value, said))
    assert wrong == []


def test_refusal_names_the_place_of_a_wrong_token_key_and_the_range_of_a_number() -> None:
    keys = PRODUCTION["TOKEN_KEYS"] + ",secret"
    assert "no. 2 " in refusal(**(PRODUCTION | {"TOKEN_KEYS": keys}))
    assert "1 to 8760" in refusal(**PRODUCTION, SESSION_HOURS="0")


def test_mail_server_needs_an_address_for_links_and_a_sender() -> None:
    for name in ("EMAIL_FROM", "PUBLIC_URL"):
        assert name in refusal(**PRODUCTION, **(MAIL | {name: ""}))


# Values that are read


def test_empty_value_is_the_default() -> None:
    """As where a deployment passes on an unset variable; for HTTPS that must not mean off."""
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
    database = connections.configure_settings(found)["default"]
    assert database["OPTIONS"] == tls
    assert (database["HOST"], database["PORT"]) == ("db.example.com", 6432)
    of_the_tests = connections["default"]
    try:
        connections["default"] = load_backend(database["ENGINE"]).DatabaseWrapper(database)
        place = connection_services.limiter_place()["conninfo"]
    finally:
        connections["default"] = of_the_tests
    assert "sslmode=verify-full" in place
    assert "sslrootcert=/etc/ssl/database.pem" in place


def test_file_of_env_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("ALTEGIO_RATE_PER_SECOND=2\nALTEGIO_RATE_PER_MINUTE=90\n")
    names = ("ALTEGIO_RATE_PER_SECOND", "ALTEGIO_RATE_PER_MINUTE")
    environment = PRODUCTION | {"ENV_FILE": str(file), "ALTEGIO_RATE_PER_MINUTE": "30"}
    assert setting(*names, **environment) == {names[0]: 2, names[1]: 30}


def test_mail_server_is_one_address() -> None:
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


def test_passwords_are_encoded_with_argon2() -> None:
    hashers = setting("PASSWORD_HASHERS", **PRODUCTION)["PASSWORD_HASHERS"]
    assert isinstance(hashers, list)
    assert hashers[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"


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


def test_secret_may_begin_with_a_dollar(tmp_path: Path) -> None:
    file, written = tmp_path / "token", r"$METRICS_TOKEN\$of{a}$$vault"
    file.write_text(written)
    read = setting("METRICS_TOKEN", **PRODUCTION, METRICS_TOKEN_FILE=str(file))
    assert read == setting("METRICS_TOKEN", **PRODUCTION, METRICS_TOKEN=written)
    assert read == {"METRICS_TOKEN": written}


def test_env_file_may_name_the_file_of_a_secret_and_that_file_wins(tmp_path: Path) -> None:
    secret, file = tmp_path / "secret", tmp_path / "env"
    secret.write_text("of the file, and long enough to be a secret of a real deployment: 0123\n")
    file.write_text(f"SECRET_KEY=of the env file\nSECRET_KEY_FILE={secret}\n")
    environment = {**PRODUCTION, "ENV_FILE": str(file)}
    del environment["SECRET_KEY"]
    assert setting("SECRET_KEY", **environment)["SECRET_KEY"] == secret.read_text().strip()


def test_file_that_cannot_be_read_is_named_with_its_setting(tmp_path: Path) -> None:
    for name in SECRET_NAMES:
        said = refusal(**PRODUCTION, **{f"{name}_FILE": f"{tmp_path}/gone"})
        assert said.startswith(f"{name}_FILE ") and f"{tmp_path}/gone" in said


def test_file_that_is_no_text_or_is_empty_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    named = {"SECRET_KEY_FILE": str(file)}
    file.write_bytes(b"\xff\xfe\x00")
    assert refusal(**PRODUCTION, **named).startswith("SECRET_KEY_FILE ")
    file.write_text("\n")
    assert refusal(**PRODUCTION, **named).startswith("SECRET_KEY ")


# scripts/prepare.py


def test_prepare_writes_keys_once_for_the_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "env"
    monkeypatch.setenv("ENV_FILE", str(file))
    prepare.write_keys(debug=False)
    assert file.stat().st_mode & 0o777 == 0o600
    written = file.read_text()
    prepare.write_keys(debug=False)
    assert file.read_text() == written


@pytest.mark.django_db
def test_first_manager_is_made_once_with_a_password_that_may_be_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "first@example.com")
    assert "createsuperuser" in prepare.make_first_manager()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "short")
    with pytest.raises(SystemExit, match="DJANGO_SUPERUSER_PASSWORD"):
        prepare.make_first_manager()
    assert not User.objects.exists()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    assert "first@example.com" in prepare.make_first_manager()
    assert User.objects.get().role == Role.MANAGER
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "second@example.com")
    prepare.make_first_manager()
    assert User.objects.count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("are_in_files", [False, True])
def test_prepare_makes_what_a_fresh_deployment_lacks(tmp_path: Path, are_in_files: bool) -> None:
    values = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    if are_in_files:
        values |= {"SECRET_KEY": "of a vault", "TOKEN_KEYS": PRODUCTION["TOKEN_KEYS"]}
    environment = {"ENV_FILE": f"{tmp_path}/env", "DJANGO_SUPERUSER_EMAIL": "first@example.com"}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/db.sqlite3"
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
        environment[f"{name}_FILE"] = str(tmp_path / name)
    answer = python("-m", "scripts.prepare", **environment)
    assert answer.stdout.startswith("first@example.com "), answer.stderr
    assert (tmp_path / "env").exists() != are_in_files


# Starting


def test_starts_with_the_keys_of_the_images_build() -> None:
    keys = re.search(r"^RUN ((?:\w+=\S+ )+)/venv", (ROOT / "Dockerfile").read_text(), re.M)
    assert keys is not None
    environment = dict(each.split("=", 1) for each in keys[1].split())
    assert setting("DEBUG", ENV_FILE=os.devnull, **environment) == {"DEBUG": False}


def test_debug_needs_no_keys() -> None:
    assert setting("DEBUG", ENV_FILE=os.devnull, DEBUG="on") == {"DEBUG": True}


def test_without_debug_nothing_is_served_for_unnamed_hosts() -> None:
    hosts = setting("ALLOWED_HOSTS", "DEBUG", **{**PRODUCTION, "ALLOWED_HOSTS": ""})
    assert hosts == {"ALLOWED_HOSTS": [], "DEBUG": False}


HTTPS_SETTINGS = {
    "SECURE_SSL_REDIRECT": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
}


def test_https_is_on_unless_it_is_turned_off_or_debug_is_on() -> None:
    assert setting(*HTTPS_SETTINGS, **PRODUCTION) == HTTPS_SETTINGS
    plain = dict.fromkeys(HTTPS_SETTINGS, False) | {"SECURE_HSTS_SECONDS": 0}
    assert setting(*HTTPS_SETTINGS, **PRODUCTION, HTTPS="off") == plain
    assert setting(*HTTPS_SETTINGS, **PRODUCTION, DEBUG="on") == plain


def test_cookies_are_of_this_very_host_where_they_can_be() -> None:
    # What a browser asks of the prefix: https only, no other domain, the whole site.
    expected = {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "SESSION_COOKIE_DOMAIN": None,
        "SESSION_COOKIE_PATH": "/",
        "SESSION_COOKIE_SECURE": True,
    }
    expected |= {"CSRF_COOKIE_NAME": "__Host-csrftoken", "CSRF_COOKIE_DOMAIN": None}
    expected |= {"CSRF_COOKIE_PATH": "/", "CSRF_COOKIE_SECURE": True}
    assert setting(*expected, **PRODUCTION) == expected
    names = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME")
    plain = setting(*names, **PRODUCTION, HTTPS="off")
    assert plain == {names[0]: "sessionid", names[1]: "csrftoken"}


@pytest.mark.slow
def test_the_deployment_check_finds_nothing() -> None:
    checked = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    answer = python(*checked, **PRODUCTION, **MAIL)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout
