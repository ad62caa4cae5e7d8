"""Notification templates, and what a promotion says of the one that it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from loyalty_admin.altegio.errors import UnreadableAnswer
from loyalty_admin.altegio.notification_templates import (
    NOTHING,
    Notification,
    NotificationTemplate,
    list_templates,
    read_notification,
)
from tests.altegio.wire import WireServer, ok, reply, transport_to

TEMPLATES = [
    {"id": "12", "type": "big", "body": "Soon over", "message_type": "loyalty_card_created"},
    {"id": 13, "type": None},
    {"type": "small", "body": "No id"},
    None,
]


def test_templates_with_and_without_an_envelope() -> None:
    with WireServer(ok(TEMPLATES), reply(json_body=TEMPLATES)) as server:
        found = [list_templates(transport_to(server), 7) for _call in range(2)]
    assert [request.target for request in server.requests] == [
        "/api/v1/chain/7/loyalty/notification_message_templates/programs"
    ] * 2
    assert (
        found
        == [
            [
                NotificationTemplate(
                    id=12, size="big", body="Soon over", message_type="loyalty_card_created"
                ),
                NotificationTemplate(id=13, size="", body="", message_type=""),
            ]
        ]
        * 2
    )


def test_chain_may_have_no_templates() -> None:
    with WireServer(ok(None), reply(json_body=[])) as server:
        assert list_templates(transport_to(server), 7) == []
        assert list_templates(transport_to(server), 7) == []


def test_templates_that_are_no_list_are_unreadable() -> None:
    with WireServer(reply(json_body={"id": 12})) as server, pytest.raises(UnreadableAnswer):
        list_templates(transport_to(server), 7)


def test_what_a_promotion_sends() -> None:
    table: list[tuple[Mapping[str, Any], Notification | None]] = [
        ({"on": {"id": 5, "type": "big", "body": "Long"}}, Notification("big", "Long")),
        ({"on": {"type": "small", "body": None}}, Notification("small")),
        ({"on": {"type": "custom", "body": "Ours"}}, Notification("custom", "Ours")),
        ({"on": {"type": "none"}}, NOTHING),
        ({"on": None}, NOTHING),
        ({"on": None, "on_id": None}, NOTHING),
        ({"on": [], "on_id": "0"}, NOTHING),
        ({"on_id": 0}, NOTHING),
        # There is one, only not in this answer.
        ({"on": None, "on_id": 5}, None),
        ({"on": {}, "on_id": "some"}, None),
        ({"on_id": 5}, None),
        ({"on_id": None}, None),
        ({}, None),
        ({"on": {"body": "Of no size"}}, None),
        ({"on": {"type": "custom"}}, None),
        ({"on": "big"}, None),
        ({"on": [{"type": "big"}]}, None),
    ]
    wrong = {
        repr(answer): found
        for answer, read in table
        if (found := read_notification(answer, "on")) != read
    }
    assert wrong == {}
