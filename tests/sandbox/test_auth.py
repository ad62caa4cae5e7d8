from __future__ import annotations

import pytest

from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.sandbox.api import ACCEPT, Api


def sign_in(api: Api, **body: object) -> tuple[int, dict[str, object]]:
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {api.sandbox.partner_token}"}
    answer = api.call("POST", "/auth", body, headers=headers)
    return answer.status_code, answer.json()


def test_a_login_and_password_give_a_user_token(either: Api) -> None:
    status, answer = sign_in(either, login=Sandbox.director, password=PASSWORD)
    assert status in (200, 201)
    data = answer["data"]
    assert isinstance(data, dict)
    assert data["user_token"] and data["email"] == Sandbox.director
    assert set(data) == {
        "id",
        "user_token",
        "name",
        "phone",
        "login",
        "email",
        "avatar",
        "is_approved",
        "is_email_confirmed",
    }


def test_the_login_may_be_a_phone(either: Api) -> None:
    assert sign_in(either, login="+371 2000-0001", password=PASSWORD)[0] in (200, 201)


@pytest.mark.parametrize("login", [Sandbox.director, "nobody@sandbox.example", "+", "1"])
def test_a_wrong_login_or_password_is_401(either: Api, login: str) -> None:
    status, answer = sign_in(either, login=login, password="wrong")
    assert status == 401
    assert answer["meta"] == {"message": "Wrong login or password."}


def test_an_empty_sign_in_names_both_fields(documented: Api) -> None:
    status, answer = sign_in(documented, login="", password=5)
    assert status == 422
    assert isinstance(answer["meta"], dict)
    assert set(answer["meta"]["errors"]) == {"login", "password"}


def test_signing_in_needs_the_partner(either: Api) -> None:
    headers = {"Accept": ACCEPT, "Authorization": "Bearer wrong"}
    body = {"login": Sandbox.director, "password": PASSWORD}
    assert either.call("POST", "/auth", body, headers=headers).status_code == 401


def test_revoked_tokens_are_401_until_the_next_sign_in(either: Api) -> None:
    either.sandbox.revoke_tokens()
    assert either.call("GET", "/groups").status_code == 401
    _, answer = sign_in(either, login=Sandbox.director, password=PASSWORD)
    assert isinstance(answer["data"], dict)
    partner = either.headers["Authorization"].split(",")[0]
    authorization = f"{partner}, User {answer['data']['user_token']}"
    headers = either.headers | {"Authorization": authorization}
    assert either.call("GET", "/groups", headers=headers).status_code == 200


def test_a_token_outlives_a_restart_and_ends_with_the_password() -> None:
    tokens = []
    for password in ("first password", "first password", "second password"):
        sandbox = Sandbox(password=password)
        tokens.append(sandbox.state.token_of(sandbox.state.people[0]))
        sandbox.close()
    assert tokens[0] == tokens[1] != tokens[2]


def test_without_a_partner_token_any_is_accepted() -> None:
    sandbox = Sandbox(password=PASSWORD)
    sandbox.start()
    try:
        sandbox.partner_token = "anything"
        api = Api(sandbox, Sandbox.director)
        sandbox.partner_token = ""
        assert api.call("GET", "/groups").status_code == 200
        api.session.close()
    finally:
        sandbox.stop()
