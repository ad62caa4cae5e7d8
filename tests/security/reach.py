"""Runs tests/security/deployment.py and gives what it told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.jobs.workers import ROOT

MAIL_SERVER = "127.0.0.1:9"  # where nobody listens: messages are tried and not sent
PROXY = "127.0.0.1:19"  # nor here: the doctor asks for a page


def day_of_deployment(sandbox: Sandbox, database_url: str) -> dict[str, Any]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.security.deployment"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.faults.server_settings",
            "DATABASE_URL": database_url,
            "EMAIL_URL": f"smtp://{MAIL_SERVER}",
            "EMAIL_FROM": "loyalty@example.com",
            "PUBLIC_URL": f"https://{PROXY}",
            "STAND_IN": sandbox.api_url,
            "LOGIN": sandbox.director,
            "PASSWORD": PASSWORD,
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    told: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return told


def manage(database_url: str, *arguments: str) -> None:
    """`manage.py` with the settings of the tests, at this database."""
    told = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": database_url}
    command = [sys.executable, "manage.py", *arguments, "--verbosity", "0"]
    ran = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **told}, capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr
