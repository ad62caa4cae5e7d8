"""The deployment's own settings with a test's environment."""

import os
import tempfile
from pathlib import Path

os.environ.update(
    ENV_FILE=os.devnull,
    DEBUG="off",
    HTTPS="off",
    SECRET_KEY="a key of the tests",
    TOKEN_KEYS="dGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtdGVzdHMtMDE=",
    ALLOWED_HOSTS="testserver,127.0.0.1,localhost",
    ALTEGIO_PARTNER_TOKEN="partner-of-the-tests",
    ALTEGIO_API_URL="http://127.0.0.1:9/api/v1",
    ALTEGIO_RATE_PER_SECOND="1000",
    ALTEGIO_RATE_PER_MINUTE="60000",
)

from config.settings import *  # noqa: F403
from config.settings import DATABASES, MIDDLEWARE, STORAGES

MIDDLEWARE.insert(0, "tests.leaks.keep_pages_about_faults")

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
FOLDER = tempfile.TemporaryDirectory(prefix="loyalty-admin-", ignore_cleanup_errors=True)
STATIC_ROOT = Path(FOLDER.name)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, so that threads have connections of their own, as they have in production.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(FOLDER.name) / "test.sqlite3")}
