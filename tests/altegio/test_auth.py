"""Signing in at Altegio."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from loyalty_admin.altegio.auth import sign_in
from loyalty_admin.altegio.errors import (
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    UnreadableAnswer,
)
from tests.altegio.wire import PARTNER_TOKEN, Step, WireServer, ok, refusal, reply, transport_to


def signed_in(*steps: Step) -> tuple[Any, WireServer]:
    with WireServer(*steps) as server:
        talking = transport_to(server, user_token=None)
        return sign_in(talking, login="79990001122", password="pass word"), server


def test_partner_token_goes_alone_with_login_and_password() -> None:
    answer, server = signed_in(ok({"id": "17", "user_token": "a1b2", "name": "Дана"}))
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", "/api/v1/auth")
    assert request.headers["Authorization"] == f"Bearer {PARTNER_TOKEN}"
    assert json.loads(request.body) == {"login": "79990001122", "password": "pass word"}
    assert (answer.user_id, answer.user_token.reveal(), answer.name) == (17, "a1b2", "Дана")
    assert "a1b2" not in repr(answer)


def test_wrong_password_is_refused_with_altegios_words() -> None:
    words = "Wrong login or password."
    wrong: dict[int, object] = {}
    for status in [400, 401, 422]:
        try:
            wrong[status] = signed_in(refusal(status, words))
        except Refused as error:
            found = (isinstance(error, SignInNeeded), error.status, error.message)
            if found != (False, status, words) or not error.request_id:
                wrong[status] = (*found, error.request_id)
    assert wrong == {}


def test_answer_without_a_usable_token_is_unreadable() -> None:
    table: list[Any] = [
        None,
        [],
        {"id": 1},
        {"user_token": "a"},
        {"id": 1, "user_token": ""},
        {"id": 1, "user_token": 5},
        {"id": 1, "user_token": "a\r\nX-Injected: b"},
        {"id": 1, "user_token": "a, User b"},
        {"id": 1, "user_token": "ц"},
        {"id": "x", "user_token": "a"},
    ]
    taken = []
    for data in table:
        with suppress(UnreadableAnswer):
            taken.append((data, signed_in(ok(data))))
    assert taken == []


def test_garbled_answer_is_unknown() -> None:
    with pytest.raises(OutcomeUnknown):
        signed_in(reply(200, "<html>"))
