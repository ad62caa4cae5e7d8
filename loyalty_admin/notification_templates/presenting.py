"""What the page of notification templates shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from loyalty_admin.altegio.notification_templates import NOTHING, Notification, NotificationTemplate
from loyalty_admin.chains.services import ChainContext
from loyalty_admin.promotions import occasions, words
from loyalty_admin.promotions.listing import Row


def groups(
    ctx: ChainContext, templates: Iterable[NotificationTemplate], promotions: Iterable[Row]
) -> list[dict[str, Any]]:
    """The texts by occasion, in the order of `occasions.WORDS`; unknown occasions come last."""
    rows = list(promotions)
    promotions_url = reverse("promotions:index", args=[ctx.id])
    order = list(occasions.WORDS)
    by_type: dict[str, list[NotificationTemplate]] = {}
    for template in templates:
        by_type.setdefault(template.message_type, []).append(template)
    return [
        {
            "title": occasions.words(message_type),
            "texts": [
                {
                    "id": one.id,
                    "size": words.size(one.size),
                    "body": one.body,
                    "promotions": [
                        {"title": row.title, "url": f"{promotions_url}{row.id}/"}
                        for row in rows
                        if _sends(row, one)
                    ],
                }
                for one in found
            ],
        }
        for message_type, found in sorted(
            by_type.items(),
            key=lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0]),
        )
    ]


def _sends(row: Row, template: NotificationTemplate) -> bool:
    return any(
        template.message_type in occasions.OCCASIONS.get((message, row.gives), ())
        and _is(sent, template)
        for message, sent in (
            ("on_changed", row.terms.on_changed),
            # What never expires sends nothing before it does.
            ("on_expiration", row.terms.on_expiration if row.terms.expiration else NOTHING),
        )
    )


def _is(sent: Notification, template: NotificationTemplate) -> bool:
    if sent.size != template.size:
        return False
    return sent.size != "custom" or sent.body.strip() == template.body.strip()
