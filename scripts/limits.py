"""The limits of docs/rules.md: which constants and settings they are, and what each one limits.

A constant whose name says that it limits something needs its line here; `make docs` names the one
that has none. The number itself is read from the code.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from importlib import import_module
from typing import Any

from scripts.read_settings import ROOT, read_settings

APPLICATION = ROOT / "loyalty_admin"
# Names like these limit something.
LIMIT = re.compile(
    r"(MOST|MAX|LONGEST)(_\w+)?|(LEAST|MIN)_\w+|(\w+_)?PAGE_SIZES?|\w+_(LASTS|HOLDS|STAYS|AT_ONCE)"
)
# This one only says when a page reads something again.
NO_LIMIT = {"home.month.SECONDS_A_DAY_STAYS"}

type Limit = tuple[str, str, str]  # the constant or setting, what it limits, the unit

LIMITS: dict[str, list[Limit]] = {
    "signing in": [
        ("settings.THROTTLES.account", "Wrong passwords for one account, per address", "tries"),
        ("settings.THROTTLES.address", "Wrong passwords and link requests, per address", "tries"),
        ("settings.THROTTLES.code", "Wrong codes, per person", "tries"),
        ("settings.THROTTLES.recovery", "Wrong recovery codes, per person and address", "tries"),
        ("settings.THROTTLES.reset", "Requests for a new password, per account", "tries"),
        ("settings.SESSION_COOKIE_AGE", "Length of a session", "seconds"),
        ("settings.SESSION_IDLE_AGE", "Length of a session without activity", "seconds"),
        ("accounts.half_way.SECONDS", "Time between password and code", "seconds"),
        ("accounts.two_step_views.SECONDS_TO_SET_UP", "Time to set up two-step sign-in", "seconds"),
        ("accounts.two_step.TOLERANCE", "Error of a clock, in steps of 30 seconds", "step"),
        ("accounts.two_step.RECOVERY_CODES", "Recovery codes, per person", "codes"),
        ("accounts.two_step.RECOVERY_LENGTH", "Length of a recovery code", "letters"),
        ("accounts.services.INVITATION_LASTS", "Life of an invitation, which works once", ""),
        ("accounts.resets.RESET_LASTS", "Life of a link for a new password, which works once", ""),
        (
            "settings.AUTH_PASSWORD_VALIDATORS.1.OPTIONS.min_length",
            "Shortest password",
            "characters",
        ),
        ("accounts.passwords.MOST_OF_A_PASSWORD", "Longest password", "characters"),
        ("accounts.passwords.LEAST_BESIDE", "Letters beside the chain's own words", "letters"),
    ],
    "what is typed": [
        ("catalog.form_fields.MOST", "A count of anything that a type or promotion has", ""),
        ("catalog.form_fields.MOST_NUMBER", "An ID at Altegio", ""),
        ("membership_types.form_fields.MOST_VISITS", "Visits of a covered service", "visits"),
        ("membership_types.form_fields.MOST_ROWS", "Times of use of a membership type", "rows"),
        ("promotions.form_fields.MOST_ROWS", "Discounts of a promotion", "rows"),
        ("promotions.form_fields.MOST", "A threshold or value of a promotion", ""),
        ("promotions.rules.ALL_OF_IT", "A discount in percent", "percent"),
        ("promotions.form_fields.MOST_OF_A_TEXT", "A promotion's own message", "characters"),
        ("memberships.forms.MOST_VISITS", "Visits left on a sold membership", "visits"),
        ("memberships.forms.MOST_DAYS", "Length of a sold membership", "days"),
        ("memberships.forms.MOST_DAYS_MORE", "Days by which several are extended", "days"),
        ("gift_card_types.form_fields.FIRST_YEAR", "First year of a fixed date", "year"),
        ("gift_card_types.form_fields.LAST_YEAR", "Last year of a fixed date", "year"),
    ],
    "lists and searches": [
        ("catalog.listing.PAGE_SIZES", "Types or promotions of a page", "rows"),
        ("catalog.listing.MOST_PAGES", "Number of a page in an address", ""),
        ("catalog.listing.MOST_OF_A_SEARCH", "Search of a list", "characters"),
        ("audit.views.MOST_OF_A_FILTER", "Filter of the activity log", "characters"),
        ("audit.views.PAGE_SIZE", "Entries of a page of the activity log", "entries"),
        ("audit.services.MAX_SHOWN", "Entries in the history of one object", "entries"),
        ("jobs.views.PAGE_SIZE", "Jobs of a page", "jobs"),
        ("jobs.views.ITEMS_PAGE_SIZE", "Items of a page of one job", "items"),
        ("memberships.forms.MOST_IDS", "Membership IDs of one search", "IDs"),
        ("memberships.searching.PAGE_SIZE", "Memberships of a page of a period", "rows"),
        ("memberships.searching.MOST_PAGES", "Pages that a filter reads at once", "pages"),
        ("memberships.searching.MOST_DAYS", "Days ahead in which memberships end", "days"),
        ("memberships.searching.MOST_SIGNED", "Result of a phone search, signed", "characters"),
        ("transactions.forms.MOST_DAYS", "Period of transactions", "days"),
        ("transactions.forms.MOST_VISITS", "Visit IDs of one search", "IDs"),
        ("transactions.presenting.MOST_NAMED", "Names in a line about many", "names"),
        ("home.panels.MOST_PROMOTIONS", "Promotions on the home page", "promotions"),
        ("home.panels.MOST_ENTRIES", "Activity entries on the home page", "entries"),
        ("promotions.listing.MOST_ASKED_APART", "Promotions read one by one", "promotions"),
    ],
    "jobs and files": [
        ("memberships.several.MOST", "Memberships of one job", "memberships"),
        ("memberships.several.PLAN_HOLDS", "Time between preview and start", "seconds"),
        ("jobs.tasks.SLICE", "One turn of a job", "seconds"),
        ("jobs.tasks.MOST_TO_WAIT", "Wait within a turn before the job pauses", "seconds"),
        ("jobs.tasks.FOUND_STAYS", "Life of a file or of totals", ""),
        ("exports.tables.SHEET_ROWS", "Rows of a sheet; more go on the next one", "rows"),
        ("exports.tables.LONGEST_TEXT", "Text of a cell", "characters"),
        ("altegio.transactions.MOST_PAGES", "Pages that an export or totals read", "pages"),
    ],
    "calls to Altegio": [
        ("settings.ALTEGIO_RATE_PER_SECOND", "Calls per second, all together", "calls"),
        ("settings.ALTEGIO_RATE_PER_MINUTE", "Calls per minute, all together", "calls"),
        ("connections.services.SHARE_OF_JOBS", "Part of these for all jobs together", "percent"),
        ("settings.ALTEGIO_TIMEOUT", "Wait of a page for Altegio, all calls together", "seconds"),
        ("altegio.patience.LEAST_FOR_A_WRITE", "Part of it that starting a write needs", "percent"),
        ("altegio.transport.MOST_RETRIES", "Retries of a read", "retries"),
        ("altegio.transport.MOST_PAUSE", "Pauses between retries, all together", "seconds"),
        ("altegio.transport.LONGEST_RETRY_AFTER", "Wait that Altegio may ask for", "seconds"),
        ("altegio.exchange.MOST_BYTES", "Size of a response", "bytes"),
        ("altegio.payloads.MOST_MESSAGE", "Part of Altegio's message that is shown", "characters"),
        ("altegio.parallel.FAN_OUT", "Parallel calls of a process", "calls"),
        ("altegio.exchange.POOL_SIZE", "Open connections of a process", "connections"),
        ("altegio.paging.MOST_PAGES", "Pages of one list", "pages"),
        ("altegio.membership_types.PAGE_SIZE", "Membership types of one call", "rows"),
        ("altegio.gift_card_types.PAGE_SIZE", "Gift card types of one call", "rows"),
        ("altegio.memberships.PAGE_SIZE", "Memberships of one call", "rows"),
        ("altegio.memberships.IDS_AT_ONCE", "Membership IDs of one call", "IDs"),
        ("altegio.transactions.PAGE_SIZE", "Transactions of one call", "rows"),
        ("home.month.MOST_READ_NOW", "Days that the home page reads at once", "days"),
        ("home.month.MOST_PAGES_NOW", "Pages that the home page reads at once", "pages"),
    ],
    "requests and the log": [
        ("settings.DATA_UPLOAD_MAX_MEMORY_SIZE", "Size of a request", "bytes"),
        ("settings.DATA_UPLOAD_MAX_NUMBER_FIELDS", "Fields of a form", "fields"),
        (
            "audit.services.DUPLICATE_WAIT_SECONDS",
            "Wait for the same form's first result",
            "seconds",
        ),
        ("audit.holding.MAX_WAITERS", "People waiting to write to one object", "people"),
        ("audit.holding.MAX_WAITING_THREADS", "Threads of a process waiting to write", "threads"),
        ("web.logs.MOST_OF_A_TRACEBACK", "Traceback in the log", "characters"),
        ("operations.doctor.LEAST_METRICS_TOKEN", "Shortest METRICS_TOKEN", "characters"),
    ],
}


def rows(section: str) -> Iterator[list[str]]:
    yield ["limit", "value", "name in code"]
    for name, what, unit in LIMITS[section]:
        yield [what, in_words(value_of(name), unit), f"`{name}`"]


def undescribed() -> set[str]:
    """Return the constants that limit something and have no line above."""
    described = {name for limits in LIMITS.values() for name, _what, _unit in limits}
    return {name for name in constants() if LIMIT.fullmatch(name.rpartition(".")[2])} - (
        described | NO_LIMIT
    )


def constants() -> Iterator[str]:
    """Yield every constant of a module of ours, the stand-in's aside."""
    for path in APPLICATION.rglob("*.py"):
        module = ".".join(path.relative_to(APPLICATION).with_suffix("").parts)
        if not module.startswith("sandbox."):
            for node in ast.parse(path.read_text()).body:
                targets = node.targets if isinstance(node, ast.Assign) else [node]
                for target in (getattr(one, "target", one) for one in targets):
                    if isinstance(target, ast.Name):
                        yield f"{module}.{target.id}"


