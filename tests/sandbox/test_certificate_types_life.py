"""Changing whole, issued certificates, deleting, rights, and what there is not."""

from __future__ import annotations

from tests.sandbox.api import (
    CERTIFICATES,
    FITNESS,
    FITNESS_CERTIFICATES,
    MANICURE,
    SALON,
    TYPES,
    Api,
    body_to_send_back,
    certificate_body,
)

PLAIN = 31003
ISSUED = 31001
ARCHIVED = 31018
OTHERWISE_EDITED = 31022


def test_put_may_send_back_a_way_of_editing_that_is_not_documented(either: Api) -> None:
    path = f"{CERTIFICATES}/{OTHERWISE_EDITED}"
    body = certificate_body(balance_edit_type_id=7)
    assert either.call("PUT", path, body).status_code == 200
    assert either.sandbox.certificate_type_of(SALON, OTHERWISE_EDITED)["title"] == "Fifty"
    assert either.errors("PUT", path, body | {"balance_edit_type_id": 8}, status=400) == {
        "balance_edit_type_id"
    }
    assert either.call("PUT", path, body | {"balance_edit_type_id": 1}).status_code == 200
    assert either.errors("PUT", path, body, status=400) == {"balance_edit_type_id"}


def test_put_replaces_everything_that_is_written(documented: Api) -> None:
    made = documented.make_certificate_type(
        item_type_id=3,
        service_ids=[MANICURE],
        category_id=8,
        colour="red",
        expiration={"type_id": 2, "timeout": 6, "timeout_unit_id": 3},
        online_sale={"is_enabled": True, "title": "On", "description": "Off", "price": 9},
    )
    assert made["colour"] == "red"
    body = certificate_body(title="Renamed", shape={"round": ["yes"]})
    del body["category_id"]
    answer = documented.call("PUT", f"{CERTIFICATES}/{made['id']}", body)
    assert answer.status_code == 200
    changed = documented.sandbox.certificate_type_of(SALON, made["id"])
    assert answer.json()["data"] | {"is_deleted": False} == changed
    assert changed == {
        **{name: value for name, value in made.items() if name != "colour"},
        "title": "Renamed",
        "shape": {"round": ["yes"]},
        "category_id": None,
        "item_type": {"id": 0, "title": "All services and products"},
        "service_ids": [],
        "expiration_type_id": 0,
        "expiration_timeout": 0,
        "expiration_timeout_unit_id": 0,
        "online_sale_is_enabled": False,
        "online_sale_title": "",
        "online_sale_description": "",
        "online_sale_price": 0,
    }


def test_what_is_sent_back_as_it_was_answered_is_answered_so_again(observed: Api) -> None:
    odd = {"zone": [True, 5, 0.5], "also": {"b": False, "aa": 7}, "many": True, "few": 3, "no": []}
    for _ in range(12):  # each in another turn
        type_id = observed.make_certificate_type()["id"]
        observed.sandbox.alter_certificate_type(SALON, type_id, **odd)
        path = f"{CERTIFICATES}/{type_id}"
        answered = {name: observed.read(path)[name] for name in odd}
        body = certificate_body(**{name: answered[name] for name in sorted(odd)})
        assert observed.call("PUT", path, body).status_code == 200
        read = observed.read(path)
        assert repr({name: read[name] for name in odd}) == repr(answered)


def test_no_write_changes_what_is_only_read(either: Api) -> None:
    sent = {
        "id": 5,
        "company_group_id": FITNESS,
        "weight": 99,
        "released_total": 99,
        "is_archived": False,
        "date_archived": None,
        "online_sale_image": "https://images.sandbox.example/other.jpg",
        "is_serial_number_limited": True,
        "is_deleted": True,
        "item_type": {"id": 4, "title": "Other"},
        "expiration_type_id": 2,
        "online_sale_price": 7,
    }
    made = either.make_certificate_type(**sent)
    assert made["id"] > 31_000
    assert {made["company_group_id"], made["weight"], made["released_total"]} == {SALON, 0}
    assert not made["is_deleted"] and not made["is_serial_number_limited"]
    assert made["item_type"]["id"] == made["expiration_type_id"] == made["online_sale_price"] == 0
    assert made["online_sale_image"] == ""

    before = either.sandbox.certificate_type_of(SALON, ARCHIVED)
    assert before["is_archived"] and before["date_archived"]
    body = certificate_body(**sent)
    assert either.call("PUT", f"{CERTIFICATES}/{ARCHIVED}", body).status_code == 200
    changed = either.sandbox.certificate_type_of(SALON, ARCHIVED)
    for name in ("id", "weight", "released_total", "is_archived", "date_archived"):
        assert changed[name] == before[name]
    either.call("PUT", f"{CERTIFICATES}/{PLAIN}", certificate_body(is_archived=True))
    assert not either.sandbox.certificate_type_of(SALON, PLAIN)["is_archived"]


