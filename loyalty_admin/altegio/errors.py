"""What can go wrong at Altegio, as classes by what the caller should do about it.

`sentence` is for people. It is marked for translation here and translated where it is
shown (`loyalty_admin.web.problems`), because this package knows nothing of Django.
`message` is Altegio's own text: hostile until escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar


def _(text: str) -> str:
    return text


class AltegioError(Exception):
    """`request_id` names this one request in the log; `status` is Altegio's, None without one."""

    sentence: ClassVar[str] = _("Altegio did not do what was asked.")

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message or self.sentence)
        self.message = message
        self.status = status
        # Altegio's own field names, brackets removed, to its messages about them.
        self.fields: dict[str, list[str]] = {k: list(v) for k, v in (fields or {}).items()}
        self.request_id = request_id


class Unreachable(AltegioError):
    """The request was certainly not sent: sending it again is safe."""

    sentence = _("Altegio cannot be reached. Nothing was changed.")


class Unavailable(AltegioError):
    """A read got no usable answer, also after retries: try later."""

    sentence = _("Altegio did not give a usable answer. Nothing was changed.")


class OutcomeUnknown(AltegioError):
    """A write may or may not have been carried out: read back, never send again.

    `answered` says that Altegio has finished with the request (a 5xx or a garbled answer),
    so that what is read back now is final; without an answer it may still be at work.
    """

    sentence = _("It is not known whether Altegio carried this out.")

    def __init__(
        self,
        message: str = "",
        *,
        answered: bool,
        status: int | None = None,
        request_id: str = "",
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.answered = answered


class Refused(AltegioError):
    """Altegio understood and said no: show its words on the fields they belong to."""

    sentence = _("Altegio refused this. Nothing was changed.")


class StoppedOnTheWay(Refused):
    """Something between here and Altegio stopped a write: a redirect, a gateway's own 403."""

    sentence = _("Something on the way to Altegio did not let this through. Nothing was changed.")


class NotFound(Refused):
    sentence = _("Altegio does not know this any more.")


class Forbidden(Refused):
    """The linked account lacks the right."""

    sentence = _("The linked Altegio account has no right to do this. Nothing was changed.")


class SignInNeeded(Refused):
    """The user token is no longer accepted: link the account again."""

    sentence = _("Altegio wants the linked account to sign in again. Nothing was changed.")


class TooManyRequests(AltegioError):
    """`retry_after` is in seconds, as Altegio said it or a guess."""

    sentence = _("Altegio is getting too many requests. Nothing was changed.")

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: float,
        status: int | None = 429,
        request_id: str = "",
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.retry_after = retry_after


class UnreadableAnswer(AltegioError):
    """A successful answer whose content lacks what it must have (`message` says what)."""

    sentence = _("Altegio answered with something that this dashboard cannot read.")
