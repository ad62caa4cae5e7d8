"""Deleting, cloning, archiving, restoring."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import FITNESS_TYPES, SALON, TYPES, Api, body_of

PLAIN = 11003
SOLD = 11001


def ids_in_list(api: Api) -> set[int]:
    return {int(raw["id"]) for raw in api.read(TYPES, limit=250)}


def archive(api: Api, type_id: int, *, archived: bool = True) -> int:
    if api.sandbox.state.observed:
        body: dict[str, Any] = {"is_archived": "1" if archived else "0"}
        return api.call("PATCH", f"{TYPES}/{type_id}", body).status_code
    body = {"is_archived": archived}
    return api.call("PATCH", f"{TYPES}/{type_id}/archive", body).status_code


def test_a_deleted_type_leaves_the_list_but_answers_by_id(either: Api) -> None:
    answer = either.call("DELETE", f"{TYPES}/{PLAIN}")
    if either.sandbox.state.observed:
        assert (answer.status_code, answer.json()["data"]) == (200, None)
    else:
        assert (answer.status_code, answer.content) == (204, b"")
    assert PLAIN not in ids_in_list(either)
    assert either.read(f"{TYPES}/{PLAIN}")["title"]
    assert either.sandbox.type_of(SALON, PLAIN)["is_deleted"]


def test_a_deleted_type_takes_no_writes(either: Api) -> None:
    either.call("DELETE", f"{TYPES}/{PLAIN}")
    assert either.call("DELETE", f"{TYPES}/{PLAIN}").status_code == 404
    assert either.call("PUT", f"{TYPES}/{PLAIN}", body_of()).status_code == 404
    assert either.call("POST", f"{TYPES}/{PLAIN}/clone", {}).status_code == 404
    assert archive(either, PLAIN) == 404


def test_a_sold_type_cannot_be_deleted(either: Api) -> None:
    answer = either.call("DELETE", f"{TYPES}/{SOLD}")
    assert answer.status_code == 400
    assert answer.json()["meta"]["message"] == "Cannot delete a subscription type that was sold."
    assert SOLD in ids_in_list(either)


def test_a_clone_is_a_new_unsold_type_with_a_2(either: Api) -> None:
    answer = either.call("POST", f"{TYPES}/{SOLD}/clone", {})
    assert answer.status_code == 201
    assert answer.json()["data"]["title"] == "Manicure × 5 (2)"
    source = either.sandbox.type_of(SALON, SOLD)
    clone = either.sandbox.type_of(SALON, int(answer.json()["data"]["id"]))
    assert {name for name in clone if clone[name] != source[name]} == {
        "id",
        "title",
        "abonements_count",
    }
    assert clone["abonements_count"] == 0


def test_a_clone_of_an_archived_type_is_active_and_its_title_fits(either: Api) -> None:
    long = either.sandbox.alter_type(SALON, PLAIN, title="ю" * 255)
    archive(either, long["id"])
    answer = either.call("POST", f"{TYPES}/{long['id']}/clone", {})
    clone = either.sandbox.type_of(SALON, int(answer.json()["data"]["id"]))
    assert not clone["is_archived"] and clone["date_archived"] is None
    assert len(clone["title"]) == 255 and clone["title"].endswith(" (2)")


def test_observed_clone_in_the_second_chain_answers_nothing(documented: Api, observed: Api) -> None:
    assert documented.call("POST", f"{FITNESS_TYPES}/5002/clone", {}).json()["data"]["id"]
    answer = observed.call("POST", f"{FITNESS_TYPES}/5002/clone", {})
    assert (answer.status_code, answer.content) == (200, b"")
    assert observed.sandbox.types_of(2202)[-1]["title"] == "Gym × 12 (2)"


def test_the_switch_archives_and_brings_back(either: Api) -> None:
    assert archive(either, SOLD) in (200, 204)
    raw = either.sandbox.type_of(SALON, SOLD)
    assert raw["is_archived"] and raw["date_archived"]
    assert archive(either, SOLD, archived=False) in (200, 204)
    raw = either.sandbox.type_of(SALON, SOLD)
    assert not raw["is_archived"] and raw["date_archived"] is None


def test_documented_switch_is_its_own_address(documented: Api) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert documented.call("PATCH", path, {"is_archived": "1"}).status_code == 405
    for wrong in ("1", 1, None):
        body = {"is_archived": wrong}
        assert documented.errors("PATCH", f"{path}/archive", body) == {"is_archived"}
    answer = documented.call("PATCH", f"{path}/archive", {"is_archived": True})
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("wrong", [1, 0, True, False, "true", None])
def test_observed_switch_takes_only_two_texts(observed: Api, wrong: Any) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert observed.call("PATCH", f"{path}/archive", {"is_archived": True}).status_code == 404
    answer = observed.call("PATCH", path, {"is_archived": wrong})
    assert answer.status_code == 422
    assert list(answer.json()["meta"]["errors"]) == ["[is_archived]"]
    assert not observed.sandbox.type_of(SALON, PLAIN)["is_archived"]


def test_observed_switch_checks_neither_right_nor_chain(assistant: Api) -> None:
    if not assistant.sandbox.state.observed:
        assert archive(assistant, PLAIN) == 403
        return
    assert archive(assistant, PLAIN) == 200
    body = {"is_archived": "1"}
    assert assistant.call("PATCH", f"{TYPES}/5003", body).status_code == 200
    assert assistant.sandbox.type_of(2202, 5003)["is_archived"]


def test_documented_restore_brings_a_type_back_under_a_title(documented: Api) -> None:
    path = f"{TYPES}/{PLAIN}"
    assert documented.call("POST", f"{path}/restore", {"restore_in_title": "x"}).status_code == 400
    documented.call("DELETE", path)
    for body in ({}, {"restore_in_title": " "}, {"restore_in_title": 5}):
        assert documented.errors("POST", f"{path}/restore", body) == {"restore_in_title"}
    answer = documented.call("POST", f"{path}/restore", {"restore_in_title": "Back again"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert PLAIN in ids_in_list(documented)
    assert documented.read(path)["title"] == "Back again"


def test_observed_restore_is_refused(observed: Api) -> None:
    observed.call("DELETE", f"{TYPES}/{PLAIN}")
    answer = observed.call("POST", f"{TYPES}/{PLAIN}/restore", {"restore_in_title": "Back"})
    assert answer.status_code == 403
    assert answer.json()["meta"]["message"] == "Access denied."
    assert observed.sandbox.type_of(SALON, PLAIN)["is_deleted"]
