"""What comes before the parts of the programme: signing in, chains, services, card types and
templates of messages."""

from __future__ import annotations

from typing import Any

from loyalty_admin.sandbox.server import Sandbox
from tests.conftest import PASSWORD
from tests.sandbox.api import ACCEPT, FITNESS, FITNESS_TYPES, SALON, TYPES, Api
from tests.sandbox.promotions import CARD_TYPES, TEMPLATES, read

MESSAGE_TYPES = {
    "loyalty_discount_expiration",
    "loyalty_cashback_expiration",
    "loyalty_discount_increased",
    "loyalty_discount_decreased",
    "loyalty_card_created",
    "loyalty_card_withdraw",
    "loyalty_withdraw_cancelled",
    "loyalty_card_manual",
    "loyalty_card_manual_withdraw",
    "loyalty_card_cashback",
    "loyalty_card_cashback_cancelled",
    "loyalty_card_income",
    "loyalty_discount_changed",
    "loyalty_cashback_changed",
    "loyalty_settings_abonement_notification",
}


# Signing in


def sign_in(api: Api, **body: object) -> tuple[int, dict[str, Any]]:
    headers = {"Accept": ACCEPT, "Authorization": f"Bearer {api.sandbox.partner_token}"}
    answer = api.call("POST", "/auth", body, headers=headers)
    return answer.status_code, answer.json()


def test_login_and_password_give_a_user_token(documented: Api, observed: Api) -> None:
    for api, expected in ((documented, 201), (observed, 200)):
        status, answer = sign_in(api, login=Sandbox.director, password=PASSWORD)
        assert status == expected
        data = answer["data"]
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


def test_login_may_be_a_phone(documented: Api) -> None:
    assert sign_in(documented, login="+371 2000-0001", password=PASSWORD)[0] == 201


def test_wrong_login_or_password_is_401(documented: Api) -> None:
    for login in (Sandbox.director, "nobody@sandbox.example", "+", "1"):
        status, answer = sign_in(documented, login=login, password="wrong")
        assert (status, set(answer["meta"])) == (401, {"message"}), login


def test_empty_sign_in_names_both_fields(documented: Api) -> None:
    status, answer = sign_in(documented, login="", password=5)
    assert status == 422
    assert set(answer["meta"]["errors"]) == {"login", "password"}


def test_signing_in_needs_the_partner(documented: Api) -> None:
    headers = {"Accept": ACCEPT, "Authorization": "Bearer wrong"}
    body = {"login": Sandbox.director, "password": PASSWORD}
    assert documented.call("POST", "/auth", body, headers=headers).status_code == 401


def test_revoked_tokens_are_401_until_the_next_sign_in(documented: Api) -> None:
    documented.sandbox.revoke_tokens()
    assert documented.call("GET", "/groups").status_code == 401
    _, answer = sign_in(documented, login=Sandbox.director, password=PASSWORD)
    partner = documented.headers["Authorization"].split(",")[0]
    authorization = f"{partner}, User {answer['data']['user_token']}"
    headers = documented.headers | {"Authorization": authorization}
    assert documented.call("GET", "/groups", headers=headers).status_code == 200


def test_token_outlives_a_restart_and_ends_with_the_password() -> None:
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


# Chains and services


def test_director_reaches_both_chains_and_the_assistant_one(
    documented: Api, assistant: Api
) -> None:
    # Both fixtures share the stand-in, and each has its own token.
    assert [chain["id"] for chain in documented.read("/groups")] == [SALON, FITNESS]
    assert [chain["id"] for chain in assistant.read("/groups")] == [SALON]


def test_chain_has_locations_in_time_zones(documented: Api) -> None:
    salon, fitness = documented.read("/groups")
    assert len(salon["companies"]) == 5
    assert len(fitness["companies"]) == 2
    assert len({one["timezone_name"] for one in salon["companies"]}) == 2
    for location in salon["companies"] + fitness["companies"]:
        assert {"id", "title", "public_title", "address", "city_id"} <= set(location)
        assert location["currency_short_title"] in ("€", "₸")


def test_rights_differ_by_chain_and_are_texts_as_observed(documented: Api, observed: Api) -> None:
    salon, fitness = documented.read("/groups")
    assert set(salon["access"].values()) == {1}
    assert fitness["access"]["loyalty_abonement_types_access"] == 1
    assert fitness["access"]["loyalty_programs_access"] == 0
    access = observed.read("/groups")[0]["access"]
    assert set(access.values()) == {"1"}
    assert set(salon["access"]) - set(access) == {"analytics_access"}  # unknown, not denied


def test_services_come_in_categories_and_only_when_included(documented: Api, observed: Api) -> None:
    for chain_id in (SALON, FITNESS):
        categories = documented.read(f"/chain/{chain_id}/service_categories", include="services")
        assert len(categories) == 6
        assert all(len(category["services"]) == 5 for category in categories)
    path = f"/chain/{SALON}/service_categories"
    assert set(documented.read(path)[0]) == {"id", "title"}
    bare = observed.call("GET", path, params={"include": "services"}).json()
    assert isinstance(bare, list)
    assert bare[0]["services"]


def test_unknown_chain_is_404_and_one_out_of_reach_403(assistant: Api) -> None:
    for path in ("/chain/9999/service_categories", "/chain/9999/loyalty/abonement_types"):
        assert assistant.call("GET", path).status_code == 404
    for path in (f"/chain/{FITNESS}/service_categories", FITNESS_TYPES):
        assert assistant.call("GET", path).status_code == 403


def test_other_spellings_work_only_as_observed(documented: Api, observed: Api) -> None:
    for path in ("/chains", TYPES.replace("/chain/", "/chains/")):
        assert documented.call("GET", path).status_code == 404
        assert observed.call("GET", path).status_code == 200


# Card types and templates of messages


def test_card_types_are_those_of_the_chain(documented: Api) -> None:
    card_types = read(documented, CARD_TYPES)
    assert [set(raw) for raw in card_types] == [{"id", "title"}] * 3
    assert any("<b>" in raw["title"] for raw in card_types)
    assert len(read(documented, CARD_TYPES.replace(str(SALON), str(FITNESS)))) == 1


def test_templates_cover_every_occasion_in_their_sizes(documented: Api) -> None:
    templates = read(documented, TEMPLATES)
    assert templates == documented.sandbox.templates_of(SALON)
    assert all(set(raw) == {"id", "type", "body", "message_type"} for raw in templates)
    assert len({raw["id"] for raw in templates}) == len(templates)
    assert {raw["message_type"] for raw in templates} == MESSAGE_TYPES
    pairs = {(raw["message_type"], raw["type"]) for raw in templates}
    assert {size for _, size in pairs} == {"big", "mid", "small", "custom"}
    standard = {(name, size) for name in MESSAGE_TYPES for size in ("big", "mid", "small")}
    assert 0 < len(standard - pairs) < 5
    bodies = [raw["body"] for raw in templates]
    assert any("onerror" in body for body in bodies) and any("{{" in body for body in bodies)
    few = read(documented, TEMPLATES.replace(str(SALON), str(FITNESS)))
    assert 0 < len(few) < len(templates)


def test_observed_ids_of_card_types_and_templates_are_mixed_and_unknown_chains_404(
    observed: Api,
) -> None:
    for path in (CARD_TYPES, TEMPLATES):
        assert {type(raw["id"]) for raw in read(observed, path)} == {int, str}
        assert observed.call("GET", path.replace(str(SALON), "7")).status_code == 404
