"""The settings of the tests, for a server process that talks to the stand-in of the test."""

import os

STAND_IN = os.environ["STAND_IN"]

from tests.settings import *  # noqa: E402, F403

ALTEGIO_API_URL = STAND_IN
