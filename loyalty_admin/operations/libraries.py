"""When the libraries that are deployed were last brought up to date, as their lock file says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

# docs/operations.md promises it.
BROUGHT_UP_TO_DATE_EVERY = timedelta(days=90)
# Where it is tomorrow already for who wrote the date, the clock of neither is wrong.
ZONES_APART = timedelta(days=1)
STAMP = re.compile(r"^# Brought up to date on (.+)$", re.MULTILINE)


def age_of_libraries() -> Iterator[tuple[str, str]]:
    """Pairs: what was found, and how to mend it ("" where it is well)."""
    lock: Path = settings.REQUIREMENTS_LOCK
    try:
        age = timezone.now().date() - _brought_up_to_date_on(lock)
    except (OSError, ValueError) as error:
        yield (
            f"Nobody knows how old they are: {lock.name} cannot be read ({error})",
            "Put back the one of the version that runs, or update the dashboard.",
        )
        return
    if age < -ZONES_APART:
        yield (
            f"They were brought up to date in {-age.days} days: nobody knows how old they are",
            "Set this machine's clock, or put back the lock file of the version that runs.",
        )
        return
    says = f"They were brought up to date {max(age.days, 0)} days ago"
    if age <= BROUGHT_UP_TO_DATE_EVERY:
        yield says, ""
    else:
        yield (
            f"{says}, which is more than {BROUGHT_UP_TO_DATE_EVERY.days}",
            "Update the dashboard: see Weaknesses of libraries in docs/operations.md.",
        )


def _brought_up_to_date_on(lock: Path) -> date:
    """As `make upgrade` wrote it."""
    stamp = STAMP.search(lock.read_text())
    if stamp is None:
        raise ValueError("no date on top")
    return date.fromisoformat(stamp[1])
