"""What a browser keeps for us between two requests, and could have changed meanwhile."""

import logging
from datetime import timedelta
from typing import Any

from django.core import signing

logger = logging.getLogger("loyalty_admin.web")


def write(value: Any, *, salt: str) -> str:
    """JSON under our signature, good for this one use and no other; not hidden."""
    return signing.dumps(value, salt=salt, compress=True)


def read(signed: str, *, salt: str, max_age: timedelta | None = None) -> Any:
    """The value; None where we did not sign it for this use, or too long ago."""
    try:
        return signing.loads(signed, salt=salt, max_age=max_age)
    except signing.SignatureExpired:
        return None
    except signing.BadSignature:
        if signed:
            logger.warning("What came back for %s is not signed by us", salt)
        return None
