"""The settings on which the safety of a deployment depends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from loyalty_admin.accounts.passwords import flaw_of_list

THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}
# All of them say that plain HTTP is served, which is said once.
OF_PLAIN_HTTP = {"security.W004", "security.W008", "security.W012", "security.W016"}


def settings_for_safety() -> Iterator[tuple[str, str]]:
    """Pairs: what was found, and how to mend it ("" where it is well)."""
    plain = not settings.HTTPS
    if plain and THIS_MACHINE.issuperset(settings.ALLOWED_HOSTS):
        yield "Plain HTTP, for this machine only", ""
    elif plain:
        yield "Pages are served over plain HTTP", "Put a proxy with TLS in front and set HTTPS=on."
    elif not settings.TRUSTED_PROXIES:
        yield (
            "HTTPS is on and no proxy is trusted: every page redirects to itself",
            "Set TRUSTED_PROXIES to the number of proxies in front.",
        )
    else:
        yield f"HTTPS, behind {settings.TRUSTED_PROXIES} trusted proxies", ""
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS names no host, or every one", "Name those of your addresses."
    else:
        yield f"Answers as {', '.join(settings.ALLOWED_HOSTS)} only", ""
    yield _breached_passwords()
    # Messages that are printed, for trying it out, go nowhere.
    if settings.EMAIL_URL and (server := settings.MAILERS["default"].get("OPTIONS")):
        yield _way_to_mail_server(server)
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=True)
        if message.level >= checks.WARNING
        and not message.is_silenced()
        and not (plain and message.id in OF_PLAIN_HTTP)
    ]
    for message in found:
        yield f"{message.id}: {message.msg}", message.hint or "See docs/operations.md."
    if not found:
        yield "Django's own checks of a deployment find nothing", ""


def _breached_passwords() -> tuple[str, str]:
    path = settings.BREACHED_PASSWORDS
    if not path:
        return "Passwords are compared with common ones, and with no list of stolen ones", ""
    if flaw := flaw_of_list(Path(path)):
        return f"BREACHED_PASSWORDS: {path} {flaw}", "See docs/operations.md, or leave it out."
    return f"Passwords are compared with the stolen ones of {path}", ""


def _way_to_mail_server(server: dict[str, Any]) -> tuple[str, str]:
    if server["host"] in THIS_MACHINE:
        return "Messages go to a mail server on this machine", ""
    if server.get("use_tls") or server.get("use_ssl"):
        return f"Messages go to {server['host']}, encrypted", ""
    return (
        f"Messages go to {server['host']} in clear, with the links in them",
        "Use smtp+tls:// or smtp+ssl:// in EMAIL_URL.",
    )
