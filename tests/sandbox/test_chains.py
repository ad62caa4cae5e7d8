from __future__ import annotations

from tests.sandbox.api import FITNESS, FITNESS_TYPES, SALON, TYPES, Api


def test_the_director_reaches_both_chains_and_the_assistant_one(
    either: Api, assistant: Api
) -> None:
    # Both fixtures share the stand-in, and each its own token.
    assert [chain["id"] for chain in either.read("/groups")] == [SALON, FITNESS]
    assert [chain["id"] for chain in assistant.read("/groups")] == [SALON]


def test_a_chain_has_locations_in_time_zones(either: Api) -> None:
    salon, fitness = either.read("/groups")
    assert len(salon["companies"]) == 5
    assert len(fitness["companies"]) == 2
    assert len({one["timezone_name"] for one in salon["companies"]}) == 2
    for location in salon["companies"] + fitness["companies"]:
        assert {"id", "title", "public_title", "address", "city_id"} <= set(location)
        assert location["currency_short_title"] in ("€", "₸")


def test_rights_differ_by_chain_and_person(documented: Api) -> None:
    salon, fitness = documented.read("/groups")
    assert set(salon["access"].values()) == {1}
    assert fitness["access"]["loyalty_abonement_types_access"] == 1
    assert fitness["access"]["loyalty_programs_access"] == 0


def test_observed_rights_are_texts_and_some_are_unknown(observed: Api) -> None:
    access = observed.read("/groups")[0]["access"]
    assert set(access.values()) == {"1"}
    assert "analytics_access" not in access


def test_services_come_in_categories(documented: Api) -> None:
    for chain_id in (SALON, FITNESS):
        categories = documented.read(f"/chain/{chain_id}/service_categories", include="services")
        assert len(categories) == 6
        assert all(len(category["services"]) == 5 for category in categories)


def test_observed_categories_come_bare(observed: Api) -> None:
    path = f"/chain/{SALON}/service_categories"
    answer = observed.call("GET", path, params={"include": "services"}).json()
    assert isinstance(answer, list)
    assert answer[0]["services"]


def test_services_come_only_when_included(documented: Api) -> None:
    categories = documented.read(f"/chain/{SALON}/service_categories")
    assert set(categories[0]) == {"id", "title"}


def test_unknown_chain_is_404_and_one_out_of_reach_403(assistant: Api) -> None:
    for path in ("/chain/9999/service_categories", "/chain/9999/loyalty/abonement_types"):
        assert assistant.call("GET", path).status_code == 404
    for path in (f"/chain/{FITNESS}/service_categories", FITNESS_TYPES):
        answer = assistant.call("GET", path)
        assert answer.status_code == 403
        assert answer.json()["meta"]["message"] == "Access denied."


def test_other_spellings_work_only_as_observed(documented: Api, observed: Api) -> None:
    for path in ("/chains", TYPES.replace("/chain/", "/chains/")):
        assert documented.call("GET", path).status_code == 404
        assert observed.call("GET", path).status_code == 200
