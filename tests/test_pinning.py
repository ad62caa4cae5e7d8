"""`make lock` keeps what is pinned, `make upgrade` renews it, and the date on top says when.

uv itself is stood in for: it asks a package index.
"""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OF_THEN = "# Brought up to date on 2026-01-31"
# As uv does, it writes the file after -o anew and keeps no line of anybody else in it.
UV = """#!/bin/sh
echo "$*" >>asked
while [ "$1" != -o ]; do shift; done
printf 'django==6.1.3 \\\\\\n    --hash=sha256:00\\n' >"$2"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A checkout with lock files of January."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text(UV)
    (tmp_path / "bin" / "uv").chmod(0o755)
    (tmp_path / "requirements.lock").write_text(f"{OF_THEN}\nold==1\n")
    (tmp_path / "requirements-dev.lock").write_text("old==1\n")
    return tmp_path


def pin(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(ROOT / "scripts" / "pin.sh"), *arguments],
        cwd=place,
        env={"PATH": f"{place / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )


def asked(place: Path) -> list[str]:
    """What uv was called with, for one lock file each."""
    return (place / "asked").read_text().splitlines()


def test_make_lock_keeps_the_date_and_asks_for_nothing_newer(place: Path) -> None:
    assert pin(place).returncode == 0
    date, *pinned = (place / "requirements.lock").read_text().splitlines()
    assert date == OF_THEN
    assert pinned == ["django==6.1.3 \\", "    --hash=sha256:00"]
    assert len(asked(place)) == 2
    assert not any("--upgrade" in call for call in asked(place))


def test_make_upgrade_renews_both_files_and_says_when(place: Path) -> None:
    before = datetime.now(UTC).date()
    assert pin(place, "--upgrade").returncode == 0
    today = {before, datetime.now(UTC).date()}
    date, *pinned = (place / "requirements.lock").read_text().splitlines()
    assert date in {f"# Brought up to date on {day}" for day in today}
    assert pinned == ["django==6.1.3 \\", "    --hash=sha256:00"]
    assert [call.split()[-1] for call in asked(place)] == ["--upgrade", "--upgrade"]


def test_one_library_brought_up_to_date_does_not_renew_the_date(place: Path) -> None:
    assert pin(place, "--upgrade-package", "django").returncode == 0
    assert (place / "requirements.lock").read_text().startswith(f"{OF_THEN}\n")
    assert all(call.endswith("--upgrade-package django") for call in asked(place))


def test_tests_run_on_what_is_deployed(place: Path) -> None:
    assert pin(place, "--upgrade").returncode == 0
    deployed, of_tests = asked(place)
    assert "-o requirements.lock" in deployed
    assert "-c requirements.lock -o requirements-dev.lock" in of_tests


def test_where_the_date_is_lost_nothing_is_pinned_without_one(place: Path) -> None:
    (place / "requirements.lock").write_text("old==1\n")
    answer = pin(place)
    assert answer.returncode == 1
    assert "make upgrade" in answer.stderr
    assert not (place / "asked").exists()


def test_an_upgrade_that_fails_is_not_said_to_be_one(place: Path) -> None:
    (place / "bin" / "uv").write_text("#!/bin/sh\nexit 2\n")
    assert pin(place, "--upgrade").returncode == 2
    assert (place / "requirements.lock").read_text() == f"{OF_THEN}\nold==1\n"


def test_an_upgrade_of_one_file_alone_is_none(place: Path) -> None:
    fails_for_tests = UV.replace("shift", 'case "$1" in --group) exit 2;; esac; shift')
    (place / "bin" / "uv").write_text(fails_for_tests)
    assert pin(place, "--upgrade").returncode == 2
    assert len(asked(place)) == 2
    assert (place / "requirements.lock").read_text() == f"{OF_THEN}\nold==1\n"
    assert (place / "requirements-dev.lock").read_text() == "old==1\n"


def test_make_calls_it() -> None:
    for target, runs in (("lock", []), ("upgrade", ["--upgrade"])):
        printed = subprocess.run(
            ["make", "--no-print-directory", "--dry-run", target],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        assert printed.stdout.split() == ["sh", "scripts/pin.sh", *runs]
