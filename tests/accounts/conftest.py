from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

PUBLIC_URL = "https://loyalty.example.com"


@pytest.fixture
def mail_server(settings: Any) -> list[mail.EmailMessage]:
    """The deployment has a mail server; what it was given. What is put into the queue is done at
    once."""
    settings.EMAIL_URL = "smtp://mail.example.com"
    settings.PUBLIC_URL = PUBLIC_URL
    settings.DEFAULT_FROM_EMAIL = "Loyalty Admin <loyalty@example.com>"
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}}
    mail.outbox = []
    return mail.outbox


@pytest.fixture
def broken_mail_server(mail_server: list[mail.EmailMessage], settings: Any) -> None:
    """Nothing listens where it should be."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": 9, "timeout": 5},
        }
    }
