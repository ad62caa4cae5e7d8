"""What a browser brings back counts only as we signed it, and what it changed is in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing

from loyalty_admin.web import signed

SALT = "tests.signed"
FORGED = {
    "unsigned": "x",
    "of the right form": "a:b:c",
    "for another use": signed.write([1], salt="another use"),
    "by another key": signing.dumps([1], salt=SALT, key="another key"),
    "by the right key and sha1": signing.TimestampSigner(salt=SALT, algorithm="sha1").sign_object(
        [1], compress=True
    ),
    "by the right key and md5": signing.TimestampSigner(salt=SALT, algorithm="md5").sign_object(
        [1], compress=True
    ),
    "cut off": signed.write([1], salt=SALT)[:-1],
    "changed": "W10" + signed.write([1], salt=SALT)[3:],
}


def test_comes_back_as_it_was() -> None:
    assert signed.read(signed.write({"a": [1, "ü"]}, salt=SALT), salt=SALT) == {"a": [1, "ü"]}


def test_anything_else_is_none_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    read = {kind: signed.read(text, salt=SALT) for kind, text in FORGED.items()}
    assert read == dict.fromkeys(FORGED)
    lines = [(line.levelname, SALT in line.getMessage()) for line in caplog.records]
    assert lines == [("WARNING", True)] * len(FORGED)


def test_what_is_missing_or_too_old_is_nobodys_doing(caplog: pytest.LogCaptureFixture) -> None:
    for text in ("", signed.write([1], salt=SALT)):
        assert signed.read(text, salt=SALT, max_age=timedelta(seconds=-1)) is None
    assert caplog.records == []
