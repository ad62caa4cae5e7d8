"""Settings of the deployment, all read from the environment (or a `.env` beside manage.py, or the
file that ENV_FILE names), or from files that it names: NAME_FILE in place of NAME.

`.env.example` lists every variable with a line each.
"""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from config.environment import Environment
from loyalty_admin.web import logs

BASE_DIR = Path(__file__).resolve().parent.parent

env = Environment()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))


# Deployment

DEBUG = env.switch("DEBUG", default=False)


def required(name: str, *, in_debug: str) -> str:
    """The variable's value; `in_debug` stands in for it only where DEBUG is on."""
    value = env.str(name, default="")
    if not value and not DEBUG:
        raise ImproperlyConfigured(f"{name} is not set. See .env.example for what it is.")
    return str(value or in_debug)


def database(url: str) -> dict[str, Any]:
    """What Django makes of DATABASE_URL, `?sslmode=…` and its like included."""
    with suppress(ValueError):  # which may quote a part of the password
        if url.startswith(("postgres://", "postgresql://", "sqlite://")):
            return dict(env.db_url_config(url))
    raise ImproperlyConfigured(
        "DATABASE_URL is no address of a database (postgres://… or sqlite:///…). "
        "Leave it out for an SQLite file beside manage.py."
    )


def fernet_keys(text: str) -> list[str]:
    """The keys between the commas. With one that is none, no page that needs a token would work."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for place, key in enumerate(keys or [""], 1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"Of TOKEN_KEYS no. {place} is no Fernet key. "
                "Put back the key that was there; for a new one: python -m scripts.prepare keys"
            ) from None
    return keys


# Others begin with it, so that it has no person, query or place in a page.
PLAIN_ADDRESS = re.compile(r"https?://([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[\w./~-]*)?")


def mail_server(url: str) -> dict[str, Any]:
    """What Django makes of EMAIL_URL."""
    with suppress(ValueError, ImproperlyConfigured):  # which may quote a part of the password
        return dict(env.email_url_config(url))
    raise ImproperlyConfigured(
        "EMAIL_URL is no address of a mail server (smtp+tls://user:password@host:587)."
    )


def cache(url: str) -> dict[str, Any]:
    """What Django makes of CACHE_URL."""
    with suppress(ValueError, ImproperlyConfigured):
        return dict(env.cache_url_config(url))
    raise ImproperlyConfigured("CACHE_URL is no address of a cache (redis://host:6379/0).")


SECRET_KEY = required("SECRET_KEY", in_debug="only-for-debugging")
# Fernet keys: the first encrypts, all decrypt.
TOKEN_KEYS = fernet_keys(
    required("TOKEN_KEYS", in_debug="b25seS1mb3ItZGVidWdnaW5nLW9ubHktZm9yLWRlYnU=")
)
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.switch("HTTPS", default=not DEBUG)
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0, least=0)
# Who may read /metrics; empty: it is off.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")


# Messages to people

# Where people reach the dashboard; links that are sent begin with it.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
if PUBLIC_URL and not PLAIN_ADDRESS.fullmatch(PUBLIC_URL):
    # Not what it is: it may hold a password.
    raise ImproperlyConfigured("PUBLIC_URL is no address (https://…) of a site and nothing more.")
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="")
    if not PUBLIC_URL or not DEFAULT_FROM_EMAIL:
        raise ImproperlyConfigured("EMAIL_URL needs PUBLIC_URL and EMAIL_FROM. See .env.example.")
    if not DEFAULT_FROM_EMAIL.isprintable():
        raise ImproperlyConfigured("EMAIL_FROM has to be one line of text.")
    _mail = mail_server(EMAIL_URL)
    MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"]}}
    if _mail["EMAIL_HOST"]:
        MAILERS["default"]["OPTIONS"] = {
            "host": _mail["EMAIL_HOST"],
            "port": _mail["EMAIL_PORT"],
            "username": _mail["EMAIL_HOST_USER"],
            "password": _mail["EMAIL_HOST_PASSWORD"],
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        }


# Altegio

ALTEGIO_API_URL = env.text("ALTEGIO_API_URL", default="https://api.alteg.io/api/v1").rstrip("/")
if not PLAIN_ADDRESS.fullmatch(ALTEGIO_API_URL):
    raise ImproperlyConfigured("ALTEGIO_API_URL is no address (https://…) and nothing more.")
ALTEGIO_PARTNER_TOKEN = env.str("ALTEGIO_PARTNER_TOKEN", default="")
ALTEGIO_RATE_PER_SECOND = env.number("ALTEGIO_RATE_PER_SECOND", default=4, least=1)
ALTEGIO_RATE_PER_MINUTE = env.number("ALTEGIO_RATE_PER_MINUTE", default=180, least=1)
ALTEGIO_TIMEOUT = env.number("ALTEGIO_TIMEOUT", default=15.0, least=1.0)


# Application

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks_db",
    "loyalty_admin.accounts",
    "loyalty_admin.connections",
    "loyalty_admin.chains",
    "loyalty_admin.audit",
    "loyalty_admin.membership_types",
    "loyalty_admin.gift_card_types",
    "loyalty_admin.promotions",
    "loyalty_admin.notification_templates",
    "loyalty_admin.memberships",
    "loyalty_admin.transactions",
    "loyalty_admin.home",
    "loyalty_admin.jobs",
    "loyalty_admin.operations",
    "loyalty_admin.metrics",
    "loyalty_admin.web",
    "loyalty_admin.sandbox",
]
MIDDLEWARE = [
    "loyalty_admin.web.middleware.RequestIdMiddleware",
    "loyalty_admin.web.middleware.ProxyMiddleware",
    # These come first so that whatever answers after them, files and refusals too, has their heads.
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "loyalty_admin.web.middleware.HeadersMiddleware",
    "loyalty_admin.operations.health.HealthMiddleware",
    "loyalty_admin.web.middleware.SizeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Safe with the forms' tokens, which are masked anew on every page: docs/performance.md.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "loyalty_admin.accounts.middleware.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "loyalty_admin.accounts.middleware.SignInRequiredMiddleware",
    "loyalty_admin.connections.middleware.AltegioErrorMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "loyalty_admin.connections.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "loyalty_admin.web.templatetags.components",
                "loyalty_admin.web.templatetags.moments",
                "loyalty_admin.web.templatetags.support",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_EXCEPTION_REPORTER_FILTER = "loyalty_admin.web.reporting.NoVariablesFilter"


# Database, cache

DATABASES = {
    "default": database(env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}"))
}
# A thread keeps its connection: opening one, SQLite too, costs a page a tenth of its time.
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": cache(env.text("CACHE_URL", default="dbcache://loyalty_admin_cache")),
}
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    if CACHES["default"]["LOCATION"] != "loyalty_admin_cache":
        raise ImproperlyConfigured("CACHE_URL names no other table: dbcache://loyalty_admin_cache.")
    CACHES["default"]["BACKEND"] = "loyalty_admin.web.cache.TableCache"
    CACHES["default"].setdefault("OPTIONS", {})["MAX_ENTRIES"] = 100_000


# Work in the background: `manage.py worker`

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


# Signing in

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "chains:enter"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "loyalty_admin.accounts.passwords.DressedUpValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "loyalty_admin.connections.passwords.ChainWordsValidator"},
    {"NAME": "loyalty_admin.accounts.passwords.LongestValidator"},
]
# A file of SHA-1 hashes in order; empty: passwords are compared with no list of stolen ones.
BREACHED_PASSWORDS = env.str("BREACHED_PASSWORDS", default="")
if BREACHED_PASSWORDS:
    # Docker makes a folder of what it is to mount and does not find.
    if not (Path(BREACHED_PASSWORDS).is_file() and os.access(BREACHED_PASSWORDS, os.R_OK)):
        raise ImproperlyConfigured(
            f"BREACHED_PASSWORDS names {BREACHED_PASSWORDS}, which cannot be read."
        )
    AUTH_PASSWORD_VALIDATORS.append(
        {
            "NAME": "loyalty_admin.accounts.passwords.BreachedPasswordValidator",
            "OPTIONS": {"path": BREACHED_PASSWORDS},
        }
    )
# The first encodes, all are understood; an older one is encoded anew at the next sign-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SESSION_ENGINE = "loyalty_admin.accounts.session_store"
TWO_STEP_REQUIRED = env.switch("TWO_STEP_REQUIRED", default=False)
# How often in how many seconds: accounts/throttling.py says of whom each is counted.
_codes = (env.number("THROTTLE_CODE", default=10, least=1), 60 * 60)
THROTTLES = {
    "account": (env.number("THROTTLE_ACCOUNT", default=10, least=1), 15 * 60),
    "address": (env.number("THROTTLE_ADDRESS", default=20, least=1), 15 * 60),
    "code": _codes,
    "recovery": _codes,
    "reset": (env.number("THROTTLE_RESET", default=3, least=1), 60 * 60),
}
# Seconds: since the sign-in, and since somebody last did something.
SESSION_COOKIE_AGE = env.number("SESSION_HOURS", default=12, least=1, most=24 * 365) * 60 * 60
SESSION_IDLE_AGE = env.number("SESSION_IDLE_MINUTES", default=60, least=1, most=60 * 24 * 365) * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True


# Security

# Safe to read always: ProxyMiddleware lets the header through only from trusted proxies.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
# Whoever watches the process asks it directly.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    # A browser takes these only over HTTPS, from this very host and for all of it: no other host
    # of the domain can plant one.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "loyalty_admin.web.views.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes of a whole request
# The form of a membership type has a field or two for each service of the chain.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# What was installed, and when that was brought up to date.
REQUIREMENTS_LOCK = BASE_DIR / "requirements.lock"


# Language, time, static files

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", default="UTC")
try:
    ZoneInfo(TIME_ZONE)
except (KeyError, ValueError, OSError):
    raise ImproperlyConfigured(f"TIME_ZONE is no time zone: {TIME_ZONE!r}.") from None

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has a use for them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}


# Logs

LOGGING = logs.configuration(readable=DEBUG)
