"""The texts that Altegio sends about promotions, and how a promotion names one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.transport import Transport
from loyalty_admin.altegio.values import read_int, read_list, read_str

# The one message type whose name has a word of the API's own in it.
ABOUT_A_MEMBERSHIP = "loyalty_settings_abonement_notification"


@dataclass(frozen=True, kw_only=True)
class NotificationTemplate:
    """`size`: big, mid, small or custom. `message_type`: the API's name of the occasion."""

    id: int
    size: str
    body: str
    message_type: str


@dataclass(frozen=True)
class Notification:
    """What a promotion sends: `size` "none" is nothing, `body` is its own text when "custom"."""

    size: str = "none"
    body: str = ""


NOTHING = Notification()


def list_templates(transport: Transport, chain_id: int) -> list[NotificationTemplate]:
    """The chain's templates, without those that have no id.

    API: GET /chain/{chain}/loyalty/notification_message_templates/programs, with or without
    an envelope. Raises UnreadableAnswer where there is no list in the answer.
    """
    path = f"/chain/{chain_id:d}/loyalty/notification_message_templates/programs"
    answer = transport.get(path)
    if answer.data is not None and not isinstance(answer.data, list):
        raise UnreadableAnswer(
            "no list of notification templates in the answer", request_id=answer.request_id
        )
    templates = (_read_template(raw) for raw in read_list(answer.data))
    return [template for template in templates if template]


def _read_template(raw: Any) -> NotificationTemplate | None:
    template_id = read_int(raw.get("id")) if isinstance(raw, Mapping) else None
    if template_id is None:
        return None
    return NotificationTemplate(
        id=template_id,
        size=read_str(raw.get("type")) or "",
        body=read_str(raw.get("body")) or "",
        message_type=read_str(raw.get("message_type")) or "",
    )


def read_notification(raw: Mapping[str, Any], key: str) -> Notification | None:
    """What a promotion sends, from its answer; None where that lacks or garbles it."""
    template = raw.get(key)
    if template is None or template == [] or template == {}:
        # The id beside it tells whether there is none, or only none in this answer.
        template_id = raw.get(f"{key}_id")
        is_none = key in raw if template_id is None else read_int(template_id) == 0
        return NOTHING if is_none else None
    if not isinstance(template, Mapping):
        return None
    size, body = read_str(template.get("type")), read_str(template.get("body"))
    if not size or (size == "custom" and body is None):
        return None
    return Notification(size, body or "")
