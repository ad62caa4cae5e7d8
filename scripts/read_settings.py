"""What config/settings.py makes of an environment, without starting Django with it."""

from __future__ import annotations

import os
import runpy
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import global_settings

ROOT = Path(__file__).resolve().parent.parent


def read_settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return every setting that a deployment with this environment, and no other, gets.

    Raises ImproperlyConfigured where the deployment could not start.
    """
    with patch.dict(os.environ, environment, clear=True):
        ours = runpy.run_path(str(ROOT / "config" / "settings.py"))
    every = {**vars(global_settings), **ours}
    return {name: value for name, value in every.items() if name.isupper()}
