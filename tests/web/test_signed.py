"""What a browser brings back counts only as we signed it, and what it changed is in the log."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing

from loyalty_admin.web import signed

SALT = "tests.signed"


def test_comes_back_as_it_was() -> None:
    assert signed.read(signed.write({"a": [1, "ü"]}, salt=SALT), salt=SALT) == {"a": [1, "ü"]}


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "a:b:c",
        signed.write([1], salt="another use"),
        signing.dumps([1], salt=SALT, key="another key"),
        # What is signed with the right key, but by a weaker rule.
        signing.TimestampSigner(salt=SALT, algorithm="sha1").sign_object([1], compress=True),
        signing.TimestampSigner(salt=SALT, algorithm="md5").sign_object([1], compress=True),
        signed.write([1], salt=SALT)[:-1],
        "W10" + signed.write([1], salt=SALT)[3:],
    ],
)
def test_anything_else_is_none_and_in_the_log(text: str, caplog: pytest.LogCaptureFixture) -> None:
    assert signed.read(text, salt=SALT) is None
    (line,) = caplog.records
    assert line.levelname == "WARNING"
    assert line.getMessage() == f"What came back for {SALT} is not signed by us"


@pytest.mark.parametrize("text", ["", signed.write([1], salt=SALT)])
def test_what_is_missing_or_too_old_is_nobodys_doing(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert signed.read(text, salt=SALT, max_age=timedelta(seconds=-1)) is None
    assert caplog.records == []