def value_of(name: str) -> Any:
    """Return a constant's value, or a part of a setting as a deployment starts with it."""
    if name.startswith("settings."):
        value: Any = default_settings()
        for part in name.split(".")[1:]:
            value = value[int(part) if part.isdigit() else part]
        return value
    module, _dot, constant = name.rpartition(".")
    return getattr(import_module(f"loyalty_admin.{module}"), constant)


@cache
def default_settings() -> dict[str, Any]:
    return read_settings({"ENV_FILE": os.devnull, "DEBUG": "on"})


def in_words(value: Any, unit: str) -> str:
    if isinstance(value, timedelta):
        return duration(value.total_seconds())
    if unit == "tries":
        tries, seconds = value
        return f"{tries} in {duration(seconds)}"
    if unit == "seconds":
        return duration(value)
    if unit == "percent":
        return f"{value:.0%}" if value < 1 else f"{value} %"
    if unit == "bytes":
        return f"{value / 2**20:g} MiB"
    if unit == "year":
        return str(value)
    numbers = value if isinstance(value, list | tuple) else [value]
    return f"{', '.join(f'{number:,}' for number in numbers)} {unit}".strip()


def duration(seconds: float) -> str:
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds >= length and seconds % length == 0:
            number = seconds / length
            return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"
    return f"{seconds:g} seconds"