def test_put_keeps_the_image_and_the_limit_of_serial_numbers(either: Api) -> None:
    kept = {"online_sale_image": "https://images.sandbox.example/a.jpg"}
    either.sandbox.alter_certificate_type(SALON, PLAIN, is_serial_number_limited=True, **kept)
    assert either.call("PUT", f"{CERTIFICATES}/{PLAIN}", certificate_body()).status_code == 200
    changed = either.sandbox.certificate_type_of(SALON, PLAIN)
    assert changed["is_serial_number_limited"] is True
    assert changed["online_sale_image"] == kept["online_sale_image"]


def test_every_seed_may_be_written_back_as_it_is(documented: Api) -> None:
    documented.sandbox.reset(certificate_types=100)
    for before in documented.sandbox.certificate_types_of(SALON):
        path = f"{CERTIFICATES}/{before['id']}"
        answer = documented.call("PUT", path, body_to_send_back(before))
        assert answer.status_code == (400 if before["released_total"] else 200), answer.text
        assert documented.sandbox.certificate_type_of(SALON, before["id"]) == before


def test_a_type_with_issued_certificates_takes_no_change(either: Api) -> None:
    either.sandbox.issue(SALON, PLAIN)
    for type_id in (ISSUED, PLAIN):
        before = either.sandbox.certificate_type_of(SALON, type_id)
        for body in (certificate_body(), certificate_body(title="")):
            answer = either.call("PUT", f"{CERTIFICATES}/{type_id}", body)
            assert answer.status_code == 400
            assert answer.json()["meta"] == {
                "message": "Cannot change certificate type with issued certificates"
            }
        assert either.sandbox.certificate_type_of(SALON, type_id) == before


def test_a_deleted_type_is_gone(either: Api) -> None:
    path = f"{CERTIFICATES}/{PLAIN}"
    answer = either.call("DELETE", path)
    if either.sandbox.state.observed:
        assert (answer.status_code, answer.json()["data"]) == (200, None)
    else:
        assert (answer.status_code, answer.content) == (204, b"")
    assert either.call("GET", path).status_code == 404
    assert either.call("PUT", path, certificate_body()).status_code == 404
    assert either.call("DELETE", path).status_code == 404
    answer = either.call("GET", CERTIFICATES, params={"page_size": 100}).json()
    assert PLAIN not in [int(raw["id"]) for raw in answer["data"]]
    assert int(answer["meta"]["total_count"]) == len(answer["data"]) == 23
    assert either.sandbox.certificate_type_of(SALON, PLAIN)["is_deleted"]


def test_a_type_with_issued_certificates_cannot_be_deleted(either: Api) -> None:
    answer = either.call("DELETE", f"{CERTIFICATES}/{ISSUED}")
    assert answer.status_code == 400
    assert answer.json()["meta"] == {
        "message": "Cannot delete certificate type with issued certificates"
    }
    assert either.read(f"{CERTIFICATES}/{ISSUED}")["title"]
    assert not either.sandbox.certificate_type_of(SALON, ISSUED)["is_deleted"]


def test_without_the_right_nothing_is_written(assistant: Api) -> None:
    before = assistant.sandbox.certificate_types_of(SALON)
    for method, path, body in (
        ("POST", CERTIFICATES, certificate_body()),
        ("PUT", f"{CERTIFICATES}/{PLAIN}", certificate_body()),
        ("DELETE", f"{CERTIFICATES}/{PLAIN}", None),
    ):
        answer = assistant.call(method, path, body)
        assert answer.status_code == 403
        assert answer.json()["meta"]["message"] == "Access denied."
    assert assistant.sandbox.certificate_types_of(SALON) == before


def test_the_right_to_one_kind_of_types_is_not_the_right_to_the_other(either: Api) -> None:
    """The director may write membership types of the second chain, and no certificate types."""
    body = certificate_body(salon_ids=[601])
    assert either.call("POST", FITNESS_CERTIFICATES, body).status_code == 403
    assert either.call("DELETE", f"{FITNESS_CERTIFICATES}/25003").status_code == 403


def test_there_is_no_clone_archive_or_restore(either: Api) -> None:
    for method, end in (("POST", "clone"), ("POST", "restore"), ("PATCH", "archive")):
        assert either.call(method, f"{CERTIFICATES}/{PLAIN}/{end}", {}).status_code == 404
    assert either.call("PATCH", f"{CERTIFICATES}/{PLAIN}", {"is_archived": "1"}).status_code == 405


def test_no_two_types_of_either_kind_share_an_id(either: Api) -> None:
    made = [either.make_certificate_type()["id"], either.make()["id"]]
    made += [either.make_certificate_type()["id"], either.make()["id"]]
    seeded = [
        raw["id"]
        for chain_id in (SALON, FITNESS)
        for raw in (
            *either.sandbox.types_of(chain_id),
            *either.sandbox.certificate_types_of(chain_id),
        )
    ]
    assert set(made) <= set(seeded)
    assert len(set(seeded)) == len(seeded)
    assert either.call("GET", f"{TYPES}/{made[0]}").status_code == 404
