"""The settings of the tests, for a server process that talks to the stand-in of the test."""

import os

from tests.settings import *  # noqa: F403  # as config.settings gives them

ALTEGIO_API_URL = os.environ["STAND_IN"]
