"""Lines of the log: structured, with the id of the request or job they belong to, and with nothing
in them that is secret or personal.

Loggers are the standard library's, so that Django, gunicorn and the queue speak the same way;
`extra=` adds fields (those of FIELDS) beside the sentence.
"""

from __future__ import annotations

import re
from typing import Any

import structlog
from django.conf import settings
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, WrappedLogger

# What our own lines say besides their sentence. Anything else in a record is left out: Django puts
# the whole request there.
FIELDS = ("method", "path", "outcome", "ms", "call")
HIDDEN = "…"
# Of a traceback, from its end: what collects lines cuts them in pieces at 16 KB.
MOST_OF_A_TRACEBACK = 12_000
SECRET_NAMES = re.compile(
    r"pass(word|wd)|secret|token|authorization|cookie|session_?id|api_?key|recovery", re.IGNORECASE
)
PATTERNS: list[tuple[re.Pattern[str], str]] = [
    # Values of an address: what people searched for.
    (re.compile(r"([?&;][\w.\[\]%-]*=)[^&;\s\"'<>#]*"), rf"\1{HIDDEN}"),
    # The secret part of a one-time link.
    (re.compile(r"(/(?:join|reset)[\w/-]*?/)[\w-]{16,}"), rf"\1{HIDDEN}"),
    (
        re.compile(r"(\bBearer\s+)[^\s,\"']+(?:,\s*User\s+[^\s,\"']+)?", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(://)[^\s/@\"']+@"), rf"\1{HIDDEN}@"),
    (re.compile(r"\bgAAAA[\w-]{20,}=*"), HIDDEN),
    (
        re.compile(
            r"((?:pass(?:word|wd)|secret|token|authorization|cookie|session_?id|api_?key)\w*"
            r"[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&}\]]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+"), "(e-mail)"),
    # With a plus however it is written, else as a bare run of digits.
    (re.compile(r"(?<!\w)\+\d[\d\s().-]{6,18}\d(?!\w)"), "(phone)"),
    (re.compile(r"(?<![\w.-])\d{10,15}(?!\w|\.\d)"), "(phone)"),
]


def configuration(*, readable: bool) -> dict[str, Any]:
    """For `logging.config.dictConfig`: JSON, or lines for people where `readable`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "readable": readable}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": []},  # its own handlers would say each line twice
            "django.utils.autoreload": {"level": "WARNING"},
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
        },
    }


def formatter(*, readable: bool) -> ProcessorFormatter:
    """One record, one line."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(FIELDS),
            structlog.contextvars.merge_contextvars,
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            shorten,
            redact,
            as_text if readable else structlog.processors.JSONRenderer(),
        ],
    )


def shorten(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Keeps the end of a long traceback, which says most."""
    exception = str(event.get("exception", ""))
    if len(exception) > MOST_OF_A_TRACEBACK:
        event["exception"] = HIDDEN + exception[-MOST_OF_A_TRACEBACK:]
    return event


def redact(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Takes out tokens, passwords, e-mails, phones and what addresses were asked with."""
    known = _known_secrets()
    return {
        field: HIDDEN if SECRET_NAMES.search(field) else _redacted(value, known)
        for field, value in event.items()
    }


def as_text(logger: WrappedLogger, name: str, event: EventDict) -> str:
    """A line for people; a traceback follows, set in, so that nothing in it looks like a line."""
    exception = str(event.pop("exception", ""))
    head = [event.pop(key, "") for key in ("time", "level", "logger", "event")]
    fields = [f"{field}={value}" for field, value in event.items()]
    lines = [" ".join(str(part) for part in [*head, *fields])]
    lines += [f"    {line}" for line in exception.splitlines()]
    return "\n".join(map(_escaped, lines))


def _redacted(value: Any, known: list[str]) -> Any:
    if not isinstance(value, str):
        return value
    for secret in known:
        value = value.replace(secret, HIDDEN)
    for pattern, instead in PATTERNS:
        value = pattern.sub(instead, value)
    return value


def _known_secrets() -> list[str]:
    if not settings.configured:  # gunicorn's first process never loads them
        return []
    database = settings.DATABASES["default"]
    mailers = getattr(settings, "MAILERS", {}).values()  # only where messages are sent
    secrets = [
        settings.SECRET_KEY,
        *settings.TOKEN_KEYS,
        settings.ALTEGIO_PARTNER_TOKEN,
        settings.METRICS_TOKEN,
        str(database.get("PASSWORD") or ""),
        *(str(mailer.get("OPTIONS", {}).get("password") or "") for mailer in mailers),
    ]
    # A short one would take letters out of every word.
    return [secret for secret in secrets if len(secret) >= 8]


def _escaped(line: str) -> str:
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in line
    )
